"""The steps of an application: one table of what leads where, what must be known for it, and what it may find (R-2.2 to R-2.27, R-8.1).

An application is received, examined and identified, at once or through the inquiry letter (R-2.24). What issues
certificates then has its PINs ready and its fee settled. It is ready when nothing is missing any more, where the
municipality wants it the approval of a second person included; its certificates are issued one by one, so that it can
stand partly issued when the authority fails in between. Procedures that issue nothing (revocation, hold, PINs) go from
identified to ready and are performed. `rules.course` takes the steps; the diagrams in the documentation are drawn from here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, unique

from openjpki.rules.agency import ISSUING
from openjpki.rules.kinds import ApplicationState, Procedure
from openjpki.rules.lifecycle import LifeCycle


@unique
class ApplicationEvent(Enum):
    """What moves an application."""

    EXAMINE = "examine"
    IDENTIFY = "identify"
    SEND_INQUIRY = "send-inquiry"
    RETURN_BY_POST = "return-by-post"
    """The letter came back: nobody of that name lives at the address."""
    LAPSE = "lapse"
    REPLY = "reply"
    """The reply came back to the window, sealed and in time."""
    CHECK_PINS = "check-pins"
    SETTLE_FEE = "settle-fee"
    CLEAR = "clear"
    """No second person is asked for."""
    APPROVE = "approve"
    """A second person of the office approves."""
    ISSUE_PART = "issue-part"
    """One certificate of several stands on the card."""
    ISSUE = "issue"
    """All certificates of the application stand on the card."""
    PERFORM = "perform"
    """What was asked and issues nothing is done."""
    HAND_OVER = "hand-over"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@unique
class Fact(Enum):
    """What must be known for a step."""

    RECORD = "resident-record"
    CARD = "card"
    CERTIFICATES = "certificates"
    DAY = "day"
    APPLICANT = "applicant"
    POWER = "power"
    DOCUMENTS = "documents"
    PIN = "pin"
    """What the card said of the PIN; never the PIN."""
    REPLY_FORM = "reply-form"
    ADDRESS = "address"
    POSTED = "posted"
    RETURNED = "returned-mail"
    NEW_PINS = "new-pins"
    """Who typed them in; never what."""
    FEE = "fee"
    PAYMENT = "payment"
    ENTERED_BY = "entered-by"
    SECOND_PERSON = "second-person"
    READ_BACK = "read-back"
    """The certificate as the card gives it back."""
    ANSWER = "answer"
    """What the authority answered."""
    WISH = "wish"
    """The applicant's word that they no longer want it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: from where, by what, to where; for which procedures; what it needs, and the findings it may raise."""

    before: ApplicationState
    event: ApplicationEvent
    after: ApplicationState
    procedures: frozenset[Procedure]
    needs: tuple[Fact, ...]
    finds: tuple[str, ...] = ()
    """Codes of `rules.catalogue`, or a subject of it with its dot: `agent.` stands for all of them."""
    rules: tuple[str, ...]


ALL = frozenset(Procedure)
PERFORMED = ALL - ISSUING
"""Procedures that issue no certificate."""
ENDING = frozenset({Procedure.REVOCATION, Procedure.HOLD})
"""Procedures that wait for no second person: ending a certificate is urgent."""

_BY_LETTER = ALL - {Procedure.HOLD}
"""A hold is asked for by telephone: no letter goes out (R-2.7)."""
_OPEN_TO_REFUSAL: Mapping[ApplicationState, frozenset[Procedure]] = {
    ApplicationState.RECEIVED: ALL,
    ApplicationState.EXAMINED: ALL,
    ApplicationState.INQUIRY_SENT: _BY_LETTER,
    ApplicationState.IDENTIFIED: ALL,
    ApplicationState.PINS_READY: ISSUING,
    ApplicationState.FEE_SETTLED: ISSUING,
    ApplicationState.READY: ALL,
}
_ABOUT_IDENTITY = (
    "eligibility.",
    "identity.",
    "agent.",
    "representative.",
    "household.",
    "inquiry.",
)
"""Who may is asked on every visit anew."""
_PERFORMED_BY: Mapping[Procedure, tuple[str, ...]] = {
    Procedure.REVOCATION: ("R-2.5", "R-2.6"),
    Procedure.HOLD: ("R-2.7",),
    Procedure.PIN_CHANGE: ("R-2.9",),
    Procedure.PIN_RESET: ("R-2.10",),
}


def _rows() -> Iterator[Step]:
    """Yield the steps in the order in which a counter takes them (R-2.27)."""
    state, event = ApplicationState, ApplicationEvent
    yield Step(
        before=state.RECEIVED,
        event=event.EXAMINE,
        after=state.EXAMINED,
        procedures=_BY_LETTER,
        needs=(Fact.RECORD, Fact.CARD, Fact.CERTIFICATES, Fact.APPLICANT, Fact.DAY),
        finds=("renewal.", *_ABOUT_IDENTITY),  # what the papers lack is told with a refusal
        rules=("R-1.1", "R-1.2", "R-1.3", "R-1.7", "R-1.11", "R-2.2", "R-2.3", "R-2.4", "R-2.15", "R-3.8", "R-7.5"),
    )
    yield Step(
        before=state.EXAMINED,
        event=event.IDENTIFY,
        after=state.IDENTIFIED,
        procedures=_BY_LETTER,
        needs=(Fact.APPLICANT, Fact.PIN, Fact.DOCUMENTS, Fact.POWER, Fact.REPLY_FORM, Fact.DAY),
        finds=_ABOUT_IDENTITY,
        rules=("R-2.20", "R-2.21", "R-2.22", "R-2.23", "R-2.25", "R-6.3", "R-6.4"),
    )
    for before, asked, after in (
        (state.RECEIVED, event.EXAMINE, state.EXAMINED),
        (state.EXAMINED, event.IDENTIFY, state.IDENTIFIED),
    ):
        # Who calls is asked for nothing but their word.
        yield Step(
            before=before,
            event=asked,
            after=after,
            procedures=frozenset({Procedure.HOLD}),
            needs=(),
            finds=("hold.by-telephone",),
            rules=("R-2.7",),
        )
    yield Step(
        before=state.EXAMINED,
        event=event.SEND_INQUIRY,
        after=state.INQUIRY_SENT,
        procedures=_BY_LETTER,
        needs=(Fact.ADDRESS, Fact.POSTED),
        finds=("inquiry.reply-until", "inquiry.address-flagged"),
        rules=("R-2.24",),
    )
    yield Step(
        before=state.INQUIRY_SENT,
        event=event.REPLY,
        after=state.IDENTIFIED,
        procedures=_BY_LETTER,
        needs=(Fact.REPLY_FORM, Fact.APPLICANT, Fact.DOCUMENTS, Fact.DAY),
        finds=_ABOUT_IDENTITY,
        rules=("R-2.24", "R-6.4"),
    )
    yield Step(
        before=state.INQUIRY_SENT,
        event=event.IDENTIFY,
        after=state.IDENTIFIED,
        procedures=_BY_LETTER,
        needs=(Fact.APPLICANT, Fact.PIN, Fact.DOCUMENTS, Fact.POWER, Fact.DAY),
        finds=_ABOUT_IDENTITY,
        rules=("R-2.20", "R-2.22"),
    )
    yield Step(
        before=state.INQUIRY_SENT,
        event=event.RETURN_BY_POST,
        after=state.INQUIRY_RETURNED,
        procedures=_BY_LETTER,
        needs=(Fact.RETURNED,),
        finds=("inquiry.mail-returned",),
        rules=("R-2.24",),
    )
    yield Step(
        before=state.INQUIRY_SENT,
        event=event.LAPSE,
        after=state.INQUIRY_LAPSED,
        procedures=_BY_LETTER,
        needs=(Fact.POSTED, Fact.DAY),
        finds=("inquiry.lapsed",),
        rules=("R-2.24", "R-4.7"),
    )
    yield Step(
        before=state.IDENTIFIED,
        event=event.CHECK_PINS,
        after=state.PINS_READY,
        procedures=ISSUING,
        needs=(Fact.PIN, Fact.NEW_PINS),
        finds=("application.pin-first", "application.pin-by-holder"),
        rules=("R-2.27", "R-6.3", "R-6.5", "R-6.7"),
    )
    yield Step(
        before=state.PINS_READY,
        event=event.SETTLE_FEE,
        after=state.FEE_SETTLED,
        procedures=ISSUING,
        needs=(Fact.FEE, Fact.PAYMENT),
        finds=("application.fee-open",),
        rules=("R-4.1", "R-4.2"),
    )
    for before, procedures in ((state.FEE_SETTLED, ISSUING), (state.IDENTIFIED, PERFORMED - ENDING)):
        yield Step(
            before=before,
            event=event.CLEAR,
            after=state.READY,
            procedures=procedures,
            needs=(Fact.ENTERED_BY,),
            finds=("application.second-person",),
            rules=("R-2.27",),
        )
        yield Step(
            before=before,
            event=event.APPROVE,
            after=state.READY,
            procedures=procedures,
            needs=(Fact.ENTERED_BY, Fact.SECOND_PERSON),
            finds=("application.same-person",),
            rules=("R-2.27",),
        )
    yield Step(
        before=state.IDENTIFIED,
        event=event.CLEAR,
        after=state.READY,
        procedures=ENDING,
        needs=(),
        rules=("R-2.27",),
    )
    for before in (state.READY, state.PARTLY_ISSUED):
        yield Step(
            before=before,
            event=event.ISSUE,
            after=state.ISSUED,
            procedures=ISSUING,
            needs=(Fact.ANSWER, Fact.READ_BACK),
            rules=("R-8.1", "R-1.10", "R-5.7"),
        )
    yield Step(
        before=state.READY,
        event=event.ISSUE_PART,
        after=state.PARTLY_ISSUED,
        procedures=ISSUING,
        needs=(Fact.ANSWER, Fact.READ_BACK),
        rules=("R-8.1",),
    )
    for procedure, rules in _PERFORMED_BY.items():
        yield Step(
            before=state.READY,
            event=event.PERFORM,
            after=state.DONE,
            procedures=frozenset({procedure}),
            needs=(Fact.ANSWER,),
            rules=rules,
        )
    for before in (state.PARTLY_ISSUED, state.ISSUED):
        # From partly issued: the authority refused the rest for good, and the holder leaves with what was issued.
        yield Step(
            before=before,
            event=event.HAND_OVER,
            after=state.DONE,
            procedures=ISSUING,
            needs=(Fact.READ_BACK,),
            rules=("R-2.26", "R-2.27"),
        )
    for before, procedures in _OPEN_TO_REFUSAL.items():
        yield Step(
            before=before,
            event=event.REFUSE,
            after=state.REFUSED,
            procedures=procedures,
            needs=(),
            rules=("R-1.1", "R-1.2"),
        )
        yield Step(
            before=before,
            event=event.WITHDRAW,
            after=state.WITHDRAWN,
            procedures=procedures - ENDING if before is state.READY else procedures,  # its order has been given
            needs=(Fact.WISH,),
            rules=("R-2.27",),
        )


STEPS: tuple[Step, ...] = tuple(_rows())

_WORDS: Mapping[Enum, str] = {
    ApplicationState.RECEIVED: "受付",
    ApplicationState.EXAMINED: "審査済み",
    ApplicationState.INQUIRY_SENT: "照会書送付済み",
    ApplicationState.INQUIRY_RETURNED: "照会書返送",
    ApplicationState.INQUIRY_LAPSED: "回答期限切れ",
    ApplicationState.IDENTIFIED: "本人確認済み",
    ApplicationState.PINS_READY: "暗証番号確認済み",
    ApplicationState.FEE_SETTLED: "手数料処理済み",
    ApplicationState.READY: "受付済・処理待ち",
    ApplicationState.PARTLY_ISSUED: "一部発行済み",
    ApplicationState.ISSUED: "発行済み",
    ApplicationState.DONE: "完了",
    ApplicationState.REFUSED: "受付不可",
    ApplicationState.WITHDRAWN: "取下げ",
    ApplicationEvent.EXAMINE: "審査する",
    ApplicationEvent.IDENTIFY: "本人を確認する",
    ApplicationEvent.SEND_INQUIRY: "照会書兼回答書を郵送する",
    ApplicationEvent.RETURN_BY_POST: "郵便が返送される",
    ApplicationEvent.LAPSE: "回答の期限が過ぎる",
    ApplicationEvent.REPLY: "回答書を受け取る",
    ApplicationEvent.CHECK_PINS: "暗証番号を確認する",
    ApplicationEvent.SETTLE_FEE: "手数料を処理する",
    ApplicationEvent.CLEAR: "承認は要らない",
    ApplicationEvent.APPROVE: "別の職員が承認する",
    ApplicationEvent.ISSUE_PART: "一部を発行する",
    ApplicationEvent.ISSUE: "発行する",
    ApplicationEvent.PERFORM: "実行する",
    ApplicationEvent.HAND_OVER: "カードを返す",
    ApplicationEvent.REFUSE: "受け付けない",
    ApplicationEvent.WITHDRAW: "取り下げる",
}

APPLICATION: LifeCycle[ApplicationState, ApplicationEvent] = LifeCycle(
    "application", "申請", {(step.before, step.event): step.after for step in STEPS}, _WORDS
)
"""The same as a table of edges, whatever the procedure."""

_BY_PROCEDURE: Mapping[tuple[Procedure, ApplicationState, ApplicationEvent], Step] = {
    (procedure, step.before, step.event): step for step in STEPS for procedure in step.procedures
}


def step(procedure: Procedure, state: ApplicationState, event: ApplicationEvent) -> Step:
    """Return the step that an event is for an application of this procedure; raise `IllegalTransition`."""
    found = _BY_PROCEDURE.get((procedure, state, event))
    if found is None:
        raise APPLICATION.illegal(state, event)
    return found


def steps_of(procedure: Procedure) -> tuple[Step, ...]:
    """Return the steps that an application of a procedure can take, in the order in which a counter takes them."""
    return tuple(row for row in STEPS if procedure in row.procedures)
