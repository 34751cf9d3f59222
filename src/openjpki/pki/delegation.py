"""Whether a certificate may answer for an issuer: the rule that responder and verifier share (RFC 6960 §4.2.2.2)."""

from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.errors import Failure, Kind
from openjpki.pki.issuer import Issuer, issuer_of, load_certificate, value

_UNDERSTOOD = frozenset(
    {
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.BasicConstraints.oid,
        x509.SubjectAlternativeName.oid,
        x509.OCSPNoCheck.oid,
        x509.AuthorityKeyIdentifier.oid,
        x509.SubjectKeyIdentifier.oid,
    }
)


class WrongResponder(Failure):
    """Whoever signed the answer may not speak for the issuer; `problem` names what is missing."""

    code = "ocsp.wrong-responder"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答者の証明書が、発行者から委任を受けたものではありません（{problem}）。"
    en = "The OCSP responder's certificate is not authorised by the issuer ({problem})."


@lru_cache(maxsize=64)
def delegated(responder: bytes, issuer: bytes) -> Issuer:
    """Return the responder (name, key, validity) if it may answer for the issuer; raise `WrongResponder`.

    Either it holds the issuer's own key, or the very issuer key signed its certificate, which says OCSPSigning and
    id-pkix-ocsp-nocheck: a responder whose own status would have to be asked is refused. Both arguments are DER.
    Cached: the answer does not change, and a responder asks it for every answer.
    """
    certificate, ca = load_certificate(responder), issuer_of(issuer)
    found = issuer_of(responder)
    if found.public_key == ca.public_key:
        return found
    _hold_issued_by(certificate, issuer)
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise WrongResponder(problem="unknown critical extension")
    usages = value(certificate, x509.ExtendedKeyUsage)
    if usages is None or ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        raise WrongResponder(problem="no OCSPSigning")
    if value(certificate, x509.OCSPNoCheck) is None:
        raise WrongResponder(problem="no ocsp-nocheck")
    key_usage = value(certificate, x509.KeyUsage)
    if key_usage is not None and not key_usage.digital_signature:
        raise WrongResponder(problem="no digitalSignature")
    return found


def _hold_issued_by(certificate: x509.Certificate, issuer: bytes) -> None:
    if certificate.signature_algorithm_oid.dotted_string != issuer_of(issuer).algorithm.oid:
        raise WrongResponder(problem="signature algorithm")
    try:
        certificate.verify_directly_issued_by(load_certificate(issuer))
    except (ValueError, TypeError, InvalidSignature) as error:
        raise WrongResponder(problem="not issued by the issuer") from error
