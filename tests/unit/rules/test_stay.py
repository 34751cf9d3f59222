from datetime import date

import pytest

from openjpki.rules.kinds import Applicant, ResidenceStatus
from openjpki.rules.policy import Policy
from openjpki.rules.stay import Extension, Stay, StayNeeded, card_end, extension, special_period, stay_limit
from openjpki.rules.validity import card_expiry, signature_expiry

NATIONAL = Policy.preset("national")
BORN = date(1995, 10, 10)
ISSUED = date(2025, 5, 1)
STAY = date(2026, 8, 31)
RENEWED = date(2029, 8, 31)
TENTH_BIRTHDAY = date(2034, 10, 10)


def _card(status: ResidenceStatus, stay: date | None) -> date:
    limit = stay_limit(status=status, stay_until=stay)
    return card_expiry(NATIONAL, issued=ISSUED, received=ISSUED, born=BORN, stay_until=limit).expires


def _extended(
    *, stay_until: date = RENEWED, on: date = date(2026, 8, 3), applicant: Applicant = Applicant.SELF
) -> Extension:
    return extension(
        card_expires=STAY, stay_until=stay_until, birthday_limit=TENTH_BIRTHDAY, on=on, applicant=applicant
    )


def _codes(found: Extension) -> list[str]:
    return [finding.code for finding in found.findings]


def test_card_and_certificates_end_with_the_stay() -> None:
    """R-1.8, R-3.7: E-26, stay to 2026-08-31, issued 2025-05-01; card and certificates end with it."""
    card = _card(ResidenceStatus.FIXED_STAY, STAY)

    assert card == STAY
    assert signature_expiry(NATIONAL, issued=ISSUED, born=BORN, card_expires=card).expires == STAY


@pytest.mark.parametrize(
    "status",
    [
        ResidenceStatus.JAPANESE,
        ResidenceStatus.PERMANENT,
        ResidenceStatus.SPECIAL_PERMANENT,
        ResidenceStatus.HIGHLY_SKILLED_2,
    ],
)
def test_who_is_treated_as_japanese(status: ResidenceStatus) -> None:
    """R-3.7: 永住者, 特別永住者 and 高度専門職第2号 keep their card to the 10th birthday, whatever is printed as stay."""
    assert _card(status, None) == TENTH_BIRTHDAY
    assert _card(status, STAY) == TENTH_BIRTHDAY


def test_a_fixed_stay_has_an_end() -> None:
    """R-3.7: without the last day of the stay the card has no end to compute."""
    with pytest.raises(StayNeeded):
        stay_limit(status=ResidenceStatus.FIXED_STAY, stay_until=None)


@pytest.mark.parametrize("applicant", [Applicant.SELF, Applicant.LEGAL_REPRESENTATIVE])
def test_a_renewed_stay_extends_the_card(applicant: Applicant) -> None:
    """R-2.12, R-3.7: to the new end of the stay, with new certificates, on the last day still."""
    found = _extended(on=STAY, applicant=applicant)

    assert (found.card_until, found.certificates, _codes(found)) == (RENEWED, True, ["stay.certificates-again"])


def test_a_member_of_the_household_extends_the_card_alone() -> None:
    """R-2.12, R-3.7: the certificates need the holder."""
    found = _extended(applicant=Applicant.HOUSEHOLD)

    assert (found.card_until, found.certificates) == (RENEWED, False)
    assert _codes(found) == ["stay.certificates-need-holder"]
    assert "令和8年（2026年）8月31日（月）" in found.findings[0].bring("ja")


def test_no_agent_extends_a_card() -> None:
    """R-2.12: self or household; nobody else."""
    found = _extended(applicant=Applicant.VOLUNTARY_AGENT)

    assert (found.card_until, _codes(found)) == (None, ["stay.holder-or-household"])


def test_no_card_runs_past_its_birthday() -> None:
    """R-3.7: a long stay never carries the card beyond the 10th birthday."""
    assert _extended(stay_until=date(2040, 1, 1)).card_until == TENTH_BIRTHDAY


def test_nothing_is_extended_by_itself() -> None:
    """R-3.7: on the day after its end the card is over; a new one costs 1,000 yen."""
    found = _extended(on=date(2026, 9, 1))

    assert (found.card_until, found.certificates, _codes(found)) == (None, False, ["stay.too-late"])


def test_a_stay_that_did_not_grow_extends_nothing() -> None:
    """R-3.7: the new stay must end later than the card."""
    assert _codes(_extended(stay_until=STAY)) == ["stay.nothing-new"]


APPLIED = date(2026, 8, 1)
AT_THE_END = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("applied", "on", "used", "decided", "until", "code"),
    [
        (APPLIED, AT_THE_END, False, None, date(2026, 10, 31), "stay.special-period"),
        (APPLIED, AT_THE_END, False, date(2026, 9, 15), date(2026, 9, 15), "stay.special-period"),
        (APPLIED, AT_THE_END, True, None, None, "stay.special-period-once"),
        (APPLIED, date(2026, 9, 1), False, None, None, "stay.too-late"),
        (None, AT_THE_END, False, None, None, "stay.not-pending"),
        (date(2026, 9, 1), AT_THE_END, False, None, None, "stay.not-pending"),
        (APPLIED, AT_THE_END, False, AT_THE_END, None, "stay.not-pending"),
    ],
    ids=["E-27", "decided earlier", "once", "too late", "not asked", "asked later", "decided"],
)
def test_the_special_period(
    applied: date | None,
    on: date,
    used: bool,  # noqa: FBT001  -- a column of the table
    decided: date | None,
    until: date | None,
    code: str,
) -> None:
    """R-3.7: E-27, two months once while the renewal of the stay is pending, or the decision if earlier."""
    found = special_period(stay_until=STAY, applied_on=applied, on=on, used=used, decided_on=decided)

    assert (found.card_until, found.certificates, _codes(found)) == (until, False, [code])


@pytest.mark.parametrize(
    ("status", "until", "whole"),
    [
        (ResidenceStatus.FIXED_STAY, STAY, True),
        (ResidenceStatus.FIXED_STAY, None, False),
        (ResidenceStatus.PERMANENT, None, True),
        (ResidenceStatus.PERMANENT, STAY, False),
        (ResidenceStatus.JAPANESE, None, True),
    ],
)
def test_a_stay_has_a_last_day_where_its_status_has_one(
    status: ResidenceStatus,
    until: date | None,
    whole: bool,  # noqa: FBT001  -- a column of the table
) -> None:
    """R-1.8, R-3.7: a fixed stay has its last day on record; nothing else has one."""
    assert Stay(status=status, until=until).is_whole is whole


def test_who_is_a_japanese_national() -> None:
    """R-2.12, R-7.5: a permanent resident's card runs like a national's, and is a foreigner's all the same."""
    assert Stay().japanese
    assert not Stay(status=ResidenceStatus.PERMANENT).japanese
    assert Stay(status=ResidenceStatus.FIXED_STAY, until=STAY).limit() == STAY


@pytest.mark.parametrize(
    ("stay", "written", "special", "end"),
    [
        (Stay(), TENTH_BIRTHDAY, None, TENTH_BIRTHDAY),
        (Stay(status=ResidenceStatus.FIXED_STAY, until=STAY), STAY, None, STAY),
        (Stay(status=ResidenceStatus.FIXED_STAY, until=STAY), TENTH_BIRTHDAY, None, STAY),
        (
            Stay(status=ResidenceStatus.FIXED_STAY, until=STAY),
            date(2026, 10, 31),
            date(2026, 10, 31),
            date(2026, 10, 31),
        ),
        (Stay(status=ResidenceStatus.FIXED_STAY, until=RENEWED), STAY, None, STAY),
        (Stay(status=ResidenceStatus.FIXED_STAY, until=RENEWED), RENEWED, date(2026, 10, 31), RENEWED),
    ],
)
def test_the_last_day_of_a_card_under_a_stay(stay: Stay, written: date, special: date | None, end: date) -> None:
    """R-3.7; E-26, E-27: as written, never past the stay but for the special period; a renewed stay moves nothing."""
    assert card_end(stay=stay, card_expires=written, special_until=special) == end
