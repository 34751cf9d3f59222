"""The interview: what a resident says before coming, and the visit that it makes on any day (R-2.20 to R-2.25)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from openjpki.rules.agency import ISSUING
from openjpki.rules.deadlines import last_day
from openjpki.rules.documents import DocumentKind, DocumentList, ShownDocument, examine
from openjpki.rules.eligibility import Holder, is_represented
from openjpki.rules.kinds import Applicant, CardState, CertificateKind, FeeReason, PinKind, Procedure, Term
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE
from openjpki.rules.representation import Claim
from openjpki.rules.visit import InquiryForm, Visit

_PIN_OF: Mapping[PinKind, CertificateKind] = {
    PinKind.SIGNATURE: CertificateKind.SIGNATURE,
    PinKind.AUTHENTICATION: CertificateKind.AUTHENTICATION,
}
"""The certificate that a PIN opens; the other two PINs open none."""

Given: TypeAlias = tuple[ShownDocument, ...] | None
"""The identity documents that somebody has; None: not asked, any can be brought."""


@dataclass(frozen=True, kw_only=True)
class Interview:
    """The answers of one person about one procedure."""

    procedure: Procedure
    applicant: Applicant
    on: date
    """The day of the interview: no day before it counts."""
    kinds: frozenset[CertificateKind] = frozenset(CertificateKind)
    """The certificates it is about."""
    holder: Holder | None = None
    """Only a hold is taken of anybody (R-2.7)."""
    claim: Claim | None = None
    """By what right a legal representative will act."""
    accompanied: bool = False
    """Whether holder and legal representative will both come (R-1.7)."""
    signature_expires: date | None = None
    """The last day of the signature certificate, also if it has passed; None: there is none."""
    authentication_expires: date | None = None
    card_expires: date | None = None
    """The last day of the card; None: not asked."""
    unknown_pins: frozenset[PinKind] = frozenset()
    """Those forgotten or locked, which is one (S-61). For a reset: those to be set anew; none named means all."""
    knows_pins: bool = False
    """For a revocation, which asks for no PIN: whether the holder knows one all the same, to be identified by it (R-2.5, R-2.20)."""
    changed_pins: frozenset[PinKind] = frozenset()
    """For a change: those to be changed; none named means all."""
    documents: Given = None
    """The holder's identity documents, beside the card."""
    agent_documents: Given = None
    """The identity documents of who will come in the holder's place."""
    notice: bool = False
    """Whether the expiry notice is at hand."""
    form: InquiryForm = "none"
    """The 照会書兼回答書 at hand: `sealed`, the one that came with the notice; `returned`, the reply to an inquiry letter."""
    form_until: date | None = None
    inquiry_sent: date | None = None
    address_flagged: bool = False
    move_report: bool = False
    """Whether the household reports the move on the day of the procedure (R-2.25)."""
    card_items_change: bool = False
    reason: FeeReason | None = None
    """Why a certificate is issued, where the ends of the certificates do not tell."""

    def __post_init__(self) -> None:
        """An interview that left out what its answer rests on is a bug of who asked."""
        represented = self.applicant is Applicant.LEGAL_REPRESENTATIVE and self.procedure is not Procedure.HOLD
        if self.holder is None and self.procedure is not Procedure.HOLD:
            message = "who is the holder?"
        elif represented is not (self.claim is not None):
            message = "by what right does who come?"
        elif not self.kinds:
            message = "which certificate?"
        elif self.procedure is Procedure.RENEWAL and len(self.ends()) != len(self.kinds):
            message = "until when do the certificates run?"
        else:
            return
        raise ValueError(message)

    def ends(self) -> dict[CertificateKind, date]:
        """Return the last days of the certificates it is about, as far as they are known."""
        known = {
            CertificateKind.SIGNATURE: self.signature_expires,
            CertificateKind.AUTHENTICATION: self.authentication_expires,
        }
        return {kind: end for kind, end in known.items() if end is not None and kind in self.kinds}

    def holder_on(self, day: date) -> Holder | None:
        """Return the holder as of a day: past its end the card has expired (R-1.2)."""
        if self.holder is None or self.card_expires is None or day <= self.card_expires:
            return self.holder
        return replace(self.holder, card=CardState.EXPIRED) if self.holder.card is CardState.ACTIVE else self.holder

    def pins(self, policy: Policy) -> tuple[PinKind, ...]:
        """Return the PINs the procedure takes, of those the window handles (R-6.3, R-6.5, R-6.7; S-41 to S-43, CF-13).

        A revocation takes none, unless the holder comes with one instead of a document (R-2.5, R-2.20), a 顔認証カード has
        none (R-1.11). Who has no signature certificate has none of its PINs: under 15, or an adult ward (R-1.3, R-1.7).
        """
        if self.holder is None or self.holder.face_card:
            return ()
        if self.procedure is Procedure.REVOCATION and not self._tries_pin:
            return ()
        if self.procedure in {*ISSUING, Procedure.REVOCATION}:
            return tuple(pin for pin in policy.window_pins if _PIN_OF.get(pin) in {None, *self.kinds})
        named = self._named or frozenset(PinKind)
        there_are = named - {PinKind.SIGNATURE} if self._unsigned(policy) else named
        return tuple(pin for pin in policy.window_pins if pin in there_are)

    @property
    def _named(self) -> frozenset[PinKind]:
        """The PINs that a reset or a change is about; none means all."""
        return self.unknown_pins if self.procedure is Procedure.PIN_RESET else self.changed_pins

    def _unsigned(self, policy: Policy) -> bool:
        """Say whether there is no signature certificate, because the holder can have none (R-1.3, R-1.7)."""
        return (
            self.holder is not None and self.signature_expires is None and is_represented(policy, self.holder, self.on)
        )

    def lacks_its_pin(self, policy: Policy) -> bool:
        """Say whether a reset or a change is about the signature PIN alone of who can have none (R-1.3, R-1.7, R-6.5)."""
        about_pins = self.procedure in {Procedure.PIN_RESET, Procedure.PIN_CHANGE}
        return about_pins and self._named == {PinKind.SIGNATURE} and self._unsigned(policy)

    @property
    def _tries_pin(self) -> bool:
        return self.knows_pins and not self.unknown_pins and self.applicant is Applicant.SELF

    def first(self, kind: CertificateKind) -> bool:
        """Say whether a certificate is the holder's first: a new issue beside none, for no other reason (R-2.2, R-4.1; S-18)."""
        reason = self.reason or FeeReason.FIRST
        return self.procedure is Procedure.NEW and kind not in self.ends() and reason is FeeReason.FIRST

    def fresh(self, policy: Policy) -> frozenset[PinKind]:
        """Return the PINs that are chosen for the first time: of a first certificate, on a card made anew all (R-6.1, R-8.1)."""
        pins = self.pins(policy)
        if self.reason in REMADE:
            return frozenset(pins)
        return frozenset(pin for pin in pins if pin in _PIN_OF and self.first(_PIN_OF[pin]))

    def unknown(self, policy: Policy) -> frozenset[PinKind]:
        """Return the PINs that the procedure takes and that are to be set anew first."""
        pins = frozenset(self.pins(policy))
        if self.procedure is Procedure.PIN_RESET:
            return pins
        return (pins - self.fresh(policy) - self.left_as_they_are(policy)) & self.unknown_pins

    def left_as_they_are(self, policy: Policy) -> frozenset[PinKind]:
        """Return the forgotten or locked PINs of no certificate that a holder without a document cannot have set anew (R-6.3, R-6.5).

        The PINs of the certificates identify all the same (R-2.20; S-13). Where one of those is unknown too, or there is none
        yet, the inquiry letter identifies, and with it all are set anew (R-2.24).
        """
        identified = self._replied(policy) or self._document(policy)
        if self.procedure not in ISSUING or self.applicant is not Applicant.SELF or identified:
            return frozenset()
        there = frozenset(self.pins(policy)) - self.fresh(policy)
        left = (there & self.unknown_pins) - frozenset(_PIN_OF)
        tried = there - left
        return left if tried and not tried & self.unknown_pins else frozenset()

    def _replied(self, policy: Policy) -> bool:
        """Say whether the reply to an inquiry letter is there, and its term is not over when the office opens next (R-2.24)."""
        if self.form != "returned" or self.inquiry_sent is None:
            return self.form == "returned"
        until = last_day(policy, term=Term.INQUIRY_REPLY, since=self.inquiry_sent)
        return open_day_from(policy, self.on) <= until

    def _document(self, policy: Policy) -> bool:
        """Say whether the holder has, or can bring, a document beside the card that counts (R-2.20, R-2.21)."""
        if self.documents is None:
            return True
        counted = examine(policy, self.documents, self.on).of(DocumentList.A, DocumentList.B)
        return bool(counted - {DocumentKind.MY_NUMBER_CARD})

    def pin_matches(self, policy: Policy) -> bool | None:
        """Say whether the PINs will identify the holder: where one is there, and none is forgotten or locked (R-2.20).

        None where there is none to be tried: that identifies nobody either, but nothing has to be set anew.
        """
        if self.unknown(policy):
            return False
        tried = frozenset(self.pins(policy)) - self.fresh(policy) - self.left_as_they_are(policy)
        return True if tried else None

    def visit(
        self,
        policy: Policy,
        on: date,
        *,
        own: tuple[ShownDocument, ...] = (),
        agent: tuple[ShownDocument, ...] = (),
        form: InquiryForm = "none",
    ) -> Visit:
        """Return the visit of a day with some papers. A reply in hand was sent when it was; one to come is in its term."""
        return Visit(
            procedure=self.procedure,
            applicant=self.applicant,
            on=on,
            kinds=self.kinds,
            holder=self.holder_on(on),
            claim=self.claim,
            accompanied=self.accompanied,
            pin_matches=self.pin_matches(policy),
            documents=own,
            agent_documents=agent,
            form=form,
            form_until=self.form_until,
            inquiry_sent=self.inquiry_sent if self.form == "returned" else None,
            address_flagged=self.address_flagged,
            certificate_expired=any(on > end for end in self.ends().values()),
            card_items_change=self.card_items_change,
        )
