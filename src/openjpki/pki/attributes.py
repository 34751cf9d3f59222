"""The four attributes inside a signature certificate: written into subjectAltName, and read back.

docs/certificates.md §4. Each attribute is an otherName with a UTF8String. Values are personal data: no failure and no
`repr` here contains one.
"""

from cryptography import x509

from openjpki.errors import Failure, Kind
from openjpki.pki import der, oids
from openjpki.pki.issuer import load_certificate, value
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.birth_date import BadBirthDate, birth_date_text, read_birth_date
from openjpki.rules.kinds import Sex
from openjpki.rules.person import CertifiedAttributes

UTF8_STRING = 0x0C

_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE, "3": Sex.UNKNOWN, "9": Sex.UNKNOWN}
"""Both codes for unknown are read, whichever is written (`ProfileSet.unknown_sex`)."""


class AttributesUnreadable(Failure):
    """The subjectAltName holds attributes of the JPKI arc that do not follow the profile."""

    code = "pki.attributes-unreadable"
    kind = Kind.REFUSED
    ja = "証明書の基本4情報（{field}）が、定められた形式ではありません。"
    en = "The four attributes in the certificate do not follow the profile ({field})."


def encode(attributes: CertifiedAttributes, profiles: ProfileSet) -> x509.SubjectAlternativeName:
    """Return the subjectAltName value: six otherNames in the order of real cards."""
    values = {
        oids.NAME: attributes.name,
        oids.BIRTH_DATE: birth_date_text(attributes.birth_date),
        oids.SEX: {Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNKNOWN: profiles.unknown_sex}[attributes.sex],
        oids.ADDRESS: attributes.address,
        oids.NAME_SUBSTITUTIONS: attributes.name_substitutions,
        oids.ADDRESS_SUBSTITUTIONS: attributes.address_substitutions,
    }
    return x509.SubjectAlternativeName(
        x509.OtherName(x509.ObjectIdentifier(oid), der.tlv(UTF8_STRING, values[oid].encode()))
        for oid in oids.ATTRIBUTE_ORDER
    )


def read_attributes(certificate: bytes) -> CertifiedAttributes | None:
    """Return the four attributes of a certificate (DER), None if it carries none; raise `AttributesUnreadable`.

    The order of the otherNames is not asked: a reader accepts what an issuer's lint would refuse.
    """
    names = value(load_certificate(certificate), x509.SubjectAlternativeName)
    if names is None:
        return None
    texts: dict[str, str] = {}
    for name in names.get_values_for_type(x509.OtherName):
        oid = name.type_id.dotted_string
        if oid in oids.ATTRIBUTE_ORDER:
            if oid in texts:
                raise AttributesUnreadable(field=oid)
            texts[oid] = _text(name)
    return _attributes(texts) if texts else None


def _text(name: x509.OtherName) -> str:
    try:
        reader = der.Reader(name.value)
        text = reader.content(UTF8_STRING).decode()
        reader.end()
    except ValueError as error:
        raise AttributesUnreadable(field=name.type_id.dotted_string) from error
    return text


def _attributes(texts: dict[str, str]) -> CertifiedAttributes:
    for oid in oids.ATTRIBUTE_ORDER:
        if not texts.get(oid):
            raise AttributesUnreadable(field=oid)
    for text, flags in ((oids.NAME, oids.NAME_SUBSTITUTIONS), (oids.ADDRESS, oids.ADDRESS_SUBSTITUTIONS)):
        if len(texts[text]) != len(texts[flags]) or not set(texts[flags]) <= {"0", "1"}:
            raise AttributesUnreadable(field=flags)
    if texts[oids.SEX] not in _SEXES:
        raise AttributesUnreadable(field=oids.SEX)
    try:
        birth_date = read_birth_date(texts[oids.BIRTH_DATE])
    except BadBirthDate as error:
        raise AttributesUnreadable(field=oids.BIRTH_DATE) from error
    return CertifiedAttributes(
        name=texts[oids.NAME],
        name_substitutions=texts[oids.NAME_SUBSTITUTIONS],
        address=texts[oids.ADDRESS],
        address_substitutions=texts[oids.ADDRESS_SUBSTITUTIONS],
        birth_date=birth_date,
        sex=_SEXES[texts[oids.SEX]],
    )
