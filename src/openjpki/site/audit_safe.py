"""A role's audit key as a file of the home, and the head of its record beside the public key, for whoever keeps it.

```
ROLE/audit.key       the private key, PKCS#8 (0600): whoever has it can seal
audit/ROLE.pem       the public key, or several: a key that was replaced still verifies what it sealed
audit/ROLE.head      the last head: copy it to where whoever runs this machine cannot reach
audit/.ROLE.lock     the lock of whoever seals; empty
```
"""

import fcntl
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from openjpki.audit.chain import BadHead, Head, key_id
from openjpki.authority.durable import PUBLIC, write_whole
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import UnsupportedKey, load_public_key
from openjpki.pki.keys import Signer, SoftwareSigner

MAX_FILE = 64 * 1024
"""Bytes of a key file; a P-384 key has about 300."""
_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


class AuditKeyUnusable(Failure):
    """The audit key is absent, open to others, or no key."""

    code = "audit.key-unusable"
    kind = Kind.UNAVAILABLE
    ja = "監査鍵 {path} を使えません。ファイルがあり、所有者だけが読め(権限 0600)、秘密鍵であることを確認してください。"
    en = "The audit key {path} cannot be used. It must be there, a private key, and readable by its owner only (0600)."


class PublicKeyUnusable(Failure):
    """A public key file is absent or holds no audit key."""

    code = "audit.public-key-unusable"
    kind = Kind.UNAVAILABLE
    ja = "監査記録の公開鍵 {path} を読めません。PEM 形式の公開鍵が必要です。"
    en = "The public key of the audit record, {path}, cannot be read. It must be a public key as PEM."


class HeadUnreadable(Failure):
    """The file of the kept head is damaged."""

    code = "audit.head-unreadable"
    kind = Kind.UNAVAILABLE
    ja = "監査記録のヘッドのファイル {path} が壊れています。"
    en = "The file of the audit record's head, {path}, is damaged."


class FileSafe:
    """An `audit.ledger.Safe` over the files of one role in a home."""

    def __init__(self, home: Path, role: str) -> None:
        self._key = home / role / "audit.key"
        self._public = home / "audit" / f"{role}.pem"
        self._head = home / "audit" / f"{role}.head"
        self._lock = home / "audit" / f".{role}.lock"

    def signer(self) -> Signer:
        """Return the signer of the key file; raises `AuditKeyUnusable`."""
        refusal = AuditKeyUnusable(path=self._key)
        try:
            if stat.S_IMODE(self._key.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
                raise refusal
            key = serialization.load_pem_private_key(_read(self._key), None)
        except (FileNotFoundError, ValueError, TypeError, UnsupportedAlgorithm):
            raise refusal from None
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise refusal
        try:
            return SoftwareSigner(key)
        except UnsupportedKey:
            raise refusal from None

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the keys laid out for this role; raises `PublicKeyUnusable`."""
        return read_public_keys(self._public)

    def head(self) -> Head | None:
        """Return the kept head, if there is one; raises `HeadUnreadable`."""
        try:
            return Head.parse(_read(self._head).decode("ascii"))
        except FileNotFoundError:
            return None
        except (BadHead, UnicodeDecodeError):
            raise HeadUnreadable(path=self._head) from None

    def keep(self, head: Head) -> None:
        """Write the head, whole or not at all."""
        write_whole(self._head, f"{head}\n".encode(), PUBLIC)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other sealers waiting, in this process or another; the lock goes with the process that holds it."""
        with self._lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def read_public_keys(path: Path) -> dict[str, bytes]:
    """Return the public keys of a PEM file by their `key_id`; raises `PublicKeyUnusable`."""
    try:
        found = [serialization.load_pem_public_key(pem) for pem in _PEM.findall(_read(path))]
        keys = [
            key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            for key in found
        ]
        for key in keys:
            load_public_key(key)
    except (FileNotFoundError, ValueError, UnsupportedAlgorithm, UnsupportedKey):
        keys = []
    if not keys:
        raise PublicKeyUnusable(path=path)
    return {key_id(key): key for key in keys}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE)
