"""What a laboratory says of its certificates: answers to OCSP questions, and revocation lists (RFC 6960, RFC 5280 §5).

* Never issued in this test: unknown.
* Ended, and the ending visible: revoked, with moment and reason; a held one too.
* Everything else: good, expired ones included (R-3.10).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from openjpki.lab.authority import Generation, LabAuthority
from openjpki.lab.ledger import Entry, Ledger
from openjpki.pki.crl import RevokedEntry, build_crl
from openjpki.pki.issuer import issuer_of
from openjpki.pki.ocsp import MalformedRequest, OcspRequest, RequestedStatus, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import Municipality

ANSWER_LIFE: Final = timedelta(minutes=15)
LIST_LIFE: Final = timedelta(hours=25)
"""thisUpdate to nextUpdate, as the real authority's (R-5.25)."""
GOOD, UNKNOWN = StatusAnswer(status="good"), StatusAnswer(status="unknown")
TRY_LATER: Final = error_answer("try_later")
"""Said while no test runs."""
_NUMBERS_A_SECOND = 1 << 16
_numbers = count()
"""Lists signed in this process."""


@dataclass(frozen=True)
class StatusDesk:
    """Answers for one test: its authority, and what it issued."""

    authority: LabAuthority
    ledger: Ledger

    def answer(self, question: bytes, at: datetime, kind: CertificateKind | None = None) -> bytes:
        """Answer a question, DER; malformed bytes and issuers that are not ours get an unsigned error.

        `kind` is the CA whose address was asked; None answers for both. One answer speaks for one issuer, the first that
        is ours; certificates of another in the same question are unknown (RFC 6960 §2.2).
        """
        try:
            request = parse_request(question)
        except MalformedRequest:
            return error_answer("malformed_request")
        issuer = self._issuer_asked(request, at, kind)
        if issuer is None:
            return error_answer("unauthorized")
        entries = [self._entry(issuer, item) for item in request.items]
        changes = [entry.next_change(at) for entry in entries if entry is not None]
        responder = self.authority.responder(issuer, at)
        return build_answer(
            request=request,
            statuses=[_said(entry, at) for entry in entries],
            responder_certificate=responder.certificate,
            issuer=issuer.certificate,
            signer=responder.signer,
            produced_at=at,
            this_update=at,
            next_update=min([at + ANSWER_LIFE, *(change for change in changes if change is not None)]),
        )

    def revocation_list(self, issuer: Generation, municipality: Municipality | None, at: datetime) -> bytes:
        """Return the list of one generation and municipality, or of the generation's own certificate, at a moment, DER.

        Its number rises with the moment, whichever way a test travels, and with every list inside one second.
        """
        entries = [one for one in self.ledger.of_issuer(issuer.kind, issuer.name) if one.municipality == municipality]
        changes = [entry.next_change(at) for entry in entries]
        ends = [at + LIST_LIFE, issuer_of(issuer.certificate).not_after]
        return build_crl(
            self.authority.profiles,
            issuer=issuer.certificate,
            signer=issuer.signer,
            municipality=municipality,
            number=int(at.timestamp()) * _NUMBERS_A_SECOND + next(_numbers) % _NUMBERS_A_SECOND,
            this_update=at,
            next_update=min([*ends, *(change for change in changes if change is not None)]),
            entries=_lines(entries, at),
        )

    def in_force(self, at: datetime, kind: CertificateKind | None = None) -> list[Generation]:
        """Return the generations that are valid at a moment, of one kind or of both: only they sign."""
        kinds = CertificateKind if kind is None else (kind,)
        return [one for each in kinds for one in self.authority.generations(each) if one.covers(at)]

    def _issuer_asked(self, request: OcspRequest, at: datetime, kind: CertificateKind | None) -> Generation | None:
        ours = self.in_force(at, kind)
        return next((one for item in request.items for one in ours if item.is_of(one.certificate)), None)

    def _entry(self, issuer: Generation, item: RequestedStatus) -> Entry | None:
        if not item.is_of(issuer.certificate):
            return None
        return self.ledger.find(issuer.kind, item.serial, issuer.name)


def _said(entry: Entry | None, at: datetime) -> StatusAnswer:
    if entry is None:
        return UNKNOWN
    shown = entry.shown(at)
    if shown is None:
        return GOOD
    return StatusAnswer(status="revoked", revoked_at=shown.revoked_at, reason=shown.reason)


def _lines(entries: list[Entry], at: datetime) -> Iterator[RevokedEntry]:
    """Yield what is visible, by serial; an entry stays for one list past its certificate's end (RFC 5280 §3.3)."""
    for entry in entries:
        shown = entry.shown(at)
        if shown is not None and entry.not_after >= at - LIST_LIFE:
            yield RevokedEntry(serial=entry.serial, revoked_at=shown.revoked_at, reason=shown.reason)
