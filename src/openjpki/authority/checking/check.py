"""The whole check, part by part, as a stream: nothing is kept but what was found, and that is bounded."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from openjpki.authority.checking import lists, served, stored
from openjpki.authority.checking.problems import Problem, ProblemKind
from openjpki.authority.means import Means
from openjpki.authority.models import Issuer, OcspResponder

MOST_TOLD = 1_000
"""Problems that are told one by one; beyond them only their number is."""

Progress = Callable[[str, int], None]
"""Told of a part and of how much of it was looked at."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was looked at, and what was found."""

    looked_at: dict[str, int]
    """How many authorities (CAs and responders), certificates and lists, and with an address how many were served."""
    problems: tuple[Problem, ...]
    """The first ones, in the order of the parts."""
    found: int
    """How many there were in all."""

    @property
    def sound(self) -> bool:
        """Say whether everything is as it should be."""
        return not self.found

    @property
    def only_unreachable(self) -> bool:
        """Say whether all that was found is that nobody answered."""
        return bool(self.problems) and all(one.kind is ProblemKind.SERVED_UNREACHABLE for one in self.problems)


def check(means: Means, *, address: str | None = None, progress: Progress = lambda _, __: None) -> Report:
    """Check what is stored, and what is served at an address if one is given; writes nothing."""
    looked_at = Counter(dict.fromkeys(("authorities", "certificates", "lists"), 0))
    problems: list[Problem] = []
    found = 0
    for part, count, some in _parts(means, address):
        looked_at[part] += count
        found += len(some)
        problems += some[: MOST_TOLD - len(problems)]
        progress(part, looked_at[part])
    return Report(looked_at=dict(looked_at), problems=tuple(problems), found=found)


def _parts(means: Means, address: str | None) -> Iterator[tuple[str, int, list[Problem]]]:
    at = means.clock()
    yield "authorities", Issuer.objects.count(), list(stored.issuers(means))
    yield "authorities", OcspResponder.objects.count(), list(stored.responders(means))
    yield "authorities", 0, list(stored.serials())
    yield "authorities", 0, list(stored.profiles(means))
    yield from (("certificates", *each) for each in stored.certificates(means))
    yield from (("certificates", 0, [one]) for one in stored.strays())
    yield from (("lists", *each) for each in lists.lists(means, at))
    yield from (("lists", 0, [one]) for one in lists.folder(means))
    if address is not None:
        yield from (("served", 1, each) for each in served.files(address, at))
        yield from (("served", 1, each) for each in served.answers(means, address, at))
