from itertools import pairwise

import pytest

from openjpki.lab.catalogue import CATALOGUE, PINS, NoSuchTestCard, TestCard, card_named
from openjpki.lab.catalogue.card import Standing, What
from openjpki.lab.city import MUNICIPALITIES
from openjpki.rules.characters import LONGEST_ADDRESS
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import check_pin
from openjpki.rules.policy import Policy
from openjpki.window import shapes

NATIONAL = Policy.preset("national")
cards = pytest.mark.parametrize("card", CATALOGUE, ids=lambda card: card.name)
WANTED = {
    "adult",
    "child",
    "fifteen",
    "face-auth",
    "expired",
    "expiring-tomorrow",
    "in-window",
    "revoked-moved",
    "revoked-name",
    "suspended",
    "card-lost",
    "dead",
    "emigrated",
    "locked-sign",
    "locked-auth",
    "locked-both",
    "substituted-name",
    "long-name",
    "foreign-resident",
    "foreign-expiring",
    "ward",
    "renewed",
    "reissued",
    "blank",
}


def test_the_catalogue_has_every_card_that_is_asked_for_once() -> None:
    """A name means one card, and no situation that a service meets is missing."""
    names = [card.name for card in CATALOGUE]

    assert len(set(names)) == len(names)
    assert set(names) >= WANTED


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    """A typing error costs no search."""
    assert card_named("adult").name == "adult"
    with pytest.raises(NoSuchTestCard) as refused:
        card_named("adlut")
    assert all(card.name in refused.value.message("en") for card in CATALOGUE)


@pytest.mark.parametrize("kind", PinKind, ids=lambda kind: kind.value)
def test_the_published_pins_are_pins(kind: PinKind) -> None:
    """Every PIN of the catalogue has its form (R-6.1)."""
    assert check_pin(kind, PINS.of(kind), NATIONAL) == PINS.of(kind)


@cards
def test_a_card_says_in_both_languages_what_it_is_for(card: TestCard) -> None:
    """Nobody has to guess what a service should do with it."""
    told = [getattr(words, language) for words in (card.purpose, card.login, card.signing) for language in ("ja", "en")]

    assert all(sentence.endswith(("。", ".")) for sentence in told)
    assert card.name.replace("-", "").isalpha()
    assert card.name.islower()


@cards
def test_a_holder_can_stand_in_the_register(card: TestCard) -> None:
    """Name, reading and address have the register's forms, and the address lies in the holder's city."""
    person = card.person
    if person is None:
        assert card.acts == ()
        return

    assert shapes.name_is_well_formed(person.name)
    assert shapes.kana_is_well_formed(person.kana)
    assert shapes.address_is_well_formed(person.address)
    assert person.address.startswith(person.municipality.prefecture + person.municipality.name)
    assert person.municipality in MUNICIPALITIES


@cards
def test_acts_are_told_in_their_order_and_lie_in_the_past(card: TestCard) -> None:
    """A home is lived through forwards: nothing is done before what comes first, and nothing tomorrow."""
    days = [act.days for act in card.acts]

    assert all(before <= after for before, after in pairwise(days))
    assert all(day < 0 for day in days)
    if card.acts:
        assert card.acts[0].what is What.HAND_OVER


@cards
def test_a_locked_pin_was_set(card: TestCard) -> None:
    """A PIN that was never set cannot be locked, and a certificate without its PIN is the card's that has no PIN."""
    assert card.locked <= card.pins
    for kind in CertificateKind:
        if card.expected(kind).standing is not Standing.ABSENT and card.name != "face-auth":
            assert PinKind(kind.value) in card.pins


def test_the_longest_name_and_address_are_the_longest() -> None:
    """One character more, and the register or the certificate would refuse them."""
    person = card_named("long-name").person
    assert person is not None

    assert len(person.name) == len(person.kana) == shapes.MAX_NAME
    assert len(person.address) == shapes.MAX_ADDRESS == LONGEST_ADDRESS


def test_a_key_opens_by_the_published_pin_unless_it_is_locked_or_absent() -> None:
    """What a test may sign with follows from what was done, not from the name."""
    opens = {
        (card.name, kind.value): card.opens(kind)
        for card in map(card_named, ("adult", "child", "face-auth", "locked-sign", "locked-both", "expired"))
        for kind in CertificateKind
    }

    assert opens == {
        ("adult", "signature"): True,
        ("adult", "authentication"): True,
        ("child", "signature"): False,
        ("child", "authentication"): True,
        ("face-auth", "signature"): False,
        ("face-auth", "authentication"): False,
        ("locked-sign", "signature"): False,
        ("locked-sign", "authentication"): True,
        ("locked-both", "signature"): False,
        ("locked-both", "authentication"): False,
        ("expired", "signature"): True,
        ("expired", "authentication"): True,
    }
