from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.crl_reading import (
    CrlAfterExpiry,
    CrlNotYetValid,
    MalformedCrl,
    RevocationList,
    StaleCrl,
    WrongCrlIssuer,
    WrongPartition,
)
from openjpki.pki.issuer import CertificateUnreadable, issuer_of, load_certificate
from openjpki.pki.keys import SignatureInvalid
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import AOBA, DAY, HOLDER_SERIAL, HOUR, ISSUED, WAKABA, Hierarchy, hierarchy
from tests.support.keys import PooledKeys

THIS, NEXT = ISSUED + HOUR, ISSUED + HOUR + DAY
MOVED = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=ISSUED + HOUR, reason=RevocationReason.AFFILIATION_CHANGED)
SCOPE: dict[str, Any] = {
    "relative_name": None,
    "only_contains_user_certs": False,
    "only_contains_ca_certs": False,
    "only_some_reasons": None,
    "indirect_crl": False,
    "only_contains_attribute_certs": False,
}


def foreign(made: Hierarchy, *extensions: tuple[x509.ExtensionType, bool], **other: Any) -> bytes:
    """Return a list as another program might make it, signed by the CA's key."""
    key = PooledKeys().generate(KeyAlgorithm.RSA_2048_SHA_256)
    builder = x509.CertificateRevocationListBuilder(issuer_of(made.ca).subject, THIS, NEXT)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    for line in other.get("lines", []):
        builder = builder.add_revoked_certificate(line)
    signed = builder.sign(key, other.get("digest", hashes.SHA256()))
    return signed.public_bytes(serialization.Encoding.DER)


def scope(made: Hierarchy, **changes: Any) -> tuple[x509.ExtensionType, bool]:
    """Return a critical issuingDistributionPoint."""
    name = x509.DirectoryName(made.profiles.partition_name(made.kind, WAKABA))
    fields = {"full_name": [name], **SCOPE, **changes}
    return x509.IssuingDistributionPoint(**fields), True


def test_a_certificate_that_is_not_listed_is_good(each: Hierarchy) -> None:
    """RFC 5280 §6.3.3: the list of its partition, in force, does not name it."""
    found = RevocationList.read(each.crl(number=3), issuer=each.ca).status_of(each.holder, moment=THIS)

    assert found.status == "good"
    assert (found.revoked_at, found.reason) == (None, None)
    assert (found.number, found.this_update, found.next_update) == (3, THIS, NEXT)


def test_a_listed_certificate_is_revoked(each: Hierarchy) -> None:
    """The list says when and why (R-5.3: a move ends the signature certificate)."""
    found = RevocationList.read(each.crl(MOVED), issuer=each.ca).status_of(each.holder, moment=NEXT)

    assert (found.status, found.revoked_at, found.reason) == (
        "revoked",
        MOVED.revoked_at,
        RevocationReason.AFFILIATION_CHANGED,
    )


def test_a_line_without_reason_is_unspecified(made: Hierarchy) -> None:
    """RFC 5280 §5.3.1: absence means `unspecified`."""
    line = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=ISSUED, reason=RevocationReason.UNSPECIFIED)
    found = RevocationList.read(made.crl(line), issuer=made.ca).status_of(made.holder, moment=THIS)

    assert found.reason is RevocationReason.UNSPECIFIED


def test_a_stale_list_proves_nothing(made: Hierarchy) -> None:
    """After its next update a list is no evidence, one second later already."""
    read = RevocationList.read(made.crl(), issuer=made.ca)

    assert read.status_of(made.holder, moment=NEXT).status == "good"
    with pytest.raises(StaleCrl):
        read.status_of(made.holder, moment=NEXT + timedelta(seconds=1))


def test_a_later_list_proves_nothing_about_before(made: Hierarchy) -> None:
    """A list speaks for the time it covers."""
    with pytest.raises(CrlNotYetValid):
        RevocationList.read(made.crl(), issuer=made.ca).status_of(made.holder, moment=THIS - timedelta(seconds=1))


def test_a_list_made_after_the_end_proves_nothing_by_silence(made: Hierarchy) -> None:
    """RFC 5280 §3.3: an entry may leave the lists after the certificate's expiry; one that still stands counts."""
    ends = load_certificate(made.holder).not_valid_after_utc
    later = ends + timedelta(seconds=1)

    last = made.crl(this_update=ends, next_update=ends + DAY)
    assert RevocationList.read(last, issuer=made.ca).status_of(made.holder, moment=later).status == "good"
    silent = made.crl(this_update=later, next_update=later + DAY)
    with pytest.raises(CrlAfterExpiry):
        RevocationList.read(silent, issuer=made.ca).status_of(made.holder, moment=later)
    speaking = made.crl(MOVED, this_update=later, next_update=later + DAY)
    assert RevocationList.read(speaking, issuer=made.ca).status_of(made.holder, moment=later).status == "revoked"


def test_a_list_of_another_municipality_proves_nothing(made: Hierarchy) -> None:
    """RFC 5280 §6.3.3 (b)(2): the list's distribution point is one of the certificate's."""
    with pytest.raises(WrongPartition):
        RevocationList.read(made.crl(municipality=AOBA), issuer=made.ca).status_of(made.holder, moment=THIS)


def test_a_certificate_without_distribution_point_is_in_no_partition(made: Hierarchy) -> None:
    """A partition's silence about a responder means nothing."""
    with pytest.raises(WrongPartition):
        RevocationList.read(made.crl(), issuer=made.ca).status_of(made.responder, moment=THIS)


def test_a_list_of_all_certificates_covers_each(made: Hierarchy) -> None:
    """RFC 5280 §5.2.5: without issuingDistributionPoint a list is of all of the issuer's certificates."""
    read = RevocationList.read(foreign(made, (x509.CRLNumber(1), False)), issuer=made.ca)

    assert read.status_of(made.holder, moment=THIS).status == "good"


def test_a_list_without_number_is_read(made: Hierarchy) -> None:
    """A number is not needed to believe a list."""
    read = RevocationList.read(foreign(made), issuer=made.ca)

    assert read.number is None


@pytest.mark.parametrize(
    ("flag", "covered", "other"),
    [("only_contains_user_certs", "holder", "ca"), ("only_contains_ca_certs", "ca", "holder")],
)
def test_lists_of_users_or_of_cas(made: Hierarchy, flag: str, covered: str, other: str) -> None:
    """RFC 5280 §6.3.3 (b)(2)(ii) and (iii): a list of CAs says nothing about users, and the other way round."""
    names = [made.profiles.ca_name(made.kind), made.profiles.partition_name(made.kind, WAKABA)]
    both = [x509.DirectoryName(name) for name in names]
    read = RevocationList.read(foreign(made, scope(made, full_name=both, **{flag: True})), issuer=made.ca)

    assert read.status_of(getattr(made, covered), moment=THIS).status == "good"
    with pytest.raises(WrongPartition):
        read.status_of(getattr(made, other), moment=THIS)


def test_a_cas_own_list_says_nothing_of_holders(made: Hierarchy) -> None:
    """RFC 5280 §6.3.3 (b)(2)(iii): whatever serials stand in it."""
    ended = RevocationReason.CESSATION_OF_OPERATION
    both = [RevokedEntry(serial=serial, revoked_at=ISSUED, reason=ended) for serial in (1, HOLDER_SERIAL)]
    read = RevocationList.read(made.crl(*both, municipality=None), issuer=made.ca)

    assert read.status_of(made.ca, moment=THIS).status == "revoked"
    with pytest.raises(WrongPartition):
        read.status_of(made.holder, moment=THIS)


def test_a_scope_without_name_is_everything_of_its_kind(made: Hierarchy) -> None:
    """RFC 5280 §5.2.5: without distribution point the flags alone limit the list."""
    read = RevocationList.read(
        foreign(made, scope(made, full_name=None, only_contains_user_certs=True)), issuer=made.ca
    )

    assert read.status_of(made.holder, moment=THIS).status == "good"


def test_a_relative_name_is_not_matched(made: Hierarchy) -> None:
    """JPKI names its partitions in full; another form is not guessed at."""
    relative = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Wakaba-shi CRLDP")])
    read = RevocationList.read(foreign(made, scope(made, full_name=None, relative_name=relative)), issuer=made.ca)

    with pytest.raises(WrongPartition):
        read.status_of(made.holder, moment=THIS)


@pytest.mark.parametrize(
    "changes",
    [
        {"indirect_crl": True},
        {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})},
        {"only_contains_attribute_certs": True},
    ],
)
def test_lists_that_say_less_than_they_seem_are_refused(made: Hierarchy, changes: dict[str, Any]) -> None:
    """Indirect lists and lists of some reasons are not used by JPKI: their silence is not `good`."""
    if "only_contains_attribute_certs" in changes:
        changes = {"full_name": None, **changes}
    with pytest.raises(WrongPartition):
        RevocationList.read(foreign(made, scope(made, **changes)), issuer=made.ca)


def test_a_delta_list_is_refused(made: Hierarchy) -> None:
    """RFC 5280 §5.2.4: its critical indicator is not understood here, so its silence is not believed."""
    with pytest.raises(MalformedCrl):
        RevocationList.read(foreign(made, (x509.DeltaCRLIndicator(1), True)), issuer=made.ca)


def test_a_critical_line_that_is_not_understood_is_refused(made: Hierarchy) -> None:
    """RFC 5280 §5.3: a critical entry extension changes what the line means."""
    line = x509.RevokedCertificateBuilder(HOLDER_SERIAL, ISSUED)
    line = line.add_extension(x509.CertificateIssuer([x509.DNSName("example.invalid")]), critical=True)
    read = RevocationList.read(foreign(made, lines=[line.build()]), issuer=made.ca)

    with pytest.raises(MalformedCrl):
        read.status_of(made.holder, moment=THIS)


def test_other_entry_extensions_are_passed_over(made: Hierarchy) -> None:
    """RFC 5280 §5.3.2: an invalidity date, not critical, does not change the line."""
    line = x509.RevokedCertificateBuilder(HOLDER_SERIAL, ISSUED)
    line = line.add_extension(x509.InvalidityDate(ISSUED), critical=False)
    read = RevocationList.read(foreign(made, lines=[line.build()]), issuer=made.ca)

    assert read.status_of(made.holder, moment=THIS).reason is RevocationReason.UNSPECIFIED


def test_a_list_of_another_issuer_is_refused(made: Hierarchy, authentication: Hierarchy) -> None:
    """Names, key identifiers and signatures: the list is the issuer's own."""
    with pytest.raises(WrongCrlIssuer):
        RevocationList.read(authentication.crl(), issuer=made.ca)
    with pytest.raises(WrongCrlIssuer):
        RevocationList.read(hierarchy(ca_position=3).crl(), issuer=made.ca)
    with pytest.raises(WrongCrlIssuer):
        RevocationList.read(made.crl(), issuer=made.ca).status_of(authentication.holder, moment=THIS)


def test_a_certificate_of_the_next_generation_is_another_issuers(made: Hierarchy) -> None:
    """docs/certificates.md §2: generations share name and serial numbers; a list speaks for its own key's."""
    with pytest.raises(WrongCrlIssuer):
        RevocationList.read(made.crl(), issuer=made.ca).status_of(hierarchy(ca_position=3).holder, moment=THIS)


def test_an_issuer_that_may_not_sign_lists_is_refused(made: Hierarchy) -> None:
    """RFC 5280 §6.3.3 (f): the issuer's key usage says cRLSign."""
    without = made.ca.replace(bytes.fromhex("03020106"), bytes.fromhex("03020204"))

    with pytest.raises(WrongCrlIssuer):
        RevocationList.read(made.crl(), issuer=without)


def test_a_look_alikes_list_is_refused(made: Hierarchy) -> None:
    """The same names under another key: without a key identifier only the signature tells."""
    forged = foreign(made)
    look_alike = hierarchy(ca_position=3)

    with pytest.raises(SignatureInvalid):
        RevocationList.read(forged, issuer=look_alike.ca)


def test_another_digest_is_refused(made: Hierarchy) -> None:
    """The issuer signs with one algorithm."""
    with pytest.raises(SignatureInvalid):
        RevocationList.read(foreign(made, digest=hashes.SHA512()), issuer=made.ca)


def test_a_changed_list_is_refused(made: Hierarchy) -> None:
    """One byte of a serial changed: the signature no longer fits."""
    encoded = made.crl(MOVED)
    at = encoded.index(b"\x02\x02" + HOLDER_SERIAL.to_bytes(2, "big"))
    changed = encoded[: at + 3] + b"\x00" + encoded[at + 4 :]

    with pytest.raises(SignatureInvalid):
        RevocationList.read(changed, issuer=made.ca)


@pytest.mark.parametrize("crl", [b"", b"\x30\x00", b"no list", bytes(3000)])
def test_what_is_no_list_is_refused(made: Hierarchy, crl: bytes) -> None:
    """Bytes that are no list are a refusal, not a crash."""
    with pytest.raises(MalformedCrl):
        RevocationList.read(crl, issuer=made.ca)


def test_a_list_beyond_the_bound_is_refused(made: Hierarchy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded before anything is parsed."""
    encoded = made.crl()
    monkeypatch.setattr("openjpki.pki.crl_reading.MOST_CRL_BYTES", len(encoded) - 1)

    with pytest.raises(MalformedCrl):
        RevocationList.read(encoded, issuer=made.ca)


def test_no_certificate_has_no_status(made: Hierarchy) -> None:
    """Bytes that are no certificate are refused as that."""
    with pytest.raises(CertificateUnreadable):
        RevocationList.read(made.crl(), issuer=made.ca).status_of(b"", moment=THIS)


def test_what_a_list_says_can_be_read_at_any_time(made: Hierarchy) -> None:
    """An authentic list says what it says; whether it is current the caller asks."""
    found = RevocationList.read(made.crl(MOVED), issuer=made.ca).says_of(made.holder)

    assert (found.status, found.revoked_at) == ("revoked", MOVED.revoked_at)
    with pytest.raises(WrongPartition):
        RevocationList.read(made.crl(municipality=AOBA), issuer=made.ca).says_of(made.holder)


def test_a_list_that_ends_before_it_begins_is_refused(made: Hierarchy) -> None:
    """No moment lies in such a time, and a tolerated skew must not make one."""
    turned = asn1_crl.CertificateList.load(made.crl())
    fields = turned["tbs_cert_list"]
    fields["this_update"], fields["next_update"] = fields["next_update"].copy(), fields["this_update"].copy()
    turned["signature"] = made.ca_signer.sign(fields.dump(force=True))

    with pytest.raises(MalformedCrl):
        RevocationList.read(turned.dump(force=True), issuer=made.ca)
