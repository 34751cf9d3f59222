from dataclasses import replace
from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import (
    ApprovalGround,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Power,
    Procedure,
)
from openjpki.rules.policy import Policy
from openjpki.window.examination import FEE_REASON_OF, Case, Known, Shown, examine, examine_ending, standing
from tests.unit.window.counter import BY_LICENCE, BY_PARENT, BY_PIN, NOTHING

POLICY = Policy()
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
BOTH = (AUTHENTICATION, SIGNATURE)
VALID_TO_JUNE = tuple(Known(kind=kind, state=CertificateState.VALID, expires=date(2026, 6, 10)) for kind in BOTH)
CASE = Case(
    procedure=Procedure.RENEWAL,
    kinds=BOTH,
    on=date(2026, 3, 11),
    resident=True,
    born=date(1990, 6, 10),
    card=CardState.ACTIVE,
    card_expires=date(2031, 6, 10),
    history=VALID_TO_JUNE,
    shown=BY_PIN,
)


def codes(case: Case, policy: Policy = POLICY) -> list[str]:
    """Return the codes of what is found."""
    return [finding.code for finding in examine(policy, case).findings]


def ended(state: CertificateState, event: LifeEvent | None, **more: date) -> Known:
    """Return Hanako's signature certificate after something happened to it."""
    return Known(kind=SIGNATURE, state=state, expires=date(2026, 6, 10), event=event, **more)


def test_a_renewal_on_the_first_day_of_the_window_is_free() -> None:
    """E-17, E-29: certificates to 2026-06-10 are renewed from 2026-03-11, free of charge (R-3.8, R-4.1)."""
    examination = examine(POLICY, CASE)

    assert not examination.refused
    assert (examination.way, examination.reason, examination.fee.yen) == ("same_day", FeeReason.RENEWAL, 0)


def test_a_renewal_before_the_window_is_refused_with_the_date() -> None:
    """E-16: on 2026-03-10 the window is not open, even with the notice in hand (R-3.8, S-33); the date is named."""
    finding = examine(POLICY, replace(CASE, on=date(2026, 3, 10))).findings[0]

    assert (finding.code, finding.severity) == ("renewal.not-yet", "refusal")
    assert "2026-03-11" in finding.en


def test_a_renewal_after_the_expiry_is_a_new_issue() -> None:
    """An expired certificate is issued anew, not renewed (R-3.10, S-36), and that is free (R-4.1)."""
    after = replace(CASE, on=date(2026, 6, 11))

    assert codes(after)[0] == "renewal.over"
    assert codes(replace(after, procedure=Procedure.NEW)) == []
    assert examine(POLICY, replace(after, procedure=Procedure.NEW)).reason is FeeReason.AFTER_EXPIRY


def test_a_renewal_with_a_card_that_ends_the_same_day_gains_nothing() -> None:
    """R-7.5: where card and certificate end together, the card is re-made first."""
    assert "renewal.card-first" in codes(replace(CASE, card_expires=date(2026, 6, 10)))


@pytest.mark.parametrize("history", [(), (ended(CertificateState.REVOKED, LifeEvent.MOVE),)])
def test_nothing_in_force_is_not_renewed(history: tuple[Known, ...]) -> None:
    """A renewal takes a certificate in force (R-2.3); after a lapse it is a new issue (R-2.2)."""
    assert "window.renewal.nothing" in codes(replace(CASE, kinds=(SIGNATURE,), history=history))


def test_renewing_the_signature_certificate_alone_is_advised_against() -> None:
    """R-3.1: renewed alone, the signature certificate ends with the old authentication certificate."""
    alone = examine(POLICY, replace(CASE, kinds=(SIGNATURE,)))

    assert not alone.refused
    assert [finding.code for finding in alone.findings] == ["window.renew-both"]


def test_a_new_issue_beside_one_in_force_is_refused() -> None:
    """One live certificate of each kind per card (R-1.10)."""
    assert "window.new.in-force" in codes(replace(CASE, procedure=Procedure.NEW))


def test_behind_the_window_the_label_is_a_new_issue() -> None:
    """CF-2: where the window ends a day early, the expiry day is served as a new issue."""
    page = Policy.preset("page")
    last_day = replace(CASE, on=date(2026, 6, 10))

    assert codes(last_day, page)[0] == "renewal.over"
    assert codes(replace(last_day, procedure=Procedure.NEW), page) == []


def test_a_reissue_replaces_what_there_was() -> None:
    """R-2.4: a re-issue needs a certificate before it; an early one may lose a year, and is told so."""
    early = replace(CASE, procedure=Procedure.REISSUE, on=date(2024, 5, 1), kinds=(SIGNATURE,))

    assert codes(early) == ["window.reissue.loses-time"]
    assert examine(POLICY, early).fee.yen == 200
    assert codes(replace(early, on=date(2026, 3, 11))) == []
    assert codes(replace(early, history=())) == ["window.reissue.nothing"]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (None, FeeReason.FIRST),
        (ended(CertificateState.UNDELIVERED, None), FeeReason.FIRST),
        (ended(CertificateState.REVOKED, None), FeeReason.FIRST),
        (ended(CertificateState.REVOKED, LifeEvent.MOVE), FeeReason.ATTRIBUTES_CHANGED),
        (ended(CertificateState.REVOKED, LifeEvent.REQUEST), FeeReason.OWN_REQUEST),
        (ended(CertificateState.REVOKED, LifeEvent.KEY_COMPROMISE), FeeReason.OWN_REQUEST),
        (ended(CertificateState.REVOKED, LifeEvent.HOLD), FeeReason.AFTER_HOLD),
        (ended(CertificateState.HELD, LifeEvent.HOLD), FeeReason.AFTER_HOLD),
        (ended(CertificateState.REVOKED, LifeEvent.CARD_LOST), FeeReason.CARD_LOST),
        (ended(CertificateState.REVOKED, LifeEvent.CARD_RETURNED), FeeReason.CARD_LOST),
        (ended(CertificateState.EXPIRED, None), FeeReason.AFTER_EXPIRY),
        (ended(CertificateState.SUPERSEDED, LifeEvent.RENEWAL), FeeReason.RENEWAL),
        (ended(CertificateState.SUPERSEDED, None), FeeReason.AFTER_EXPIRY),
    ],
)
def test_the_fee_follows_from_what_became_of_the_last_certificate(known: Known | None, reason: FeeReason) -> None:
    """R-4.1, R-4.2: the reason of the fee is read from the history; what never reached the holder does not count."""
    history = (known,) if known else ()
    case = replace(CASE, kinds=(SIGNATURE,), procedure=Procedure.NEW, on=date(2025, 1, 6), history=history)

    assert examine(POLICY, case).reason is reason


def test_every_event_has_a_fee_reason() -> None:
    """Whatever ended a certificate, the counter knows what the next one costs."""
    assert set(FEE_REASON_OF) == set(LifeEvent)


def test_a_remade_card_is_paid_once() -> None:
    """R-4.1: card 800 and certificates 200 together, once: the second certificate of the new card is its first (R-1.5)."""
    lost = (ended(CertificateState.REVOKED, LifeEvent.CARD_LOST),)
    case = replace(CASE, kinds=(SIGNATURE,), procedure=Procedure.NEW, on=date(2025, 1, 6), history=lost)

    assert examine(POLICY, case).fee.yen == 1000
    assert examine(POLICY, replace(case, card_paid=True)).reason is FeeReason.FIRST


@pytest.mark.parametrize(("returned", "yen"), [(date(2026, 3, 10), 1000), (date(2026, 3, 11), 0)])
def test_a_card_returned_near_its_end_is_remade_free(returned: date, yen: int) -> None:
    """R-4.1: a card with less than three months to go is re-made free of charge."""
    back = ended(CertificateState.REVOKED, LifeEvent.CARD_RETURNED, card_expires=date(2026, 6, 10), ended_on=returned)
    case = replace(CASE, kinds=(SIGNATURE,), procedure=Procedure.NEW, history=(back,))

    assert examine(POLICY, case).fee.yen == yen


def test_one_fee_covers_both_certificates() -> None:
    """R-4.1: one 200 yen covers both; where the reasons differ the higher one counts."""
    history = (VALID_TO_JUNE[0], ended(CertificateState.REVOKED, LifeEvent.MOVE))
    case = replace(CASE, procedure=Procedure.REISSUE, on=date(2025, 1, 6), history=history)

    assert examine(POLICY, case).fee.yen == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"resident": False}, "eligibility.not-resident"),
        ({"card": None, "card_expires": None}, "window.no-card"),
        ({"card": CardState.SUSPENDED}, "eligibility.card-suspended"),
        ({"card": CardState.ABOLISHED}, "eligibility.card-abolished"),
        ({"card_expires": date(2026, 3, 10)}, "eligibility.card-expired"),
        ({"own_card_shown": False}, "window.other-card"),
        ({"born": date(2012, 4, 1), "kinds": (SIGNATURE,)}, "eligibility.ward_or_under15_principle"),
        ({"born": date(2012, 4, 1), "kinds": (AUTHENTICATION,)}, "representative.needed"),
        ({"waiting": "2025-000007"}, "window.issue-waiting"),
        ({"shown": NOTHING}, "identity.inquiry"),
        ({"shown": Shown(pin_matches=False)}, "identity.inquiry"),
    ],
)
def test_what_stands_in_the_way_is_a_refusal(change: dict[str, object], code: str) -> None:
    """R-1.1 to R-1.3, R-2.20: residence, card, age, identity; each refusal is found, once."""
    examination = examine(POLICY, replace(CASE, **change))  # type: ignore[arg-type]  # a table of differing fields

    assert examination.refused
    assert [finding.code for finding in examination.findings].count(code) == 1


def test_a_document_stands_in_for_the_pin() -> None:
    """S-13, S-41: a document in force identifies the person, and copies are kept (S-28); the PIN not tried is not wrong."""
    examination = examine(POLICY, replace(CASE, shown=BY_LICENCE))

    assert examination.way == "same_day"
    assert {finding.code for finding in examination.findings} == {"identity.pin-needed", "identity.copies-kept"}
    assert {finding.severity for finding in examination.findings} == {"advice"}


def test_a_pin_that_failed_is_set_anew_first() -> None:
    """R-6.3; S-43 to S-45: the card refused the PIN, a document is shown: the PIN is set anew first, and nothing issued before."""
    examination = examine(POLICY, replace(CASE, shown=replace(BY_LICENCE, pin_matches=False)))

    assert examination.way == "same_day"
    assert [finding.code for finding in examination.findings] == [
        "application.pin-first",
        "identity.pin-reset-first",
        "identity.copies-kept",
    ]


@pytest.mark.parametrize(("state", "told"), [(CertificateState.VALID, True), (CertificateState.HELD, False)])
def test_only_what_can_be_renewed_loses_time(state: CertificateState, told: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.4, R-3.3, R-5.20: an early re-issue may cost a year against a renewal; a held certificate is never renewed."""
    history = tuple(replace(known, state=state) for known in VALID_TO_JUNE)
    case = replace(CASE, procedure=Procedure.REISSUE, on=date(2026, 3, 10), history=history)

    assert ("window.reissue.loses-time" in codes(case)) is told


def test_refusals_come_first() -> None:
    """What stands in the way is told before what should be known."""
    examination = examine(POLICY, replace(CASE, shown=BY_LICENCE, on=date(2026, 3, 10)))

    assert [finding.severity for finding in examination.findings] == ["refusal", "advice", "advice"]


def test_standing_asks_no_document() -> None:
    """When an issue is resumed, residence, card and age are judged again, and nothing else (R-1.1)."""
    assert standing(POLICY, replace(CASE, shown=NOTHING, history=())) == ()


@pytest.mark.parametrize(("day", "found"), [("2026-06-10", []), ("2026-06-11", ["renewal.over"])])
def test_what_is_not_ordered_needs_its_window_still(day: str, found: list[str]) -> None:
    """R-3.8: the day of issue counts, its last day included; what is ordered is the authority's to judge."""
    case = replace(CASE, shown=NOTHING, on=date.fromisoformat(day))

    assert [one.code for one in standing(POLICY, case, unordered=(SIGNATURE,))] == found
    assert standing(POLICY, case) == ()


def test_a_renewal_that_waits_is_told_its_last_day() -> None:
    """R-2.27, R-3.8: of two certificates the one that ends first; what waits for nobody, or has no window, is not told."""
    two = replace(POLICY, second_person_for=(ApprovalGround.NO_PIN,))
    first, second = VALID_TO_JUNE
    history = (replace(first, expires=date(2026, 6, 1)), second)
    case = replace(CASE, shown=BY_LICENCE, history=history)

    (told,) = [one for one in examine(two, case).findings if one.code == "window.renewal.issue-by"]
    assert "2026-06-01" in told.en
    assert told.severity == "advice"
    for policy, other in ((POLICY, case), (two, replace(case, procedure=Procedure.REISSUE))):
        assert "window.renewal.issue-by" not in [one.code for one in examine(policy, other).findings]


@pytest.mark.parametrize(
    ("on", "expires", "told"),
    [
        ("2026-03-11", "2026-06-05", "2026-06-05 (Fri)"),
        ("2026-03-11", "2026-06-07", "2026-06-05 (Fri)"),
        ("2026-06-05", "2026-06-07", "2026-06-05 (Fri)"),
        ("2026-06-06", "2026-06-07", "2026-06-06 (Sat)"),
    ],
)
def test_a_renewal_that_waits_is_told_its_last_open_day(on: str, expires: str, told: str) -> None:
    """R-3.8, R-4.7: a window that ends on a closed day is of use up to the open day before; work on a closed day counts."""
    two = replace(POLICY, second_person_for=(ApprovalGround.NO_PIN,))
    history = tuple(replace(known, expires=date.fromisoformat(expires)) for known in VALID_TO_JUNE)
    case = replace(CASE, shown=BY_LICENCE, history=history, on=date.fromisoformat(on))

    (found,) = [one for one in examine(two, case).findings if one.code == "window.renewal.issue-by"]
    assert f"issued by {told}" in found.en
    assert f"After {told}" in found.bring_en


@pytest.mark.parametrize(
    ("change", "known_afresh", "found"),
    [
        ({}, True, []),
        ({"card": None, "card_expires": None}, True, []),
        ({"history": ()}, True, ["window.ending.nothing"]),
        ({"history": ()}, False, []),
        ({"resident": False}, True, ["eligibility.not-resident"]),
        ({"shown": NOTHING}, True, ["identity.inquiry"]),
        ({"own_card_shown": False}, True, ["window.other-card"]),
        ({"own_card_shown": False, "shown": BY_LICENCE}, True, ["identity.copies-kept"]),
    ],
)
def test_ending_needs_no_card(change: dict[str, object], known_afresh: bool, found: list[str]) -> None:  # noqa: FBT001  -- a table
    """R-2.5: a revocation asks neither card nor PIN; what is only remembered does not stand in its way."""
    case = replace(CASE, procedure=Procedure.REVOCATION, **change)  # type: ignore[arg-type]  # a table of differing fields

    assert [finding.code for finding in examine_ending(POLICY, case, known_afresh=known_afresh).findings] == found


def test_a_case_shows_no_birth_date() -> None:
    """A case names nobody; the one personal datum in it stays out of its `repr`."""
    assert "born" not in repr(CASE)


CHILD = replace(CASE, procedure=Procedure.NEW, kinds=(AUTHENTICATION,), history=(), born=date(2018, 6, 10))


def test_a_parent_applies_for_a_child() -> None:
    """R-1.3, R-1.6, R-2.22: under 15 the authentication certificate is the representative's to apply for, with the papers."""
    examination = examine(POLICY, replace(CHILD, shown=BY_PARENT))

    assert not examination.refused
    assert examination.way == "same_day"
    assert codes(CHILD)[0] == "representative.needed"


def test_a_parent_gets_no_signature_certificate_for_a_child() -> None:
    """R-1.3, S-08: whoever applies, under 15 no signature certificate is issued."""
    both = replace(CHILD, kinds=BOTH, shown=BY_PARENT)

    assert "eligibility.ward_or_under15_principle" in codes(both)


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_representative_shows_both_papers(left_out: int) -> None:
    """R-2.22: a photo document of the representative, and the proof of the power."""
    papers = BY_PARENT.representative_documents
    without = replace(BY_PARENT, representative_documents=papers[:left_out] + papers[left_out + 1 :])

    assert (
        codes(replace(CHILD, shown=without))[0]
        == ("representative.photo-id", "representative.family-register")[left_out]
    )


def test_a_guardian_applies_for_an_adult_ward() -> None:
    """R-1.7, S-08, S-09: an adult ward's guardian gets the authentication certificate, and not the other one."""
    guardian = replace(
        BY_PARENT,
        power=Power.GUARDIAN,
        representative_documents=(
            BY_PARENT.representative_documents[0],
            ShownDocument(kind=DocumentKind.GUARDIANSHIP_CERTIFICATE, expires=None, issued=CASE.on),
        ),
    )
    ward = replace(CASE, procedure=Procedure.NEW, history=(), kinds=(AUTHENTICATION,), shown=guardian)

    assert codes(ward) == ["identity.copies-kept"]
    assert codes(replace(ward, kinds=BOTH))[0] == "eligibility.ward_or_under15_principle"


def test_nobody_represents_an_adult_who_acts_alone() -> None:
    """R-1.6: from 15 on a person in full capacity applies alone."""
    assert codes(replace(CASE, shown=BY_PARENT))[0] == "representative.acts-alone"
