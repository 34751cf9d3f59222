from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.office import office_open
from openjpki.rules.policy import Policy
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry
from openjpki.story.plan import AGE_AT_END, Plan, at, plan

NATIONAL = Policy.preset("national")
LIVES = st.dates(date(2020, 1, 1), date(2035, 12, 31)).map(lambda day: plan(NATIONAL, ends_on=day))
"""The lives that end on any day from 2020 to 2035."""


@given(LIVES)
def test_everything_happens_on_a_later_day_than_what_came_before(life: Plan) -> None:
    """The clock of the story never goes back, nor does it stand still between two steps."""
    assert all(before < after for before, after in pairwise(life.days))


@given(LIVES)
def test_whoever_comes_to_the_counter_finds_it_open(life: Plan) -> None:
    """Ceremonies, issues, the move and both visits for the renewal fall on office days (R-4.4)."""
    visits = (
        life.ceremony,
        life.issued,
        life.moved,
        life.reissued,
        life.second_ceremony,
        life.too_early,
        life.renewed,
    )

    assert all(office_open(NATIONAL, at(day, hour)).open for day in visits for hour in (9, 10, 11, 14))


@given(LIVES)
def test_the_renewal_falls_into_its_window_and_the_first_visit_before_it(life: Plan) -> None:
    """Too early is before the window opens, the renewal on its first open day (R-3.8)."""
    assert life.too_early < life.window.opens
    assert life.window.contains(life.renewed)
    assert not life.window.contains(life.too_early)
    assert not any(
        office_open(NATIONAL, at(life.window.opens + timedelta(days=days), 10)).open
        for days in range((life.renewed - life.window.opens).days)
    )


@given(LIVES)
def test_the_last_day_is_a_birthday_and_ends_card_and_certificates_alike(life: Plan) -> None:
    """On the last birthday the card ends (R-3.7), and with it both renewed certificates (R-3.1, R-3.3, R-3.5)."""
    card = card_expiry(NATIONAL, issued=life.issued, received=life.issued, born=life.born).expires
    first = authentication_expiry(NATIONAL, issued=life.issued, born=life.born, card_expires=card).expires
    renewed = {"issued": life.renewed, "born": life.born, "card_expires": card, "replaces_expiring": first}

    assert (life.last_day.month, life.last_day.day) == (life.born.month, life.born.day)
    assert life.last_day.year - life.born.year == AGE_AT_END
    assert card == life.last_day == life.expired - timedelta(days=1)
    assert authentication_expiry(NATIONAL, **renewed).expires == life.last_day
    assert signature_expiry(NATIONAL, **renewed).expires == life.last_day


@given(LIVES)
def test_the_second_generation_comes_while_the_first_certificates_stand(life: Plan) -> None:
    """The renewal is issued by the second generation; the first one still signs lists for what it issued."""
    assert life.reissued < life.second_ceremony < life.window.opens
