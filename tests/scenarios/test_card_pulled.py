"""The card is pulled off the reader at every command of every session: the work is repeated and ends right."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from openjpki.authority.models import CardKey, CardSession, PinReset
from openjpki.card.connection import CardRemoved
from openjpki.desk.messages import CertificateActivated, PinResetApproved
from openjpki.rules.kinds import PinKind, Procedure
from tests.support.authority import SIGNATURE, Scene
from tests.support.channel import Counter

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Return a counter with a card of the authority's factory on its reader."""
    return Counter.open(Scene(tmp_path).open())


def pulled_everywhere(counter: Counter, act: Callable[[], object], *, answered: bool) -> int:
    """Do an act again and again, pulled one command later each time, until it is done; return how often it was cut."""
    for cuts in count():
        pins = counter.card.durable.pins
        counter.wire.pull_at, counter.wire.answered = cuts, answered
        try:
            act()
        except CardRemoved:
            assert counter.card.durable.pins == pins
            continue
        counter.wire.pull_at = None
        return cuts
    raise AssertionError


@pytest.mark.parametrize("answered", [False, True], ids=["before", "behind"])
def test_an_issue_survives_every_pull(counter: Counter, *, answered: bool) -> None:
    """Key, proof, certificate, read-back, activation, in a renewed card: no key in use is lost, none waits for ever."""
    counter.in_force()
    counter.relayed.activate(SIGNATURE)
    first = counter.card.durable.keys[SIGNATURE].active
    relayed = counter.relayed

    cuts = [pulled_everywhere(counter, lambda: relayed.generate_key(SIGNATURE), answered=answered)]
    cuts.append(pulled_everywhere(counter, lambda: relayed.discard(SIGNATURE), answered=answered))
    issued = counter.ordered(SIGNATURE, Procedure.REISSUE)
    cuts.append(pulled_everywhere(counter, lambda: relayed.load(SIGNATURE, issued.certificate), answered=answered))
    cuts.append(pulled_everywhere(counter, lambda: relayed.read_back(SIGNATURE), answered=answered))
    counter.scene.expect(CertificateActivated, counter.confirmation(issued))
    assert counter.card.durable.keys[SIGNATURE].active == first

    def activate() -> None:
        if relayed.digest_in_use(SIGNATURE) != sha256(issued.certificate).digest():
            relayed.activate(SIGNATURE)

    cuts.append(pulled_everywhere(counter, activate, answered=answered))
    active = counter.card.durable.keys[SIGNATURE].active
    assert active is not None
    assert active.certificate == issued.certificate
    assert counter.card.durable.keys[SIGNATURE].shadow is None
    assert not CardKey.objects.filter(delivered_at__isnull=False, in_use_at__isnull=True).exists()
    assert min(cuts) > 4


@pytest.mark.parametrize("answered", [False, True], ids=["before", "behind"])
def test_a_permission_survives_every_pull(counter: Counter, *, answered: bool) -> None:
    """R-6.3: however often it was cut off, an approval sends one permission, and none gives a try back by itself.

    Cut off before its permission left, the approval still stands; behind that the reset is approved anew.
    """
    approved: list[str] = []

    def permit() -> None:
        if not PinReset.objects.filter(spent_at__isnull=True).exists():
            order = counter.reset(PinKind.AUTHENTICATION)
            approved.append(counter.scene.expect(PinResetApproved, order).order_id)
        counter.relayed.permit_reset(approved[-1])

    assert pulled_everywhere(counter, permit, answered=answered) > 4
    assert PinKind.AUTHENTICATION in counter.card.durable.permitted
    assert counter.card.durable.pins[PinKind.AUTHENTICATION].tries == 0
    left = CardSession.objects.filter(counter__isnull=False).count()
    assert len(approved) == left == PinReset.objects.filter(spent_at__isnull=False).count()
    assert CardSession.objects.count() > left
