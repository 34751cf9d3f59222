from dataclasses import replace
from datetime import UTC, datetime

import pytest
from asn1crypto import x509

from openjpki.pki.certificate import lint
from openjpki.pki.preparing import (
    Prepared,
    prepare_authentication,
    prepare_ca,
    prepare_ocsp_responder,
    prepare_signature,
    prepared_from,
)
from openjpki.pki.profiles import ForeignIssuer, Profile
from tests.support.hierarchy import EXPIRES, ISSUED, TARO, WAKABA, Hierarchy


def _oids(certificate: bytes) -> list[tuple[str, bool]]:
    extensions = x509.Certificate.load(certificate)["tbs_certificate"]["extensions"]
    return [(each["extn_id"].dotted, each["critical"].native) for each in extensions]


def test_a_ca_has_the_extensions_of_the_published_ones(made: Hierarchy) -> None:
    """docs/certificates.md §2: keyUsage, subjectAltName, basicConstraints, cRLDistributionPoints, SKI; no AKI, no AIA."""
    assert _oids(made.ca) == [
        ("2.5.29.15", True),
        ("2.5.29.17", False),
        ("2.5.29.19", True),
        ("2.5.29.31", False),
        ("2.5.29.14", False),
    ]
    assert bytes.fromhex("0603551d0f0101ff040403020106") in made.ca
    assert bytes.fromhex("0603551d130101ff040530030101ff") in made.ca


def test_a_signature_certificate_has_the_extensions_of_a_real_one(made: Hierarchy) -> None:
    """docs/certificates.md §3: keyUsage 03 02 06 C0, subjectAltName, policies, issuerAltName, CRLDP, AIA, AKI, SKI."""
    assert _oids(made.holder) == [
        ("2.5.29.15", True),
        ("2.5.29.17", False),
        ("2.5.29.32", True),
        ("2.5.29.18", False),
        ("2.5.29.31", False),
        ("1.3.6.1.5.5.7.1.1", False),
        ("2.5.29.35", False),
        ("2.5.29.14", False),
    ]
    assert bytes.fromhex("0603551d0f0101ff0404030206c0") in made.holder


def test_an_authentication_certificate_has_client_authentication_and_no_attributes(authentication: Hierarchy) -> None:
    """docs/certificates.md §5, R-0.4: keyUsage 03 02 07 80, clientAuth, no subjectAltName."""
    assert [oid for oid, _ in _oids(authentication.holder)][:3] == ["2.5.29.15", "2.5.29.37", "2.5.29.32"]
    assert "2.5.29.17" not in dict(_oids(authentication.holder))
    assert bytes.fromhex("0603551d0f0101ff040403020780") in authentication.holder


def test_a_responder_answers_and_nothing_else(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: OCSPSigning, id-pkix-ocsp-nocheck, no policies."""
    assert _oids(made.responder) == [
        ("2.5.29.15", True),
        ("2.5.29.37", False),
        ("1.3.6.1.5.5.7.48.1.5", False),
        ("2.5.29.35", False),
        ("2.5.29.14", False),
    ]


@pytest.mark.parametrize("certificate", ["ca", "holder", "responder"])
def test_certificates_begin_as_readers_of_the_card_expect(each: Hierarchy, certificate: str) -> None:
    """OpenSC takes the length from `30 82 LL LL`."""
    encoded: bytes = getattr(each, certificate)

    assert encoded[:2] == b"\x30\x82"
    assert int.from_bytes(encoded[2:4], "big") == len(encoded) - 4


def test_parts_of_a_second_are_cut(made: Hierarchy) -> None:
    """A certificate has whole seconds."""
    prepared = prepare_ocsp_responder(
        made.profiles,
        issuer=made.ca,
        public_key=made.responder_signer.public_key,
        serial=3,
        not_before=ISSUED.replace(microsecond=999_999),
        not_after=ISSUED.replace(month=2),
    )

    assert b"260105030405Z" in prepared.to_be_signed


def test_settings_change_what_is_prepared_and_what_is_linted_alike(authentication: Hierarchy, made: Hierarchy) -> None:
    """Builder and lint read the same settings: what one leaves out the other does not miss."""
    without = prepare_authentication(
        replace(authentication.profiles, client_authentication=False),
        issuer=authentication.ca,
        public_key=authentication.holder_signer.public_key,
        serial=4,
        subject_id="X1",
        municipality=WAKABA,
        not_before=ISSUED,
        not_after=EXPIRES,
    )
    critical = prepare_ocsp_responder(
        replace(made.profiles, responder_usage_critical=True),
        issuer=made.ca,
        public_key=made.responder_signer.public_key,
        serial=5,
        not_before=ISSUED,
        not_after=ISSUED.replace(month=2),
    )

    lint(without, authentication.ca)
    lint(critical, made.ca)


def test_a_certificate_of_the_next_century_half_is_generalized(made: Hierarchy) -> None:
    """RFC 5280 §4.1.2.5: a CA of 2045 ends in GeneralizedTime and passes its lint."""
    prepared = prepare_ca(
        made.profiles,
        kind=made.kind,
        public_key=made.ca_signer.public_key,
        serial=9,
        not_before=datetime(2045, 1, 1, tzinfo=UTC),
        not_after=datetime(2054, 12, 31, 14, 59, 59, tzinfo=UTC),
    )

    lint(prepared, None)
    assert b"\x17\x0d450101000000Z\x18\x0f20541231145959Z" in prepared.to_be_signed


def test_a_responder_needs_a_ca_of_the_set(made: Hierarchy) -> None:
    """A responder is named after its CA; a holder is none."""
    with pytest.raises(ForeignIssuer):
        prepare_ocsp_responder(
            made.profiles,
            issuer=made.holder,
            public_key=made.responder_signer.public_key,
            serial=6,
            not_before=ISSUED,
            not_after=EXPIRES,
        )


def test_what_was_stored_comes_back(made: Hierarchy) -> None:
    """A crash between lint and signature loses nothing: bytes and profile are all there is."""
    prepared = prepare_signature(
        made.profiles,
        issuer=made.ca,
        public_key=made.holder_signer.public_key,
        serial=8,
        subject_id="X2",
        municipality=WAKABA,
        attributes=TARO,
        not_before=ISSUED,
        not_after=EXPIRES,
    )

    assert prepared_from(made.profiles, prepared.to_be_signed, Profile.SIGNATURE) == prepared


def test_repr_names_nobody(made: Hierarchy) -> None:
    """To-be-signed bytes hold the four attributes: they are not shown."""
    assert repr(Prepared(profiles=made.profiles, profile=Profile.SIGNATURE, to_be_signed=b"x")) == (
        "Prepared(profile=<Profile.SIGNATURE: 'signature'>)"
    )
