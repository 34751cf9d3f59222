"""A node of a responder beside a scene's authority: its store, its follower's rounds, and what it says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.x509 import ocsp

from openjpki.authority.authority import Authority
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.publishing.following import Followed, following
from openjpki.authority.responding.answering import Answered, StatusDesk
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.requesters import StoredRequesters
from openjpki.desk.messages import CertificateIssued
from openjpki.pki.ocsp import build_request
from tests.support.authority import Scene


class Elapsed:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return them."""
        return self.seconds


def question(issued: CertificateIssued, nonce: bytes | None = None) -> bytes:
    """Return the question about a certificate."""
    return build_request([(issued.certificate, issued.issuer_certificate)], nonce)


def said(answered: Answered) -> str:
    """Return an answer in one word: "good", "unknown", "revoked" with its reason, or the error."""
    answer = ocsp.load_der_ocsp_response(answered.der)
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return answer.response_status.name
    status = answer.certificate_status.name.lower()
    if status != "revoked":
        return status
    return f"revoked {answer.revocation_reason.name if answer.revocation_reason else 'unspecified'}"


class Node:
    """A responder's node: one process may have its store open once, so the writer lets go before anybody reads."""

    def __init__(self, scene: Scene, folder: Path, *, now: Callable[[], datetime] | None = None) -> None:
        """Stand beside a scene; `now` is the transport clock of a node that answers those alone who registered."""
        self.authority: Authority = scene.authority
        self.folder = folder
        self.elapsed = Elapsed()
        terms = scene.authority.terms
        self.store = StatusFile(
            folder,
            answer=terms.ocsp_answer,
            bound=terms.ocsp_store_bound,
            tolerance=terms.clock_tolerance,
            elapsed=self.elapsed,
        )
        requesters = StoredRequesters(self.store, now) if now else None
        self.desk = StatusDesk(store=self.store, keys=self.authority.keys_of_responders, requesters=requesters)
        self.cached = CachedDesk(self.desk, self.store)
        self.passed: list[Checkpoint] = []

    def follow(self, at: datetime | None = None) -> Followed:
        """Let the follower look at the journal once."""
        self.store.close()
        with following(self.folder, self.authority.terms.clock_tolerance, self.passed.append) as follower:
            return follower.round(at or self.authority.clock())

    def ask(self, issued: CertificateIssued, after: timedelta = timedelta()) -> str:
        """Ask for the status of a certificate, so long after the authority's moment."""
        return said(self.desk.answer(question(issued), self.authority.clock() + after))
