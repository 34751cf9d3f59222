from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.deadlines import continued_use, deadline, last_day, standing
from openjpki.rules.era import Era, era_of, in_era, read_era
from openjpki.rules.fees import fee
from openjpki.rules.follow_up import correction, follow_up
from openjpki.rules.insurance import grace_until, insurance
from openjpki.rules.kinds import (
    Applicant,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    OtherCause,
    RecordKind,
    Term,
)
from openjpki.rules.notices import Addressee, Held, select
from openjpki.rules.office import is_open_day
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE, Voided, refund, remaking_fee
from openjpki.rules.renewal import renewal_window
from openjpki.rules.retention import destruction, retention
from openjpki.rules.stay import extension, special_period

NATIONAL = Policy.preset("national")
PRESETS = st.sampled_from([NATIONAL, Policy.preset("page")])
DAYS = st.dates(date(2016, 1, 1), date(2090, 12, 31))
MOVING = (Term.MOVE_IN, Term.PLANNED_DEPARTURE, Term.CONTINUED_USE, Term.INQUIRY_REPLY)
CAUSES = st.sampled_from([*LifeEvent, *OtherCause])
STATES = st.sampled_from(CertificateState)
KINDS = st.sets(st.sampled_from(CertificateKind))


@given(term=st.sampled_from(Term), since=DAYS, policy=PRESETS)
def test_a_deadline_lies_between_open_days(term: Term, since: date, policy: Policy) -> None:
    """R-4.7; E-36: what moves ends on an open day, at most a closure later; what does not move ends where it is counted."""
    found = deadline(policy, term=term, since=since)

    assert found.last_open_day <= found.last_day < found.next_open_day
    assert is_open_day(policy, found.last_open_day)
    assert is_open_day(policy, found.next_open_day)
    assert found.counted <= found.last_day <= found.counted + timedelta(days=14)
    if term in MOVING:
        assert found.last_open_day == found.last_day
    else:
        assert not found.moved
    between = range(1, (found.next_open_day - found.last_open_day).days)
    assert not any(
        is_open_day(policy, day)
        for day in (found.last_open_day + timedelta(days=count) for count in between)
        if day != found.last_day
    )


@given(term=st.sampled_from(Term), since=DAYS, days=st.integers(-5, 120))
def test_in_time_through_the_last_day(term: Term, since: date, days: int) -> None:
    """R-4.7, R-5.21: in time on the last day, over on the next, and over means a refusal that says what to do."""
    last = last_day(NATIONAL, term=term, since=since)
    found = standing(NATIONAL, term=term, since=since, on=last + timedelta(days=days))

    assert found.in_time is (days <= 0)
    assert (found.missed is None) is found.in_time
    if found.missed:
        assert found.missed.ends_on == last + timedelta(days=1)
    assert all(finding.severity == ("advice" if found.in_time else "refusal") for finding in found.findings)
    assert all(finding.bring("ja") and finding.bring("en") for finding in found.findings)


@given(since=DAYS, later=st.integers(0, 400), term=st.sampled_from(Term))
def test_a_later_start_never_ends_earlier(since: date, later: int, term: Term) -> None:
    """R-4.7: terms are monotone."""
    assert last_day(NATIONAL, term=term, since=since + timedelta(days=later)) >= last_day(
        NATIONAL, term=term, since=since
    )


@given(reported=DAYS, on=st.integers(0, 200), again=st.integers(0, 200))
def test_moving_again_never_helps(reported: date, on: int, again: int) -> None:
    """R-5.21: another move can only void the card, and never later than the term does."""
    day = reported + timedelta(days=on)
    alone = continued_use(NATIONAL, reported=reported, on=day)
    moved = continued_use(NATIONAL, reported=reported, on=day, moved_again=reported + timedelta(days=again))

    assert alone.in_time or not moved.in_time
    if alone.missed and moved.missed:
        assert moved.missed.ends_on <= alone.missed.ends_on


@given(reason=st.sampled_from(FeeReason), on=DAYS, policy=PRESETS)
def test_every_reason_has_a_fee_on_every_day(reason: FeeReason, on: date, policy: Policy) -> None:
    """R-4.1, R-4.2: no case is without an amount under a preset, and none costs more than a lost card."""
    assert 0 <= fee(policy, reason=reason, on=on).yen <= fee(policy, reason=FeeReason.CARD_LOST, on=on).yen


@given(
    reason=st.sampled_from([*filter(REMADE.__contains__, FeeReason)]),
    on=st.dates(date(2024, 12, 2), date(2090, 12, 31)),
    certificates=st.booleans(),
    policy=PRESETS,
)
def test_a_remade_card_is_dearer_in_a_hurry_or_free(
    reason: FeeReason,
    on: date,
    certificates: bool,  # noqa: FBT001  -- drawn by Hypothesis
    policy: Policy,
) -> None:
    """R-4.1: the parts make the table's sum; in a hurry it costs the surcharge more, or nothing still."""
    whole = remaking_fee(policy, reason=reason, on=on)
    asked = remaking_fee(policy, reason=reason, on=on, certificates=certificates)
    hurried = remaking_fee(policy, reason=reason, on=on, certificates=certificates, express=True)

    assert whole.yen == fee(policy, reason=reason, on=on).yen
    assert whole.yen - asked.yen == (0 if certificates else whole.certificates_yen)
    assert hurried.yen - asked.yen == (policy.fee_express_surcharge if whole.yen else 0)


@given(
    paid=st.integers(0, 3000),
    voided=st.sampled_from(Voided),
    strict=st.sampled_from(["office_fault", "before_hand_over"]),
)
def test_all_or_nothing_is_paid_back(paid: int, voided: Voided, strict: str) -> None:
    """R-4.2: an error of the office never costs the holder anything."""
    found = refund(NATIONAL.with_settings({"refund_on_void": strict}), paid=paid, voided=voided)

    assert found.yen in {0, paid}
    assert voided is not Voided.OFFICE_FAULT or found.yen == paid


@given(record=st.sampled_from(RecordKind), made=DAYS, days=st.integers(0, 4000), on=st.integers(-30, 9000))
def test_a_record_goes_only_after_its_term(record: RecordKind, made: date, days: int, on: int) -> None:
    """R-2.26: refused through the last day, allowed from the next; a record of issue outlives one of revocation by ten years."""
    due, day = made + timedelta(days=days), made + timedelta(days=on)
    kept = retention(NATIONAL, record=record, made=made, due_expiry=due)
    (finding,) = destruction(NATIONAL, record=record, made=made, due_expiry=due, on=day)

    assert kept.until >= made
    assert (finding.severity == "refusal") is (day <= kept.until)
    issue = retention(NATIONAL, record=RecordKind.ISSUE, made=made, due_expiry=due)
    revocation = retention(NATIONAL, record=RecordKind.REVOCATION, made=made, due_expiry=due)
    assert issue.until.year - revocation.until.year == 10
    assert (issue.until.month, issue.until.day) == (due.month, due.day) or issue.until.month == due.month == 2


@given(
    expires=DAYS,
    before=st.integers(-40, 200),
    card=st.integers(0, 1500),
    signature=STATES,
    authentication=STATES,
    addressee=st.sampled_from(Addressee),
    card_state=st.sampled_from(CardState),
)
def test_a_notice_names_only_what_lives_and_ends_soon(
    expires: date,
    before: int,
    card: int,
    signature: CertificateState,
    authentication: CertificateState,
    addressee: Addressee,
    card_state: CardState,
) -> None:
    """R-7.2, R-7.4, R-7.5: to residents only, for living certificates; one that ends with its card is not named beside it."""
    on = expires - timedelta(days=before)
    states = {CertificateKind.SIGNATURE: signature, CertificateKind.AUTHENTICATION: authentication}
    held = Held(
        card=card_state,
        card_expires=expires + timedelta(days=card),
        certificates=tuple((kind, state, expires) for kind, state in states.items()),
    )
    found = select(NATIONAL, addressee=addressee, held=held, on=on)

    if found.notice is None:
        assert found.findings
        return
    assert addressee is Addressee.RESIDENT
    assert card_state is CardState.ACTIVE
    assert on == found.notice.printed <= found.notice.posted <= found.notice.expires
    assert found.notice.opens == renewal_window(NATIONAL, found.notice.expires).opens
    assert found.notice.card or found.notice.kinds
    assert all(states[kind] is CertificateState.VALID for kind in found.notice.kinds)
    assert not (card == 0 and found.notice.kinds)


@given(
    expires=DAYS,
    longer=st.integers(-400, 2000),
    limit=st.integers(0, 4000),
    on=st.integers(-400, 60),
    applicant=st.sampled_from(Applicant),
)
def test_an_extension_only_lengthens(expires: date, longer: int, limit: int, on: int, applicant: Applicant) -> None:
    """R-2.12, R-3.7: never past the stay or the birthday, never after the card's end, certificates for the holder only."""
    day, stay = expires + timedelta(days=on), expires + timedelta(days=longer)
    birthday = expires + timedelta(days=limit)
    found = extension(card_expires=expires, stay_until=stay, birthday_limit=birthday, on=day, applicant=applicant)

    if found.card_until is None:
        assert [finding.severity for finding in found.findings] == ["refusal"]
        assert not found.certificates
        return
    assert day <= expires < found.card_until <= min(stay, birthday)
    assert not found.certificates or applicant in {Applicant.SELF, Applicant.LEGAL_REPRESENTATIVE}


@given(stay=DAYS, before=st.integers(0, 90), used=st.booleans())
def test_the_special_period_lasts_two_months_once(stay: date, before: int, used: bool) -> None:  # noqa: FBT001  -- drawn by Hypothesis
    """R-3.7; E-27: 59 to 62 days past the stay, and not a second time."""
    on = stay - timedelta(days=before)
    until = special_period(stay_until=stay, applied_on=on, on=on, used=used).card_until

    assert (until is None) is used
    assert until is None or 59 <= (until - stay).days <= 62


@given(expires=DAYS, end=st.sampled_from(["month_end", "same_day"]), days=st.integers(-10, 150), state=STATES)
def test_insurance_grace(expires: date, end: str, days: int, state: CertificateState) -> None:
    """R-3.11: at least three months, and only for what was not revoked."""
    policy = NATIONAL.with_settings({"insurance_grace_end": end})
    on = expires + timedelta(days=days)
    found = insurance(policy, state=state, expires=expires, on=on)

    assert 89 <= (grace_until(policy, expires=expires) - expires).days <= 122
    assert found.usable is (
        state in {CertificateState.VALID, CertificateState.EXPIRED} and on <= grace_until(policy, expires=expires)
    )


@given(cause=CAUSES, on=DAYS, kinds=KINDS)
def test_nothing_revoked_comes_back_and_a_mistake_is_free(
    cause: LifeEvent | OtherCause, on: date, kinds: set[CertificateKind]
) -> None:
    """R-5.9, R-4.1: whatever was ended by mistake is issued anew, and the office bears it."""
    mistaken = correction(NATIONAL, cause=cause, on=on, kinds=kinds)
    meant = follow_up(NATIONAL, cause=cause, on=on, kinds=kinds)

    assert mistaken.reissue >= meant.reissue
    assert mistaken.findings
    if mistaken.reissue:
        assert mistaken.fee is FeeReason.OFFICE_ERROR
        assert fee(NATIONAL, reason=mistaken.fee, on=on).yen == 0


BOUNDARIES = st.sampled_from(Era).filter(lambda era: era is not Era.MEIJI)


@given(era=BOUNDARIES, days=st.integers(0, 5000))
def test_an_era_begins_on_its_day(era: Era, days: int) -> None:
    """R-1.9: 1912-07-30, 1926-12-25, 1989-01-08 and 2019-05-01 are the first days of 元年; the eve is the era before."""
    eve = era.begins - timedelta(days=1)

    assert in_era(era.begins).startswith(f"{era.value}元年")
    assert era_of(eve).digit == era.digit - 1
    assert read_era(in_era(eve)) == eve
    assert read_era(in_era(era.begins + timedelta(days=days))) == era.begins + timedelta(days=days)
