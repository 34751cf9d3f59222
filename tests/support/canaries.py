"""Secrets that a test knows, looked for wherever they could have been left: in every form in which they could stand."""

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


def word(secret: str) -> re.Pattern[str]:
    """Return a pattern for a short secret as a word of its own: four digits turn up by chance within longer ones."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])")


def forms(secret: bytes) -> list[bytes]:
    """Return a secret as it would stand in a file: as it is, in hex, and inside a longer text in base64."""
    base64s = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret)
        base64s.append(encoded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6])
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), *base64s]


def holders(folder: Path, secret: bytes) -> set[str]:
    """Return which files of a folder contain a secret in some form."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if any(form in content for form in forms(secret)):
                found.add(str(path.relative_to(folder)))
    return found


def numbers(key: PrivateKeyTypes) -> list[bytes]:
    """Return the secret numbers of a private key as they stand in every encoding of it, without leading zeros."""
    if isinstance(key, rsa.RSAPrivateKey):
        private = key.private_numbers()
        return [number.to_bytes((number.bit_length() + 7) // 8) for number in (private.d, private.p, private.q)]
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return [key.private_numbers().private_value.to_bytes(48)]


def texts(value: Any) -> Iterator[str]:
    """Return every text in a value read from JSON or a table."""
    if isinstance(value, dict):
        for inner in (*value.keys(), *value.values()):
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif not isinstance(value, bytes):
        yield str(value)


def written(folder: Path) -> Iterator[tuple[str, Any]]:
    """Return what a folder's JSON files and tables say."""
    for path in folder.rglob("*.json"):
        yield path.name, json.loads(path.read_text(encoding="utf-8"))
    for path in folder.rglob("db.sqlite3"):
        with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as database:
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  -- names out of the schema
                yield table, rows
