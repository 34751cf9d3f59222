from dataclasses import replace

import pytest
from cryptography import x509 as names

from openjpki.pki import der
from openjpki.pki.profiles import Profile
from tests.unit.pki.lint.tampering import SIGNATURE, Change, codes, set_extension

ARC = "1.2.392.200149.8.5.5."
UTF8_STRING, PRINTABLE_STRING, CONSTRUCTED_UTF8_STRING = 0x0C, 0x13, 0x2C
RIGHT = {
    "1": "見本　太郎",
    "4": "319800217",
    "3": "1",
    "5": "美本県若葉市",
    "2": "00001",
    "6": "000000",
}


def _names(texts: dict[str, str], *, order: str = "143526", tag: int = UTF8_STRING) -> Change:
    others = [
        names.OtherName(names.ObjectIdentifier(ARC + last), der.tlv(tag, texts[last].encode("utf-8"))) for last in order
    ]
    return set_extension("2.5.29.17", names.SubjectAlternativeName(others).public_bytes())


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, set()),
        ({"1": "", "2": ""}, {"lint.attributes.strings"}),
        ({"1": "見本\u0000太郎"}, {"lint.attributes.strings", "lint.attributes.repertoire"}),
        ({"1": "見本　𠮷郎"}, {"lint.attributes.repertoire"}),
        ({"1": "ﾐﾎﾝ　ﾀﾛ", "2": "000000"}, {"lint.attributes.repertoire"}),
        ({"2": "0000"}, {"lint.attributes.flags"}),
        ({"2": "0000２"}, {"lint.attributes.flags"}),
        ({"6": "0000000"}, {"lint.attributes.flags"}),
        ({"5": "町" * 200, "6": "0" * 200}, set()),
        ({"5": "町" * 201, "6": "0" * 201}, {"lint.attributes.address"}),
        ({"3": "3"}, set()),
        ({"3": "9"}, {"lint.attributes.sex"}),
        ({"3": "男"}, {"lint.attributes.sex"}),
        ({"4": "419800217"}, {"lint.attributes.birth-date"}),
        ({"4": "319800230"}, {"lint.attributes.birth-date"}),
        ({"4": "31980217"}, {"lint.attributes.birth-date"}),
        ({"4": "018650101"}, {"lint.attributes.birth-date"}),
        ({"4": "3１９80217"}, {"lint.attributes.birth-date"}),
    ],
)
def test_each_attribute_has_its_rule(changed: dict[str, str], found: set[str]) -> None:
    """docs/certificates.md §4 and R-1.9, attribute by attribute."""
    assert codes(Profile.SIGNATURE, _names(RIGHT | changed)) == found


@pytest.mark.parametrize("order", ["123456", "143562", "14352", "1435266", ""])
def test_the_order_is_that_of_real_cards(order: str) -> None:
    """docs/certificates.md §4: .1 .4 .3 .5 .2 .6, each once."""
    assert "lint.attributes.order" in codes(Profile.SIGNATURE, _names(RIGHT, order=order))


def test_another_kind_of_name_is_found() -> None:
    """Nothing but the six otherNames stands there."""
    other = names.SubjectAlternativeName([names.DNSName("example.invalid")]).public_bytes()

    assert "lint.attributes.order" in codes(Profile.SIGNATURE, set_extension("2.5.29.17", other))


@pytest.mark.parametrize("tag", [PRINTABLE_STRING, CONSTRUCTED_UTF8_STRING])
def test_another_string_type_is_found(tag: int) -> None:
    """Each attribute is a UTF8String, in one piece (X.690 §10.2)."""
    assert "lint.attributes.strings" in codes(Profile.SIGNATURE, _names(RIGHT, tag=tag))


def test_the_code_for_unknown_sex_is_a_setting() -> None:
    """An issuer writes one code for unknown: its own."""
    profiles = replace(SIGNATURE.profiles, unknown_sex="9")

    assert codes(Profile.SIGNATURE, _names(RIGHT | {"3": "9"}), profiles) == set()
    assert codes(Profile.SIGNATURE, _names(RIGHT | {"3": "3"}), profiles) == {"lint.attributes.sex"}
