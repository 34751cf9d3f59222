"""Sessions with cards, across the desk: two rounds of commands, and what the authority learns from the answers.

Round one asks the card for its challenge; round two carries the whole work, sealed. A session is rows, never a key: its
keys are derived again from the master key, the card's number and both challenges, so any process may go on with it.
Whether the work is allowed is asked when it begins and once more before anything sealed leaves, which nobody can call back.
"""

from collections.abc import Sequence
from datetime import datetime

from openjpki.authority.acts import Doer, act, window_at
from openjpki.authority.cards.precautions import give_up
from openjpki.authority.cards.results import conclude
from openjpki.authority.cards.works import Case, script
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import Card, CardChannel, CardSession, Person, SessionState
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.register.persons import card_of, locked_served_by
from openjpki.authority.verbs import Verb
from openjpki.card import administration as commands
from openjpki.card.administration import AdminIns, Greeting, refusal
from openjpki.card.apdu import CommandApdu, MalformedApdu, ResponseApdu
from openjpki.card.secure_channel import CHALLENGE_SIZE, ChannelBroken, HostEnd, Moment, SessionKeys
from openjpki.desk.carrier import decode_reply, decode_request, encode
from openjpki.desk.messages import CardAnswers, CardCommands, CardWorkAsked, CardWorkDone
from openjpki.errors import Failure, Kind

_SESSION_ID_BYTES = 16
_OPEN = (SessionState.OPENED.value, SessionState.SENT.value)
_OPENING = (AdminIns.SELECT, AdminIns.INITIALIZE_UPDATE)
_CHECKPOINTS = {
    SessionState.SENT: Checkpoint.CARD_SHOWN,
    SessionState.DONE: Checkpoint.CARD_WORK_DONE,
    SessionState.CLOSED: Checkpoint.CARD_SESSION_CLOSED,
}


class SessionUnknown(Failure):
    """There is no such session of this municipality."""

    code = "authority.card-session.unknown"
    kind = Kind.REFUSED
    ja = "このカードとの通信は始まっていません。作業を最初からやり直してください。"
    en = "There is no such session with a card. Begin the work again."


class SessionOver(Failure):
    """The session came to nothing, or another took its place."""

    code = "authority.card-session.over"
    kind = Kind.REFUSED
    ja = "このカードとの通信は終わっています({because})。作業を最初からやり直してください。"
    en = "This session with the card is over ({because}). Begin the work again."


class SessionTooOld(Failure):
    """The answers come after the session's term (`Terms.card_session`)."""

    code = "authority.card-session.too-old"
    kind = Kind.REFUSED
    ja = "カードとの通信を始めてから{minutes}分を過ぎたため、通信を打ち切りました。作業を最初からやり直してください。"
    en = "The session with the card was broken off: more than {minutes} minutes have passed since it began. Begin the work again."


class CounterNotRisen(Failure):
    """The card counts fewer sessions than it has had: it is a copy from before."""

    code = "authority.card-session.counter"
    kind = Kind.REFUSED
    ja = "カードの通信回数が以前より戻っています。カードの複製か、古い控えから戻したカードの疑いがあるため、管理できません。"
    en = (
        "The card counts fewer sessions than it has had: a copy, or an old backup, of the card. It is not administered."
    )


def begin(means: Means, request: CardWorkAsked, at: datetime) -> CardCommands | CardWorkDone:
    """Open a session for a work, in place of whatever was open on that card; a work that is done is answered from the row."""
    enrolled(request.municipality)
    doer = window_at(at, request.municipality, request.officer)
    with act():
        case = _case(means, request, at)
        card = case.card
        done = CardSession.objects.filter(
            work_id=request.work_id, card=card, state=SessionState.DONE.value, municipality=request.municipality
        ).first()
        if done is not None and bytes(done.request) == encode(request):
            return _result(done)
        script(case)  # whether it is allowed; what it says is written down once the card has shown itself
        for former in CardSession.objects.filter(card=card, state__in=_OPEN):
            _close(former, "replaced", doer)
        session = CardSession.objects.create(
            session_id=means.entropy(_SESSION_ID_BYTES).hex(),
            card=card,
            municipality=request.municipality,
            work_id=request.work_id,
            request=encode(request),
            script=[],
            host_challenge=means.entropy(CHALLENGE_SIZE),
            opened_at=at,
        )
        doer.note(Verb.CARD_SESSION_OPENED, session, {"card": str(card), "work": request.work.value})
    means.checkpoint(Checkpoint.CARD_SESSION_OPENED)
    opening = (commands.select(), commands.initialize_update(bytes(session.host_challenge)))
    return CardCommands(session_id=session.session_id, apdus=tuple(map(bytes, opening)))


def go_on(means: Means, request: CardAnswers, at: datetime) -> CardCommands | CardWorkDone:
    """Take the card's answers; a session whose answers do not verify is closed, and the refusal raised."""
    doer = window_at(at, request.municipality, request.officer)
    with act():
        session = _locked(request)
        if session.state == SessionState.DONE.value:
            return _result(session)
        if session.state == SessionState.CLOSED.value:
            raise SessionOver(because=session.closed_because)
        try:
            outcome: CardCommands | CardWorkDone | Failure = _taken(means, session, request, doer)
        except MalformedApdu:
            outcome = ChannelBroken()
        except Failure as failure:
            if failure.kind is Kind.UNAVAILABLE:
                raise
            outcome = failure
        if isinstance(outcome, Failure):
            _close(session, outcome.code, doer)
    means.checkpoint(_CHECKPOINTS[SessionState(session.state)])
    if isinstance(outcome, Failure):
        raise outcome
    return outcome


def _case(means: Means, request: CardWorkAsked, at: datetime) -> Case:
    """Lock the card's holder and return the question beside the register as it stands; raises what `persons` raises."""
    person = locked_served_by(means, request.resident_code, request.municipality)
    return Case(means, request, person, card_of(person, request.card_number), at)


def _taken(means: Means, session: CardSession, request: CardAnswers, doer: Doer) -> CardCommands | CardWorkDone:
    term = means.terms.card_session
    if doer.at - session.opened_at > term:
        raise SessionTooOld(minutes=int(term.total_seconds() // 60))
    answers = [ResponseApdu.from_bytes(answer) for answer in request.answers]
    if session.state == SessionState.OPENED.value:
        return _authenticate(means, session, answers, doer)
    return _conclude(means, session, answers, doer)


def _locked(request: CardAnswers) -> CardSession:
    """Return the session with its person locked; raises `SessionUnknown`, for another municipality's too."""
    mine = CardSession.objects.filter(session_id=request.session_id, municipality=request.municipality)
    card_id = mine.values_list("card_id", flat=True).first()
    if card_id is None:
        raise SessionUnknown
    Person.objects.select_for_update().get(cards=card_id)
    return mine.select_related("card").get()


def _authenticate(means: Means, session: CardSession, answers: Sequence[ResponseApdu], doer: Doer) -> CardCommands:
    """Round two: the card has shown itself and the work is still allowed; its counter is durable before any command leaves."""
    case = _case(means, _asked(session), doer.at)
    session.script = _written(script(case))
    if not answers[-1].ok:
        raise refusal(_OPENING[min(len(answers), len(_OPENING)) - 1], answers[-1].sw)
    if len(answers) != len(_OPENING):
        raise ChannelBroken
    greeting = Greeting.from_bytes(answers[-1].data)
    keys = SessionKeys.of(
        means.card_keys.of(session.card.card_number), bytes(session.host_challenge), greeting.challenge
    )
    if greeting.number != session.card.card_number or greeting.cryptogram != keys.card_cryptogram():
        raise ChannelBroken
    _rise(session.card, greeting.counter)
    give_up(case, doer)
    session.card_challenge, session.counter = greeting.challenge, greeting.counter
    session.state = SessionState.SENT.value
    session.save()
    sealed = [command for command, _ in _sealed(keys, session)]
    return CardCommands(session_id=session.session_id, apdus=tuple(map(bytes, sealed)))


def _rise(card: Card, counter: int) -> None:
    """Believe a counter that is higher than any before, however much; raises `CounterNotRisen`."""
    channel, _ = CardChannel.objects.get_or_create(card=card)
    if counter <= channel.counter:
        raise CounterNotRisen
    channel.counter = counter
    channel.save(update_fields=["counter"])


def _sealed(keys: SessionKeys, session: CardSession) -> list[tuple[CommandApdu, Moment | None]]:
    """Return the commands of round two with what opens their answers: the same whenever they are made."""
    end = HostEnd(keys)
    first = end.authenticate(commands.external_authenticate(keys.host_cryptogram()))
    plain = (CommandApdu.from_bytes(bytes.fromhex(text)) for text in session.script)
    return [(first, None), *(end.seal(command) for command in plain)]


def _conclude(means: Means, session: CardSession, answers: Sequence[ResponseApdu], doer: Doer) -> CardWorkDone:
    """Open every answer, then believe them: record what the card said, in the same transaction."""
    keys = SessionKeys.of(
        means.card_keys.of(session.card.card_number), bytes(session.host_challenge), bytes(session.card_challenge)
    )
    sealed = _sealed(keys, session)
    if len(answers) > len(sealed):
        raise ChannelBroken
    opened = [
        moment.open(answer) if moment is not None else answer
        for (_, moment), answer in zip(sealed, answers, strict=False)
    ]
    if not opened[-1].ok:
        plain = [AdminIns.EXTERNAL_AUTHENTICATE, *(AdminIns(bytes.fromhex(text)[1]) for text in session.script)]
        raise refusal(plain[len(opened) - 1], opened[-1].sw)
    if len(opened) != len(sealed):
        raise ChannelBroken
    request = _asked(session)
    last = CommandApdu.from_bytes(bytes.fromhex(session.script[-1]))
    done = conclude(means, request, session.card, (last, opened[-1].data), doer)
    session.state, session.result, session.script = SessionState.DONE.value, encode(done), []
    session.save()
    doer.note(Verb.CARD_SESSION_DONE, session, {"work": request.work.value})
    return done


def _written(plain: Sequence[CommandApdu]) -> list[str]:
    return [bytes(command).hex() for command in plain]


def _asked(session: CardSession) -> CardWorkAsked:
    request = decode_request(bytes(session.request))
    if not isinstance(request, CardWorkAsked):
        raise TypeError(session.session_id)
    return request


def _close(session: CardSession, because: str, doer: Doer) -> None:
    session.state, session.closed_because, session.script = SessionState.CLOSED.value, because, []
    session.save()
    doer.note(Verb.CARD_SESSION_CLOSED, session, {"code": because})


def _result(session: CardSession) -> CardWorkDone:
    result = decode_reply(bytes(session.result))
    if not isinstance(result, CardWorkDone):
        raise TypeError(session.session_id)
    return result
