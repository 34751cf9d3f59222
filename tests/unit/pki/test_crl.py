from datetime import UTC, datetime, timedelta, timezone

import pytest
from asn1crypto import crl as asn1_crl
from cryptography import x509

from openjpki.pki.crl import ListUnsound, RevokedEntry, build_crl
from openjpki.pki.keys import WrongSigner, key_identifier, verify_signature
from openjpki.pki.profiles import ForeignIssuer
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import AOBA, DAY, HOUR, ISSUED, WAKABA, Hierarchy

JAPAN = timezone(timedelta(hours=9))
THIS, NEXT = ISSUED + HOUR, ISSUED + HOUR + DAY


def entry(
    serial: int, reason: RevocationReason = RevocationReason.SUPERSEDED, revoked_at: datetime = ISSUED
) -> RevokedEntry:
    """Return a line."""
    return RevokedEntry(serial=serial, revoked_at=revoked_at, reason=reason)


def test_a_list_is_version_2_with_its_three_extensions(each: Hierarchy) -> None:
    """docs/certificates.md §7: AKI, cRLNumber, a critical issuingDistributionPoint that names the partition."""
    encoded = each.crl(entry(7), number=12)
    loaded = x509.load_der_x509_crl(encoded)

    assert asn1_crl.CertificateList.load(encoded, strict=True)["tbs_cert_list"]["version"].native == "v2"
    assert [(extension.critical, extension.value) for extension in loaded.extensions] == [
        (False, x509.AuthorityKeyIdentifier(key_identifier(each.ca_signer.public_key), None, None)),
        (False, x509.CRLNumber(12)),
        (
            True,
            x509.IssuingDistributionPoint(
                full_name=[x509.DirectoryName(each.profiles.partition_name(each.kind, WAKABA))],
                relative_name=None,
                only_contains_user_certs=False,
                only_contains_ca_certs=False,
                only_some_reasons=None,
                indirect_crl=False,
                only_contains_attribute_certs=False,
            ),
        ),
    ]
    assert loaded.issuer == each.profiles.ca_name(each.kind)
    assert (loaded.last_update_utc, loaded.next_update_utc) == (THIS, NEXT)
    verify_signature(each.ca_signer.public_key, each.algorithm, loaded.tbs_certlist_bytes, loaded.signature)


def test_each_municipality_has_its_own_list(made: Hierarchy) -> None:
    """docs/certificates.md §7: the partition is the municipality's, as in its certificates."""
    assert b"Aoba-shi CRLDP" in made.crl(municipality=AOBA)
    assert b"Aoba-shi CRLDP" not in made.crl(municipality=WAKABA)


def test_a_ca_has_a_list_of_its_own_certificate(each: Hierarchy) -> None:
    """RFC 5280 §5.2.5: at the distribution point that CA certificates name, and of CA certificates alone."""
    found = x509.load_der_x509_crl(each.crl(entry(1), municipality=None))
    point = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    own = x509.load_der_x509_certificate(each.ca).extensions.get_extension_for_class(x509.CRLDistributionPoints)

    assert point.critical
    assert point.value == x509.IssuingDistributionPoint(
        full_name=own.value[0].full_name,
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=True,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    assert [line.serial_number for line in found] == [1]


@pytest.mark.parametrize("reason", RevocationReason)
def test_a_line_says_serial_moment_and_reason(made: Hierarchy, reason: RevocationReason) -> None:
    """RFC 5280 §5.3.1: the reason stands in the entry, except `unspecified`, which is said by absence."""
    revoked_at = ISSUED + timedelta(minutes=5, microseconds=7)
    found = x509.load_der_x509_crl(made.crl(entry(300, reason, revoked_at)))[0]

    assert found.serial_number == 300
    assert found.revocation_date_utc == revoked_at.replace(microsecond=0)
    if reason is RevocationReason.UNSPECIFIED:
        assert list(found.extensions) == []
    else:
        assert [each.value for each in found.extensions] == [x509.CRLReason(x509.ReasonFlags[reason.value])]
        assert not any(each.critical for each in found.extensions)


def test_an_empty_list_has_no_sequence_of_entries(made: Hierarchy) -> None:
    """RFC 5280 §5.1.2.6: without entries the field is absent."""
    encoded = made.crl()
    tbs = asn1_crl.CertificateList.load(encoded)["tbs_cert_list"]

    assert tbs["revoked_certificates"].native is None
    assert len(x509.load_der_x509_crl(encoded)) == 0


def test_many_lines_come_from_an_iterator(made: Hierarchy) -> None:
    """Entries are taken as they come, from anything that can be iterated once."""
    entries = (entry(serial) for serial in range(1, 5001))
    encoded = build_crl(
        made.profiles,
        issuer=made.ca,
        signer=made.ca_signer,
        municipality=WAKABA,
        number=1,
        this_update=THIS,
        next_update=NEXT,
        entries=entries,
    )

    assert [line.serial_number for line in x509.load_der_x509_crl(encoded)] == list(range(1, 5001))


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([entry(0)], "serial"),
        ([entry(-1)], "serial"),
        ([entry(2**159)], "serial"),
        ([entry(2), entry(2)], "order of serials"),
        ([entry(2), entry(1)], "order of serials"),
        ([entry(1, revoked_at=THIS + timedelta(seconds=1))], "revoked_at"),
    ],
)
def test_lines_that_contradict_are_refused(made: Hierarchy, entries: list[RevokedEntry], problem: str) -> None:
    """No serial outside 1 to 20 octets, none twice, none revoked after the list was made."""
    with pytest.raises(ListUnsound) as refusal:
        made.crl(*entries)

    assert refusal.value.data == {"problem": problem}


@pytest.mark.parametrize("number", [0, -1, 2**159])
def test_a_number_is_positive_and_at_most_20_octets(made: Hierarchy, number: int) -> None:
    """RFC 5280 §5.2.3."""
    with pytest.raises(ListUnsound) as refusal:
        made.crl(number=number)

    assert refusal.value.data == {"problem": "number"}


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(microseconds=900), -DAY])
def test_the_next_update_is_later(made: Hierarchy, ahead: timedelta) -> None:
    """RFC 5280 §5.1.2.5: the list holds for some time, in whole seconds."""
    with pytest.raises(ListUnsound) as refusal:
        made.crl(this_update=THIS, next_update=THIS + ahead)

    assert refusal.value.data == {"problem": "next_update"}


def test_a_revocation_in_the_second_of_the_list_is_on_it(made: Hierarchy) -> None:
    """Moments are compared as they are written: to the second."""
    assert made.crl(entry(1, revoked_at=THIS.replace(microsecond=5)))


def test_moments_are_written_in_utc(made: Hierarchy) -> None:
    """RFC 5280 §4.1.2.5.1: whatever zone they come in, also across midnight, and before 1970."""
    moments = [datetime(2026, 1, 5, 8, 59, 59, tzinfo=JAPAN), datetime(1969, 12, 31, 23, 59, 58, 7, tzinfo=UTC)]
    loaded = x509.load_der_x509_crl(made.crl(*(entry(at + 1, revoked_at=moment) for at, moment in enumerate(moments))))

    assert [line.revocation_date_utc for line in loaded] == [
        datetime(2026, 1, 4, 23, 59, 59, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 58, tzinfo=UTC),
    ]


def test_moments_have_time_zones(made: Hierarchy) -> None:
    """A naive moment is a bug."""
    with pytest.raises(ValueError, match="time zone"):
        made.crl(entry(1, revoked_at=ISSUED.replace(tzinfo=None)))


def test_only_the_issuers_key_signs(made: Hierarchy) -> None:
    """The list of a CA is signed by that CA's key, here neither delegated nor indirect."""
    with pytest.raises(WrongSigner):
        build_crl(
            made.profiles,
            issuer=made.ca,
            signer=made.holder_signer,
            municipality=WAKABA,
            number=1,
            this_update=THIS,
            next_update=NEXT,
            entries=[],
        )


def test_only_a_ca_of_the_set_has_lists(made: Hierarchy) -> None:
    """A holder issues nothing, so nothing of its is revoked."""
    with pytest.raises(ForeignIssuer):
        build_crl(
            made.profiles,
            issuer=made.holder,
            signer=made.holder_signer,
            municipality=WAKABA,
            number=1,
            this_update=THIS,
            next_update=NEXT,
            entries=[],
        )
