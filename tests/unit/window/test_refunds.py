from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import ApplicationState, CertificateKind, LifeEvent
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.policy import Policy
from openjpki.window.answers import AuthorityRefused
from openjpki.window.changes import Change
from openjpki.window.entries import ApplicationEntry
from openjpki.window.outcomes import Outcome, ProcedureRefused
from openjpki.window.procedures import NothingWaits
from openjpki.window.states import OrderStep
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_PIN, HANAKO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])
SIGNATURE = CertificateKind.SIGNATURE
STRICT = replace(Policy(), refund_on_void="office_fault")


@pytest.fixture
def strict(db: None) -> Counter:  # noqa: ARG001  -- opens the database
    """Return a counter whose municipality pays back only where the office or the authority erred."""
    return Counter.open(STRICT)


def waiting(counter: Counter) -> ApplicationEntry:
    """Apply for a re-issue before its window, which costs 200 yen (R-4.2), and let it wait for the authority."""
    counter.with_certificates().desk.cut_before.add(CertificateOrder)
    application = reissue(counter).application
    assert application.fee is not None
    assert (application.fee.yen, application.fee.refunded) == (200, 0)
    return application


def reissue(counter: Counter) -> Outcome:
    """Apply for a re-issue of both certificates."""
    return counter.window.procedures.reissue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)


def told(entry: ApplicationEntry) -> tuple[int, list[str]]:
    """Return the yen that were paid back, and the codes of what was found."""
    assert entry.fee is not None
    return entry.fee.refunded, [finding.code for finding in entry.findings if finding.code.startswith("fee.")]


def test_a_withdrawal_pays_the_fee_back_once(counter: Counter) -> None:
    """R-4.2: withdrawn before anything was handed over: how much goes back is said, kept and in the audit record."""
    receipt = waiting(counter).receipt

    withdrawn = counter.window.procedures.withdraw(WAKABA, receipt=receipt)

    assert told(withdrawn) == (200, ["fee.refunded"])
    assert "200" in withdrawn.findings[-1].ja
    (row,) = audited("fee.refunded")
    assert (row.data["yen"], row.data["because"]) == (200, "not-handed-over")
    assert row.subject == f"application:99201/{receipt}"
    with pytest.raises(NothingWaits):
        counter.window.procedures.withdraw(WAKABA, receipt=receipt, office_fault=True)
    assert told(counter.window.application(WAKABA, receipt)) == (200, ["fee.refunded"])
    assert len(audited("fee.refunded")) == 1


@pytest.mark.parametrize(("office_fault", "yen", "code"), [(False, 0, "fee.kept"), (True, 200, "fee.refunded")])
def test_where_only_the_office_pays_for_its_faults(strict: Counter, *, office_fault: bool, yen: int, code: str) -> None:
    """R-4.2, `refund_on_void`: the holder's own wish pays nothing back there, a fault of the office does."""
    receipt = waiting(strict).receipt

    withdrawn = strict.window.procedures.withdraw(WAKABA, receipt=receipt, office_fault=office_fault)

    assert told(withdrawn) == (yen, [code])
    assert len(audited(code)) == 1


def test_of_nothing_nothing_is_paid_back(counter: Counter) -> None:
    """S-18: the first issue is free of charge, and its withdrawal says nothing of money."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt

    assert told(counter.window.procedures.withdraw(WAKABA, receipt=receipt)) == (0, [])
    assert not audited("fee.refunded")
    assert not audited("fee.kept")


def test_what_was_issued_in_part_is_paid_for(counter: Counter) -> None:
    """R-4.1, R-4.2: one fee covers both certificates; who leaves with one of them has it, unless the office erred."""
    counter.with_certificates()
    counter.card.after["activate"] = lambda: counter.card.fails.add("generate_key")
    receipt = reissue(counter).application.receipt

    closed = counter.window.procedures.withdraw(WAKABA, receipt=receipt)

    assert closed.state is ApplicationState.DONE
    assert told(closed) == (0, ["fee.kept"])
    assert audited("fee.kept")[0].data["because"] == "holders-wish"


def test_a_refused_order_says_what_becomes_of_the_fee(counter: Counter) -> None:
    """R-4.2: the authority refuses what was paid for: the clerk is told of the refund with the refusal."""
    counter.with_certificates().desk.refuse(CertificateOrder)

    with pytest.raises(AuthorityRefused, match="200 yen paid are given back") as refused:
        reissue(counter)

    assert "できません。手続きを取りやめたため、お支払いの200円をお返しします。(test.no)" in refused.value.message("ja")
    (application, *_) = counter.window.applications(WAKABA)
    assert application.state is ApplicationState.REFUSED
    assert told(application) == (200, ["fee.refunded"])
    assert "200" not in next(found.ja for found in application.findings if found.code == "test.no")


def test_a_second_judgement_says_what_becomes_of_the_fee(counter: Counter) -> None:
    """R-1.1, R-4.2: who moved away meanwhile gets no certificate, and the money back."""
    receipt = waiting(counter).receipt
    counter.desk.cut_before.clear()
    change = Change(event=LifeEvent.EMIGRATION, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    assert [found.code for found in refused.value.findings][-1] == "fee.refunded"
    assert told(counter.window.application(WAKABA, receipt)) == (200, ["fee.refunded"])


def made_anew(counter: Counter) -> CounterCard:
    """Hand a new card to the holder, who lost the one with certificates."""
    counter.with_certificates()
    counter.window.cards.change(
        WAKABA,
        resident_code=HANAKO,
        card_number=counter.card.number,
        event=CardEvent.ABOLISH,
        cause=LifeEvent.CARD_LOST,
    )
    card = CounterCard("2" * 15)
    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=card)
    return card


@pytest.mark.parametrize("paid_back", [True, False])
def test_a_card_is_paid_for_once_whatever_was_withdrawn(counter: Counter, strict: Counter, *, paid_back: bool) -> None:
    """E-31, R-4.1, R-4.2: the 1,000 yen of a lost card are asked for again only if they went back."""
    here = counter if paid_back else strict
    card = made_anew(here)
    here.desk.cut_before.add(CertificateOrder)

    def apply() -> ApplicationEntry:
        return here.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN).application

    first = apply()
    assert first.fee is not None
    assert first.fee.yen == 1000
    here.window.procedures.withdraw(WAKABA, receipt=first.receipt)
    again = apply().fee
    assert again is not None
    assert again.yen == (1000 if paid_back else 0)


@pytest.mark.parametrize(("office_fault", "yen"), [(True, 1000), (False, 0)])
def test_what_was_issued_in_part_and_paid_back_is_not_paid(counter: Counter, *, office_fault: bool, yen: int) -> None:
    """E-31, R-4.1, R-4.2: a fee that went back settles nothing, though one certificate was handed over; one that was kept does."""
    card = made_anew(counter)
    card.after["activate"] = lambda: card.fails.add("generate_key")

    def apply(kinds: Iterable[CertificateKind]) -> ApplicationEntry:
        asked: dict[str, Any] = {"resident_code": HANAKO, "card": card, "shown": BY_PIN, "kinds": kinds}
        return counter.window.procedures.new_issue(WAKABA, **asked).application

    first = apply(CertificateKind)
    closed = counter.window.procedures.withdraw(WAKABA, receipt=first.receipt, office_fault=office_fault)
    assert closed.state is ApplicationState.DONE
    assert told(closed) == ((1000, ["fee.refunded"]) if office_fault else (0, ["fee.kept"]))
    card.after.clear()
    card.fails.clear()
    missing = [order.kind for order in closed.orders if order.step is not OrderStep.ACTIVE]
    assert len(missing) == 1
    again = apply(missing).fee
    assert again is not None
    assert again.yen == yen
