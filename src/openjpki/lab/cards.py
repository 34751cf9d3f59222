"""A test card of the catalogue made at once: what years at a counter would have left on it and in the authority's register.

Everything inside fits together, as on a card from the factory: numbers, face, codes, keys, certificates, PINs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from openjpki.card.codes import check_digit
from openjpki.card.face import FaceKey
from openjpki.card.face_writing import SECURITY_CODE_BYTES, write_holder
from openjpki.card.image import NUMBER_DIGITS, CardImage, Container, KeySlot
from openjpki.card.keys import to_pkcs8
from openjpki.card.keyset import KEY_SIZE, diversified
from openjpki.card.personalisation import FactorySettings, Holder, personalise
from openjpki.card.pins import CodeKind, PinName
from openjpki.lab.authority import LabAuthority, Wish
from openjpki.lab.catalogue import PINS
from openjpki.lab.catalogue.card import Standing, TestCard
from openjpki.lab.city import MUNICIPALITIES, WAKABA
from openjpki.lab.dated import Dated, DatedCertificate
from openjpki.lab.ledger import Ended, Ledger
from openjpki.pki.algorithms import public_key_bytes
from openjpki.rules.characters import NoSubstitute
from openjpki.rules.dates import first_second
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.person import CertifiedAttributes, FourAttributes, Municipality
from openjpki.rules.substitution import certified

COUNTER_HOUR: Final = timedelta(hours=10)
"""When the counter does what the catalogue dates by day: 10:00 in Japan."""
STOCK_DAYS: Final = 3652
"""Days that a card in stock, which nobody was given yet, has before it."""
_MASTER: Final = b"openjpki laboratory".ljust(KEY_SIZE, b"\0")
"""Administration keys of cards that protect nothing."""
_PREFIX: Final = "99"
"""Begins the numbers of cards and persons, which are counted."""
_FACTORY: Final = FactorySettings()


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A certificate on a card, and what it was made from: a successor says the same with another key or other days."""

    wish: Wish
    key: int
    """Which of the holder's keys of this kind, counted from 0."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A card, and what its holder was issued."""

    image: CardImage
    holdings: Mapping[CertificateKind, Holding]
    """What is on the card."""
    attributes: FourAttributes | None = field(repr=False)
    """The holder's, as the register has them now."""
    kana: str = field(repr=False)
    municipality: Municipality


@dataclass(frozen=True, kw_only=True)
class CardMaker:
    """Makes cards under one authority, and enters what it issues in one ledger."""

    authority: LabAuthority
    ledger: Ledger

    def make(self, dated: Dated, *, slot: int, number: int, now: datetime) -> Made:
        """Return a test card as it is on the day it is dated for.

        `slot` tells the cards of one test apart: the keys of a slot are used again in the next test. `number` is never
        given twice in a process. Raises what `LabAuthority.certify` raises.
        """
        card = dated.card
        home = WAKABA if card.person is None else card.person.municipality
        image = personalise(
            number=_PREFIX + str(number).zfill(NUMBER_DIGITS - len(_PREFIX)),
            municipality=home.code,
            expires=dated.expires or _in_stock(now),
            keys=diversified(_MASTER, str(number)),
            entropy=self.authority.entropy,
            holder=self._holder(dated, number, home),
            settings=_FACTORY,
        )
        image = _with_pins(image, card)
        holdings: dict[CertificateKind, Holding] = {}
        for one in dated.certificates:
            image, holdings[one.kind] = self._issued(image, dated, one, holdings.get(one.kind), slot=slot, now=now)
        return Made(
            image=image,
            holdings=holdings,
            attributes=dated.attributes,
            kana=_kana(dated),
            municipality=home if dated.attributes is None else municipality_of(dated.attributes.address, home),
        )

    def issue(self, image: CardImage, wish: Wish, key: int, *, slot: int) -> tuple[CardImage, Holding]:
        """Issue a certificate, enter it and put it on the card with its key; return both. The wish's key is filled in here."""
        private_key = self.authority.pool.key("holder", slot, wish.kind, key)
        wish = replace(wish, public_key=public_key_bytes(private_key.public_key()))
        issued = self.authority.certify(wish)
        self.ledger.add(wish.kind, issued.certificate, issued.by.name, wish.municipality)
        active = KeySlot(
            private_key=to_pkcs8(private_key), certificate=issued.certificate, issuer=issued.by.certificate
        )
        return image.with_keys(wish.kind, Container(active=active)), Holding(wish=wish, key=key)

    def _holder(self, dated: Dated, number: int, home: Municipality) -> Holder | None:
        if dated.made_with is None or dated.expires is None:
            return None
        digits = _PREFIX + str(number).zfill(9)
        return write_holder(
            individual_number=digits + check_digit(digits),
            attributes=dated.made_with,
            municipality=home.code,
            expires=dated.expires,
            code_year=_FACTORY.code_year,
            keys={name: self.authority.pool.key("face", name) for name in FaceKey},
            issuer=self.authority.face,
            entropy=self.authority.entropy(SECURITY_CODE_BYTES),
        )

    def _issued(
        self,
        image: CardImage,
        dated: Dated,
        one: DatedCertificate,
        before: Holding | None,
        *,
        slot: int,
        now: datetime,
    ) -> tuple[CardImage, Holding]:
        wish = Wish(
            kind=one.kind,
            public_key=b"",
            municipality=place(one.municipality),
            attributes=in_repertoire(one.attributes, _kana(dated)),
            not_before=min(first_second(one.issued) + COUNTER_HOUR, now),
            expires=one.expires,
            serial=self.authority.serial(one.kind),
            subject_id=self.authority.subject_id(),
        )
        image, holding = self.issue(image, wish, 0 if before is None else before.key + 1, slot=slot)
        if one.ended is not None and one.found.reason is not None:
            at = min(first_second(one.ended) + COUNTER_HOUR, now)
            held = one.found.standing is Standing.HELD
            self.ledger.write(one.kind, wish.serial, Ended(at, at, one.found.reason.value, held))
        return image, holding


def in_repertoire(attributes: FourAttributes, kana: str) -> CertifiedAttributes:
    """Return what a certificate says of a holder; what has no substitute is written in kana (R-1.9)."""
    try:
        return certified(attributes).attributes
    except NoSubstitute:
        return certified(attributes, reading=kana).attributes


def place(code: str) -> Municipality:
    """Return the municipality of a code."""
    return next(one for one in MUNICIPALITIES if one.code == code)


def municipality_of(address: str, otherwise: Municipality) -> Municipality:
    """Return the invented municipality in which an address lies; `otherwise` if it lies in none of them."""
    found = (one for one in MUNICIPALITIES if address.startswith(one.prefecture + one.name))
    return next(found, otherwise)


def _in_stock(now: datetime) -> date:
    return (now + timedelta(days=STOCK_DAYS)).date()


def _kana(dated: Dated) -> str:
    """Return the reading of the holder's present name."""
    renamed = [act.kana for _, act in dated.acts if act.kana]
    person = dated.card.person
    return renamed[-1] if renamed else "" if person is None else person.kana


def _with_pins(image: CardImage, card: TestCard) -> CardImage:
    """Return the card with the PINs that its holder set at the counter, and without tries where they were used up."""
    names: dict[PinName, PinKind] = {kind: kind for kind in card.pins} if card.person else {}
    if PinKind.RESIDENT_RECORD in names:
        names[CodeKind.COMMON] = PinKind.RESIDENT_RECORD
    for name, kind in names.items():
        reference = image.pins[name].holding(PINS.of(kind).encode("ascii"), image.salt_of(name))
        image = image.with_pin(name, replace(reference, tries=0) if name in card.locked else reference)
    return replace(image, permitted=image.permitted - set(names))
