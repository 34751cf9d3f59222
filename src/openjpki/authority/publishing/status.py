"""Status from the authority's own tables: what the embedded responder answers from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.generations.issuers import in_force
from openjpki.authority.issuance.serials import key_of
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, CrlPublication, Issuer, Revocation
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.publishing.journal import ended_without_row
from openjpki.authority.publishing.responders import covering
from openjpki.authority.responding.answering import Answered, StatusDesk
from openjpki.authority.responding.requesters import Nobody
from openjpki.authority.responding.view import Delegate, Found, KnownIssuer, NotSure, Span
from openjpki.pki.ocsp import RequestedStatus
from openjpki.rules.kinds import CertificateKind


def answer(
    means: Means,
    question: bytes,
    at: datetime,
    kind: CertificateKind | None = None,
    *,
    asker_known: bool = False,
) -> Answered:
    """Answer a question from the tables, as `StatusDesk.answer` does.

    `asker_known`: who asks was asked already, or is the authority itself; no signature of the question is wanted.
    """
    requesters = None if asker_known or means.policy.ocsp_requesters == "anybody" else means.requesters or Nobody()
    desk = StatusDesk(store=Register(means), keys=means.keys_of_responders, requesters=requesters)
    return desk.answer(question, at, kind)


def found_of(means: Means, certificate: Certificate, at: datetime) -> Found:
    """Return what is known of a certificate that was handed over, for whoever says it otherwise than by OCSP; raises `NotSure`."""
    return _Rows(means, at).of(certificate)


@dataclass(frozen=True)
class Register:
    """A `StatusStore` over the authority's tables."""

    means: Means

    @contextmanager
    def view(self, at: datetime) -> "Iterator[_Rows]":
        """Look at the tables as they are."""
        yield _Rows(self.means, at)


class _Rows:
    """The tables while one question is answered."""

    def __init__(self, means: Means, at: datetime) -> None:
        self._means = means
        self._issuers: dict[int, Issuer] = {}
        self.span = Span(at=at, this_update=at, next_update=at + means.terms.ocsp_answer)

    def issuers(self, kind: str | None) -> Sequence[KnownIssuer]:
        """Return the CA generations in force."""
        self._issuers = {row.pk: row for row in in_force(self.span.at, CertificateKind(kind) if kind else None)}
        return [
            KnownIssuer(number=row.pk, kind=row.kind, certificate=bytes(row.certificate))
            for row in self._issuers.values()
        ]

    def find(self, issuer: KnownIssuer, item: RequestedStatus) -> Found | None:
        """Return what is known of a certificate that was handed over."""
        key = key_of(CertificateKind(issuer.kind), item.serial)
        pending = [state.value for state in PENDING]
        certificate = Certificate.objects.filter(key=key, issuer=issuer.number).exclude(state__in=pending).first()
        return None if certificate is None else self.of(certificate)

    def of(self, certificate: Certificate) -> Found:
        """Return what is known of one that was handed over; raises `NotSure`."""
        span, seen_at = self.span, self.span.at
        if self._means.policy.ocsp_mode == "from-crl":
            span = self._span_of_list(certificate)
            seen_at = span.this_update
        rows = list(Revocation.objects.filter(certificate_key=certificate.key).order_by("pk"))
        return Found(rows=rows, seen_at=seen_at, span=span, sound=not ended_without_row(certificate.state, rows))

    def _span_of_list(self, certificate: Certificate) -> Span:
        """Say what the partition's last list said, for as long as that list says it (setting `ocsp_mode`)."""
        lists = CrlPublication.objects.filter(
            issuer_id=certificate.issuer_id, municipality=certificate.issuing_municipality
        )
        last = lists.order_by("-number").first()
        if last is None or not last.this_update <= self.span.at < last.next_update:
            raise NotSure
        return Span(at=self.span.at, this_update=last.this_update, next_update=last.next_update)

    def delegates(self, issuer: KnownIssuer) -> Sequence[Delegate]:
        """Return the issuer's responder; one is certified if there is none."""
        found = covering(self._means, self._issuers[issuer.number], self.span.at)
        return [Delegate(certificate=bytes(found.certificate), key_name=found.key_name, not_after=found.not_after)]
