from datetime import UTC, datetime

import pytest
from django.db import connections

from openjpki.audit.models import Entry
from openjpki.authority.acts import ALIAS, act, authority_at, operator_at, window_at
from openjpki.authority.verbs import Verb

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.django_db(databases=["authority"])
def test_an_act_is_a_transaction_of_the_authority() -> None:
    """What is noted in an act stands in the authority's own record, with who acted and when."""
    with act():
        window_at(MOMENT, "99201", "sato").note(Verb.ORDER_NUMBERED, "order:1", {"serial": 2})

    row = Entry.objects.using(ALIAS).get()
    assert (row.actor, row.verb, row.subject) == ("window:99201/sato", "order.numbered", "order:1")
    assert (row.recorded_at, row.data) == (MOMENT, {"serial": 2})


@pytest.mark.django_db(databases=["authority"], transaction=True)
def test_an_act_does_not_nest() -> None:
    """Each step is committed by itself: an act inside an act would not be, so it is a bug."""
    with act(), pytest.raises(RuntimeError), act():
        pytest.fail("an act began inside another")

    assert not connections[ALIAS].in_atomic_block


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (authority_at(MOMENT).actor, "authority"),
        (window_at(MOMENT, "99201").actor, "window:99201"),
        (window_at(MOMENT, "99201", "sato").actor, "window:99201/sato"),
        (operator_at(MOMENT, "sato").actor, "operator:sato"),
    ],
)
def test_who_acts_has_a_name(actor: str, expected: str) -> None:
    """The record tells the authority itself, a municipality and its officer apart."""
    assert actor == expected
