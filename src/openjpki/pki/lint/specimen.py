"""A to-be-signed certificate under examination, parsed by another library than the one that built it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from asn1crypto import x509

from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind


class Unparsable(ValueError):
    """The bytes are no TBSCertificate, or the issuer's no certificate."""


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """The bytes, what they parse to, and whose signature they wait for."""

    profiles: ProfileSet
    profile: Profile
    raw: bytes
    tbs: Any
    """asn1crypto TbsCertificate."""
    authority: Any
    """asn1crypto TbsCertificate of the issuer; for a CA its own."""
    self_signed: bool

    @classmethod
    def of(cls, profiles: ProfileSet, profile: Profile, raw: bytes, issuer: bytes | None) -> Self:
        """Parse everything at once; raise `Unparsable`."""
        try:
            tbs = x509.TbsCertificate.load(raw, strict=True)
            _ = tbs.native
            authority = tbs if issuer is None else _issuing(issuer)
        except Exception as error:
            raise Unparsable from error
        return cls(
            profiles=profiles, profile=profile, raw=raw, tbs=tbs, authority=authority, self_signed=issuer is None
        )

    @property
    def issuer_key(self) -> bytes:
        """Return the SubjectPublicKeyInfo whose private key shall sign, DER."""
        key: bytes = self.authority["subject_public_key_info"].dump()
        return key

    @property
    def public_key(self) -> bytes:
        """Return the certified SubjectPublicKeyInfo, DER."""
        key: bytes = self.tbs["subject_public_key_info"].dump()
        return key

    @property
    def kind(self) -> CertificateKind | None:
        """Return which hierarchy this belongs to by the issuer's name; None if it is none of ours."""
        name = self.authority["subject"].dump()
        return next((kind for kind in CertificateKind if self.profiles.ca_name(kind).public_bytes() == name), None)

    @property
    def not_before(self) -> datetime:
        """Return the first second of validity, UTC."""
        moment: datetime = self.tbs["validity"]["not_before"].native
        return moment

    @property
    def not_after(self) -> datetime:
        """Return the last second of validity, UTC."""
        moment: datetime = self.tbs["validity"]["not_after"].native
        return moment

    def extension(self, oid: str) -> Any:
        """Return the parsed value of the one extension of this OID; None if it is absent or doubled."""
        return _extension(self.tbs, oid)

    def authority_extension(self, oid: str) -> Any:
        """Return the parsed value of the issuer's extension."""
        return _extension(self.authority, oid)


@lru_cache(maxsize=8)
def _issuing(certificate: bytes) -> Any:
    """Parse an issuer's certificate: few issue many, and nothing that examines changes what it looks at."""
    authority = x509.Certificate.load(certificate, strict=True)["tbs_certificate"]
    _ = authority.native
    return authority


def extensions(tbs: Any) -> list[Any]:
    """Return the extensions of a TbsCertificate in their order."""
    found = tbs["extensions"]
    return [] if found.native is None else list(found)


def _extension(tbs: Any, oid: str) -> Any:
    found = [each["extn_value"].parsed for each in extensions(tbs) if each["extn_id"].dotted == oid]
    return found[0] if len(found) == 1 else None


def parts(name: Any) -> list[tuple[str, str, int]]:
    """Return (type, text, string tag) of each part of an asn1crypto Name, in its order."""
    return list(_parts(name))


def _parts(name: Any) -> Iterator[tuple[str, str, int]]:
    for relative in name.chosen:
        for part in relative:
            value = part["value"]
            chosen = getattr(value, "chosen", value)
            yield part["type"].native, value.native, chosen.tag
