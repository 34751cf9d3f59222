"""The key pairs of a laboratory: each is made when it is first needed, and then used in every test of the process."""

from collections.abc import Hashable
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import KeySource, SoftwareSigner


class KeyPool:
    """RSA-2048 keys by name. One costs 40 to 300 ms to make and nothing to use again, so nobody's key is made twice."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._made: dict[Hashable, RSAPrivateKey] = {}
        self._one_at_a_time = Lock()

    def key(self, *name: Hashable) -> RSAPrivateKey:
        """Return the key of this name; may be called from any thread."""
        with self._one_at_a_time:
            if name not in self._made:
                made = self._source.generate(KeyAlgorithm.RSA_2048_SHA_256)
                assert isinstance(made, RSAPrivateKey)  # noqa: S101  -- what the algorithm says
                self._made[name] = made
            return self._made[name]

    def signer(self, *name: Hashable) -> SoftwareSigner:
        """Return the signer of this name."""
        return SoftwareSigner(self.key(*name))


class FaceSigner:
    """A `card.face_files.FaceIssuer` in memory."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def public_key(self) -> RSAPublicKey:
        """Return the public half."""
        return self._key.public_key()

    def sign(self, digest_info: bytes) -> bytes:
        """Return the PKCS #1 v1.5 signature over a DigestInfo as it is."""
        return self._key.sign(digest_info, PKCS1v15(), NoDigestInfo())
