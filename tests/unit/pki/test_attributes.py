from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.attributes import AttributesUnreadable, encode, read_attributes
from openjpki.pki.issuer import CertificateUnreadable
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import Sex
from tests.support.hierarchy import BASE_URL, TARO, Hierarchy
from tests.support.keys import PooledKeys

ARC = "1.2.392.200149.8.5.5."
SANDBOX = ProfileSet.sandbox(BASE_URL)
WRITTEN = {
    "1": "見本　太郎",
    "4": "419890108",
    "3": "1",
    "5": "美本県若葉市",
    "2": "00001",
    "6": "000000",
}


def certificate(names: list[x509.GeneralName] | None) -> bytes:
    """Return a certificate with these names and nothing else that matters."""
    key = PooledKeys().generate(KeyAlgorithm.P384_SHA_384)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "JP")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2027, 1, 1, tzinfo=UTC)
    )
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.DER)


def others(texts: dict[str, str], tag: int = 0x0C) -> list[x509.GeneralName]:
    """Return otherNames of the JPKI arc by their last number."""
    return [
        x509.OtherName(x509.ObjectIdentifier(ARC + last), bytes([tag, len(text.encode())]) + text.encode())
        for last, text in texts.items()
    ]


def test_attributes_are_six_other_names_in_the_order_of_real_cards() -> None:
    """docs/certificates.md §4: name, birth date, sex, address, flags of the name, flags of the address."""
    written = [(name.type_id.dotted_string, name.value) for name in encode(TARO, SANDBOX)]

    assert written == [
        (ARC + "1", b"\x0c\x0f" + "見本　太郎".encode()),
        (ARC + "4", b"\x0c\x09319800217"),
        (ARC + "3", b"\x0c\x011"),
        (ARC + "5", b"\x0c\x27" + "美本県若葉市一丁目２番３号".encode()),
        (ARC + "2", b"\x0c\x0500001"),
        (ARC + "6", b"\x0c\x0d0000000000000"),
    ]


@pytest.mark.parametrize(("sex", "setting", "code"), [
    (Sex.MALE, "3", "1"), (Sex.FEMALE, "9", "2"), (Sex.UNKNOWN, "3", "3"), (Sex.UNKNOWN, "9", "9"),
])  # fmt: skip
def test_unknown_sex_is_a_setting(sex: Sex, setting: Literal["3", "9"], code: str) -> None:
    """Sources conflict on the code for unknown: '3' or '9' (docs/certificates.md §4)."""
    profiles = replace(SANDBOX, unknown_sex=setting)
    names = list(encode(replace(TARO, sex=sex), profiles))

    assert names[2] == x509.OtherName(x509.ObjectIdentifier(ARC + "3"), b"\x0c\x01" + code.encode())


def test_attributes_are_read_back(made: Hierarchy) -> None:
    """What was certified is what a relying party reads."""
    assert read_attributes(made.holder) == TARO


def test_other_certificates_carry_none(authentication: Hierarchy, made: Hierarchy) -> None:
    """R-0.4: an authentication certificate has none; nor has a CA, whose alternative name is a directory name."""
    assert read_attributes(authentication.holder) is None
    assert read_attributes(made.responder) is None
    assert read_attributes(made.ca) is None
    assert read_attributes(certificate([x509.DNSName("example.invalid")])) is None


@pytest.mark.parametrize("code", ["3", "9"])
def test_both_codes_for_unknown_sex_are_read(code: str) -> None:
    """A verifier meets certificates of issuers with either setting."""
    read = read_attributes(certificate(others(WRITTEN | {"3": code})))

    assert read
    assert read.sex is Sex.UNKNOWN


def test_the_order_is_not_asked_of_others() -> None:
    """A reader takes attributes in any order, and other names between them."""
    names = [*reversed(others(WRITTEN)), *others({"7": "x"}), x509.DNSName("example.invalid")]
    read = read_attributes(certificate(names))

    assert read
    assert (read.name, read.birth_date) == ("見本　太郎", date(1989, 1, 8))


def test_an_unknown_era_is_read() -> None:
    """'0' stands for an unknown era; the Gregorian date still says the day."""
    read = read_attributes(certificate(others(WRITTEN | {"4": "018650101"})))

    assert read
    assert read.birth_date == date(1865, 1, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"1": ""}, "1"),
        ({"2": "0000"}, "2"),
        ({"2": "0000x"}, "2"),
        ({"6": "0000000"}, "6"),
        ({"3": "4"}, "3"),
        ({"3": "男"}, "3"),
        ({"4": "19890108"}, "4"),
        ({"4": "419890230"}, "4"),
        ({"4": "319890108"}, "4"),
        ({"4": "118650101"}, "4"),
        ({"4": "4１９８90108"}, "4"),
        ({"4": "4+9890108"}, "4"),
    ],
)
def test_what_does_not_follow_the_profile_is_refused(changed: dict[str, str], field: str) -> None:
    """Attributes that contradict themselves are no attributes; the refusal names the field, never its content."""
    with pytest.raises(AttributesUnreadable) as refusal:
        read_attributes(certificate(others(WRITTEN | changed)))

    assert refusal.value.data == {"field": ARC + field}


@pytest.mark.parametrize("last", list(WRITTEN))
def test_a_missing_attribute_is_refused(last: str) -> None:
    """Six attributes or none."""
    texts = {key: text for key, text in WRITTEN.items() if key != last}

    with pytest.raises(AttributesUnreadable):
        read_attributes(certificate(others(texts)))


def test_a_doubled_attribute_is_refused() -> None:
    """Two names would let each reader choose its own."""
    with pytest.raises(AttributesUnreadable):
        read_attributes(certificate([*others(WRITTEN), *others({"1": "別人　太郎"})]))


def test_another_string_type_is_refused() -> None:
    """Attributes are UTF8String."""
    names = [*others({key: text for key, text in WRITTEN.items() if key != "3"}), *others({"3": "1"}, tag=0x13)]

    with pytest.raises(AttributesUnreadable):
        read_attributes(certificate(names))


def test_broken_utf8_is_refused() -> None:
    """Bytes that are no UTF-8 are unreadable, not a crash."""
    broken = x509.OtherName(x509.ObjectIdentifier(ARC + "1"), b"\x0c\x01\xff")

    with pytest.raises(AttributesUnreadable):
        read_attributes(certificate([broken]))


def test_no_certificate_is_refused() -> None:
    """Bytes that are no certificate have a refusal of their own."""
    with pytest.raises(CertificateUnreadable):
        read_attributes(b"no certificate")
