"""Faces of cards for tests: an issuer without an authority, an invented holder, and a reader of data objects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

from openjpki.card.codes import CodeYear, birth_code, code_b
from openjpki.card.face import Face, FaceKey
from openjpki.card.face_files import FaceData, data_objects, text_files, visual_files
from openjpki.card.image import CardImage
from openjpki.card.keys import to_pkcs8
from openjpki.card.personalisation import FactorySettings, Holder, personalise
from openjpki.card.pictures import pictures
from openjpki.card.pins import CodeKind
from openjpki.rules.kinds import Sex
from openjpki.rules.person import FourAttributes
from tests.support.cards import keys_of, with_pin

PERSON = FourAttributes(
    name="見本　花子", address="見本県若葉市緑町一丁目１番１号", birth_date=date(1988, 2, 29), sex=Sex.FEMALE
)
INDIVIDUAL_NUMBER = "992010000222"
SECURITY_CODE = "2285"
EXPIRES = date(2035, 2, 17)
COMMON_PIN = "4567"


@dataclass(frozen=True)
class Issuer:
    """An issuer's key for faces, in memory."""

    key: rsa.RSAPrivateKey

    def public_key(self) -> rsa.RSAPublicKey:
        """Return its public half."""
        return self.key.public_key()

    def sign(self, digest_info: bytes) -> bytes:
        """Sign a DigestInfo as it is."""
        return self.key.sign(digest_info, PKCS1v15(), NoDigestInfo())


@cache
def key(_name: object) -> rsa.RSAPrivateKey:
    """Return the key of this name, made once."""
    return rsa.generate_private_key(65537, 2048)


def issuer() -> Issuer:
    """Return the tests' issuer of faces."""
    return Issuer(key("issuer"))


def face_data(person: FourAttributes = PERSON, number: str = INDIVIDUAL_NUMBER) -> FaceData:
    """Return what is written of the holder."""
    drawn = pictures(
        name=person.name,
        address=person.address,
        individual_number=number,
        security_code=SECURITY_CODE,
    )
    return FaceData(
        individual_number=number,
        attributes=person,
        municipality="99201",
        expires=EXPIRES,
        pictures=drawn,
    )


def holder(year: CodeYear = "era", number: str = INDIVIDUAL_NUMBER) -> Holder:
    """Return what a card of the holder is made with."""
    public = {name: key(name).public_key() for name in FaceKey}
    both = code_b(PERSON.birth_date, EXPIRES, SECURITY_CODE, year)
    return Holder(
        face=Face(
            text=text_files(face_data(number=number), public, issuer()),
            visual=visual_files(face_data(number=number), public, issuer()),
            objects=data_objects(public, issuer()),
            keys={name: to_pkcs8(key(name)) for name in FaceKey},
        ),
        codes={
            CodeKind.TEXT_A: number,
            CodeKind.TEXT_B: both,
            CodeKind.VISUAL_A: number,
            CodeKind.VISUAL_B: both,
            CodeKind.VISUAL_BIRTH_DATE: birth_code(PERSON.birth_date, year),
        },
    )


def card_of_holder(
    number: str = "400000012719843",
    settings: FactorySettings | None = None,
    entropy: Callable[[int], bytes] = bytes,
) -> CardImage:
    """Return a card as the factory makes it for the holder."""
    chosen = settings or FactorySettings()
    return personalise(
        number=number,
        municipality="99201",
        expires=EXPIRES,
        keys=keys_of(number),
        entropy=entropy,
        holder=holder(chosen.code_year),
        settings=chosen,
    )


def with_face(image: CardImage, number: str = INDIVIDUAL_NUMBER) -> CardImage:
    """Return the card with the holder's face, its codes, and the PIN of the common application."""
    made = holder(number=number)
    for name, code in made.codes.items():
        image = with_pin(image, name, code)
    image = with_pin(image, CodeKind.COMMON, COMMON_PIN)
    return replace(image, face=made.face, permitted=frozenset())


def objects(raw: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Return tag, value and whole bytes of each object in a row of them, up to filler."""
    at = 0
    while at < len(raw) and raw[at:] != b"\xff" * len(raw[at:]):
        begins = at
        at += 2 if raw[at] & 0x1F == 0x1F else 1
        tag = int.from_bytes(raw[begins:at])
        wide = raw[at] == 0x82
        size = int.from_bytes(raw[at + 1 : at + 3]) if wide else raw[at]
        at += 3 if wide else 1
        assert wide == (size >= 0x80), "a length is written in one way"
        at += size
        assert at <= len(raw), "an object ends in its file"
        yield tag, raw[at - size : at], raw[begins:at]


def fields(raw: bytes, tag: int) -> Mapping[int, bytes]:
    """Return the values inside a file's one object, which must have this tag."""
    ((outer, value, _),) = objects(raw)
    assert outer == tag
    return {inner: content for inner, content, _ in objects(value)}
