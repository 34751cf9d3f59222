from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from openjpki.desk.messages import CertificateOrder, CertificatesAsked, DeliveryConfirmed
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import ApplicationState, CertificateKind, CertificateState, FeeReason, LifeEvent
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.policy import Policy
from openjpki.window.changes import Change
from openjpki.window.examination import Shown
from openjpki.window.issuance import ClosedMeanwhile
from openjpki.window.loading import ApplicationNotFound, ResidentNotFound
from openjpki.window.models import Application, DocumentShown, FindingRecord, IdentityEvidence
from openjpki.window.officer import Clerk
from openjpki.window.procedures import BOTH, MustFinish, NoKinds, NothingWaits, ProcedureRefused
from tests.unit.window.card import CounterCard, Gone
from tests.unit.window.counter import (
    BY_LICENCE,
    BY_PARENT,
    BY_PIN,
    CHILD,
    HANAKO,
    MINATO,
    NOTHING,
    TARO,
    WAKABA,
    Counter,
    audited,
)

pytestmark = pytest.mark.django_db(databases=["window"])

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def refusals(refused: ProcedureRefused) -> list[str]:
    """Return the codes of what stood in the way."""
    return [finding.code for finding in refused.findings]


def test_a_new_issue_puts_both_certificates_on_the_card(counter: Counter) -> None:
    """New issue in person (R-2.2): both certificates, the first free of charge (S-18), on the same day (S-13; E-13)."""
    outcome = counter.with_card().issue()

    application = outcome.application
    assert (outcome.interruption, application.state) == (None, ApplicationState.DONE)
    assert (application.receipt, application.policy, application.officer) == ("2021-000001", "national", "sato")
    assert application.fee is not None
    assert (application.fee.yen, application.fee.reason) == (0, FeeReason.FIRST)
    assert [order.kind for order in application.orders] == [AUTHENTICATION, SIGNATURE]
    assert {order.expires for order in application.orders} == {date(2026, 6, 10)}
    assert set(counter.card.active) == set(CertificateKind)
    assert not counter.card.shadow
    certificates = counter.window.residents.show(WAKABA, HANAKO).certificates
    assert [certificate.state for certificate in certificates] == [CertificateState.VALID] * 2


def test_a_renewal_supersedes_and_runs_to_the_sixth_birthday(counter: Counter) -> None:
    """E-17, E-29: renewed on 2026-03-11 free of charge, to 2031-06-10; the old ones are superseded (R-5.7)."""
    counter.with_certificates()
    counter.clock.turn("2026-03-11")

    outcome = counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)

    assert outcome.done
    assert {order.expires for order in outcome.application.orders} == {date(2031, 6, 10)}
    assert outcome.application.fee is not None
    assert (outcome.application.fee.yen, outcome.application.fee.reason) == (0, FeeReason.RENEWAL)
    states = [c.state for c in counter.window.residents.show(WAKABA, HANAKO).certificates]
    assert states == [CertificateState.SUPERSEDED] * 2 + [CertificateState.VALID] * 2


def test_a_reissue_after_a_move_is_free_and_ends_with_the_other(counter: Counter) -> None:
    """E-20, E-30, S-27: after a move the signature certificate is re-issued free, to the authentication certificate's end."""
    counter.with_certificates()
    counter.clock.turn("2024-05-01")
    move = Change(event=LifeEvent.MOVE, on=date(2024, 5, 1), address="見本県若葉市五丁目6番7号")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=move)

    outcome = counter.window.procedures.reissue(
        WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN, kinds=[SIGNATURE]
    )

    assert outcome.application.fee is not None
    assert (outcome.application.fee.yen, outcome.application.fee.reason) == (0, FeeReason.ATTRIBUTES_CHANGED)
    (order,) = outcome.application.orders
    assert (order.expires, order.because) == (date(2026, 6, 10), "authentication-expiry")


def test_a_lost_card_costs_a_thousand_yen_once(counter: Counter) -> None:
    """E-31, R-4.1: the card re-made after a loss costs 1,000 yen with its certificates, one visit or two."""
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

    fees = [
        counter.window.procedures.new_issue(
            WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN, kinds=[kind]
        ).application.fee
        for kind in BOTH
    ]

    assert [fee.yen for fee in fees if fee] == [1000, 0]


def test_a_refusal_is_kept_with_its_findings(counter: Counter) -> None:
    """S-33: before the window a renewal is refused with the date; the application, its findings and the act are kept."""
    counter.with_certificates()
    counter.clock.turn("2026-03-10")

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_LICENCE)

    assert refusals(refused.value) == ["renewal.not-yet"]
    assert "令和8年（2026年）3月11日（水）" in refused.value.message("ja")
    application = counter.window.application(WAKABA, refused.value.receipt)
    assert (application.state, application.fee, application.orders) == (ApplicationState.REFUSED, None, ())
    assert application.closed_at is not None
    assert [finding.code for finding in application.findings] == [
        "renewal.not-yet",
        "identity.pin-needed",
        "identity.copies-kept",
    ]
    (row,) = audited("application.refused")
    assert row.data["codes"] == ["renewal.not-yet"]
    assert CertificateOrder not in map(type, counter.desk.sent)


@pytest.mark.parametrize(("day", "code"), [("2026-03-10", "renewal.not-yet"), ("2026-06-11", "renewal.over")])
def test_a_renewal_outside_the_window(counter: Counter, day: str, code: str) -> None:
    """R-3.8, R-3.10: a day too early or a day too late is refused."""
    counter.with_certificates()
    counter.clock.turn(day)

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)
    assert refusals(refused.value) == [code]


@pytest.mark.parametrize("shown", [NOTHING, Shown(pin_matches=False)])
def test_nobody_is_identified_by_nothing(counter: Counter, shown: Shown) -> None:
    """S-14, S-15: no document and no matching PIN means an inquiry letter, not an issue on the same day."""
    counter.with_card()

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=shown)

    assert refusals(refused.value) == ["identity.inquiry"]
    assert refused.value.findings[0].bring_ja
    assert IdentityEvidence.objects.for_municipality("99201").get().route == "inquiry"
    assert not counter.card.made


def test_who_left_is_not_served(counter: Counter) -> None:
    """R-1.1, S-57: residence is judged on the day of the procedure."""
    counter.with_card()
    change = Change(event=LifeEvent.EMIGRATION, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    with pytest.raises(ProcedureRefused) as refused:
        counter.issue()
    assert refusals(refused.value) == ["eligibility.not-resident"]


@pytest.mark.parametrize(
    ("event", "code"),
    [(CardEvent.SUSPEND, "eligibility.card-suspended"), (CardEvent.ABOLISH, "eligibility.card-abolished")],
)
def test_a_card_that_is_no_good(counter: Counter, event: CardEvent, code: str) -> None:
    """R-1.2: a suspended or abolished card gets no certificate."""
    counter.with_card()
    cause = LifeEvent.CARD_RETURNED if event is CardEvent.ABOLISH else None
    counter.window.cards.change(WAKABA, resident_code=HANAKO, card_number=counter.card.number, event=event, cause=cause)

    with pytest.raises(ProcedureRefused) as refused:
        counter.issue()
    assert refusals(refused.value) == [code]


def test_an_expired_card(counter: Counter) -> None:
    """R-1.2, S-55: behind its last day the card gets no certificate."""
    counter.with_card()
    counter.clock.turn("2031-06-11")

    with pytest.raises(ProcedureRefused) as refused:
        counter.issue()
    assert refusals(refused.value) == ["eligibility.card-expired"]


def test_a_child_gets_no_signature_certificate(counter: Counter) -> None:
    """R-1.3, S-08, S-09: under 15 no signature certificate; the representative applies for the other one."""
    counter.with_card(CHILD)

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.new_issue(WAKABA, resident_code=CHILD, card=counter.card, shown=BY_PIN)
    assert refusals(refused.value) == ["eligibility.ward_or_under15_principle", "representative.needed"]


def test_a_parent_comes_for_a_child(counter: Counter) -> None:
    """R-1.3, R-2.22: what a representative applied for waits, goes on and is kept as such, with the papers shown."""
    counter.with_card(CHILD).desk.cut_before.add(CertificateOrder)
    procedures = counter.window.procedures
    waiting = procedures.new_issue(
        WAKABA, resident_code=CHILD, card=counter.card, shown=BY_PARENT, kinds=[AUTHENTICATION]
    )
    counter.desk.cut_before.clear()

    assert procedures.resume(WAKABA, receipt=waiting.application.receipt, card=counter.card).done
    row = Application.objects.for_municipality("99201").get()
    assert (row.applicant, row.kinds) == ("legal-representative", ["authentication"])
    papers = DocumentShown.objects.for_municipality("99201").order_by("pk")
    assert [paper.kind for paper in papers] == ["drivers-licence", "resident-record"]


def test_somebody_elses_card(counter: Counter) -> None:
    """S-39: the person's own card lies on the counter, or nothing is issued; a person without a card is told so."""
    counter.with_card()

    with pytest.raises(ProcedureRefused) as other:
        counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=CounterCard("2" * 15), shown=BY_PIN)
    with pytest.raises(ProcedureRefused) as none:
        counter.window.procedures.new_issue(WAKABA, resident_code=TARO, card=counter.card, shown=BY_PIN)
    assert (refusals(other.value), refusals(none.value)) == (["window.other-card"], ["window.no-card"])


def test_the_evidence_holds_no_number_and_no_image(counter: Counter) -> None:
    """R-2.26, S-28: the kind of the document, its last day, and that a copy was taken; nothing else of it."""
    counter.with_card()
    shown = Shown(
        documents=(
            ShownDocument(kind=DocumentKind.PASSPORT, expires=date(2027, 1, 1)),
            ShownDocument(kind=DocumentKind.PENSION_BOOK),
        ),
        pin_matches=None,
        copies_taken=True,
    )

    counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=shown)

    rows = DocumentShown.objects.for_municipality("99201").order_by("pk")
    assert [(row.kind, row.expires_date, row.copy_taken) for row in rows] == [
        ("passport", date(2027, 1, 1), True),
        ("pension-book", None, True),
    ]
    evidence = IdentityEvidence.objects.for_municipality("99201").get()
    assert (evidence.route, evidence.pin_matched) == ("same_day", None)


def test_the_policy_of_the_decision_is_kept(db: None) -> None:  # noqa: ARG001  -- opens the database
    """A decision is read later by the rulings it was made under."""
    outcome = Counter.open(Policy.preset("page")).with_card().issue()

    assert outcome.application.policy == "page"


def test_an_application_names_what_it_asks_for(counter: Counter) -> None:
    """Nothing asked for is no application."""
    counter.with_card()

    with pytest.raises(NoKinds):
        counter.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN, kinds=[])
    assert not Application.objects.for_municipality("99201").exists()


def test_another_municipalitys_officer_finds_nobody(counter: Counter) -> None:
    """The loader is the permission: person and application of another municipality are not found."""
    counter.with_card()
    counter.desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt

    with pytest.raises(ResidentNotFound):
        counter.window.procedures.new_issue(MINATO, resident_code=HANAKO, card=counter.card, shown=BY_PIN)
    with pytest.raises(ApplicationNotFound):
        counter.window.procedures.resume(MINATO, receipt=receipt, card=counter.card)
    with pytest.raises(ApplicationNotFound):
        counter.window.procedures.withdraw(MINATO, receipt=receipt)


def test_a_card_that_is_gone_from_the_start_is_no_application(counter: Counter) -> None:
    """Without a card on the reader nothing is received."""
    counter.with_card().card.fails = {"card_number"}

    with pytest.raises(Gone):
        counter.issue()
    assert not Application.objects.for_municipality("99201").exists()


def test_an_application_is_accepted_while_the_authority_is_away(counter: Counter) -> None:
    """R-4.5: the authority away, the application is examined, received, waits, and is resumed to its end."""
    counter.with_card()
    counter.desk.reachable = False

    waiting = counter.issue()

    assert waiting.application.state is ApplicationState.READY
    assert waiting.interruption is not None
    assert waiting.interruption.code == "desk.authority-unreachable"
    assert counter.window.queue(WAKABA) == (waiting.application,)
    (row,) = audited("application.accepted")
    assert row.data["known_afresh"] is False
    counter.desk.reachable = True
    resumed = counter.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=counter.card)
    assert resumed.done
    assert counter.window.queue(WAKABA) == ()


def test_a_question_the_authority_does_not_answer_stops_no_application(counter: Counter) -> None:
    """The counter goes by what it last knew; the order is held against the authority's register anyway."""
    counter.with_card().desk.refuse(CertificatesAsked)

    assert counter.issue().done


def test_two_applications_do_not_share_a_card(counter: Counter) -> None:
    """R-1.10: while an application waits for its certificates, the next one is told its number."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    first = counter.issue().application.receipt

    with pytest.raises(ProcedureRefused) as refused:
        counter.issue()
    assert refusals(refused.value) == ["window.issue-waiting"]
    assert first in refused.value.message("en")


def test_a_resumed_application_is_judged_again(counter: Counter) -> None:
    """R-1.1: who moved away while the application waited gets nothing; the refusal is kept, the application closed."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    change = Change(event=LifeEvent.DEATH, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)
    counter.desk.cut_before.clear()

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    assert refusals(refused.value) == ["eligibility.not-resident"]
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.REFUSED
    with pytest.raises(NothingWaits):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)


def test_a_partly_issued_application_outlives_the_persons_stay(counter: Counter) -> None:
    """What was issued stays issued: the rest is refused on resuming, and the application is closed by hand."""
    counter.with_card().card.after["activate"] = lambda: counter.card.fails.add("generate_key")
    receipt = counter.issue().application.receipt
    change = Change(event=LifeEvent.EMIGRATION, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    with pytest.raises(ProcedureRefused):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    assert counter.window.application(WAKABA, receipt).state is ApplicationState.PARTLY_ISSUED
    assert counter.window.procedures.withdraw(WAKABA, receipt=receipt).state is ApplicationState.DONE


def test_what_waits_can_be_withdrawn(counter: Counter) -> None:
    """An application that waits is withdrawn once; afterwards the person may apply again."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt

    assert counter.window.procedures.withdraw(WAKABA, receipt=receipt).state is ApplicationState.WITHDRAWN
    with pytest.raises(NothingWaits):
        counter.window.procedures.withdraw(WAKABA, receipt=receipt)
    counter.desk.cut_before.clear()
    assert counter.issue().done


def test_a_certificate_in_force_must_reach_the_card(counter: Counter) -> None:
    """Once the authority made the certificate valid, the application is finished, not withdrawn."""
    counter.with_card().card.fails = {"activate"}
    receipt = counter.issue().application.receipt

    with pytest.raises(MustFinish):
        counter.window.procedures.withdraw(WAKABA, receipt=receipt)
    counter.card.fails = set()
    assert counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card).done


def test_no_personal_data_in_the_audit_record(counter: Counter) -> None:
    """The audit record holds codes and numbers; no name, address, resident code or card number."""
    counter.with_certificates()

    rows = [f"{row} {row.data}" for verb in VERBS for row in audited(verb)]
    assert len(rows) >= len(VERBS)
    for secret in ("花子", "若葉市", HANAKO, counter.card.number):
        assert not any(secret in row for row in rows)


VERBS = (
    "residents.imported",
    "card.handed-over",
    "application.accepted",
    "certificate.ordered",
    "certificate.received",
    "certificate.written",
    "certificate.confirmed",
    "certificate.activated",
    "application.done",
    "message.delivered",
)


def test_advice_is_kept_too(counter: Counter) -> None:
    """What the person should know is written down like what stands in the way (R-3.1: renew both)."""
    counter.with_certificates()
    counter.clock.turn("2026-03-11")
    counter.window.procedures.renew(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN, kinds=[SIGNATURE])

    (finding,) = FindingRecord.objects.for_municipality("99201")
    assert (finding.code, finding.severity, finding.sentence) == ("window.renew-both", "advice", "S-20")


def test_a_written_certificate_may_be_in_force(counter: Counter) -> None:
    """The answer to a confirmation is lost: the authority may have made it valid, so nothing is withdrawn."""
    counter.with_card().desk.cut_after.add(DeliveryConfirmed)
    receipt = counter.issue().application.receipt

    with pytest.raises(MustFinish):
        counter.window.procedures.withdraw(WAKABA, receipt=receipt)
    counter.desk.cut_after.clear()
    assert counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card).done


def test_an_application_for_a_lost_card_can_be_withdrawn(counter: Counter) -> None:
    """What is on a card that is gone comes into use no more: its application need not wait for it."""
    counter.with_card().desk.cut_after.add(DeliveryConfirmed)
    receipt = counter.issue().application.receipt
    counter.window.cards.change(
        WAKABA,
        resident_code=HANAKO,
        card_number=counter.card.number,
        event=CardEvent.ABOLISH,
        cause=LifeEvent.CARD_LOST,
    )

    assert counter.window.procedures.withdraw(WAKABA, receipt=receipt).state is ApplicationState.WITHDRAWN


def test_a_withdrawal_stops_what_is_being_carried_out(counter: Counter) -> None:
    """Another clerk withdraws while the card makes its key: nothing is ordered, and the withdrawal stands."""
    counter.with_card()

    def withdraw() -> None:
        receipt = Application.objects.for_municipality("99201").get().receipt
        counter.window.procedures.withdraw(Clerk("other", "99201"), receipt=receipt)

    counter.card.after["generate_key"] = withdraw
    with pytest.raises(ClosedMeanwhile):
        counter.issue()

    assert Application.objects.for_municipality("99201").get().state == "withdrawn"
    assert CertificateOrder not in map(type, counter.desk.sent)


@pytest.mark.parametrize("gone", [True, False], ids=["refused", "good"])
def test_a_withdrawal_while_a_resumed_application_is_judged(counter: Counter, *, gone: bool) -> None:
    """Another clerk withdraws before the second judgement: that is said, whatever it finds, and nothing is written."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    if gone:
        change = Change(event=LifeEvent.DEATH, on=date(2021, 7, 1))
        counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)
    counter.clock.meanwhile = lambda: counter.window.procedures.withdraw(Clerk("other", "99201"), receipt=receipt)

    with pytest.raises(ClosedMeanwhile):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    closed = counter.window.application(WAKABA, receipt)
    assert (closed.state, closed.findings) == (ApplicationState.WITHDRAWN, ())
    assert not audited("application.refused")


def test_a_withdrawal_while_a_lost_key_is_planned_again(counter: Counter) -> None:
    """The order of an application that another clerk withdraws keeps its number: it is history."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    (order, _) = counter.window.application(WAKABA, receipt).orders
    counter.card.shadow.clear()
    others = counter.window.procedures
    counter.card.before["waiting_key_digest"] = lambda: others.withdraw(Clerk("other", "99201"), receipt=receipt)

    with pytest.raises(ClosedMeanwhile):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    assert counter.window.application(WAKABA, receipt).orders[0] == order


@pytest.mark.django_db(databases=["window"], transaction=True)
def test_a_withdrawal_by_another_process_while_a_resumed_application_is_judged(transactional_counter: Counter) -> None:
    """The same over two connections: what the other has committed is seen, and nothing is undone."""
    counter = transactional_counter.with_card()
    counter.desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt
    change = Change(event=LifeEvent.DEATH, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)

    def withdraw() -> None:
        counter.window.procedures.withdraw(Clerk("other", "99201"), receipt=receipt)
        connections.close_all()

    def elsewhere() -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(withdraw).result()

    counter.clock.meanwhile = elsewhere
    with pytest.raises(ClosedMeanwhile):
        counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card)

    assert counter.window.application(WAKABA, receipt).state is ApplicationState.WITHDRAWN
