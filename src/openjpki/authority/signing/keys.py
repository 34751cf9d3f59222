"""The keys of CAs and responders: who keeps them makes them, and what leaves the keeper are signers.

Here they are encrypted PKCS#8 files in one folder. The passphrase stands in a file of its own (0600), whose place the
caller names; it may lie on another volume or come from a secret manager's mount.
"""

import stat
from contextlib import suppress
from pathlib import Path
from typing import Protocol, runtime_checkable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from openjpki.authority.durable import PRIVATE, shred, write_whole
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import KeySource, PrivateKey, SoftwareSigner, StreamSigner, key_identifier

MAX_FILE = 64 * 1024
"""Bytes of a key or passphrase file; an encrypted RSA key has about 2,500."""
_NAMED_BY = 16
"""Hexadecimal digits of a key's identifier that stand in its name."""


class KeyMissing(Failure):
    """There is no key of that name."""

    code = "authority.key-missing"
    kind = Kind.UNAVAILABLE
    ja = "署名鍵 {name} のファイルがありません。鍵の保管場所を確認してください。"
    en = "The file of the signing key {name} is missing. Check the key folder."


class PassphraseMissing(Failure):
    """The passphrase file is absent or empty."""

    code = "authority.passphrase-missing"
    kind = Kind.UNAVAILABLE
    ja = "署名鍵のパスフレーズのファイル {path} がないか、空です。"
    en = "The passphrase file of the signing keys, {path}, is missing or empty."


class WrongPassphrase(Failure):
    """The passphrase does not open the key."""

    code = "authority.wrong-passphrase"
    kind = Kind.UNAVAILABLE
    ja = "署名鍵 {name} を開けません。パスフレーズが違うか、ファイルが壊れています。"
    en = "The signing key {name} cannot be opened: the passphrase is wrong or the file is damaged."


class TooOpen(Failure):
    """Others on this machine may read a secret file."""

    code = "authority.permissions-too-open"
    kind = Kind.UNAVAILABLE
    ja = "{path} を所有者以外も読めます(権限 {mode})。`chmod 600` で所有者だけにしてください。"
    en = "Others than its owner may read {path} (mode {mode}). Use `chmod 600`."


class KeyExists(Failure):
    """A key of that name exists; a key file is never overwritten."""

    code = "authority.key-exists"
    kind = Kind.REFUSED
    ja = "署名鍵 {name} は既にあります。鍵は上書きしません。"
    en = "A signing key {name} exists. Keys are not overwritten."


class TokenUnavailable(Failure):
    """The token cannot be reached or used; `reason` is the library's word."""

    code = "authority.token-unavailable"
    kind = Kind.UNAVAILABLE
    ja = "署名鍵のPKCS#11トークン「{label}」を利用できません({reason})。モジュール、トークンの接続、PINのファイルを確認してください。"
    en = (
        'The PKCS#11 token "{label}" with the signing keys cannot be used ({reason}). Check module, token and PIN file.'
    )


class SigningKeys(Protocol):
    """A keeper of signing keys: a folder, a token, or another process. No private key ever comes out of it."""

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Make a key pair that is durable on return; return its name, `key_name` of this prefix."""
        ...

    def signer(self, name: str) -> StreamSigner:
        """Return the signer of a key; raises `KeyMissing`, and what keeps the keeper from using it."""
        ...


@runtime_checkable
class KeyKeeper(SigningKeys, Protocol):
    """A keeper that can also let go of a key for ever. A process elsewhere cannot be asked for that."""

    def destroy(self, name: str) -> None:
        """Destroy a key, durably on return; one that is not there any more is no fault."""
        ...


def key_name(prefix: str, public_key: bytes) -> str:
    """Return the name of a key: what it is for, and the beginning of its identifier, so that no two have one name."""
    return f"{prefix}-{key_identifier(public_key).hex()[:_NAMED_BY]}"


class KeyStore:
    """`SigningKeys` in a folder of encrypted files. Signers are kept in memory after their first use.

    New keys come from `key_source`.
    """

    def __init__(self, folder: Path, passphrase_file: Path, key_source: KeySource) -> None:
        self._folder = folder
        self._passphrase_file = passphrase_file
        self._key_source = key_source
        self._signers: dict[str, StreamSigner] = {}

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Make a key pair in a file of its own and return its name; raises as `store` does."""
        private_key = self._key_source.generate(algorithm)
        name = key_name(prefix, SoftwareSigner(private_key).public_key)
        self.store(name, private_key)
        return name

    def store(self, name: str, private_key: PrivateKey) -> StreamSigner:
        """Encrypt a new key into its file (0600) and return its signer; raises `KeyExists`."""
        path = self._path(name)
        if path.exists():
            raise KeyExists(name=name)
        encrypted = private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self._passphrase()),
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, encrypted, PRIVATE)
        self._signers[name] = SoftwareSigner(private_key)
        return self._signers[name]

    def signer(self, name: str) -> StreamSigner:
        """Return the signer of a stored key; raises `KeyMissing`, `WrongPassphrase`, `TooOpen`."""
        if name not in self._signers:
            self._signers[name] = SoftwareSigner(self._open(name))
        return self._signers[name]

    def destroy(self, name: str) -> None:
        """Overwrite a key's file and remove it. Copies, and what the disk remaps by itself, are for its owner to destroy."""
        self._signers.pop(name, None)
        path = self._path(name)
        with suppress(FileNotFoundError):
            shred(path)

    def _open(self, name: str) -> PrivateKey:
        path = self._path(name)
        try:
            encrypted = read_secret(path)
        except FileNotFoundError:
            raise KeyMissing(name=name) from None
        try:
            key = serialization.load_pem_private_key(encrypted, self._passphrase())
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise WrongPassphrase(name=name) from error
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise WrongPassphrase(name=name)
        return key

    def _passphrase(self) -> bytes:
        return read_passphrase(self._passphrase_file)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.pem"


def read_passphrase(path: Path) -> bytes:
    """Return the passphrase of a file; raises `PassphraseMissing` or `TooOpen`."""
    try:
        passphrase = read_secret(path).strip()
    except FileNotFoundError:
        passphrase = b""
    if not passphrase:
        raise PassphraseMissing(path=path)
    return passphrase


def read_secret(path: Path) -> bytes:
    """Return a secret file's content; raises `TooOpen` if others may read it, and FileNotFoundError."""
    with path.open("rb") as file:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise TooOpen(path=path, mode=f"{mode:04o}")
        return file.read(MAX_FILE)
