import pytest

from openjpki.window.window import Window
from tests.unit.window.counter import BY_PIN, HANAKO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_window_has_every_act_of_the_counter(counter: Counter) -> None:
    """One composition: register, cards, procedures, events, revocations, outbox, and the lists."""
    window = counter.with_certificates().window

    assert isinstance(window, Window)
    assert window.residents.list(WAKABA)[0].resident_code == HANAKO
    assert window.outbox.deliver().sent == 0
    (application,) = window.applications(WAKABA)
    assert window.application(WAKABA, application.receipt) == application
    assert window.queue(WAKABA) == ()
    assert window.messages(WAKABA) == ()


@pytest.mark.django_db(databases=["window"], transaction=True)
def test_a_life_with_real_transactions(transactional_counter: Counter) -> None:
    """Import, card, issue, renewal, in transactions that are really committed."""
    counter = transactional_counter.with_certificates()
    counter.clock.turn("2026-03-11")

    assert counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN).done
