"""What is written on a card of its holder: keys, files and their signatures, and the codes printed on it, all of one piece."""

from collections.abc import Mapping
from datetime import date

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from openjpki.card.codes import SECURITY_CODE_DIGITS, CodeYear, birth_code, code_b
from openjpki.card.face import Face, FaceKey
from openjpki.card.face_files import FaceData, FaceIssuer, data_objects, text_files, visual_files
from openjpki.card.keys import to_pkcs8
from openjpki.card.personalisation import Holder
from openjpki.card.pictures import pictures
from openjpki.card.pins import CodeKind
from openjpki.rules.person import FourAttributes

SECURITY_CODE_BYTES = 4
"""Entropy of a security code: four digits are drawn from it."""


def write_holder(
    *,
    individual_number: str,
    attributes: FourAttributes,
    municipality: str,
    expires: date,
    code_year: CodeYear,
    keys: Mapping[FaceKey, RSAPrivateKey],
    issuer: FaceIssuer,
    entropy: bytes,
) -> Holder:
    """Return what a card is made with for this holder; raises what the issuer's `sign` raises.

    `keys` are the card's own, RSA-2048, one for each `FaceKey`; `entropy` has `SECURITY_CODE_BYTES`.
    """
    security_code = str(int.from_bytes(entropy) % 10**SECURITY_CODE_DIGITS).zfill(SECURITY_CODE_DIGITS)
    public = {name: key.public_key() for name, key in keys.items()}
    data = FaceData(
        individual_number=individual_number,
        attributes=attributes,
        municipality=municipality,
        expires=expires,
        pictures=pictures(
            name=attributes.name,
            address=attributes.address,
            individual_number=individual_number,
            security_code=security_code,
        ),
    )
    both = code_b(attributes.birth_date, expires, security_code, code_year)
    return Holder(
        face=Face(
            text=text_files(data, public, issuer),
            visual=visual_files(data, public, issuer),
            objects=data_objects(public, issuer),
            keys={name: to_pkcs8(key) for name, key in keys.items()},
        ),
        codes={
            CodeKind.TEXT_A: individual_number,
            CodeKind.TEXT_B: both,
            CodeKind.VISUAL_A: individual_number,
            CodeKind.VISUAL_B: both,
            CodeKind.VISUAL_BIRTH_DATE: birth_code(attributes.birth_date, code_year),
        },
    )
