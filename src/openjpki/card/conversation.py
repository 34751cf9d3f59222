"""A terminal's conversation with one card: applications and files are selected, and files read, with the commands of real clients.

SELECT without control information (P2 `0C`), reads of 256 bytes (C OpenSC, jpki/myna). Who speaks with several
applications of a card shares one conversation, which knows the one that is current.
"""

from dataclasses import dataclass

from openjpki.card.apdu import SHORT_MAX, CommandApdu, Ins, MalformedApdu, ResponseApdu
from openjpki.card.connection import Connection, UnexpectedAnswer
from openjpki.card.pin_answers import PinNotVerified, unexpected
from openjpki.card.status import SW
from openjpki.errors import Failure

BLOCK = SHORT_MAX + 1
CURRENT = 0x80
"""P2 of a command about the current file."""
_BY_NAME, _BY_FILE_IDENTIFIER, _NO_FCI = 0x04, 0x02, 0x0C
_ONE_RECORD, _RECORD_FILE = 0x04, 3
_READ_OK = frozenset({SW.SUCCESS, SW.END_OF_FILE})


@dataclass(frozen=True, kw_only=True)
class Place:
    """An application, and what it means to a person that a card lacks it, or a file of it."""

    aid: bytes
    without: type[Failure]
    without_file: type[Failure]


class Conversation:
    """Every method raises `CardRemoved` or `UnexpectedAnswer` beside what it names, and what its `Place` does.

    It is a `Connection` itself: what others send through it may select anything, so the next file is selected anew.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._current: bytes | None = None
        self.entries = 0
        """How often an application was selected: what was learnt of one before may not hold any more."""

    @classmethod
    def over(cls, connection: Connection) -> "Conversation":
        """Return the conversation that a connection is, or a new one over it."""
        return connection if isinstance(connection, Conversation) else cls(connection)

    def transmit(self, apdu: bytes) -> bytes:
        """Pass on a command of another's making."""
        self._current = None
        return self._connection.transmit(apdu)

    def ask(self, command: CommandApdu) -> ResponseApdu:
        """Return the answer to a command that selects no application."""
        try:
            return ResponseApdu.from_bytes(self._connection.transmit(bytes(command)))
        except MalformedApdu as error:
            raise UnexpectedAnswer(command=Ins(command.ins).words, sw="-") from error

    def select(self, place: Place, file: int) -> None:
        """Select a file; the application first where another is current, and again if the card was reset meanwhile."""
        self._be_in(place)
        command = CommandApdu(cla=0x00, ins=Ins.SELECT, p1=_BY_FILE_IDENTIFIER, p2=_NO_FCI, data=file.to_bytes(2))
        answer = self.ask(command)
        if answer.sw == SW.NO_CURRENT_FILE:
            self._enter(place)
            answer = self.ask(command)
        if answer.sw == SW.FILE_NOT_FOUND:
            raise place.without_file
        if not answer.ok:
            raise unexpected(command, answer)

    def read(self, place: Place, offset: int) -> bytes:
        """Return up to 256 bytes of the current file, at least one; raises `PinNotVerified`."""
        command = CommandApdu(cla=0x00, ins=Ins.READ_BINARY, p1=offset >> 8, p2=offset & SHORT_MAX, le=BLOCK)
        answer = self.ask(command)
        if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
            raise PinNotVerified
        if answer.sw == SW.OFFSET_OUTSIDE_FILE and not offset:
            raise place.without_file
        if answer.sw not in _READ_OK or not answer.data:
            raise unexpected(command, answer)
        return answer.data

    def read_on(self, place: Place, content: bytes, size: int) -> bytes:
        """Return the first `size` bytes of the current file, of which these are the beginning."""
        while len(content) < size:
            content += self.read(place, len(content))
        return content[:size]

    def read_record(self, place: Place, file: int, number: int) -> bytes:
        """Return a record, by its file's short identifier (C jpki/myna)."""
        self._be_in(place)
        command = CommandApdu(cla=0x00, ins=Ins.READ_RECORD, p1=number, p2=file << _RECORD_FILE | _ONE_RECORD, le=BLOCK)
        answer = self.ask(command)
        if answer.sw == SW.NO_CURRENT_FILE:
            self._enter(place)
            answer = self.ask(command)
        if answer.sw in {SW.FILE_NOT_FOUND, SW.RECORD_NOT_FOUND}:
            raise place.without_file
        if not answer.ok:
            raise unexpected(command, answer)
        return answer.data

    def leave(self, aid: bytes) -> None:
        """Select something else, whatever comes of it: what was verified in an application ends with it."""
        self._current = None
        self.ask(_selection(aid))

    def _be_in(self, place: Place) -> None:
        if self._current != place.aid:
            self._enter(place)

    def _enter(self, place: Place) -> None:
        self._current = None
        self.entries += 1
        command = _selection(place.aid)
        answer = self.ask(command)
        if answer.sw == SW.FILE_NOT_FOUND:
            raise place.without
        if not answer.ok:
            raise unexpected(command, answer)
        self._current = place.aid


def _selection(aid: bytes) -> CommandApdu:
    return CommandApdu(cla=0x00, ins=Ins.SELECT, p1=_BY_NAME, p2=_NO_FCI, data=aid)
