"""What stands on the counter when somebody comes, and the way on (R-2.20 to R-2.25)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind, DocumentList, Examined, ShownDocument, examine
from openjpki.rules.eligibility import Holder
from openjpki.rules.finding import Finding
from openjpki.rules.inquiry import inquiry
from openjpki.rules.kinds import Applicant, CertificateKind, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim

InquiryForm = Literal["none", "sealed", "opened", "returned"]
"""The 照会書兼回答書 on the counter.

`sealed`: the one that came with the notice, PINs inside, sealed (for a move: the sealed mandate, R-2.25);
`opened`: the same, unsealed; `returned`: the sealed reply to an inquiry letter that this window sent (R-2.24).
"""

Way = Literal["same_day", "inquiry", "refused"]


@dataclass(frozen=True, kw_only=True)
class Route:
    """How the procedure goes on, and why."""

    route: Way
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One procedure for one holder on one day: who came, with what. The holder's card is on the counter."""

    procedure: Procedure
    applicant: Applicant
    on: date
    kinds: frozenset[CertificateKind] = frozenset()
    """The certificates asked for, where the procedure issues any."""
    holder: Holder | None = None
    """None: only the papers are judged, not whether this person may."""
    claim: Claim | None = None
    """By what right a legal representative acts. None: the clerk has seen that the paper shown proves it."""
    accompanied: bool = False
    """Whether the holder and the legal representative both came (R-1.7)."""
    pin_matches: bool | None = None
    """None where no PIN was tried: that identifies nobody either, but nothing has to be set anew."""
    documents: tuple[ShownDocument, ...] = ()
    """The holder's, beside the card."""
    agent_documents: tuple[ShownDocument, ...] = ()
    """Those of who acts, and the papers that prove a power."""
    form: InquiryForm = "none"
    form_signed: bool = True
    """Whether the holder signed it, or wrote name and seal (S-52)."""
    form_until: date | None = None
    """The last day printed on the form that came with the notice."""
    inquiry_sent: date | None = None
    """The day on which this window sent the inquiry letter that is answered."""
    address_flagged: bool = False
    """Whether an inquiry letter to the holder's address came back (R-2.24)."""
    certificate_expired: bool = False
    card_items_change: bool = False
    """Whether name, address or another item on the card is to be changed with it (R-2.23)."""

    def __post_init__(self) -> None:
        """A claim without a holder is a bug: nobody can act for nobody."""
        if self.claim is not None and self.holder is None:
            message = "a claim to represent nobody"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A visit with its documents examined."""

    policy: Policy
    visit: Visit
    own: Examined
    agent: Examined

    @classmethod
    def of(cls, policy: Policy, visit: Visit) -> "Case":
        """Examine the documents as of the day of the visit (R-2.21)."""
        return cls(
            policy=policy,
            visit=visit,
            own=examine(policy, visit.documents, visit.on),
            agent=examine(policy, visit.agent_documents, visit.on),
        )

    @property
    def face_card(self) -> bool:
        """Whether the card has no PIN (R-1.11)."""
        return self.visit.holder is not None and self.visit.holder.face_card

    @property
    def own_document(self) -> bool:
        """One document of list A or B other than the holder's card (R-2.20, S-44)."""
        return bool(self.own.of(DocumentList.A, DocumentList.B) - {DocumentKind.MY_NUMBER_CARD})

    @property
    def lapsed(self) -> date | None:
        """The last day of the term after which the reply to the inquiry came; None if it counts, or is none (R-2.24)."""
        visit = self.visit
        if visit.form != "returned" or visit.inquiry_sent is None:
            return None
        found = inquiry(self.policy, sent=visit.inquiry_sent, on=visit.on)
        return found.until if found.state == "lapsed" else None

    @property
    def form(self) -> InquiryForm:
        """The form as it counts: a reply after its term is none, nor is one from before its letter."""
        visit = self.visit
        early = visit.form == "returned" and visit.inquiry_sent is not None and visit.on < visit.inquiry_sent
        return "none" if early or self.lapsed else visit.form

    def goes(self, way: Way, *codes: str) -> Route:
        """Route the case; advice on the documents follows the findings that decided."""
        examined = self.own.findings + self.agent.findings
        found = (*map(find, codes), *examined, *self._advice(way))
        if way == "inquiry" and self.visit.address_flagged:
            return Route(route="refused", findings=(find("inquiry.address-flagged"), *found))
        return Route(route=way, findings=found)

    def _advice(self, way: Way) -> Iterator[Finding]:
        if self.lapsed:
            yield find("inquiry.reply-not-counted", last=self.lapsed)
        if DocumentKind.MY_NUMBER_CARD in self.own.counted:
            yield find("identity.card-is-no-second-document")
        if way != "refused" and (self.own_document or self.agent.of(DocumentList.A, DocumentList.B)):
            yield find("identity.copies-kept")
