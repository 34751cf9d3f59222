"""One certificate of each profile that never comes to be: what a profile set makes, for everybody to look at.

Everything in a specimen is fixed but the profile set: keys that nobody has, an invented person, a day. So the same code
with the same settings makes the same bytes, here and elsewhere, and their digest stands for what a home issues by.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256, shake_256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from openjpki.pki.algorithms import RSA_BITS, RSA_EXPONENT, KeyAlgorithm, public_key_bytes
from openjpki.pki.issuer import issuer_of
from openjpki.pki.lint.external import ExternalLint
from openjpki.pki.lint.finding import Findings
from openjpki.pki.lint.rules import examine
from openjpki.pki.preparing import (
    Prepared,
    prepare_authentication,
    prepare_ca,
    prepare_ocsp_responder,
    prepare_signature,
)
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.pki.tbs import as_if_signed
from openjpki.rules.kinds import CertificateKind, Sex
from openjpki.rules.person import CertifiedAttributes, Municipality

_BEGINS: Final = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
_CA_ENDS: Final = datetime(2036, 1, 4, 14, 59, 59, tzinfo=UTC)
_HOLDER_ENDS: Final = datetime(2030, 6, 10, 14, 59, 59, tzinfo=UTC)
_RESPONDER_ENDS: Final = datetime(2026, 2, 4, 3, 4, 5, tzinfo=UTC)
_TOWN: Final = Municipality(
    code="99201", prefecture="美本県", name="若葉市", prefecture_romaji="Mihon-ken", name_romaji="Wakaba-shi"
)
_SUBJECT_ID: Final = "00000000000000000000"
_PERSONS: Final = (
    CertifiedAttributes(
        name="見本　花子",
        name_substitutions="00001",
        address="美本県若葉市一丁目２番３号",
        address_substitutions="0" * 13,
        birth_date=date(1990, 6, 10),
        sex=Sex.FEMALE,
    ),
    CertifiedAttributes(
        name="見本　某",
        name_substitutions="0000",
        address="美本県若葉市",
        address_substitutions="0" * 6,
        birth_date=date(1980, 2, 17),
        sex=Sex.UNKNOWN,
    ),
)
"""Two, since the profile set says how an unknown sex is written."""
_WALLS: Final[Mapping[Profile, tuple[str, ...]]] = {
    Profile.SIGNATURE_CA: ("ca_years_at_most",),
    Profile.AUTHENTICATION_CA: ("ca_years_at_most",),
    Profile.SIGNATURE: ("holder_years_at_most", "cap_by_ca_generation"),
    Profile.AUTHENTICATION: ("holder_years_at_most", "cap_by_ca_generation"),
    Profile.OCSP_RESPONDER: ("responder_days_at_most", "cap_by_ca_generation"),
}
"""What a profile set says of a profile that no single certificate shows."""
_SMALL: Final = 752
"""No factor of an RSA modulus is below (NIST SP 800-89 §5.3.3)."""


@dataclass(frozen=True, kw_only=True)
class ProfileSpecimen:
    """A certificate that nobody signs."""

    prepared: Prepared
    issuer: bytes | None
    """The certificate of its CA, a specimen too; None for a CA's own."""
    issuer_key: bytes
    """SubjectPublicKeyInfo, DER."""

    @property
    def certificate(self) -> bytes:
        """Return it with a signature that nobody made, DER."""
        return as_if_signed(self.prepared.to_be_signed, self.issuer_key)

    def findings(self) -> Findings:
        """Return what our own rules find in it."""
        one = self.prepared
        return examine(one.profiles, one.profile, one.to_be_signed, self.issuer)[0]

    def outside(self, external: ExternalLint) -> Findings:
        """Return what another program finds in it."""
        return external.examine(self.prepared.profile, self.prepared.to_be_signed, self.issuer_key, self.issuer)


@lru_cache(maxsize=16)
def specimens(profiles: ProfileSet) -> Mapping[Profile, tuple[ProfileSpecimen, ...]]:
    """Return the specimens of every profile, one or two of each. Cached: a profile set does not change."""
    algorithm = profiles.algorithm
    made: dict[Profile, tuple[ProfileSpecimen, ...]] = {}
    for kind in CertificateKind:
        key = key_of_nobody(algorithm, f"{kind.value}-ca")
        ca = prepare_ca(profiles, kind=kind, public_key=key, serial=1, not_before=_BEGINS, not_after=_CA_ENDS)
        own = ProfileSpecimen(prepared=ca, issuer=None, issuer_key=key)
        made[ca.profile] = (own,)
        holders = _holders(profiles, kind, own.certificate)
        made[holders[0].profile] = tuple(_under(own.certificate, one) for one in holders)
        responder = prepare_ocsp_responder(
            profiles,
            issuer=own.certificate,
            public_key=key_of_nobody(algorithm, "responder"),
            serial=2,
            not_before=_BEGINS,
            not_after=_RESPONDER_ENDS,
        )
        before = made.get(Profile.OCSP_RESPONDER, ())
        made[Profile.OCSP_RESPONDER] = (*before, _under(own.certificate, responder))
    return {profile: made[profile] for profile in Profile}


@lru_cache(maxsize=16)
def profile_digests(profiles: ProfileSet) -> Mapping[Profile, str]:
    """Return what each profile is, as SHA-256, hexadecimal: over its specimens, and the settings that none shows."""
    return {profile: _digest(profiles, profile, made) for profile, made in specimens(profiles).items()}


def profiles_digest(digests: Mapping[Profile, str]) -> str:
    """Return what all profiles together are, as SHA-256, hexadecimal: over the lines "PROFILE DIGEST", in their order."""
    return sha256("".join(f"{profile.value} {digests[profile]}\n" for profile in Profile).encode()).hexdigest()


@lru_cache(maxsize=16)
def key_of_nobody(algorithm: KeyAlgorithm, label: str) -> bytes:
    """Return a public key (SPKI DER) whose private half nobody has: it is drawn from its label, not from a private key."""
    found = _modulus(label) if algorithm is KeyAlgorithm.RSA_2048_SHA_256 else _point(label)
    return public_key_bytes(found)


def _modulus(label: str) -> rsa.RSAPublicKey:
    number = int.from_bytes(_drawn(label, RSA_BITS // 8)) | 1 | 1 << (RSA_BITS - 1)
    while any(number % factor == 0 for factor in range(3, _SMALL, 2)):
        number += 2
    return rsa.RSAPublicNumbers(RSA_EXPONENT, number).public_key()


def _point(label: str) -> ec.EllipticCurvePublicKey:
    """Return the first point of the curve among the abscissas that are drawn: every second one has none."""
    curve, counter = ec.SECP384R1(), 0
    while True:
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, b"\x02" + _drawn(f"{label}/{counter}", 48))
        except ValueError:
            counter += 1


def _drawn(label: str, count: int) -> bytes:
    return shake_256(f"openjpki specimen {label}".encode()).digest(count)


def _holders(profiles: ProfileSet, kind: CertificateKind, issuer: bytes) -> tuple[Prepared, ...]:
    key = key_of_nobody(profiles.algorithm, "holder")
    if kind is CertificateKind.AUTHENTICATION:
        return (
            prepare_authentication(
                profiles,
                issuer=issuer,
                public_key=key,
                serial=1000,
                subject_id=_SUBJECT_ID,
                municipality=_TOWN,
                not_before=_BEGINS,
                not_after=_HOLDER_ENDS,
            ),
        )
    return tuple(
        prepare_signature(
            profiles,
            issuer=issuer,
            public_key=key,
            serial=1000,
            subject_id=_SUBJECT_ID,
            municipality=_TOWN,
            attributes=person,
            not_before=_BEGINS,
            not_after=_HOLDER_ENDS,
        )
        for person in _PERSONS
    )


def _under(issuer: bytes, prepared: Prepared) -> ProfileSpecimen:
    return ProfileSpecimen(prepared=prepared, issuer=issuer, issuer_key=issuer_of(issuer).public_key)


def _digest(profiles: ProfileSet, profile: Profile, made: tuple[ProfileSpecimen, ...]) -> str:
    said = {
        "profile": profile.value,
        "specimens": [sha256(one.prepared.to_be_signed).hexdigest() for one in made],
        "walls": {name: getattr(profiles, name) for name in _WALLS[profile]},
    }
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
