from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import core, crl, x509

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.lint.lists import LIST_RULES, examine_list
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import AOBA, CA_EXPIRES, DAY, HOUR, ISSUED, WAKABA, Hierarchy, hierarchy
from tests.unit.pki.lint.lists import ENTRIES, MADE, RIGHT, Change, changed, codes, set_extension, signed

AUTHORITY, NUMBER, POINT = "2.5.29.35", "2.5.29.20", "2.5.29.28"
REASON = der.object_identifier("2.5.29.21")
MADE_AT = ISSUED + HOUR


def _set(field: str, value: Any) -> Change:
    def change(body: Any) -> None:
        body[field] = value

    return change


def _utc(moment: Any) -> x509.Time:
    return x509.Time(name="utc_time", value=core.UTCTime(moment))


def _general(moment: Any) -> x509.Time:
    return x509.Time(name="general_time", value=core.GeneralizedTime(moment))


def _lines(*lines: bytes) -> Change:
    return _set("revoked_certificates", crl.RevokedCertificates.load(der.sequence(*lines)))


def _line(serial: bytes, *rest: bytes, at: bytes = der.time(ISSUED)) -> bytes:
    return der.sequence(der.tlv(der.INTEGER, serial), at, *rest)


def _reason(code: int, *, critical: bool = False) -> bytes:
    return der.sequence(der.extension(REASON, der.integer(code, der.ENUMERATED), critical=critical))


def _point_of(other: Hierarchy, municipality: Any, **flags: bool) -> bytes:
    from cryptography import x509 as names

    point = names.IssuingDistributionPoint(
        full_name=[names.DirectoryName(MADE.profiles.partition_name(other.kind, municipality))],
        relative_name=None,
        only_contains_user_certs=flags.get("users", False),
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=flags.get("indirect", False),
        only_contains_attribute_certs=False,
    )
    return point.public_bytes()


def _without(oid: str) -> Change:
    def change(body: Any) -> None:
        left = [one for one in body["crl_extensions"] if one["extn_id"].dotted != oid]
        body["crl_extensions"] = crl.TBSCertListExtensions(left)

    return change


def _uncritical(body: Any) -> None:
    body["crl_extensions"][2]["critical"] = False


def _more(body: Any) -> None:
    extra = {"extn_id": "2.5.29.27", "critical": True, "extn_value": core.ParsableOctetString(der.integer(1))}
    body["crl_extensions"].append(crl.TBSCertListExtension(extra))


def _swapped(body: Any) -> None:
    first, second, third = list(body["crl_extensions"])
    body["crl_extensions"] = crl.TBSCertListExtensions([second, first, third])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_set("version", "v1"), "version"),
        (_set("signature", {"algorithm": "sha384_rsa", "parameters": core.Null()}), "signature-algorithm"),
        (_set("issuer", x509.Name.build({"common_name": "another"})), "issuer"),
        (_set("next_update", _utc(MADE_AT)), "times"),
        (_set("this_update", _general(MADE_AT)), "times.encoding"),
        (_set("next_update", _general(MADE_AT + DAY)), "times.encoding"),
        (_set("next_update", _utc(CA_EXPIRES + timedelta(seconds=1))), "times.issuer"),
        (_without(AUTHORITY), "extensions authority-key-identifier"),
        (_without(NUMBER), "extensions number"),
        (_without(POINT), "extensions partition"),
        (_uncritical, "extensions"),
        (_more, "extensions"),
        (_swapped, "extensions"),
        (set_extension(AUTHORITY, der.sequence(der.tlv(0x80, bytes(20)))), "authority-key-identifier"),
        (set_extension(NUMBER, der.integer(0)), "number"),
        (set_extension(NUMBER, der.tlv(der.INTEGER, b"\xff")), "number"),
        (set_extension(NUMBER, der.tlv(der.INTEGER, b"\x01" * 21)), "number"),
        (set_extension(POINT, _point_of(MADE, AOBA)), "partition"),
        (set_extension(POINT, _point_of(hierarchy(CertificateKind.AUTHENTICATION), WAKABA)), "partition"),
        (set_extension(POINT, _point_of(MADE, WAKABA, users=True)), "partition"),
        (set_extension(POINT, _point_of(MADE, WAKABA, indirect=True)), "partition"),
        (_lines(), "entries.absent"),
        (_lines(_line(b"\x00")), "entries.serial"),
        (_lines(_line(b"\xff")), "entries.serial"),
        (_lines(_line(b"\x01" * 21)), "entries.serial"),
        (_lines(_line(b"\x02"), _line(b"\x01")), "entries.order"),
        (_lines(_line(b"\x02"), _line(b"\x02")), "entries.order"),
        (_lines(_line(b"\x01", at=der.time(MADE_AT + timedelta(seconds=1)))), "entries.dates"),
        (_lines(_line(b"\x01", at=der.time(ISSUED - timedelta(seconds=1)))), "entries.dates"),
        (_lines(_line(b"\x01", at=der.generalized_time(ISSUED))), "entries.dates"),
        (_lines(_line(b"\x01", at=der.tlv(der.UTC_TIME, b"2601050304Z"))), "entries.dates"),
        (_lines(_line(b"\x01", _reason(0))), "entries.reasons"),
        (_lines(_line(b"\x01", _reason(8))), "entries.reasons"),
        (_lines(_line(b"\x01", _reason(10))), "entries.reasons"),
        (_lines(_line(b"\x01", _reason(1, critical=True))), "entries.reasons"),
        (_lines(_line(b"\x01", der.sequence(_reason(1)[2:], _reason(1)[2:]))), "entries.reasons"),
    ],
)  # fmt: skip
def test_each_clause_is_found_by_its_own_rule(change: Change, code: str) -> None:
    """docs/certificates.md §7: one field is other than the profile has it, and the rule of that clause says so, alone."""
    assert codes(changed(change)) == {f"lint.list.{one}" for one in code.split()}


def _raw(old: bytes, new: bytes) -> bytes:
    """Return the right list with some bytes exchanged for as many others, signed again."""
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"].dump()
    assert len(old) == len(new)
    assert body.count(old) == 1
    return signed(body.replace(old, new))


def test_a_number_in_a_longer_form_is_found() -> None:
    """X.690 §8.3.2: a serial has one form, and so has the list's own number."""
    serial = _raw(der.tlv(der.INTEGER, b"\x03\xe9"), der.tlv(der.INTEGER, b"\x00\x09"))
    right = changed(set_extension(NUMBER, der.integer(300)))
    number = right.replace(der.octet_string(der.integer(300)), der.octet_string(der.tlv(der.INTEGER, b"\x00\x0c")))

    assert "lint.list.entries.serial" in codes(serial)
    assert codes(signed(crl.CertificateList.load(number)["tbs_cert_list"].dump())) == {"lint.list.number"}


def test_a_list_without_an_end_is_found() -> None:
    """RFC 5280 §5.1.2.5: nextUpdate is always there; a list without one would hold for ever."""
    at, later = der.time(MADE_AT), der.time(MADE_AT + DAY)
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"]
    shorter = der.sequence(body.contents.replace(at + later, at))
    moments = der.sequence(body.contents.replace(at + later, at + der.tlv(der.UTC_TIME, later[2:-3] + b"65Z")))

    assert codes(signed(shorter)) == {"lint.list.times"}
    assert codes(signed(moments)) == {"lint.list.times", "lint.list.times.encoding"}


def test_a_list_without_extensions_breaks_every_rule_about_them() -> None:
    """None takes silence for agreement."""
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"]
    extensions = body["crl_extensions"].dump()
    without = der.sequence(body.contents.replace(extensions, b""))

    assert codes(signed(without)) == {
        f"lint.list.{one}" for one in ("extensions", "authority-key-identifier", "number", "partition")
    }


def test_another_signature_is_found() -> None:
    """RFC 5280 §5.1.1.3: of another key, over other bytes, or with unused bits."""
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"].dump()
    algorithm = MADE.ca_signer.algorithm.identifier
    wrong = [der.bit_string(MADE.holder_signer.sign(body)), der.bit_string(MADE.ca_signer.sign(body + b"!"))]
    wrong.append(der.tlv(der.BIT_STRING, b"\x01" + MADE.ca_signer.sign(body)))

    for signature in wrong:
        assert codes(der.sequence(body, algorithm, signature)) == {"lint.list.signature"}
    outside = der.sequence(body, KeyAlgorithm.P384_SHA_384.identifier, der.bit_string(MADE.ca_signer.sign(body)))
    assert codes(outside) == {"lint.list.signature-algorithm"}


@pytest.mark.parametrize(
    "found",
    [b"", b"\x30\x00", RIGHT + b"\x00", RIGHT[:-1], signed(der.sequence(der.integer(1))), signed(b"\x30\x00")],
)
def test_what_is_no_list_is_found(found: bytes) -> None:
    """RFC 5280 §5.1: DER from the first byte to the last, and nothing after it."""
    assert codes(found) == {"lint.list.malformed"}


def test_an_issuer_that_is_no_certificate_is_found() -> None:
    """Without an issuer there is nobody whose list it could be."""
    assert examine_list(MADE.profiles, RIGHT, issuer=b"", municipality=WAKABA).codes == {"lint.list.malformed"}


def test_entries_that_are_none_are_found() -> None:
    """The walk goes to the very end of the entries."""
    cut = der.sequence(der.tlv(der.INTEGER, b"\x01"))
    lines = b"".join([_line(b"\x01"), cut])
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"]
    old = body["revoked_certificates"].dump()

    assert codes(signed(der.sequence(body.contents.replace(old, der.sequence(lines))))) == {"lint.list.malformed"}


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("kind", CertificateKind)
def test_a_right_list_has_no_finding(kind: CertificateKind, algorithm: KeyAlgorithm) -> None:
    """Of both kinds and algorithms, with entries of every reason and empty."""
    made = hierarchy(kind, algorithm)

    for right in (made.crl(*ENTRIES), made.crl()):
        assert examine_list(made.profiles, right, issuer=made.ca, municipality=WAKABA) == ()


@pytest.mark.parametrize("kind", CertificateKind)
def test_a_cas_own_list_is_no_municipalitys(kind: CertificateKind) -> None:
    """docs/certificates.md §7: right as what it is, and with one finding as the other, either way."""
    made = hierarchy(kind)
    own, towns = made.crl(municipality=None), made.crl()

    assert examine_list(made.profiles, own, issuer=made.ca, municipality=None) == ()
    for found, municipality in ((own, WAKABA), (towns, None)):
        codes = examine_list(made.profiles, found, issuer=made.ca, municipality=municipality).codes
        assert codes == {"lint.list.partition"}


def test_every_rule_has_a_code_a_clause_and_a_mark_of_its_own() -> None:
    """A finding can be looked up in docs/lint.md."""
    found = [rule.code for rule in LIST_RULES]

    assert len(found) == len(set(found))
    assert all(": " in rule.clause and rule.mark and set(rule.mark) <= set("CIUD") for rule in LIST_RULES)
