import dataclasses

import pytest

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, Sex
from openjpki.window import entries
from tests.unit.window.counter import HANAKO, WAKABA, Counter, at

pytestmark = pytest.mark.django_db(databases=["window"])

ENTRIES = [value for name, value in vars(entries).items() if name.endswith("Entry")]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_an_entry_is_a_plain_frozen_value(entry: type) -> None:
    """No row leaves the window: what it hands out is frozen and holds no model."""
    assert dataclasses.is_dataclass(entry)
    assert entry.__dataclass_params__.frozen  # type: ignore[attr-defined]  # dataclasses keep it there
    assert not any("models" in str(field.type) for field in dataclasses.fields(entry))


def test_a_resident_as_a_value(counter: Counter) -> None:
    """A resident's entry has words of the rules, cards and certificates, and shows no personal data."""
    entry = counter.with_certificates().window.residents.show(WAKABA, HANAKO)

    assert (entry.sex, entry.cards[0].state) == (Sex.FEMALE, CardState.ACTIVE)
    signature = next(c for c in entry.certificates if c.kind is CertificateKind.SIGNATURE)
    assert (signature.state, signature.reason, signature.event) == (CertificateState.VALID, None, None)
    assert (signature.known_at, signature.issuing_municipality) == (at("2021-07-01"), "99201")
    assert HANAKO not in repr(entry)
    assert "花子" not in repr(entry)


def test_a_message_keeps_what_it_says_to_itself(counter: Counter) -> None:
    """A message's entry has its number and its attempts; a waiting application has no serial yet."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    counter.desk.reachable = False
    application = counter.issue().application

    assert [(order.serial, order.expires) for order in application.orders] == [(None, None), (None, None)]
    assert HANAKO not in repr(application)
    counter.window.outbox.deliver()
    assert counter.window.messages(WAKABA) == ()
