"""Certificates that were prepared right and then changed, so that one rule after the other has something to find."""

from collections.abc import Callable
from typing import Any

from asn1crypto import core, x509

from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import Hierarchy, hierarchy

Change = Callable[[Any], object]
"""Takes an asn1crypto TbsCertificate and changes it."""

SIGNATURE = hierarchy()
AUTHENTICATION = hierarchy(CertificateKind.AUTHENTICATION)


def to_be_signed(certificate: bytes) -> bytes:
    """Return the TBSCertificate of a certificate, DER."""
    tbs: bytes = x509.Certificate.load(certificate)["tbs_certificate"].dump()
    return tbs


def specimen(profile: Profile) -> tuple[Hierarchy, bytes, bytes | None]:
    """Return a hierarchy, right to-be-signed bytes of a profile in it, and the issuer."""
    made = AUTHENTICATION if profile in {Profile.AUTHENTICATION, Profile.AUTHENTICATION_CA} else SIGNATURE
    if profile.ca_kind:
        return made, to_be_signed(made.ca), None
    certificate = made.responder if profile is Profile.OCSP_RESPONDER else made.holder
    return made, to_be_signed(certificate), made.ca


def codes(profile: Profile, change: Change, profiles: ProfileSet | None = None) -> frozenset[str]:
    """Return the codes of all findings about a changed certificate."""
    made, raw, issuer = specimen(profile)
    return examine(profiles or made.profiles, profile, changed(raw, change), issuer)[0].codes


def changed(raw: bytes, change: Change) -> bytes:
    """Return to-be-signed bytes after a change, DER."""
    tbs = x509.TbsCertificate.load(raw)
    _ = tbs.native
    change(tbs)
    again: bytes = tbs.dump(force=True)
    return again


def set_extension(oid: str, value: bytes) -> Change:
    """Give an extension another value (DER)."""

    def change(tbs: Any) -> None:
        for extension in tbs["extensions"]:
            if extension["extn_id"].dotted == oid:
                extension["extn_value"] = core.ParsableOctetString(value)

    return change


def set_extensions(choose: Callable[[list[Any]], list[Any]]) -> Change:
    """Replace the list of extensions by a choice from it."""

    def change(tbs: Any) -> None:
        tbs["extensions"] = x509.Extensions(choose(list(tbs["extensions"])))

    return change


def in_bytes(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Exchange bytes of the same length; the old ones must be there."""

    def change(raw: bytes) -> bytes:
        assert old in raw
        assert len(old) == len(new)
        return raw.replace(old, new)

    return change
