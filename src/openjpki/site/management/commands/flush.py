"""`flush`: empties a database. On SQLite, which empties row by row, the walls against deletion stand aside for it.

Nothing is written afterwards: Django would list its permissions anew, and no officer's right is one of them.
"""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from openjpki.audit.triggers import On, build_walls, tear_walls_down
from openjpki.authority import journal_walls
from openjpki.authority import walls as authority

_KEPT = {"authority": [wall for wall in (*authority.WALLS, *journal_walls.WALLS) if wall.on is On.DELETE]}
"""Database alias → its walls against deletion. PostgreSQL truncates, and no trigger for rows is asked."""


class Command(flush.Command):
    """Django's command, for databases with walls."""

    def handle(self, **options: Any) -> None:
        """Take the walls down, empty, and put them up again, whatever happens."""
        connection = connections[options["database"]]
        walls = _KEPT.get(options["database"], [])
        with connection.cursor() as cursor:
            tear_walls_down(connection.vendor, cursor.execute, walls)
        try:
            super().handle(**options | {"inhibit_post_migrate": True})
        finally:
            with connection.cursor() as cursor:
                build_walls(connection.vendor, cursor.execute, walls)
