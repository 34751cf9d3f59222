"""The card's end of its administration: it opens the authority's channel and lets through what comes in it.

Whatever is refused inside a session ends it, so nothing that was left out or altered can be followed by anything else.
"""

import hmac

from openjpki.card.acts import Acts, MakeKey
from openjpki.card.administration import AID, PLAIN, AdminIns, Greeting
from openjpki.card.apdu import SHORT_MAX, CommandApdu, ResponseApdu
from openjpki.card.memory import Memory, Steps
from openjpki.card.secure_channel import (
    CHALLENGE_SIZE,
    MAX_COUNTER,
    SECURED,
    SECURITY_LEVEL,
    CardEnd,
    SessionKeys,
    card_challenge,
)
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW, Refusal

_FURTHER = 0x00
"""Class byte of GET RESPONSE."""


class AdministrationApplication:
    """The administration application, from its selection on."""

    def __init__(self, memory: Memory, settings: CardSettings, make_key: MakeKey | None) -> None:
        self._memory = memory
        self._settings = settings
        self._make_key = make_key
        self._opening: SessionKeys | None = None
        self._session: tuple[CardEnd, Acts] | None = None
        self._rest = b""

    def takes(self, command: CommandApdu) -> bool:
        """Say whether this is a command of the application."""
        return command.cla == SECURED or (command.cla, command.ins) in {
            (PLAIN, AdminIns.INITIALIZE_UPDATE),
            (_FURTHER, AdminIns.GET_RESPONSE),
        }

    def handle(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """Answer a command; raise `Refusal`, which ends the session."""
        rest, self._rest = self._rest, b""
        if command.cla == _FURTHER:
            return self._part(rest, command)
        session, self._session = self._session, None
        opening, self._opening = self._opening, None
        if command.ins == AdminIns.INITIALIZE_UPDATE:
            return (yield from self._greet(command))
        if command.ins == AdminIns.EXTERNAL_AUTHENTICATE:
            return (yield from self._authenticate(opening, command))
        answer = yield from self._sealed(session, command)
        self._session = session
        return answer

    def _greet(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """INITIALIZE UPDATE: the counter rises, durably, before anything is answered."""
        image = self._memory.image
        if command.p1 or command.p2:
            raise Refusal(SW.WRONG_P1_P2)
        if len(command.data) != CHALLENGE_SIZE:
            raise Refusal(SW.WRONG_LENGTH)
        if self._blocked() or image.channel.counter == MAX_COUNTER:
            raise Refusal(SW.BLOCKED)
        counter = image.channel.counter + 1
        yield from self._memory.commit(image.with_channel(counter=counter))
        challenge = card_challenge(image.channel.keys, counter, AID)
        self._opening = SessionKeys.of(image.channel.keys, command.data, challenge)
        cryptogram = self._opening.card_cryptogram()
        greeting = Greeting(number=image.number, challenge=challenge, cryptogram=cryptogram, counter=counter)
        return ResponseApdu(SW.SUCCESS, bytes(greeting))

    def _authenticate(self, opening: SessionKeys | None, command: CommandApdu) -> Steps[ResponseApdu]:
        """EXTERNAL AUTHENTICATE: the failure is counted, durably, before the cryptogram is compared."""
        if opening is None:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        if (command.p1, command.p2) != (SECURITY_LEVEL, 0x00):
            raise Refusal(SW.WRONG_P1_P2)
        image = self._memory.image
        yield from self._memory.commit(image.with_channel(failures=image.channel.failures + 1))
        end = CardEnd(opening)
        try:
            cryptogram = end.authenticated(command)
        except ValueError:
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED) from None
        if not hmac.compare_digest(cryptogram, opening.host_cryptogram()):
            raise Refusal(SW.AUTHENTICATION_FAILED)
        yield from self._memory.commit(self._memory.image.with_channel(failures=0), administered=True)
        self._session = end, Acts(self._memory, self._make_key)
        return ResponseApdu(SW.SUCCESS)

    def _blocked(self) -> bool:
        return self._memory.image.channel.failures >= self._settings.administration_failures

    def _sealed(self, session: tuple[CardEnd, Acts] | None, command: CommandApdu) -> Steps[ResponseApdu]:
        """Open a command, carry it out, seal the answer; what does not fit the answer waits for GET RESPONSE."""
        if session is None:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        end, acts = session
        try:
            plain, moment = end.open(command)
        except ValueError:
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED) from None
        data = yield from acts.carry_out(plain)
        return self._part(moment.seal(ResponseApdu(SW.SUCCESS, data)).data, command)

    def _part(self, data: bytes, command: CommandApdu) -> ResponseApdu:
        """Answer as much as was asked for, and keep the rest for the very next command."""
        if not data:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        size = command.le or SHORT_MAX + 1
        self._rest = data[size:]
        if not self._rest:
            return ResponseApdu(SW.SUCCESS, data)
        waiting = len(self._rest)
        return ResponseApdu(SW.MORE_DATA | (waiting if waiting <= SHORT_MAX else 0), data[:size])
