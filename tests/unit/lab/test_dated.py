from datetime import date, timedelta

import pytest

from openjpki.lab.catalogue import CATALOGUE, Expected, Standing, TestCard, card_named
from openjpki.lab.dated import dated
from openjpki.rules.dates import age_on
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window

NATIONAL = Policy.preset("national")
TODAY = date(2026, 11, 27)
AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
DAYS = (TODAY, date(2027, 1, 4), date(2028, 2, 29), date(2028, 3, 1), date(2028, 2, 28), date(2032, 5, 6))
cards = pytest.mark.parametrize("card", CATALOGUE, ids=lambda card: card.name)
days = pytest.mark.parametrize("today", DAYS, ids=str)


@days
@cards
def test_the_rules_come_to_what_the_catalogue_says(card: TestCard, today: date) -> None:
    """The acts leave each certificate as the catalogue expects it, on leap days and after the New Year too (R-3, R-5)."""
    found = dated(card, today, NATIONAL)

    for kind in CertificateKind:
        present = found.present(kind)
        assert (present.found if present else Expected(standing=Standing.ABSENT)) == card.expected(kind)
    on_the_card = [found.present(kind) for kind in CertificateKind]
    former = tuple((one.kind, one.found) for one in found.certificates if one not in on_the_card)
    assert former == card.former


@days
def test_names_that_say_a_day_keep_their_word(today: date) -> None:
    """Tomorrow is tomorrow, an open window is open, and who is fifteen has just become so, whatever day it is."""
    tomorrow = dated(card_named("expiring-tomorrow"), today, NATIONAL)
    window = dated(card_named("in-window"), today, NATIONAL)
    fifteen = dated(card_named("fifteen"), today, NATIONAL)
    child = dated(card_named("child"), today, NATIONAL)
    stay = dated(card_named("foreign-expiring"), today, NATIONAL)
    for kind in CertificateKind:
        ends, open_until, last = tomorrow.present(kind), window.present(kind), stay.present(kind)
        assert ends is not None
        assert open_until is not None
        assert last is not None
        assert ends.expires == today + timedelta(days=1)
        assert renewal_window(NATIONAL, open_until.expires).contains(today)
        assert last.expires == stay.expires == stay.stay_until == today + timedelta(days=20)
    assert fifteen.attributes is not None
    assert child.attributes is not None
    assert fifteen.handed_over is not None
    assert age_on(fifteen.attributes.birth_date, fifteen.handed_over, NATIONAL) == 15
    assert age_on(child.attributes.birth_date, today, NATIONAL) < 15


def test_a_move_and_a_new_name_change_the_holder_and_not_the_face() -> None:
    """What was written on the card stays; the register and the next certificate have the new value (R-5.22)."""
    moved = dated(card_named("reissued"), TODAY, NATIONAL)
    renamed = dated(card_named("revoked-name"), TODAY, NATIONAL)
    assert moved.attributes is not None
    assert moved.made_with is not None
    assert renamed.attributes is not None
    assert renamed.made_with is not None
    first, second = (one for one in moved.certificates if one.kind is SIGNATURE)

    assert moved.made_with.address == first.attributes.address
    assert moved.attributes.address == second.attributes.address != first.attributes.address
    assert (first.municipality, second.municipality) == ("99201", "99202")
    assert renamed.attributes.name != renamed.made_with.name


def test_an_ending_has_its_day_and_its_reason() -> None:
    """A service that asks when and why is told (R-5.3, R-5.20)."""
    held = dated(card_named("suspended"), TODAY, NATIONAL)
    authentication, signature = held.present(AUTHENTICATION), held.present(SIGNATURE)
    assert authentication is not None
    assert signature is not None

    assert authentication.found == Expected(standing=Standing.HELD, reason=RevocationReason.CERTIFICATE_HOLD)
    assert signature.found == Expected(standing=Standing.REVOKED, reason=RevocationReason.CERTIFICATE_HOLD)
    assert authentication.ended == signature.ended == held.acts[-1][0]


def test_nobodys_card_has_no_dates() -> None:
    """A card from the factory's stock was handed over to nobody."""
    blank = dated(card_named("blank"), TODAY, NATIONAL)

    assert blank.attributes is None
    assert blank.handed_over is None
    assert blank.expires is None
    assert blank.certificates == ()


def test_a_renewal_runs_to_the_sixth_birthday() -> None:
    """Renewed inside the window, both certificates end a year later than a new issue's would (R-3.3)."""
    renewed = dated(card_named("renewed"), TODAY, NATIONAL)
    before, after = (one for one in renewed.certificates if one.kind is SIGNATURE)

    assert before.ended == after.issued
    assert (after.expires.year - before.expires.year, after.expires.replace(year=before.expires.year)) == (
        5,
        before.expires,
    )
