from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry

NATIONAL = Policy.preset("national")
BORN = st.dates(date(1920, 1, 1), date(2015, 12, 31)) | st.sampled_from([date(y, 2, 29) for y in (1984, 2000)])
ISSUED = st.dates(date(2016, 1, 1), date(2060, 12, 31))


@given(expires=st.dates(date(2016, 1, 1), date(2100, 12, 31)))
def test_the_window_holds_the_expiry_and_less_than_three_months(expires: date) -> None:
    """R-3.8; S-31: the expiry day is inside, the window lasts 89 to 92 days, and a later expiry never opens earlier."""
    window = renewal_window(NATIONAL, expires)

    assert window.contains(expires)
    assert 89 <= (window.closes - window.opens).days + 1 <= 92
    assert renewal_window(NATIONAL, expires + timedelta(days=1)).opens >= window.opens


@given(born=BORN, issued=ISSUED, stay=st.none() | st.integers(0, 2000), replaced=st.none() | st.integers(-40, 400))
def test_no_certificate_outlives_the_card(born: date, issued: date, stay: int | None, replaced: int | None) -> None:
    """R-3.1, R-3.2; S-21, S-22: nor does the signature certificate outlive the authentication certificate."""
    stay_until = None if stay is None else issued + timedelta(days=stay)
    replaces = None if replaced is None else issued + timedelta(days=replaced)
    card = card_expiry(NATIONAL, issued=issued, received=issued, born=born, stay_until=stay_until).expires
    authentication = authentication_expiry(
        NATIONAL, issued=issued, born=born, card_expires=card, replaces_expiring=replaces
    ).expires
    signature = signature_expiry(
        NATIONAL,
        issued=issued,
        born=born,
        card_expires=card,
        authentication_expires=authentication,
        replaces_expiring=replaces,
    ).expires

    assert issued <= signature <= authentication <= card
    assert card <= issued.replace(year=issued.year + 10, day=min(issued.day, 28)) + timedelta(days=4)


@given(born=BORN, issued=ISSUED, days=st.integers(0, 91))
def test_every_day_of_the_window_gives_the_same_end(born: date, issued: date, days: int) -> None:
    """R-3.3, R-3.4: whoever renews on whichever day of the window, expiry day included, gets the same birthday."""
    far = date(2200, 1, 1)
    old = signature_expiry(NATIONAL, issued=issued, born=born, card_expires=far).expires
    window = renewal_window(NATIONAL, old)
    renewed = min(window.opens + timedelta(days=days), window.closes)
    new = signature_expiry(NATIONAL, issued=renewed, born=born, card_expires=far, replaces_expiring=old).expires

    assert (
        new
        == signature_expiry(NATIONAL, issued=window.opens, born=born, card_expires=far, replaces_expiring=old).expires
    )
    assert new.year == old.year + 5
