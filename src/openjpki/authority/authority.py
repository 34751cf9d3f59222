"""The authority (機構): one object that takes the desk's messages, makes CAs, publishes lists and answers about status."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, OperationalError

from openjpki.authority.acts import act, window_at
from openjpki.authority.cards.pin_resets import approve
from openjpki.authority.cards.sessions import begin, go_on
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.desk.desk_keys import desk_keys, introduce, readmit, revoke_key
from openjpki.authority.generations.birth import create_generation
from openjpki.authority.issuance.admission import ByRule
from openjpki.authority.issuance.delivery import confirm
from openjpki.authority.issuance.resume import Resumed, resume
from openjpki.authority.issuance.steps import issue_ordered
from openjpki.authority.means import Means
from openjpki.authority.models import CrlPublication, EnrolledKey, Issuer, OcspResponder
from openjpki.authority.moments import ClockWentBack, moment
from openjpki.authority.notices.delivery import hand_over
from openjpki.authority.notices.selection import Batch, Selected, select_notices
from openjpki.authority.operation import Operation
from openjpki.authority.publishing.publication import publish, write_out
from openjpki.authority.publishing.responders import in_force_at, renew
from openjpki.authority.publishing.status import answer
from openjpki.authority.reading import certificates
from openjpki.authority.register.municipalities import enrol
from openjpki.authority.register.reports import report
from openjpki.authority.responding.answering import TRY_LATER, Answered
from openjpki.authority.revocation import revoke
from openjpki.authority.verbs import Verb
from openjpki.desk.messages import (
    CardAnswers,
    CardRequest,
    CardWorkAsked,
    CertificateOrder,
    CertificatesAsked,
    DeliveryConfirmed,
    NoticesAsked,
    PinResetOrder,
    Refused,
    Reply,
    Request,
    RevocationOrder,
)
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import Municipality


class RegisterUnavailable(Failure):
    """The authority's database does not answer, or is busy for too long."""

    code = "authority.register-unavailable"
    kind = Kind.UNAVAILABLE
    ja = "機構の台帳(データベース)が応答しません。しばらくしてからもう一度お試しください。"
    en = "The authority's register (its database) does not answer. Try again later."


@dataclass(frozen=True, kw_only=True)
class Authority(Means):
    """Built once from its means; every act takes the moment from the legal clock, once."""

    def handle(self, request: Request) -> Reply:
        """Answer one message of the desk; a refusal is recorded and comes back as `Refused`.

        Raises only what is UNAVAILABLE (no CA, no key, no database): the sender keeps the message and sends it again.
        """
        try:
            return self._answer_or_refuse(request, moment(self))
        except OperationalError as error:
            raise RegisterUnavailable from error

    def enrol(self, municipality: Municipality) -> None:
        """Admit a municipality to the desk."""
        enrol(self, municipality)

    def introduce(self, municipality: str, signer: str, public_key: bytes, *, at: datetime) -> None:
        """Enrol the desk key of an officer, or of a municipality itself; `at` is the transport clock's moment."""
        introduce(self, municipality=municipality, signer=signer, public_key=public_key, at=at)

    def readmit(self, municipality: str, signer: str, public_key: bytes, *, at: datetime) -> None:
        """Enrol a new desk key, also for a signer whose keys were all revoked."""
        readmit(self, municipality=municipality, signer=signer, public_key=public_key, at=at)

    def revoke_desk_key(self, municipality: str, signer: str, *, at: datetime) -> EnrolledKey:
        """End a signer's desk key; raises `DeskKeyUnknown`."""
        return revoke_key(self, municipality=municipality, signer=signer, at=at)

    def desk_keys(self) -> list[EnrolledKey]:
        """Return every desk key that was ever enrolled."""
        return desk_keys()

    def ceremony(self, *kinds: CertificateKind, issues_from: datetime | None = None) -> tuple[Issuer, ...]:
        """Create the next CA generation of the kinds named (of both if none is), issuing from now on or a set moment.

        A sandbox holds it by itself; elsewhere it takes a script (`NeedsScript`).
        """
        at = moment(self)
        return tuple(create_generation(self, kind, at, issues_from=issues_from) for kind in kinds or CertificateKind)

    @property
    def operation(self) -> Operation:
        """Return what the operators do."""
        return Operation(self)

    def key_names(self) -> frozenset[str]:
        """Return what the key store calls the keys of all CA generations."""
        return frozenset(Issuer.objects.values_list("key_name", flat=True))

    def publish_crls(self) -> tuple[CrlPublication, ...]:
        """Publish a new list of every partition, and the CA certificates."""
        return publish(self, moment(self))

    def write_public(self) -> None:
        """Bring the public folder up to date with what was published, as after a crash."""
        write_out(self)

    def renew_responders(self) -> tuple[OcspResponder, ...]:
        """Certify the next OCSP responders where the present ones end soon."""
        return renew(self, moment(self))

    def responders(self) -> list[OcspResponder]:
        """Return the OCSP responders that are in force, by issuer, the newest last."""
        return in_force_at(moment(self))

    def answer_ocsp(self, question: bytes) -> bytes:
        """Answer an OCSP question about certificates of either CA, DER in, DER out."""
        return self.answer_status(question).der

    def answer_status(
        self, question: bytes, kind: CertificateKind | None = None, *, asker_known: bool = False
    ) -> Answered:
        """Answer an OCSP question to one CA's address, and say until when the answer may be kept.

        `asker_known`: the line has proven who asks, and that they may. While the clock shows an earlier moment than before, no status is told: "try later".
        """
        try:
            return answer(self, question, moment(self), kind, asker_known=asker_known)
        except ClockWentBack:
            return TRY_LATER
        except OperationalError as error:
            raise RegisterUnavailable from error

    def select_notices(self, *, on: date | None = None, tell: Callable[[Batch], None] = lambda _: None) -> Selected:
        """Select the expiry notices of a day, today's if none is named, in batches (R-7.1 to R-7.5)."""
        return select_notices(self, moment(self), on=on, tell=tell)

    def resume(self) -> Resumed:
        """Finish or undo what a crash, or a window that never came back, left half done; the public folder too."""
        resumed = resume(self, moment(self))
        write_out(self)
        return resumed

    def _answer_or_refuse(self, request: Request, at: datetime) -> Reply:
        try:
            return self._answer(request, at)
        except Failure as failure:
            if failure.kind is Kind.UNAVAILABLE:
                raise
            refused = self._refused(request, failure, at)
        self.checkpoint(Checkpoint.REFUSAL_RECORDED)
        return refused

    def _refused(self, request: Request, failure: Failure, at: datetime) -> Refused:
        """Record a refusal, or of a flood only some, and word it; a rule's refusal bears the finding's own code."""
        code = failure.finding.code if isinstance(failure, ByRule) else failure.code
        doer = window_at(at, request.municipality, getattr(request, "officer", ""))

        def note(left_out: int) -> None:
            with act():
                doer.note(Verb.REQUEST_REFUSED, _subject(request), {"code": code, "left_out": left_out})

        self.refusal_notes.write(request.municipality, at, note)
        return Refused(code=code, ja=failure.message("ja"), en=failure.message("en"))

    def _answer(self, request: Request, at: datetime) -> Reply:
        """Carry a message out; if another process wrote the same rows first, once more over what it wrote."""
        try:
            return self._use_case(request, at)()
        except IntegrityError:
            return self._use_case(request, at)()

    def _use_case(self, request: Request, at: datetime) -> Callable[[], Reply]:
        if isinstance(request, CertificateOrder):
            return lambda: issue_ordered(self, request, at)
        if isinstance(request, DeliveryConfirmed):
            return lambda: confirm(self, request, at)
        if isinstance(request, RevocationOrder):
            return lambda: revoke(self, request, at)
        if isinstance(request, CertificatesAsked | NoticesAsked):
            return lambda: self._asked(request, at)
        if isinstance(request, CardRequest):
            return lambda: self._about_a_card(request, at)
        return lambda: report(self, request, at)

    def _asked(self, question: CertificatesAsked | NoticesAsked, at: datetime) -> Reply:
        if isinstance(question, NoticesAsked):
            return hand_over(self, question, at)
        return certificates(self, question, at)

    def _about_a_card(self, request: CardRequest, at: datetime) -> Reply:
        if isinstance(request, PinResetOrder):
            return approve(self, request, at)
        if isinstance(request, CardWorkAsked):
            return begin(self, request, at)
        return go_on(self, request, at)


def _subject(request: Request) -> str:
    """Name what was refused by the message's own id: a person's codes do not enter the record."""
    if isinstance(request, CertificateOrder | DeliveryConfirmed | RevocationOrder | PinResetOrder):
        return f"order:{request.order_id}"
    if isinstance(request, CardWorkAsked):
        return f"card-work:{request.work_id}"
    if isinstance(request, CardAnswers):
        return f"card-session:{request.session_id}"
    return "question" if isinstance(request, CertificatesAsked | NoticesAsked) else f"report:{request.report_id}"
