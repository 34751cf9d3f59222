"""What is really served at an address: CA certificates, newest lists, and answers about certificates of every state."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256

from cryptography.x509 import ocsp

from openjpki.authority.checking.fetching import NotServed, fetched
from openjpki.authority.checking.problems import Problem, ProblemKind, linted, problem
from openjpki.authority.generations.issuers import in_force
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Issuer, Revocation, SerialCounter
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.publishing.partitions import partitions
from openjpki.authority.publishing.publication import newest_list
from openjpki.pki import der
from openjpki.pki.issuer import PARSE_ERRORS
from openjpki.pki.lint.answers import examine_answer
from openjpki.pki.ocsp import issuer_hashes, nonce_extension
from openjpki.pki.reasons import reason_of
from openjpki.rules.kinds import CertificateState
from openjpki.rules.standing import shown_at

NONCE_BYTES = 16
_NEVER_DRAWN = 1_000_000
"""Beyond the last serial that was drawn: no serial is so far ahead."""
_SHA_1 = der.sequence(der.object_identifier("1.3.14.3.2.26"), b"\x05\x00")
_OCSP_REQUEST = "application/ocsp-request"
Said = tuple[str, datetime | None, str | None]
"""Status, moment and reason of one answer."""


def files(base: str, at: datetime) -> Iterator[list[Problem]]:
    """Check the CA certificates and newest lists that are served; give what was found of each."""
    for issuer in in_force(at):
        yield _same(f"{base}/ca/{issuer}.cer", partial(_digest, bytes(issuer.certificate)))
        for partition in partitions():
            yield _same(f"{base}/crl/{issuer}/{partition.code}.crl", partial(_newest, issuer, partition.code))


def answers(means: Means, base: str, at: datetime) -> Iterator[list[Problem]]:
    """Ask about the newest certificate of every state and issuer, and about a serial that was never drawn."""
    for issuer in in_force(at):
        for state in CertificateState:
            row = Certificate.objects.filter(issuer=issuer, state=state.value).order_by("-serial").first()
            if row is not None:
                yield _asked(means, base, issuer, row.serial, row)
        counter = SerialCounter.objects.filter(kind=issuer.kind).first()
        yield _asked(means, base, issuer, (counter.last if counter else 0) + _NEVER_DRAWN, None)


def _asked(means: Means, base: str, issuer: Issuer, serial: int, row: Certificate | None) -> list[Problem]:
    nonce, ca = means.entropy(NONCE_BYTES), bytes(issuer.certificate)
    url = f"{base}/ocsp/{issuer.kind}"
    subject = f"{url} certificate:{issuer.kind}/{serial}"
    before = _expected(row, means.clock())
    try:
        answer = fetched(url, body=_question(ca, serial, nonce), content_type=_OCSP_REQUEST)
    except NotServed as error:
        return [problem(ProblemKind.SERVED_UNREACHABLE, subject, error)]
    found = linted(ProblemKind.SERVED_ANSWER, subject, examine_answer(means.profiles, answer, issuer=ca, nonce=nonce))
    said = _said(answer, serial)
    if said is not None and said not in {before, _expected(row, means.clock())}:
        found.append(problem(ProblemKind.SERVED_STATUS, subject, said[0]))
    return found


def _expected(row: Certificate | None, at: datetime) -> Said:
    """Return what the journal says at a moment: good, revoked with moment and reason, or unknown (RFC 6960 §2.2)."""
    if row is None or CertificateState(row.state) in PENDING:
        return ("unknown", None, None)
    shown = shown_at(Revocation.objects.filter(certificate_key=row.key).order_by("pk"), at)
    if shown is None:
        return ("good", None, None)
    return ("revoked", shown.revoked_at.replace(microsecond=0), shown.reason.value)


def _said(answer: bytes, serial: int) -> Said | None:
    """Return what an answer says of a serial; None if it says nothing, which the lint has told."""
    try:
        single = next(one for one in ocsp.load_der_ocsp_response(answer).responses if one.serial_number == serial)
    except (*PARSE_ERRORS, StopIteration):
        return None
    reason = reason_of(single.revocation_reason) if single.revocation_time_utc else None
    return (single.certificate_status.name.lower(), single.revocation_time_utc, reason.value if reason else None)


def _question(ca: bytes, serial: int, nonce: bytes) -> bytes:
    """Return a question about a serial, whether there is a certificate of it or not (RFC 6960 §4.1.1)."""
    name_hash, key_hash = issuer_hashes(ca, "sha1")
    asked = der.sequence(_SHA_1, der.octet_string(name_hash), der.octet_string(key_hash), der.integer(serial))
    extensions = der.tlv(der.context(2), der.sequence(nonce_extension(nonce)))
    return der.sequence(der.sequence(der.sequence(der.sequence(asked)), extensions))


def _same(url: str, expected: Callable[[], str]) -> list[Problem]:
    """Compare the SHA-256 of what is served with the row's before or after: a list may be published in between.

    The row says what a list is, whatever became of the file that is served.
    """
    before = expected()
    try:
        served = fetched(url)
    except NotServed as error:
        return [problem(ProblemKind.SERVED_UNREACHABLE, url, error)] if before else []
    return [] if _digest(served) in {before, expected()} else [problem(ProblemKind.SERVED_DIFFERS, url)]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _newest(issuer: Issuer, partition: str) -> str:
    newest = newest_list(issuer, partition)
    return "" if newest is None else newest.digest
