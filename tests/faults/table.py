"""The table of kills: for each act, each step it commits, and what becomes of it when the process dies right there.

The tests run over this table and hold it; docs/faults.md is drawn from it. A step of the code that no act of the table
passes fails `test_table`.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum, unique

from openjpki.authority.checkpoints import Checkpoint as AuthorityStep
from openjpki.readers.checkpoints import Checkpoint as CardStep
from openjpki.window.checkpoints import Checkpoint as WindowStep

ROOMS: tuple[type[StrEnum], ...] = (AuthorityStep, WindowStep, CardStep)


@unique
class Act(Enum):
    """Every act that the faults strike, in the words of docs/faults.md."""

    ENROL = "enrol a municipality"
    CEREMONY = "make a CA generation"
    ENROL_OPERATOR = "enrol an operator"
    PROPOSE = "propose an act under dual control"
    APPROVE_ACT = "approve an act under dual control"
    HOLD_CEREMONY = "hold a key ceremony by its script"
    SIGN_TRANSCRIPT = "sign a ceremony's transcript"
    REVOKE_GENERATION = "revoke all of a compromised generation"
    TERMINATE = "terminate a generation"
    RESPOND = "certify a responder"
    FOLLOW = "fill a responder's store from another journal"
    PUBLISH = "publish the lists"
    NOTICES = "select the expiry notices"
    FETCH_NOTICES = "fetch the expiry notices"
    MARK_NOTICE = "print an expiry notice"
    IMPORT = "import residents"
    HAND_OVER = "hand a card over"
    HAND_OVER_FACE = "hand a card with a face over"
    UPDATE_CARD = "write a changed name on a card"
    ISSUE = "issue a certificate"
    RENEW = "renew both certificates"
    REFUSED_ORDER = "an order that the authority refuses"
    UNDO_ORDER = "undo an order that was never delivered"
    EVENT = "enter a register event"
    UNHEARD_EVENT = "enter a register event, the authority away"
    STAY = "enter a renewed stay"
    EXTEND = "extend a foreign resident's card"
    REVOKE = "revoke at the holder's request"
    CHANGE_CARD = "report a card lost"
    WITHDRAW = "withdraw an application"
    APPROVE = "approve what another officer entered"
    TAKE_BACK_MOVE = "take back a move that the authority refused"
    NEW_KEY = "resume with a card that lost its key"
    CARD_REFUSES = "work that the card refuses"
    PIN_RESET = "set a PIN anew at the counter"
    TAKE_BACK_RESET = "take back a PIN reset that was cut off"
    REGISTER_VERIFIER = "register a verifier"
    TELL_VERIFIER = "tell a verifier what is newer, by consent"
    STOP_CARD = "stop a card by telephone"
    WRONG_PIN = "a wrong PIN"
    CHANGE_PIN = "change a PIN"


@unique
class Outcome(Enum):
    """By which means an act comes to its end after a fault, in the words of docs/faults.md."""

    STANDS = "stands"
    """It was done; nothing is left to take up."""
    RESUMED = "finished by resume"
    """`openjpki authority resume` and `openjpki window resume` bring it to its end."""
    WITH_CARD = "finished by resume, the card on the reader"
    """The same, with the card on the reader."""
    BEGUN_ANEW = "undone, begun anew"
    """Nothing of it counts; the same act is done once more."""


@unique
class Fault(Enum):
    """What else may strike after a step, in the words of docs/faults.md."""

    DATABASE = "the database crashes and starts again"
    DISK_FULL = "the disk is full"
    CLOCK_BACK = "the clock is set back by an hour"
    AWAY = "the authority is away for a day"
    CARD_PULLED = "the card is pulled"


def _session(outcome: Outcome) -> dict[StrEnum, Outcome]:
    """Return the steps of a work on a card in the authority's session, all with one outcome."""
    opened, shown, done = AuthorityStep.CARD_SESSION_OPENED, AuthorityStep.CARD_SHOWN, AuthorityStep.CARD_WORK_DONE
    return dict.fromkeys((opened, *CardStep, shown, done), outcome)


KILLS: Mapping[Act, Mapping[StrEnum, Outcome]] = {
    Act.ENROL: {
        AuthorityStep.ENROLLED: Outcome.STANDS,
    },
    Act.CEREMONY: {
        AuthorityStep.CA_KEY_STORED: Outcome.BEGUN_ANEW,
        AuthorityStep.CA_CREATED: Outcome.BEGUN_ANEW,
    },
    Act.ENROL_OPERATOR: {
        AuthorityStep.OPERATOR_ENROLLED: Outcome.STANDS,
    },
    Act.PROPOSE: {
        AuthorityStep.ACT_PROPOSED: Outcome.STANDS,
    },
    Act.APPROVE_ACT: {
        AuthorityStep.ACT_APPROVED: Outcome.STANDS,
    },
    Act.HOLD_CEREMONY: {
        AuthorityStep.CEREMONY_KEY_INTENDED: Outcome.BEGUN_ANEW,
        AuthorityStep.CA_KEY_STORED: Outcome.BEGUN_ANEW,
        AuthorityStep.CEREMONY_KEY_RECORDED: Outcome.BEGUN_ANEW,
        AuthorityStep.CA_CREATED: Outcome.BEGUN_ANEW,
        AuthorityStep.ACT_CARRIED_OUT: Outcome.RESUMED,
    },
    Act.SIGN_TRANSCRIPT: {
        AuthorityStep.TRANSCRIPT_SIGNED: Outcome.STANDS,
    },
    Act.REVOKE_GENERATION: {
        AuthorityStep.GENERATION_ENDED: Outcome.BEGUN_ANEW,
        AuthorityStep.BATCH_REVOKED: Outcome.BEGUN_ANEW,
        AuthorityStep.ACT_CARRIED_OUT: Outcome.STANDS,
    },
    Act.TERMINATE: {
        AuthorityStep.GENERATION_ENDED: Outcome.BEGUN_ANEW,
        AuthorityStep.BATCH_REVOKED: Outcome.BEGUN_ANEW,
        AuthorityStep.LIST_WRITTEN: Outcome.BEGUN_ANEW,
        AuthorityStep.LIST_COMMITTED: Outcome.BEGUN_ANEW,
        AuthorityStep.FILE_PREPARED: Outcome.BEGUN_ANEW,
        AuthorityStep.FILE_WRITTEN: Outcome.BEGUN_ANEW,
        AuthorityStep.FOLDER_COMPLETE: Outcome.BEGUN_ANEW,
        AuthorityStep.CA_KEY_DESTROYED: Outcome.BEGUN_ANEW,
        AuthorityStep.ACT_CARRIED_OUT: Outcome.STANDS,
    },
    Act.RESPOND: {
        AuthorityStep.RESPONDER_KEY_STORED: Outcome.BEGUN_ANEW,
        AuthorityStep.RESPONDER_CERTIFIED: Outcome.STANDS,
    },
    Act.FOLLOW: {
        AuthorityStep.STATUS_STORE_CLEARED: Outcome.BEGUN_ANEW,
        AuthorityStep.STATUS_ENTRIES_STORED: Outcome.BEGUN_ANEW,
        AuthorityStep.STATUS_STORE_COMPLETE: Outcome.STANDS,
    },
    Act.PUBLISH: {
        AuthorityStep.LIST_WRITTEN: Outcome.BEGUN_ANEW,
        AuthorityStep.LIST_COMMITTED: Outcome.BEGUN_ANEW,
        AuthorityStep.FILE_PREPARED: Outcome.BEGUN_ANEW,
        AuthorityStep.FILE_WRITTEN: Outcome.BEGUN_ANEW,
        AuthorityStep.FOLDER_COMPLETE: Outcome.STANDS,
    },
    Act.NOTICES: {
        AuthorityStep.NOTICES_SELECTED: Outcome.STANDS,
    },
    Act.FETCH_NOTICES: {
        AuthorityStep.NOTICES_GIVEN: Outcome.BEGUN_ANEW,
        WindowStep.NOTICES_STORED: Outcome.BEGUN_ANEW,
        AuthorityStep.NOTICES_KEPT: Outcome.STANDS,
    },
    Act.MARK_NOTICE: {
        WindowStep.NOTICE_MARKED: Outcome.STANDS,
    },
    Act.IMPORT: {
        WindowStep.REGISTER_IMPORTED: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
    },
    Act.HAND_OVER: {
        CardStep.TEMPORARY_WRITTEN: Outcome.BEGUN_ANEW,
        CardStep.RENAMED: Outcome.BEGUN_ANEW,
        CardStep.FOLDER_FLUSHED: Outcome.BEGUN_ANEW,
        WindowStep.CARD_HANDED_OVER: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
        AuthorityStep.CARD_SESSION_OPENED: Outcome.STANDS,
        AuthorityStep.CARD_SHOWN: Outcome.STANDS,
        AuthorityStep.CARD_WORK_DONE: Outcome.STANDS,
    },
    Act.HAND_OVER_FACE: {
        CardStep.TEMPORARY_WRITTEN: Outcome.BEGUN_ANEW,
        CardStep.RENAMED: Outcome.BEGUN_ANEW,
        CardStep.FOLDER_FLUSHED: Outcome.BEGUN_ANEW,
        WindowStep.CARD_HANDED_OVER: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
        AuthorityStep.CARD_SESSION_OPENED: Outcome.STANDS,
        AuthorityStep.CARD_SHOWN: Outcome.STANDS,
        AuthorityStep.CARD_WORK_DONE: Outcome.STANDS,
        AuthorityStep.PIN_RESET_APPROVED: Outcome.STANDS,
    },
    Act.UPDATE_CARD: _session(Outcome.BEGUN_ANEW),
    Act.ISSUE: {
        WindowStep.COPIES_STORED: Outcome.BEGUN_ANEW,
        WindowStep.APPLICATION_ENTERED: Outcome.WITH_CARD,
        **_session(Outcome.WITH_CARD),
        WindowStep.KEYED: Outcome.WITH_CARD,
        AuthorityStep.NUMBERED: Outcome.WITH_CARD,
        AuthorityStep.LINTED: Outcome.WITH_CARD,
        AuthorityStep.SIGNED: Outcome.WITH_CARD,
        WindowStep.ISSUED: Outcome.WITH_CARD,
        WindowStep.WRITTEN: Outcome.WITH_CARD,
        AuthorityStep.CONFIRMED: Outcome.WITH_CARD,
        AuthorityStep.ACTIVATED: Outcome.WITH_CARD,
        WindowStep.CONFIRMED: Outcome.WITH_CARD,
        WindowStep.ACTIVE: Outcome.RESUMED,
        WindowStep.APPLICATION_DONE: Outcome.STANDS,
    },
    Act.RENEW: {
        WindowStep.COPIES_STORED: Outcome.BEGUN_ANEW,
        WindowStep.APPLICATION_ENTERED: Outcome.WITH_CARD,
        **_session(Outcome.WITH_CARD),
        WindowStep.KEYED: Outcome.WITH_CARD,
        AuthorityStep.NUMBERED: Outcome.WITH_CARD,
        AuthorityStep.LINTED: Outcome.WITH_CARD,
        AuthorityStep.SIGNED: Outcome.WITH_CARD,
        WindowStep.ISSUED: Outcome.WITH_CARD,
        WindowStep.WRITTEN: Outcome.WITH_CARD,
        AuthorityStep.CONFIRMED: Outcome.WITH_CARD,
        AuthorityStep.ACTIVATED: Outcome.WITH_CARD,
        WindowStep.CONFIRMED: Outcome.WITH_CARD,
        WindowStep.ACTIVE: Outcome.WITH_CARD,
        WindowStep.APPLICATION_DONE: Outcome.STANDS,
    },
    Act.REFUSED_ORDER: {
        WindowStep.COPIES_STORED: Outcome.BEGUN_ANEW,
        WindowStep.APPLICATION_ENTERED: Outcome.WITH_CARD,
        **_session(Outcome.WITH_CARD),
        WindowStep.KEYED: Outcome.WITH_CARD,
        AuthorityStep.REFUSAL_RECORDED: Outcome.WITH_CARD,
        WindowStep.CERTIFICATE_REFUSED: Outcome.STANDS,
    },
    Act.UNDO_ORDER: {
        AuthorityStep.ORDER_CLOSED: Outcome.WITH_CARD,
        AuthorityStep.FOLDER_COMPLETE: Outcome.WITH_CARD,
    },
    Act.EVENT: {
        WindowStep.EVENT_ENTERED: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
        WindowStep.COPIES_STORED: Outcome.STANDS,
    },
    Act.UNHEARD_EVENT: {
        WindowStep.EVENT_ENTERED: Outcome.RESUMED,
        WindowStep.MESSAGE_FAILED: Outcome.RESUMED,
    },
    Act.STAY: {
        WindowStep.EVENT_ENTERED: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
    },
    Act.EXTEND: {
        WindowStep.CARD_CHANGED: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
        **_session(Outcome.STANDS),
    },
    Act.REVOKE: {
        WindowStep.COPIES_STORED: Outcome.BEGUN_ANEW,
        WindowStep.ENDING_ENTERED: Outcome.RESUMED,
        AuthorityStep.REVOCATION_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
    },
    Act.CHANGE_CARD: {
        WindowStep.CARD_CHANGED: Outcome.RESUMED,
        AuthorityStep.REPORT_TAKEN: Outcome.RESUMED,
        WindowStep.MESSAGE_SENT: Outcome.RESUMED,
        WindowStep.MESSAGE_MARKED: Outcome.STANDS,
    },
    Act.WITHDRAW: {
        WindowStep.APPLICATION_WITHDRAWN: Outcome.STANDS,
    },
    Act.APPROVE: {
        WindowStep.APPLICATION_APPROVED: Outcome.WITH_CARD,
    },
    Act.TAKE_BACK_MOVE: {
        AuthorityStep.REFUSAL_RECORDED: Outcome.BEGUN_ANEW,
        WindowStep.MESSAGE_SENT: Outcome.BEGUN_ANEW,
        WindowStep.MESSAGE_FAILED: Outcome.BEGUN_ANEW,
        AuthorityStep.REPORT_TAKEN: Outcome.BEGUN_ANEW,
        WindowStep.MOVE_WITHDRAWN: Outcome.STANDS,
    },
    Act.NEW_KEY: {
        WindowStep.APPLICATION_JUDGED_AGAIN: Outcome.WITH_CARD,
        **_session(Outcome.WITH_CARD),
        WindowStep.ORDER_PLANNED_AGAIN: Outcome.WITH_CARD,
        WindowStep.KEYED: Outcome.WITH_CARD,
        AuthorityStep.NUMBERED: Outcome.WITH_CARD,
        AuthorityStep.LINTED: Outcome.WITH_CARD,
        AuthorityStep.SIGNED: Outcome.WITH_CARD,
        WindowStep.ISSUED: Outcome.WITH_CARD,
        WindowStep.WRITTEN: Outcome.WITH_CARD,
        AuthorityStep.CONFIRMED: Outcome.WITH_CARD,
        AuthorityStep.ACTIVATED: Outcome.WITH_CARD,
        WindowStep.CONFIRMED: Outcome.WITH_CARD,
        WindowStep.ACTIVE: Outcome.RESUMED,
        WindowStep.APPLICATION_DONE: Outcome.STANDS,
        WindowStep.COPIES_STORED: Outcome.STANDS,
    },
    Act.CARD_REFUSES: {
        AuthorityStep.CARD_SESSION_OPENED: Outcome.BEGUN_ANEW,
        CardStep.TEMPORARY_WRITTEN: Outcome.BEGUN_ANEW,
        CardStep.RENAMED: Outcome.BEGUN_ANEW,
        CardStep.FOLDER_FLUSHED: Outcome.BEGUN_ANEW,
        AuthorityStep.CARD_SHOWN: Outcome.BEGUN_ANEW,
        AuthorityStep.CARD_SESSION_CLOSED: Outcome.STANDS,
        AuthorityStep.REFUSAL_RECORDED: Outcome.STANDS,
    },
    Act.PIN_RESET: {
        WindowStep.APPLICATION_ENTERED: Outcome.BEGUN_ANEW,
        AuthorityStep.PIN_RESET_APPROVED: Outcome.BEGUN_ANEW,
        **_session(Outcome.BEGUN_ANEW),
        WindowStep.PIN_RESET_RECORDED: Outcome.STANDS,
    },
    Act.TAKE_BACK_RESET: {
        **_session(Outcome.WITH_CARD),
        WindowStep.APPLICATION_WITHDRAWN: Outcome.STANDS,
    },
    Act.REGISTER_VERIFIER: {
        AuthorityStep.VERIFIER_CHANGED: Outcome.STANDS,
    },
    Act.TELL_VERIFIER: {
        AuthorityStep.CONSENT_REGISTERED: Outcome.BEGUN_ANEW,
        AuthorityStep.ATTRIBUTES_GIVEN: Outcome.BEGUN_ANEW,
        AuthorityStep.CONSENT_WITHDRAWN: Outcome.STANDS,
    },
    Act.STOP_CARD: {
        AuthorityStep.CARD_STOPPED: Outcome.STANDS,
    },
    Act.WRONG_PIN: {
        CardStep.TEMPORARY_WRITTEN: Outcome.BEGUN_ANEW,
        CardStep.RENAMED: Outcome.STANDS,
        CardStep.FOLDER_FLUSHED: Outcome.STANDS,
    },
    Act.CHANGE_PIN: {
        CardStep.TEMPORARY_WRITTEN: Outcome.BEGUN_ANEW,
        CardStep.RENAMED: Outcome.BEGUN_ANEW,
        CardStep.FOLDER_FLUSHED: Outcome.BEGUN_ANEW,
    },
}
"""Act → step, in the order in which it is first passed → outcome."""

_WITHOUT_DATABASE = {Act.WRONG_PIN, Act.CHANGE_PIN}
"""Acts between a holder and a card: no database has a part in them."""
_DATABASE: Mapping[tuple[Act, StrEnum], Outcome] = {}
"""Where a crashed database spares what a kill does not."""
_CLOCK_BACK = {
    Act.CEREMONY: Outcome.RESUMED,
    Act.HOLD_CEREMONY: Outcome.RESUMED,
    Act.UNDO_ORDER: Outcome.WITH_CARD,
    Act.UNHEARD_EVENT: Outcome.RESUMED,
    Act.APPROVE: Outcome.WITH_CARD,
}
"""Acts that do not stand by themselves, whatever the clock says."""
_GONE_BACK: Mapping[Act, tuple[StrEnum, StrEnum, Outcome]] = {
    Act.ISSUE: (WindowStep.COPIES_STORED, WindowStep.CONFIRMED, Outcome.WITH_CARD),
    Act.RENEW: (WindowStep.COPIES_STORED, WindowStep.ACTIVE, Outcome.WITH_CARD),
    Act.REFUSED_ORDER: (WindowStep.COPIES_STORED, WindowStep.KEYED, Outcome.WITH_CARD),
    Act.REVOKE: (WindowStep.COPIES_STORED, WindowStep.ENDING_ENTERED, Outcome.RESUMED),
    Act.TAKE_BACK_MOVE: (AuthorityStep.REFUSAL_RECORDED, WindowStep.MESSAGE_FAILED, Outcome.BEGUN_ANEW),
    Act.NEW_KEY: (AuthorityStep.CARD_SESSION_OPENED, WindowStep.CONFIRMED, Outcome.WITH_CARD),
    Act.CARD_REFUSES: (AuthorityStep.CARD_SESSION_OPENED, AuthorityStep.CARD_SHOWN, Outcome.BEGUN_ANEW),
    Act.UPDATE_CARD: (AuthorityStep.CARD_SESSION_OPENED, AuthorityStep.CARD_SHOWN, Outcome.BEGUN_ANEW),
    Act.REVOKE_GENERATION: (AuthorityStep.GENERATION_ENDED, AuthorityStep.GENERATION_ENDED, Outcome.BEGUN_ANEW),
    Act.TERMINATE: (AuthorityStep.GENERATION_ENDED, AuthorityStep.BATCH_REVOKED, Outcome.BEGUN_ANEW),
    Act.FETCH_NOTICES: (AuthorityStep.NOTICES_GIVEN, WindowStep.NOTICES_STORED, Outcome.BEGUN_ANEW),
    Act.PIN_RESET: (WindowStep.APPLICATION_ENTERED, AuthorityStep.CARD_SHOWN, Outcome.BEGUN_ANEW),
    Act.TAKE_BACK_RESET: (AuthorityStep.CARD_SESSION_OPENED, AuthorityStep.CARD_SHOWN, Outcome.WITH_CARD),
    Act.TELL_VERIFIER: (AuthorityStep.CONSENT_REGISTERED, AuthorityStep.ATTRIBUTES_GIVEN, Outcome.BEGUN_ANEW),
}
"""Act → from which step to which the authority has acted at a later moment and has more to do: it waits for its time to
come back. Before the first and after the last, and in all other acts, nothing is asked of it any more, or nothing was."""
_DISK_FULL: Mapping[tuple[Act, StrEnum], Outcome] = {
    (Act.WRONG_PIN, CardStep.TEMPORARY_WRITTEN): Outcome.STANDS,
}
"""Where a full disk spares what a kill does not: the new image has its room already."""
_SPEAKING = {
    Act.IMPORT,
    Act.HAND_OVER,
    Act.HAND_OVER_FACE,
    Act.UPDATE_CARD,
    Act.ISSUE,
    Act.RENEW,
    Act.REFUSED_ORDER,
    Act.EVENT,
    Act.REVOKE,
    Act.CHANGE_CARD,
    Act.TAKE_BACK_MOVE,
    Act.NEW_KEY,
    Act.CARD_REFUSES,
    Act.PIN_RESET,
    Act.TAKE_BACK_RESET,
}
"""Acts of the counter that tell the authority something."""
_AWAY: Mapping[tuple[Act, StrEnum], Outcome] = {
    **{(act, WindowStep.MESSAGE_SENT): Outcome.STANDS for act in _SPEAKING},
    **{(act, step): Outcome.RESUMED for act in (Act.HAND_OVER, Act.HAND_OVER_FACE) for step in CardStep},
    (Act.ISSUE, WindowStep.COPIES_STORED): Outcome.WITH_CARD,
    (Act.RENEW, WindowStep.COPIES_STORED): Outcome.WITH_CARD,
    (Act.REFUSED_ORDER, WindowStep.COPIES_STORED): Outcome.WITH_CARD,
    (Act.REVOKE, WindowStep.COPIES_STORED): Outcome.RESUMED,
    (Act.TAKE_BACK_MOVE, WindowStep.MESSAGE_SENT): Outcome.BEGUN_ANEW,
    (Act.ISSUE, WindowStep.ACTIVE): Outcome.STANDS,
    (Act.NEW_KEY, WindowStep.ACTIVE): Outcome.STANDS,
}
"""Where an absent authority spares what a kill does not: the process goes on with what it can do alone."""


def outcome_of(fault: Fault, act: Act, step: StrEnum) -> Outcome | None:
    """Return what becomes of an act when a fault strikes after a step; None where it cannot strike."""
    killed = KILLS[act][step]
    if fault is Fault.CLOCK_BACK:
        return _with_the_clock_back(act, step)
    if fault is Fault.DATABASE:
        return None if act in _WITHOUT_DATABASE else _DATABASE.get((act, step), killed)
    if fault is Fault.DISK_FULL:
        return _DISK_FULL.get((act, step), killed)
    if fault is Fault.AWAY:
        return _AWAY.get((act, step), killed) if act in _SPEAKING else None
    return killed if isinstance(step, CardStep) else None


def _with_the_clock_back(act: Act, step: StrEnum) -> Outcome:
    steps = list(KILLS[act])
    if act in _GONE_BACK:
        first, last, outcome = _GONE_BACK[act]
        if steps.index(first) <= steps.index(step) <= steps.index(last):
            return outcome
    return _CLOCK_BACK.get(act, Outcome.STANDS)
