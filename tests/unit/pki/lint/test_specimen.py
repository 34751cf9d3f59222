from typing import Any

import pytest

from openjpki.pki.lint.specimen import Specimen, Unparsable, extensions, parts
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import EXPIRES, ISSUED
from tests.unit.pki.lint.tampering import changed, set_extensions, specimen


def _subject(profile: Profile = Profile.SIGNATURE) -> Specimen:
    made, raw, issuer = specimen(profile)
    return Specimen.of(made.profiles, profile, raw, issuer)


def test_a_specimen_knows_whose_signature_it_waits_for() -> None:
    """A holder's certificate waits for its issuer, a CA's for itself."""
    made, _, _ = specimen(Profile.SIGNATURE)
    holder, ca = _subject(), _subject(Profile.SIGNATURE_CA)

    assert (holder.self_signed, ca.self_signed) == (False, True)
    assert holder.issuer_key == ca.issuer_key == ca.public_key == made.ca_signer.public_key
    assert holder.public_key == made.holder_signer.public_key
    assert holder.kind is ca.kind is CertificateKind.SIGNATURE
    assert (holder.not_before, holder.not_after) == (ISSUED, EXPIRES)


def test_a_foreign_issuer_has_no_kind() -> None:
    """A holder is no CA of the profile set."""
    made, raw, _ = specimen(Profile.SIGNATURE)

    assert Specimen.of(made.profiles, Profile.SIGNATURE, raw, made.holder).kind is None


def test_extensions_come_in_their_order() -> None:
    """An extension is found by its OID if it is there once."""
    subject = _subject()
    oids = [each["extn_id"].dotted for each in extensions(subject.tbs)]

    assert oids[0] == "2.5.29.15"
    assert subject.extension(oids[0]).native == {"digital_signature", "non_repudiation"}
    assert subject.extension("1.2.3") is None
    assert subject.authority_extension(oids[0]).native == {"key_cert_sign", "crl_sign"}


def test_a_doubled_extension_is_none() -> None:
    """Nobody chooses between two."""
    made, raw, issuer = specimen(Profile.SIGNATURE)
    doubled = changed(raw, set_extensions(lambda found: [found[0], *found]))

    assert Specimen.of(made.profiles, Profile.SIGNATURE, doubled, issuer).extension("2.5.29.15") is None


def test_a_certificate_without_extensions_has_none() -> None:
    """RFC 5280 §4.1: extensions are optional."""
    made, raw, issuer = specimen(Profile.SIGNATURE)

    def change(tbs: Any) -> None:
        del tbs["extensions"]

    bare = Specimen.of(made.profiles, Profile.SIGNATURE, changed(raw, change), issuer)
    assert extensions(bare.tbs) == []


def test_names_are_read_in_parts() -> None:
    """Type, text and string tag, in order."""
    assert parts(_subject().tbs["subject"])[:2] == [("country_name", "JP", 19), ("locality_name", "Mihon-ken", 12)]


@pytest.mark.parametrize("raw", [b"", b"\x30\x03\x02\x01\x01", b"\x30\x80\x00\x00"])
def test_what_cannot_be_parsed_is_refused(raw: bytes) -> None:
    """Bytes are parsed whole, before any rule looks at them."""
    made, _, issuer = specimen(Profile.SIGNATURE)

    with pytest.raises(Unparsable):
        Specimen.of(made.profiles, Profile.SIGNATURE, raw, issuer)
