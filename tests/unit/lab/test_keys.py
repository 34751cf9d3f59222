from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from openjpki.card.face_files import digest_info
from openjpki.lab.keys import FaceSigner, KeyPool
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import PrivateKey
from tests.support.keys import PooledKeys


class CountedKeys:
    """A key source that tells how often it was asked."""

    def __init__(self) -> None:
        self.count = 0
        self._keys = PooledKeys()

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return a key."""
        self.count += 1
        return self._keys.generate(algorithm)


def test_a_key_is_made_when_it_is_needed_and_once() -> None:
    """Keys are slow to make: one name, one key, however many threads ask for it at once."""
    source = CountedKeys()
    pool = KeyPool(source)
    assert source.count == 0

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: pool.key("ca", 1), range(8)))

    assert (len(set(map(id, found))), source.count) == (1, 1)
    assert pool.key("ca", 2) is not pool.key("ca", 1)
    assert pool.signer("ca", 1).public_key != pool.signer("ca", 2).public_key
    assert source.count == 2


def test_the_face_is_signed_over_its_digest_info() -> None:
    """What is signed is a DigestInfo as it is: PKCS #1 v1.5 with SHA-256 to whoever verifies."""
    signer = FaceSigner(KeyPool(PooledKeys()).key("face"))
    digest = sha256(b"a face").digest()

    signer.public_key().verify(signer.sign(digest_info(digest)), digest, PKCS1v15(), Prehashed(SHA256()))
