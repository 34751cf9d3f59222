"""Who stands at the verifiers' door, and what may be asked there: the register decides, at the moment of the question.

Nothing is believed but the certificate whose key the connection has proven. Suspended, ended, revoked, run out, another
ground: each is refused, and says so to whoever holds the key; a stranger hears nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from openjpki.authority.models import Verifier, VerifierCertificate
from openjpki.authority.responding.askers import Asker
from openjpki.authority.responding.requesters import NotAccepted, hold_requester
from openjpki.errors import Failure, Kind
from openjpki.pki.ocsp import MalformedRequest, parse_request
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.verifiers import Right, VerifierState, may_ask


class StrangerAtTheDoor(Failure):
    """The certificate is nobody's."""

    code = "verifier.stranger"
    kind = Kind.REFUSED
    ja = "この証明書の検証者は登録されていません。"
    en = "No verifier is registered with this certificate."


class CertificateNotInForce(Failure):
    """The certificate was revoked, has not begun, or has run out."""

    code = "verifier.certificate-not-in-force"
    kind = Kind.REFUSED
    ja = "接続用証明書は失効しているか、有効期間の外です。"
    en = "The client certificate was revoked, or is outside its validity."


class RegistrationNotInForce(Failure):
    """The registration is suspended, has ended, or its days are over."""

    code = "verifier.registration-not-in-force"
    kind = Kind.REFUSED
    ja = "検証者の登録は停止中か、終了しているか、期間の外です。"
    en = "The verifier's registration is suspended, has ended, or is outside its term."


class NotRegisteredFor(Failure):
    """The verifier may not ask this about certificates of this kind (R-5.24)."""

    code = "verifier.not-registered-for"
    kind = Kind.REFUSED
    ja = "この検証者には、この種類の電子証明書についての「{right}」は認められていません。"
    en = 'This verifier may not ask for "{right}" about certificates of this kind.'


def admitted(fingerprint: str, at: datetime, *, now: datetime) -> Verifier:
    """Return who has a certificate, by its SHA-256; `at` is the legal moment, `now` the transport clock's."""
    shown = VerifierCertificate.objects.filter(fingerprint=fingerprint).select_related("verifier").first()
    if shown is None:
        raise StrangerAtTheDoor
    if shown.revoked_at is not None or not shown.not_before <= now <= shown.not_after:
        raise CertificateNotInForce
    row = shown.verifier
    if row.state != VerifierState.ACTIVE.value or not row.since <= civil_date(at) <= row.until:
        raise RegistrationNotInForce
    return row


def hold_right(row: Verifier, right: Right, about: CertificateKind) -> None:
    """Raise `NotRegisteredFor` unless a verifier may ask this about certificates of a kind."""
    if not may_ask(row.on_grounds(), row.with_rights(), right, about):
        raise NotRegisteredFor(right=right.value)


def signed_by_nobody_else(row: Verifier, question: bytes, about: CertificateKind, *, now: datetime) -> bool:
    """Tell whether an OCSP question is unsigned, or signed under a key of the very verifier whose line it came over.

    The line has proven who asks, so no signature is wanted (RFC 6960 §4.1.2); one that is there must be theirs, and right:
    nobody passes on another's question. Bytes that are no question have none.
    """
    try:
        request = parse_request(question)
        if request.signature is not None:
            hold_requester(request, _Own(row, now), about, now)
    except NotAccepted:
        return False
    except MalformedRequest:
        pass  # the responder says so
    return True


@dataclass(frozen=True)
class _Own:
    """`Requesters` of one verifier: its certificates in force."""

    row: Verifier
    now: datetime

    def accepts(self, certificate: bytes, _about: CertificateKind, _at: datetime) -> bool:
        """Tell whether a certificate is one of them; what it may be asked about was held before."""
        in_force = VerifierCertificate.objects.filter(
            verifier=self.row, revoked_at__isnull=True, not_before__lte=self.now, not_after__gte=self.now
        )
        return in_force.filter(fingerprint=sha256(certificate).hexdigest()).exists()


def askers() -> dict[bytes, Asker]:
    """Return who may ask about status, by the SHA-256 of the certificate: what a responder's node keeps a copy of.

    Suspended, ended and revoked ones are not among them; when the others begin and end is said of each (R-5.24).
    """
    rows = VerifierCertificate.objects.filter(revoked_at__isnull=True, verifier__state=VerifierState.ACTIVE.value)
    needed = ("fingerprint", "not_before", "not_after", *(f"verifier__{name}" for name in _NEEDED))
    return {bytes.fromhex(row.fingerprint): _asker(row) for row in rows.select_related("verifier").only(*needed)}


@dataclass(frozen=True)
class RegisteredRequesters:
    """`Requesters` in the register's own tables; `now` is the transport clock."""

    now: Callable[[], datetime]

    def accepts(self, certificate: bytes, about: CertificateKind, at: datetime) -> bool:
        """Tell whether a verifier may ask about certificates of a kind who shows this certificate."""
        try:
            row = admitted(sha256(certificate).hexdigest(), at, now=self.now())
            hold_right(row, Right.STATUS, about)
        except Failure:
            return False
        return True


_NEEDED = ("since", "until", "grounds", "rights")
"""Columns of the register that a node's copy is made from: no name is read."""


def _asker(row: VerifierCertificate) -> Asker:
    grounds, rights = row.verifier.on_grounds(), row.verifier.with_rights()
    return Asker(
        not_before=row.not_before,
        not_after=row.not_after,
        since=row.verifier.since,
        until=row.verifier.until,
        kinds=frozenset(kind for kind in CertificateKind if may_ask(grounds, rights, Right.STATUS, kind)),
    )
