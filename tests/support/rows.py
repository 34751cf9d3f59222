"""The rows of every role's test database, kept in memory and put back: what takes long to make is made once in a process."""

import sqlite3
from typing import Self

from django.db import connections

from openjpki.site.settings import ROLES


class KeptRows:
    """A copy of all test databases; only SQLite's are kept like that, outside a transaction."""

    def __init__(self, copies: dict[str, sqlite3.Connection]) -> None:
        self._copies = copies

    @classmethod
    def taken(cls) -> Self | None:
        """Copy what is committed now; None on a database server."""
        if any(connections[alias].vendor != "sqlite" for alias in ROLES):
            return None
        copies = {}
        for alias in ROLES:
            copies[alias] = sqlite3.connect(":memory:")
            connections[alias].connection.backup(copies[alias])
        return cls(copies)

    def put_back(self) -> None:
        """Replace what the test databases hold."""
        for alias, copy in self._copies.items():
            copy.backup(connections[alias].connection)
