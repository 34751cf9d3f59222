"""What a revocation list proves about one certificate at one moment (RFC 5280 §6.3.3), read by a verifier.

A list is checked once (who signed it) and asked often (about which certificate, at which moment). Delta lists,
indirect lists and lists of some reasons only are not used by JPKI and are refused: they could say less than they seem.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Self, TypeVar

from cryptography import x509

from openjpki.errors import Failure, Kind
from openjpki.pki.issuer import PARSE_ERRORS, distribution_points, is_under, issuer_of, load_certificate, value
from openjpki.pki.keys import SignatureInvalid, verify_signature
from openjpki.pki.reasons import reason_of
from openjpki.rules.kinds import RevocationReason

MOST_CRL_BYTES: Final = 128 * 1024 * 1024
"""Three million entries; a municipality's list is far smaller. More is an attack on memory."""


class MalformedCrl(Failure):
    """The bytes are no list, or hold something critical that is not understood."""

    code = "crl.malformed"
    kind = Kind.INDETERMINATE
    ja = "失効リストとして読み取れません。"
    en = "This cannot be read as a revocation list."


class WrongCrlIssuer(Failure):
    """The list was not made by the issuer of the certificate."""

    code = "crl.wrong-issuer"
    kind = Kind.INDETERMINATE
    ja = "失効リストが、証明書の発行者のものではありません。"
    en = "The revocation list was not made by the issuer of the certificate."


class WrongPartition(Failure):
    """The list covers other certificates than this one."""

    code = "crl.wrong-partition"
    kind = Kind.INDETERMINATE
    ja = "失効リストの対象に、この証明書は含まれません。"
    en = "The revocation list does not cover this certificate."


class StaleCrl(Failure):
    """The list's time is over, or it does not say until when it holds."""

    code = "crl.stale"
    kind = Kind.INDETERMINATE
    ja = "失効リストの次回更新日時を過ぎています。"
    en = "The revocation list is out of date."


class CrlNotYetValid(Failure):
    """The list speaks of a later time than the moment in question."""

    code = "crl.not-yet-valid"
    kind = Kind.INDETERMINATE
    ja = "失効リストは、検証時点よりも後に作成されたものです。"
    en = "The revocation list was made later than the moment of verification."


class CrlAfterExpiry(Failure):
    """The list was made after the certificate's end: its entry may have left it (RFC 5280 §3.3)."""

    code = "crl.after-expiry"
    kind = Kind.INDETERMINATE
    ja = "失効リストは証明書の有効期間の満了後に作成されたもので、失効していたかどうかは分かりません。"
    en = "The revocation list was made after the certificate expired and no longer tells whether it was revoked."


@dataclass(frozen=True, kw_only=True)
class CrlStatus:
    """What a list says about a certificate, and for when."""

    status: Literal["good", "revoked"]
    revoked_at: datetime | None
    reason: RevocationReason | None
    """UNSPECIFIED if none was given; None if not revoked, or for a reason outside the vocabulary."""
    number: int | None
    this_update: datetime
    next_update: datetime | None
    """None if the list does not say; such a list is never current."""


class RevocationList:
    """A list whose signature by the issuer was checked."""

    def __init__(self, loaded: x509.CertificateRevocationList, issuer: bytes) -> None:
        self._loaded = loaded
        self._issuer = issuer
        self._scope = _extension(loaded, x509.IssuingDistributionPoint)
        self.scope = b"" if self._scope is None else self._scope.public_bytes()
        """The issuingDistributionPoint, DER; empty for a list of everything. Numbers count within it."""
        number = _extension(loaded, x509.CRLNumber)
        self.number = number.crl_number if number else None
        self.this_update = loaded.last_update_utc
        """UTC."""
        self.next_update = loaded.next_update_utc
        """UTC; None if the list does not say."""

    @classmethod
    def read(cls, crl: bytes, *, issuer: bytes) -> Self:
        """Check a list against the issuer's certificate (both DER).

        Raises `MalformedCrl`, `WrongCrlIssuer`, `SignatureInvalid`, and `WrongPartition` for a list of some reasons
        or of other issuers' certificates.
        """
        loaded = _load(crl)
        _hold_issuer(loaded, issuer)
        ca = issuer_of(issuer)
        if loaded.signature_algorithm_oid.dotted_string != ca.algorithm.oid:
            raise SignatureInvalid
        verify_signature(ca.public_key, ca.algorithm, loaded.tbs_certlist_bytes, loaded.signature)
        scope = _extension(loaded, x509.IssuingDistributionPoint)
        if scope and (scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs):
            raise WrongPartition
        return cls(loaded, issuer)

    def status_of(self, certificate: bytes, *, moment: datetime) -> CrlStatus:
        """Return the status of a certificate (DER) at a moment (UTC-aware).

        Raises `WrongCrlIssuer`, `WrongPartition`, `CrlNotYetValid`, `StaleCrl`, `CrlAfterExpiry`. A revocation is
        reported whenever it took place; the caller holds `revoked_at` against its moment.
        """
        self._hold_covered(certificate)
        if moment < self.this_update:
            raise CrlNotYetValid
        if self.next_update is None or moment > self.next_update:
            raise StaleCrl
        return self.says_of(certificate)

    def says_of(self, certificate: bytes) -> CrlStatus:
        """Return what the list says of a certificate (DER), whenever it says it; the caller asks for its time.

        Raises `WrongCrlIssuer`, `WrongPartition`, `CrlAfterExpiry`.
        """
        loaded = self._hold_covered(certificate)
        entry = self._loaded.get_revoked_certificate_by_serial_number(loaded.serial_number)
        if entry is None and self.this_update > loaded.not_valid_after_utc:
            raise CrlAfterExpiry
        return CrlStatus(
            status="good" if entry is None else "revoked",
            revoked_at=None if entry is None else entry.revocation_date_utc,
            reason=None if entry is None else _reason(entry),
            number=self.number,
            this_update=self.this_update,
            next_update=self.next_update,
        )

    def _hold_covered(self, certificate: bytes) -> x509.Certificate:
        if not is_under(certificate, self._issuer):
            raise WrongCrlIssuer
        loaded = load_certificate(certificate)
        if not self._covers(loaded):
            raise WrongPartition
        return loaded

    def _covers(self, certificate: x509.Certificate) -> bool:
        """RFC 5280 §6.3.3 (b)(2): a list that names its distribution point speaks for those who name it too."""
        if self._scope is None:
            return True
        constraints = value(certificate, x509.BasicConstraints)
        is_ca = constraints is not None and constraints.ca
        if (self._scope.only_contains_ca_certs and not is_ca) or (self._scope.only_contains_user_certs and is_ca):
            return False
        if self._scope.full_name is None:
            return self._scope.relative_name is None
        names = [name.value.public_bytes() for name in self._scope.full_name if isinstance(name, x509.DirectoryName)]
        return any(point in names for point in distribution_points(certificate))


def _load(crl: bytes) -> x509.CertificateRevocationList:
    """Parse a list; refuse what is critical and not understood (RFC 5280 §5.2), as a delta list is, or ends too early."""
    if len(crl) > MOST_CRL_BYTES:
        raise MalformedCrl
    try:
        loaded = x509.load_der_x509_crl(crl)
        extensions, _ = loaded.extensions, (loaded.issuer, loaded.last_update_utc, loaded.next_update_utc)
    except PARSE_ERRORS as error:
        raise MalformedCrl from error
    if any(each.critical and each.oid not in _UNDERSTOOD for each in extensions):
        raise MalformedCrl
    if loaded.next_update_utc is not None and loaded.next_update_utc < loaded.last_update_utc:
        raise MalformedCrl
    return loaded


def _hold_issuer(loaded: x509.CertificateRevocationList, issuer: bytes) -> None:
    """Hold name, key (all generations share one name), and the issuer's right to sign lists (RFC 5280 §6.3.3 (f))."""
    ca = issuer_of(issuer)
    identifier = _extension(loaded, x509.AuthorityKeyIdentifier)
    named_key = identifier.key_identifier if identifier else None
    usage = value(load_certificate(issuer), x509.KeyUsage)
    may_sign = usage is not None and usage.crl_sign
    if loaded.issuer != ca.subject or named_key not in (None, ca.key_identifier) or not may_sign:
        raise WrongCrlIssuer


def _reason(entry: x509.RevokedCertificate) -> RevocationReason | None:
    reason = None
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason
        elif extension.critical:
            raise MalformedCrl
    return reason_of(reason)


_UNDERSTOOD = frozenset({x509.IssuingDistributionPoint.oid, x509.AuthorityKeyIdentifier.oid, x509.CRLNumber.oid})
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


def _extension(loaded: x509.CertificateRevocationList, kind: type[_Extension]) -> _Extension | None:
    try:
        return loaded.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
