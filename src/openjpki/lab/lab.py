"""The laboratory of one test: its cards, its moment, and what its authority says. The fixture `jpki` is one of these."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final, NoReturn

from openjpki.errors import Failure
from openjpki.lab.authority import LabAuthority
from openjpki.lab.card import LabCard
from openjpki.lab.cards import CardMaker
from openjpki.lab.catalogue import card_named
from openjpki.lab.city import MUNICIPALITIES
from openjpki.lab.dated import dated
from openjpki.lab.ledger import Ledger
from openjpki.lab.status import StatusDesk
from openjpki.lab.trust import Trust
from openjpki.pki.ocsp import build_request
from openjpki.rules.dates import civil_date, first_second
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy

if TYPE_CHECKING:
    from openjpki.documents.evidence import Evidence
    from openjpki.documents.report import Report

NONCE_BYTES: Final = 32
"""RFC 9654 §2.1 asks for 32."""
LAB_POLICY: Final = replace(Policy(), register_event_visibility="at_once", auth_hold_release="release")
"""The rules of a test: what ends shows at once, without waiting for the next day (R-2.28), and a hold can be released (R-5.20)."""

_card_numbers = count(1)
"""Cards made in this process: no two have one number, in whatever test."""


class Lab:
    """Cards by name, and the authority behind them.

    Everything it tells is true at `now`: the real moment, and what `travel` added to it.
    """

    def __init__(
        self,
        *,
        authority: LabAuthority,
        trust: Trust,
        status_url: str,
        clock: Callable[[], datetime],
        policy: Policy = LAB_POLICY,
        no_reader: Callable[[Failure], NoReturn] | None = None,
    ) -> None:
        self.trust = trust
        """CA certificates and lists, as values and in a folder."""
        self.status_url = status_url
        """Where status is asked; it stands in every certificate."""
        self.policy = policy
        self.desk = StatusDesk(authority, Ledger())
        """Answers OCSP questions and signs lists."""
        self.maker = CardMaker(authority=authority, ledger=self.desk.ledger)
        self._no_reader = no_reader
        self._clock = clock
        self._shift = timedelta()
        self._cards: dict[str, LabCard] = {}

    def __repr__(self) -> str:
        return f"<JPKI laboratory at {self.now:%Y-%m-%dT%H:%M:%SZ}: {', '.join(self._cards) or 'no card yet'}>"

    @property
    def now(self) -> datetime:
        """Return the laboratory's moment, UTC, to the second: what a verifier under test takes for the present."""
        return self._clock().astimezone(UTC).replace(microsecond=0) + self._shift

    def travel(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, to: date | datetime | None = None
    ) -> datetime:
        """Go on by so much, or to a moment (a day means its beginning in Japan), and return the new `now`.

        Status, lists and new certificates are of the new moment; programs that read the real clock do not see it.
        """
        if to is not None:
            moment = to if isinstance(to, datetime) else first_second(to)
            self._shift += moment.astimezone(UTC).replace(microsecond=0) - self.now
        self._shift += timedelta(seconds=round(timedelta(days=days, hours=hours, minutes=minutes).total_seconds()))
        self.changed()
        return self.now

    def card(self, name: str = "adult") -> LabCard:
        """Return a card of the catalogue, the same one for the whole test; raises `NoSuchTestCard`.

        It is what its name says on the day on which it is first asked for.
        """
        if name not in self._cards:
            now = self.now
            found = dated(card_named(name), civil_date(now), self.policy)
            slot = len(self._cards)
            made = self.maker.make(found, slot=slot, number=next(_card_numbers), now=now)
            self._cards[name] = LabCard(found, made, slot=slot, lab=self)
            self.changed()
        return self._cards[name]

    def lists(self) -> Mapping[str, bytes]:
        """Return the revocation lists of this moment, DER: "signature-2-99201", and "signature-2-ca" for the CA itself."""
        places = sorted({*MUNICIPALITIES, *self.desk.ledger.municipalities()}, key=lambda place: place.code)
        now = self.now
        partitions = {place.code: place for place in places} | {"ca": None}
        return {
            f"{issuer.name}-{code}": self.desk.revocation_list(issuer, place, now)
            for issuer in self.desk.in_force(now)
            for code, place in partitions.items()
        }

    def policies(self, kind: CertificateKind | str) -> frozenset[str]:
        """Return the certificate policy of a kind, dotted: what a verifier accepts."""
        return frozenset({self.desk.authority.profiles.policy(CertificateKind(kind))})

    def evidence(self, *certificates: bytes) -> "Evidence":
        """Return all that a judgement about these certificates (DER) can rest on now: CAs, lists, and fresh OCSP answers."""
        from openjpki.documents.evidence import Evidence
        from openjpki.documents.status import OcspEvidence
        from openjpki.pki.path import signing_anchor

        evidence = Evidence(anchors=self.trust.certificates, crls=tuple(self.lists().values()))
        answers = []
        for certificate in certificates:
            issuer = signing_anchor(certificate, evidence.anchors)
            if issuer is not None:
                nonce = self.desk.authority.entropy(NONCE_BYTES)
                answer = self.desk.answer(build_request([(certificate, issuer)], nonce), self.now)
                answers.append(OcspEvidence(answer=answer, nonce=nonce, certificate=certificate))
        return evidence.with_ocsp(answers)

    def verify(self, document: bytes, *, content: bytes | None = None) -> "Report":
        """Judge a signed PDF, or a CMS over `content` or what it carries, now and by this laboratory's status."""
        from openjpki.documents.pdf import is_pdf
        from openjpki.documents.verify import signers_of, verify_cms, verify_pdf

        evidence = self.evidence(*signers_of(document))
        policies = self.policies(CertificateKind.SIGNATURE)
        if is_pdf(document):
            return verify_pdf(document, policies=policies, evidence=evidence, at=self.now)
        return verify_cms(document, content=content, policies=policies, evidence=evidence, at=self.now)

    def no_reader(self, failure: Failure) -> NoReturn:
        """Do what is to be done where a card cannot be plugged in: what the test's settings say, or raise the refusal."""
        if self._no_reader is not None:
            self._no_reader(failure)
        raise failure

    def changed(self) -> None:
        """Publish what is new."""
        self.trust.refresh()
