"""The key by which the authority signs what is on a card's face: one encrypted PKCS#8 file, beside the CA keys.

RSA-2048 whatever the certificates' algorithm is: the files of a card's face have room for no other signature.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from openjpki.authority.durable import PRIVATE, write_whole
from openjpki.authority.signing.keys import KeyMissing, WrongPassphrase, read_passphrase, read_secret
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import KeySource

NAME = "card-face"


class CardFaceKey:
    """A `card.face_files.FaceIssuer` over a file, which is opened at the first use."""

    def __init__(self, file: Path, passphrase_file: Path) -> None:
        self._file = file
        self._passphrase_file = passphrase_file
        self._key: RSAPrivateKey | None = None

    def create(self, key_source: KeySource) -> None:
        """Make the key; one that is there is never overwritten."""
        if self._file.exists():
            return
        encryption = BestAvailableEncryption(read_passphrase(self._passphrase_file))
        key = key_source.generate(KeyAlgorithm.RSA_2048_SHA_256)
        write_whole(self._file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption), PRIVATE)

    def public_key(self) -> RSAPublicKey:
        """Return the public half; raises `KeyMissing`, `WrongPassphrase`, `PassphraseMissing`, `TooOpen`."""
        return self._opened().public_key()

    def sign(self, digest_info: bytes) -> bytes:
        """Return the PKCS #1 v1.5 signature over a DigestInfo as it is; raises as `public_key` does."""
        return self._opened().sign(digest_info, PKCS1v15(), NoDigestInfo())

    def _opened(self) -> RSAPrivateKey:
        if self._key is None:
            self._key = self._open()
        return self._key

    def _open(self) -> RSAPrivateKey:
        try:
            encrypted = read_secret(self._file)
        except FileNotFoundError:
            raise KeyMissing(name=NAME) from None
        try:
            key = load_pem_private_key(encrypted, read_passphrase(self._passphrase_file))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise WrongPassphrase(name=NAME) from error
        if not isinstance(key, RSAPrivateKey):
            raise WrongPassphrase(name=NAME)
        return key
