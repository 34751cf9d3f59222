from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import x509

from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile
from tests.unit.pki.lint.tampering import AUTHENTICATION, SIGNATURE, Change, codes, specimen, to_be_signed

Part = tuple[str, str, str]
C: Part = ("country_name", "printable_string", "JP")
L1: Part = ("locality_name", "utf8_string", "Mihon-ken")
L2: Part = ("locality_name", "utf8_string", "Wakaba-shi")
CN: Part = ("common_name", "utf8_string", "0123456789")


def _name(*parts: Part) -> Any:
    relative = [
        x509.RelativeDistinguishedName([
            x509.NameTypeAndValue({"type": kind, "value": x509.DirectoryString(name=tag, value=text)})
        ])
        for kind, tag, text in parts
    ]  # fmt: skip
    return x509.Name(name="", value=x509.RDNSequence(relative))


def _subject(*parts: Part) -> Change:
    def change(tbs: Any) -> None:
        tbs["subject"] = _name(*parts)

    return change


def _text(part: Part, text: str) -> Part:
    return (part[0], part[1], text)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((C, L1, L2, CN), set()),
        ((("country_name", "utf8_string", "JP"), L1, L2, CN), {"lint.names.strings"}),
        ((C, ("locality_name", "printable_string", "Mihon-ken"), L2, CN), {"lint.names.strings"}),
        ((_text(C, "US"), L1, L2, CN), {"lint.names.signature"}),
        ((C, L1, CN), {"lint.names.signature", "lint.distribution-point.holder"}),
        ((C, L2, L1, CN), {"lint.distribution-point.holder"}),
        ((C, L1, L2, _text(CN, "見本太郎")), {"lint.names.signature"}),
        ((C, L1, L2, _text(CN, "Mihon Taro")), {"lint.names.signature"}),
        ((C, L1, L2, _text(CN, "0" * 65)), {"lint.names.lengths"}),
        ((C, L1, L2, _text(CN, "")), {"lint.names.lengths"}),
        ((C, L1, _text(L2, "x" * 129), CN), {"lint.names.lengths", "lint.distribution-point.holder"}),
        ((C, L1, L2, CN, CN), {"lint.names.signature"}),
    ],
)
def test_the_subject_of_a_signature_certificate(parts: tuple[Part, ...], found: set[str]) -> None:
    """docs/certificates.md §3: C, L prefecture, L municipality, CN opaque in ASCII: never the holder's name."""
    assert codes(Profile.SIGNATURE, _subject(*parts)) == found


@pytest.mark.parametrize(
    ("parts", "found"),
    [((C, CN), set()), ((C, L1, CN), {"lint.names.authentication"}), ((CN,), {"lint.names.authentication"})],
)
def test_the_subject_of_an_authentication_certificate(parts: tuple[Part, ...], found: set[str]) -> None:
    """R-0.4: C and CN, no place."""
    assert codes(Profile.AUTHENTICATION, _subject(*parts)) == found


def test_the_subject_of_a_responder() -> None:
    """docs/certificates.md §6: the CA's name with one CN."""
    assert codes(Profile.OCSP_RESPONDER, _subject(C, CN)) == {"lint.names.responder"}


def test_a_ca_certificate_is_self_issued() -> None:
    """docs/certificates.md §2: subject and issuer are the same."""
    found = codes(Profile.SIGNATURE_CA, _subject(C, CN))

    assert "lint.names.ca" in found
    assert "lint.names.issuer" in found


def test_the_issuer_is_the_cas_subject() -> None:
    """RFC 5280 §4.1.2.4: byte for byte."""

    def change(tbs: Any) -> None:
        tbs["issuer"] = _name(C, CN)

    assert codes(Profile.SIGNATURE, change) == {"lint.names.issuer"}


def test_a_ca_of_other_names_is_found() -> None:
    """A key of the sandbox never signs under production names, nor the other way round."""
    profiles = replace(SIGNATURE.profiles, organization="JPKI")

    assert {"lint.names.issuer", "lint.names.hierarchy"} <= codes(Profile.SIGNATURE, lambda _: None, profiles)


def test_the_other_hierarchy_is_found() -> None:
    """R-0.3, R-0.4: the signature CA issues no authentication certificate."""
    raw = to_be_signed(AUTHENTICATION.holder)
    findings, _ = examine(AUTHENTICATION.profiles, Profile.AUTHENTICATION, raw, SIGNATURE.ca)

    assert {"lint.names.hierarchy", "lint.names.issuer"} <= findings.codes


def test_a_ca_of_one_kind_is_no_ca_of_the_other() -> None:
    """R-0.3, R-0.4: the names say which."""
    made, raw, _ = specimen(Profile.SIGNATURE_CA)

    assert "lint.names.hierarchy" in examine(made.profiles, Profile.AUTHENTICATION_CA, raw, None)[0].codes
