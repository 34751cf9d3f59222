from dataclasses import replace

import pytest

from openjpki.card.codes import is_individual_number
from openjpki.card.imagefile import from_bytes, to_bytes
from openjpki.card.pins import CodeKind
from openjpki.card.terminal import JpkiTerminal
from openjpki.lab.cards import COUNTER_HOUR, in_repertoire, municipality_of
from openjpki.lab.catalogue import CATALOGUE, PINS, Standing, TestCard
from openjpki.lab.city import MINATO, WAKABA
from openjpki.lab.dated import dated
from openjpki.lab.lab import LAB_POLICY
from openjpki.lab.service import LabService
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.rules.dates import civil_date, first_second
from openjpki.rules.kinds import CertificateKind, PinKind, Sex
from openjpki.rules.person import FourAttributes
from tests.support.faces import fields
from tests.unit.lab.conftest import NOW

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE


@pytest.mark.parametrize("card", CATALOGUE, ids=lambda card: card.name)
def test_a_card_is_what_the_catalogue_says(service: LabService, card: TestCard) -> None:
    """Certificates, status, days, PINs and what the card tells of itself: as years at a counter would have left them."""
    lab = service.begin()
    made = lab.card(card.name)
    image = made._powered.image
    expected = dated(card, civil_date(NOW), LAB_POLICY)
    service.end()

    assert from_bytes(to_bytes(image)) == image
    assert image.expires == (expected.expires or image.expires)
    presence = JpkiTerminal(made).presence()
    for kind, present in ((SIGNATURE, presence.signature), (AUTHENTICATION, presence.authentication)):
        one = expected.present(kind)
        assert present is (one is not None)
        assert made.status(kind) == card.expected(kind)
        if one is not None:
            read = facts(made.certificate(kind))
            assert read.kind is kind
            assert (civil_date(read.not_before), civil_date(read.not_after)) == (one.issued, one.expires)
            assert read.not_before == first_second(one.issued) + COUNTER_HOUR
    for pin in PinKind:
        tries = image.pins[pin].limit if pin in card.pins - card.locked and card.person else 0
        assert made.tries(pin) == tries
        assert not (card.person and pin in card.pins) or pin not in image.permitted


def test_everything_on_a_card_fits_together(service: LabService) -> None:
    """Number, face, codes and certificate tell of one person; the same four digits open both places of a PIN."""
    card = service.begin().card("adult")
    service.end()
    image, person = card._powered.image, card.attributes
    assert image.face is not None
    assert person is not None
    number = image.face.text[1][3:15].decode()
    certified = read_attributes(card.certificate())
    assert certified is not None

    assert is_individual_number(number)
    assert image.pins[CodeKind.TEXT_A].matches(number.encode(), image.salt_of(CodeKind.TEXT_A))
    written = fields(image.face.text[2], 0xFF20)
    assert written[0xDF22].decode() == person.name == certified.name
    assert written[0xDF23].decode() == person.address == certified.address
    assert written[0xDF24].decode() == f"{certified.birth_date:%Y%m%d}"
    for name in (PinKind.RESIDENT_RECORD, CodeKind.COMMON):
        assert image.pins[name].matches(PINS.digits.encode(), image.salt_of(name))
    assert image.number.startswith("99")
    assert facts(card.certificate()).public_key != facts(card.certificate(AUTHENTICATION)).public_key


def test_a_former_certificate_is_revoked_and_gone(service: LabService) -> None:
    """A renewed card has new serials; the ones before are superseded in the list (R-5.7)."""
    lab = service.begin()
    card = lab.card("renewed")
    entries = [
        one
        for issuer in lab.desk.authority.generations(SIGNATURE)
        for one in lab.desk.ledger.of_issuer(SIGNATURE, issuer.name)
    ]
    service.end()
    former = [one for one in entries if one.serial != card.serial()]

    assert [one.shown(NOW) is not None for one in former] == [True]
    assert former[0].certificate != card.certificate()
    assert facts(former[0].certificate).public_key != facts(card.certificate()).public_key


def test_what_has_no_substitute_is_certified_in_kana() -> None:
    """The reading takes the place of a word that no table can write (R-1.9); it is not asked for otherwise."""
    person = FourAttributes(name="見本　ᄀ", address="見本県若葉市緑町１", birth_date=NOW.date(), sex=Sex.FEMALE)

    assert in_repertoire(person, "ミホン　ハナコ").name == "見本　ハナコ"
    assert in_repertoire(replace(person, name="見本　花子"), "").name == "見本　花子"


@pytest.mark.parametrize(
    ("address", "expected"),
    [("見本県みなと市浜通１", MINATO), ("見本県若葉市緑町１", WAKABA), ("東京都千代田区１", MINATO)],
)
def test_an_address_tells_its_municipality(address: str, expected: object) -> None:
    """Where it lies in none of the invented ones, the one that served goes on."""
    assert municipality_of(address, MINATO) == expected


def test_cards_in_standing_of_a_register_event(service: LabService) -> None:
    """A card whose holder moved: the signature certificate is over for that reason, the holder's address is the new one."""
    card = service.begin().card("revoked-moved")
    service.end()
    certified = read_attributes(card.certificate())

    assert card.status().standing is Standing.REVOKED
    assert card.attributes is not None
    assert certified is not None
    assert certified.address != card.attributes.address
