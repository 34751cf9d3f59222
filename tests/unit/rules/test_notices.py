from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, ResidenceStatus
from openjpki.rules.notices import (
    Addressee,
    Enclosure,
    Held,
    Notice,
    addressee_of,
    announced,
    brought,
    is_due,
    lost,
    post_day,
    print_day,
    returned,
    select,
)
from openjpki.rules.policy import Policy
from openjpki.rules.stay import Stay

NATIONAL = Policy.preset("national")
EXPIRES = date(2026, 8, 15)
CARD = date(2031, 8, 15)
PRINTED = date(2026, 5, 15)
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
BOTH = frozenset(CertificateKind)


def _held(
    *,
    card_expires: date = CARD,
    card: CardState = CardState.ACTIVE,
    signature: CertificateState = CertificateState.VALID,
    signature_expires: date = EXPIRES,
) -> Held:
    certificates = (
        (SIGNATURE, signature, signature_expires),
        (AUTHENTICATION, CertificateState.VALID, EXPIRES),
    )
    return Held(card=card, card_expires=card_expires, certificates=certificates)


def _notice(held: Held, on: date = PRINTED, policy: Policy = NATIONAL) -> Notice:
    notice = select(policy, addressee=Addressee.RESIDENT, held=held, on=on).notice
    assert notice is not None
    return notice


def _codes(notice: Notice) -> list[str]:
    return [finding.code for finding in notice.findings]


def test_a_notice_of_both_certificates() -> None:
    """R-7.1, R-7.3; S-50, S-51, S-54: printed three months before, never forwarded, with form and sealing envelope."""
    notice = _notice(_held())

    assert (notice.card, notice.kinds, notice.expires) == (False, BOTH, EXPIRES)
    assert (notice.printed, notice.posted, notice.opens) == (PRINTED, date(2026, 5, 29), date(2026, 5, 16))
    assert notice.enclosed == (
        Enclosure.NOTICE,
        Enclosure.GUIDE,
        Enclosure.INQUIRY_FORM,
        Enclosure.SEALING_ENVELOPE,
    )
    assert not notice.forwarded
    assert _codes(notice) == []


@pytest.mark.parametrize(
    ("on", "due"),
    [("2026-05-14", False), ("2026-05-15", True), ("2026-08-01", True), ("2026-08-02", False)],
)
def test_when_a_notice_is_due(on: str, due: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-7.4: from three months before the expiry, while it can still be posted by its day."""
    found = select(NATIONAL, addressee=Addressee.RESIDENT, held=_held(), on=date.fromisoformat(on))

    assert (found.notice is not None) is due
    assert [finding.code for finding in found.findings] == ([] if due else ["notice.nothing-due"])


@pytest.mark.parametrize(
    ("addressee", "code"),
    [
        (Addressee.FIXED_STAY, "notice.fixed-stay"),
        (Addressee.RESIDENCE_ELSEWHERE, "notice.residence-elsewhere"),
        (Addressee.OFF_THE_RECORD, "notice.off-the-record"),
    ],
)
def test_who_gets_none(addressee: Addressee, code: str) -> None:
    """R-7.2, R-7.4: foreigners with a fixed stay, 居所登録, the dead and those who moved away."""
    found = select(NATIONAL, addressee=addressee, held=_held(), on=PRINTED)

    assert found.notice is None
    assert [finding.code for finding in found.findings] == [code]


@pytest.mark.parametrize("card", [CardState.SUSPENDED, CardState.ABOLISHED, CardState.EXPIRED])
def test_a_dead_card_gets_none(card: CardState) -> None:
    """R-7.4: what is not in use is not renewed, on a stopped card neither."""
    assert select(NATIONAL, addressee=Addressee.RESIDENT, held=_held(card=card), on=PRINTED).notice is None


def test_a_lapsed_signature_certificate() -> None:
    """R-7.4; S-25, S-26: the notice is for the authentication certificate alone, and says why."""
    notice = _notice(_held(signature=CertificateState.REVOKED))

    assert notice.kinds == frozenset({AUTHENTICATION})
    assert _codes(notice) == ["notice.authentication-alone"]


def test_a_signature_certificate_that_never_was() -> None:
    """R-7.4, R-1.3: who never had one, a child for instance, is told nothing of it."""
    held = Held(
        card=CardState.ACTIVE,
        card_expires=CARD,
        certificates=((AUTHENTICATION, CertificateState.VALID, EXPIRES),),
    )
    notice = _notice(held)

    assert (notice.kinds, _codes(notice)) == (frozenset({AUTHENTICATION}), [])


def test_certificates_of_different_ends() -> None:
    """R-7.4: each is due by its own end; one that lives longer is not named."""
    first = _notice(_held(signature_expires=date(2026, 7, 1)), on=date(2026, 4, 1))
    later = _notice(_held(signature_expires=date(2027, 7, 1)))

    assert (first.kinds, first.expires) == (frozenset({SIGNATURE}), date(2026, 7, 1))
    assert (later.kinds, _codes(later)) == (frozenset({AUTHENTICATION}), [])


def test_card_and_certificates_ending_the_same_day() -> None:
    """R-7.5, CF-12: the notice is for the card, with the application number; the certificates alone gain nothing."""
    notice = _notice(_held(card_expires=EXPIRES))

    assert (notice.card, notice.kinds, notice.expires) == (True, frozenset(), EXPIRES)
    assert Enclosure.APPLICATION_ID in notice.enclosed
    assert _codes(notice) == ["notice.card-first"]


def test_the_card_does_not_come_first_everywhere() -> None:
    """R-7.5, CF-12: where the setting is off, one letter asks for both."""
    policy = NATIONAL.with_settings({"card_first_if_same_expiry": "false"})
    notice = _notice(_held(card_expires=EXPIRES), policy=policy)

    assert (notice.card, notice.kinds, _codes(notice)) == (True, BOTH, [])


def test_a_certificate_that_ends_before_the_card() -> None:
    """R-7.5: both are due, and the certificate that ends earlier is named beside the card."""
    notice = _notice(_held(card_expires=EXPIRES, signature_expires=date(2026, 6, 1)))

    assert (notice.card, notice.kinds, notice.expires) == (True, frozenset({SIGNATURE}), date(2026, 6, 1))


def test_print_and_post_days_are_settings() -> None:
    """R-7.1: two to three months before; posted at once it comes before the window and says so (S-33)."""
    early = NATIONAL.with_settings({"notice_months_before": "4", "notice_days_to_send": "0"})
    notice = _notice(_held(), on=date(2026, 4, 15), policy=early)

    assert print_day(NATIONAL, expires=EXPIRES) == PRINTED
    assert print_day(early, expires=EXPIRES) == date(2026, 4, 15)
    assert post_day(early, printed=PRINTED) == PRINTED
    assert _codes(notice) == ["notice.comes-early"]
    assert "令和8年（2026年）5月16日（土）" in notice.findings[0].message("ja")
    assert "令和8年（2026年）5月18日（月）" in notice.findings[0].bring("ja")  # the first open day


@pytest.mark.parametrize(("days", "codes"), [("0", ["notice.comes-early"]), ("1", [])])
def test_a_notice_posted_when_the_window_opens(days: str, codes: list[str]) -> None:
    """R-7.1; S-33: printed on 05-15 for a window from 05-16; only what is posted before it can come early."""
    assert _codes(_notice(_held(), policy=NATIONAL.with_settings({"notice_days_to_send": days}))) == codes


@pytest.mark.parametrize(
    ("current", "on", "codes"),
    [
        (EXPIRES, "2026-05-15", ["notice.comes-early"]),
        (EXPIRES, "2026-05-16", []),
        (date(2031, 8, 15), "2026-05-20", ["notice.crossed"]),
    ],
)
def test_who_comes_with_a_notice(current: date, on: str, codes: list[str]) -> None:
    """R-7.1, R-7.6; S-33, S-34: it opens nothing before the window, and may have crossed with the renewal."""
    found = brought(NATIONAL, named=EXPIRES, current=current, on=date.fromisoformat(on))

    assert [finding.code for finding in found] == codes
    assert codes != ["notice.comes-early"] or "2026-05-18" in found[0].bring_en


def test_a_notice_opens_the_window_where_it_is_set_so() -> None:
    """R-7.1, CF-11: `notice_opens_window`."""
    policy = NATIONAL.with_settings({"notice_opens_window": "true"})

    assert brought(policy, named=EXPIRES, current=EXPIRES, on=date(2026, 5, 1)) == ()


def test_a_lost_notice() -> None:
    """R-7.1; S-40, S-50, CF-11: not needed, unless the municipality asks for it."""
    strict = NATIONAL.with_settings({"notice_required": "true"})

    assert lost(NATIONAL).code == "notice.not-needed"
    assert lost(strict).code == "renewal.notice-required"


def test_a_notice_that_came_back() -> None:
    """R-7.1; S-57, S-58: 転送不要, so that the address is to be looked into."""
    assert returned().code == "notice.returned"
    assert "S-58" in (returned().sentence, *returned().also)


@pytest.mark.parametrize(
    ("on_record", "stay", "addressee"),
    [
        (True, Stay(), Addressee.RESIDENT),
        (True, Stay(status=ResidenceStatus.PERMANENT), Addressee.RESIDENT),
        (True, Stay(status=ResidenceStatus.FIXED_STAY, until=EXPIRES), Addressee.FIXED_STAY),
        (False, Stay(status=ResidenceStatus.FIXED_STAY, until=EXPIRES), Addressee.OFF_THE_RECORD),
    ],
)
def test_how_the_register_says_who_gets_one(on_record: bool, stay: Stay, addressee: Addressee) -> None:  # noqa: FBT001  -- a column of the table
    """R-7.2, R-7.4: a fixed period of stay, and being off the record, are what the register tells."""
    assert addressee_of(on_record=on_record, stay=stay) is addressee


@given(on=st.dates(date(2020, 1, 1), date(2040, 12, 31)), ahead=st.integers(0, 130))
def test_what_is_due_lies_in_the_span_that_is_looked_at(on: date, ahead: int) -> None:
    """R-7.4: no day's notice is about an expiry outside the span of the day, months of any length included."""
    expires = on + timedelta(days=ahead)
    first, last = announced(NATIONAL, on=on)

    if is_due(NATIONAL, expires=expires, on=on):
        assert first <= expires <= last
    assert not is_due(NATIONAL, expires=first - timedelta(days=1), on=on)
    assert is_due(NATIONAL, expires=first, on=on)
