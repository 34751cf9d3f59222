"""Some lives in a home of a test, with keys that are not made anew."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from openjpki.lab.catalogue import card_named
from openjpki.lab.dated import begins
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, PrivateKey
from openjpki.rules.dates import civil_date
from openjpki.rules.policy import Policy
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.lives.making import live_through
from openjpki.site.opening import founded
from tests.support.keys import PooledKeys
from tests.support.story import empty_databases

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
NATIONAL = Policy()


class Keys:
    """New keys for certificates, of the quick algorithm; old ones for the faces."""

    def __init__(self) -> None:
        self._pool = PooledKeys()

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Return a key pair."""
        if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
            return self._pool.generate(algorithm)
        return FreshKeys().generate(algorithm)


def lived(
    path: Path, *names: str, look: Callable[[House, list[str]], None], policy: dict[str, str] | None = None
) -> None:
    """Live through the years of some test cards, and look at the home."""
    empty_databases()
    clock, said = SteppedClock(begins(NATIONAL, civil_date(NOW))), list[str]()
    settings = Settings(purpose="sandbox", algorithm=KeyAlgorithm.P384_SHA_384.value, policy=policy or {})
    with founded(path, settings, clock, Keys()) as house:
        live_through(house, clock, [card_named(name) for name in names], now=NOW, say=said.append)
        look(house, said)
