from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.dates import JST, civil_date
from openjpki.rules.deadlines import CONTINUED_USE_DAYS
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Applicant, CertificateKind
from openjpki.rules.moving import card_after_move, continued_use_abroad
from openjpki.rules.phone import phone_issue
from openjpki.rules.policy import Policy
from openjpki.rules.public_services import PublicService, service_hours
from openjpki.rules.visit import Visit
from tests.properties.test_rules_papers import NATIONAL, POLICIES, visits

SIGNATURE = frozenset({CertificateKind.SIGNATURE})


@given(policy=POLICIES, visit=visits(), ago=st.integers(0, 200), within=st.booleans())
def test_a_card_that_is_not_served_at_once_says_why(policy: Policy, visit: Visit, ago: int, within: bool) -> None:  # noqa: FBT001  -- drawn by the property
    """R-2.13: on the same day if and only if no refusal is told; asking for the certificate too changes nothing for the card."""
    reported = visit.on - timedelta(days=ago)
    alone = card_after_move(policy, replace(visit, kinds=frozenset()), reported=reported, within=within)
    both = card_after_move(policy, replace(visit, kinds=SIGNATURE), reported=reported, within=within)
    refusals = [finding for finding in alone.findings if finding.severity == "refusal"]

    assert (alone.card == "same_day") is not bool(refusals)
    assert (alone.signature, both.card) == (None, alone.card)
    assert both.signature is not None
    assert both.card != "refused" or both.signature == "refused"
    assert set(alone.findings) <= set(both.findings)
    assert all(finding.bring_ja for finding in refusals)


@given(visit=visits(), late=st.integers(0, 40))
def test_after_the_term_nobody_is_served(visit: Visit, late: int) -> None:
    """R-2.13, R-5.21: ninety days and their closed last day over, no paper helps."""
    reported = visit.on - timedelta(days=CONTINUED_USE_DAYS + 10 + late)

    assert card_after_move(NATIONAL, visit, reported=reported).card == "refused"


@given(visit=visits(), ago=st.integers(1, 80))
def test_without_the_report_an_agent_is_never_served_at_once_unless_answering(visit: Visit, ago: int) -> None:
    """R-2.13, R-2.24, R-2.25: on a later day the household and an agent need the reply to the inquiry letter."""
    for applicant in (Applicant.HOUSEHOLD, Applicant.VOLUNTARY_AGENT):
        later = replace(visit, applicant=applicant)
        found = card_after_move(NATIONAL, later, reported=visit.on - timedelta(days=ago))

        assert found.card != "same_day" or visit.form == "returned"


@given(leaves=st.dates(date(2024, 5, 27), date(2035, 12, 31)), before=st.integers(-10, 100))
def test_use_abroad_is_asked_for_before_leaving(leaves: date, before: int) -> None:
    """R-2.14: open if and only if the day lies before that of leaving."""
    found = continued_use_abroad(
        NATIONAL, Holder(born=date(1990, 6, 10)), leaves=leaves, on=leaves - timedelta(days=before)
    )

    assert found.open is (before > 0)
    assert found.deadline.last_day == leaves - timedelta(days=1)


@given(
    applicant=st.sampled_from(Applicant),
    online=st.booleans(),
    in_force=st.frozensets(st.sampled_from(CertificateKind)),
    pin_matches=st.booleans(),
)
def test_a_phone_is_the_holders_own(
    applicant: Applicant,
    online: bool,  # noqa: FBT001  -- drawn by the property
    in_force: frozenset[CertificateKind],
    pin_matches: bool,  # noqa: FBT001  -- drawn by the property
) -> None:
    """R-2.11: open if and only if all four conditions hold, and else each that does not is told."""
    found = phone_issue(applicant=applicant, online=online, in_force=in_force, pin_matches=pin_matches)
    signs = CertificateKind.SIGNATURE in in_force

    assert found.open is (applicant is Applicant.SELF and online and signs and pin_matches)
    assert all((finding.severity == "advice") is found.open for finding in found.findings)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)))  # noqa: DTZ001  -- the zone is set below
def test_convenience_stores_stand_still_over_the_new_year_alone(naive: datetime) -> None:
    """R-4.6: on every other day from 6:30 to 23:00, Sundays and holidays too."""
    at = naive.replace(tzinfo=JST)
    day = civil_date(at)
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    hours = NATIONAL.convenience_service.hours

    found = service_hours(NATIONAL, service=PublicService.CONVENIENCE_STORE, at=at)
    assert found.open is (not new_year and hours.opens <= at.time() <= hours.closes)
    assert service_hours(NATIONAL, service=PublicService.HOLD_CALL, at=at).open
