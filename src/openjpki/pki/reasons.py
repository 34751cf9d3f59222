"""Reason codes as the library reads them, in the house's vocabulary."""

from cryptography import x509

from openjpki.rules.kinds import RevocationReason

_REASONS = {
    x509.ReasonFlags.unspecified: RevocationReason.UNSPECIFIED,
    x509.ReasonFlags.key_compromise: RevocationReason.KEY_COMPROMISE,
    x509.ReasonFlags.ca_compromise: RevocationReason.CA_COMPROMISE,
    x509.ReasonFlags.affiliation_changed: RevocationReason.AFFILIATION_CHANGED,
    x509.ReasonFlags.superseded: RevocationReason.SUPERSEDED,
    x509.ReasonFlags.cessation_of_operation: RevocationReason.CESSATION_OF_OPERATION,
    x509.ReasonFlags.certificate_hold: RevocationReason.CERTIFICATE_HOLD,
}


def reason_of(flag: x509.ReasonFlags | None) -> RevocationReason | None:
    """Return the reason; UNSPECIFIED if none was given (RFC 5280 §5.3.1), None if it is outside the vocabulary."""
    return RevocationReason.UNSPECIFIED if flag is None else _REASONS.get(flag)
