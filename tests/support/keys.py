"""Key pairs for tests: a few of each algorithm, made once in a process, because RSA keys are slow to make."""

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, PrivateKey, SoftwareSigner

POOL_SIZE = 8
"""As many different keys of an algorithm as one test may ask for before they repeat."""

_POOL: dict[KeyAlgorithm, list[PrivateKey]] = {algorithm: [] for algorithm in KeyAlgorithm}


class PooledKeys:
    """A `KeySource` that hands out the same few keys, in the same order, to every test.

    Each source begins with the first key, so that keys within one test differ (up to `POOL_SIZE`) and no test makes
    more keys than it needs.
    """

    def __init__(self) -> None:
        self._next = dict.fromkeys(KeyAlgorithm, 0)

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return the next key pair of the pool."""
        position = self._next[algorithm] % POOL_SIZE
        self._next[algorithm] += 1
        pool = _POOL[algorithm]
        while len(pool) <= position:
            pool.append(FreshKeys().generate(algorithm))
        return pool[position]


def pooled_signer(position: int = 0, algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256) -> SoftwareSigner:
    """Return a signer over the key at a position of the pool (0 to `POOL_SIZE` - 1)."""
    keys = PooledKeys()
    for _ in range(position):
        keys.generate(algorithm)
    return SoftwareSigner(keys.generate(algorithm))
