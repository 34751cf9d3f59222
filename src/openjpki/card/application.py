"""An application of the card: its current file, its security status, and the commands it answers.

The commands are JICSAP v1.1's on ISO 7816-4; the files are a table, so every application of the card is this engine.
"""

from dataclasses import replace
from typing import TypeVar

from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.files import DataFile, ElementaryFile, FileTable, KeyFile, PinFile
from openjpki.card.keys import compute_signature
from openjpki.card.memory import Memory, Steps
from openjpki.card.pins import MAX_DATA, MIN_DATA, PinReference, Proof, lengths
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW, Refusal, tries_status
from openjpki.rules.kinds import PinKind

_INTERINDUSTRY, _PROPRIETARY = 0x00, 0x80
INSTRUCTIONS = frozenset(
    {
        (_INTERINDUSTRY, Ins.SELECT),
        (_INTERINDUSTRY, Ins.READ_BINARY),
        (_INTERINDUSTRY, Ins.VERIFY),
        (_INTERINDUSTRY, Ins.CHANGE_REFERENCE_DATA),
        (_PROPRIETARY, Ins.PERFORM_SECURITY_OPERATION),
    }
)
"""Class and instruction: everything an application answers."""
BY_FILE_IDENTIFIER = 0x02
"""P1 of SELECT: the only form in which this card selects an EF (C OpenSC pull request 801)."""
NO_FCI = (0x00, 0x0C)
"""P2 of SELECT: first occurrence, with or without a wish for control information, which this card does not give."""
_REFERENCE_GIVEN = 0x80
_SHORT_IDENTIFIER = 0x1F
_NEW_DATA_ONLY = 0x01

_F = TypeVar("_F", PinFile, KeyFile)


class Application:
    """One selected application. A card makes a new one at each selection that clears the security status."""

    def __init__(self, files: FileTable, memory: Memory, settings: CardSettings) -> None:
        self._files = files
        self._memory = memory
        self._settings = settings
        self._current: int | None = None
        self._verified: dict[PinKind, Proof] = {}

    def leave_file(self) -> None:
        """Have no current file, as right after selection; which PINs are verified stays."""
        self._current = None

    def takes(self, command: CommandApdu) -> bool:
        """Say whether this is a command of the application."""
        return (command.cla, command.ins) in INSTRUCTIONS

    def handle(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """Answer a command that is one of `INSTRUCTIONS`; raise `Refusal`."""
        match command.ins:
            case Ins.VERIFY:
                return (yield from self._verify(command))
            case Ins.CHANGE_REFERENCE_DATA:
                return (yield from self._change(command))
            case Ins.READ_BINARY:
                return self._read_binary(command)
            case Ins.PERFORM_SECURITY_OPERATION:
                return self._sign(command)
            case _:
                return self._select_file(command)

    def _select_file(self, command: CommandApdu) -> ResponseApdu:
        """SELECT an EF by its identifier: this needs no PIN, even where reading does."""
        if command.p1 != BY_FILE_IDENTIFIER or command.p2 not in NO_FCI:
            raise Refusal(SW.WRONG_P1_P2)
        if len(command.data) != 2:  # noqa: PLR2004  -- a file identifier
            raise Refusal(SW.WRONG_LENGTH)
        self._make_current(int.from_bytes(command.data))
        return ResponseApdu(SW.SUCCESS)

    def _read_binary(self, command: CommandApdu) -> ResponseApdu:
        """READ BINARY: never `9000` without data, or clients that read to the end would read forever."""
        if command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        offset = self._offset(command.p1, command.p2)
        content = self._readable(self._file())
        if offset >= len(content):
            raise Refusal(SW.OFFSET_OUTSIDE_FILE)
        return ResponseApdu(SW.SUCCESS, content[offset : offset + command.le])

    def _verify(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """VERIFY: the try is spent, and its spending durable, before the PIN is compared (R-6.2).

        Without data it is the retry query, which always answers `63Cx`, verified or not (C trace of a real card in
        OpenSC pull request 959).
        """
        if command.p1:
            raise Refusal(SW.WRONG_P1_P2)
        name = self._referenced(command.p2, PinFile).pin
        reference = self._reference(name)
        if not command.data:
            return ResponseApdu(tries_status(reference.tries))
        _one_pin(command.data)
        self._verified.pop(name, None)
        if not reference.tries:
            raise Refusal(self._settings.locked_status)
        spent = reference.spent()
        yield from self._keep(name, spent)
        proof = spent.proven(name, command.data, self._memory.image.salt_of(name))
        if proof is None:
            return ResponseApdu(tries_status(spent.tries))
        yield from self._keep(name, spent.restored(), proof)
        self._verified[name] = proof
        return ResponseApdu(SW.SUCCESS)

    def _change(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """CHANGE REFERENCE DATA: the new PIN only, after VERIFY of the old one or by the authority's permission (R-6.3).

        A PIN set by permission does not count as verified: whoever set it has not shown that they know it still.
        """
        if command.p1 != _NEW_DATA_ONLY:
            raise Refusal(SW.WRONG_P1_P2)
        name = self._referenced(command.p2, PinFile).pin
        _one_pin(command.data)
        image, proof = self._memory.image, self._verified.get(name)
        if proof is None and name not in image.permitted:
            raise Refusal(self._settings.change_unverified_status)
        if len(command.data) not in lengths(name):
            raise Refusal(self._settings.change_length_status)
        changed = self._reference(name).holding(command.data, image.salt_of(name))
        after = replace(image.with_pin(name, changed), permitted=image.permitted - {name})
        yield from self._memory.commit(after, proof=proof)
        if proof is not None:
            self._verified[name] = Proof(name, changed.digest)
        return ResponseApdu(SW.SUCCESS)

    def _sign(self, command: CommandApdu) -> ResponseApdu:
        """COMPUTE DIGITAL SIGNATURE: as many as wanted after one VERIFY (C jpki/myna)."""
        file = self._referenced(command.p2, KeyFile)
        slot = self._memory.image.keys[file.kind].active
        if slot is None:
            raise Refusal(self._settings.no_key_status)
        if file.pin not in self._verified:
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED)
        if not command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        signature = compute_signature(slot.private_key, command.p1, command.data, ecdsa=self._settings.ecdsa_signature)
        if len(signature) > command.le:
            raise Refusal(SW.WRONG_LENGTH)
        return ResponseApdu(SW.SUCCESS, signature)

    def _make_current(self, identifier: int) -> None:
        file = self._files.get(identifier)
        absent = isinstance(file, DataFile) and self._content(file) is None
        if file is None or (absent and self._settings.absent_certificate_status == SW.FILE_NOT_FOUND):
            raise Refusal(SW.FILE_NOT_FOUND)
        self._current = identifier

    def _file(self) -> ElementaryFile:
        """Return the current file."""
        if self._current is None:
            raise Refusal(SW.NO_CURRENT_FILE)
        return self._files[self._current]

    def _offset(self, p1: int, p2: int) -> int:
        """Return where to read: P1 with bit 8 names a file for once and for all, else it is the offset's upper part."""
        if not p1 & _REFERENCE_GIVEN:
            return p1 << 8 | p2
        if p1 & ~_REFERENCE_GIVEN & ~_SHORT_IDENTIFIER:
            raise Refusal(SW.WRONG_P1_P2)
        self._make_current(p1 & _SHORT_IDENTIFIER)
        return p2

    def _readable(self, file: ElementaryFile) -> bytes:
        if not isinstance(file, DataFile):
            raise Refusal(SW.WRONG_FILE_TYPE)
        if file.pin is not None and file.pin not in self._verified:
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED)
        return self._content(file) or b""

    def _content(self, file: DataFile) -> bytes | None:
        return file.content(self._memory.image, self._settings)

    def _referenced(self, p2: int, wanted: type[_F]) -> _F:
        """Return the key or PIN that P2 means: the current file, or the one of a short identifier."""
        if not p2 & _REFERENCE_GIVEN or p2 & ~_REFERENCE_GIVEN & ~_SHORT_IDENTIFIER:
            raise Refusal(SW.WRONG_P1_P2)
        identifier = p2 & _SHORT_IDENTIFIER or self._current
        file = self._files.get(identifier) if identifier else None
        if not isinstance(file, wanted):
            raise Refusal(self._settings.no_key_status)
        self._current = identifier
        return file

    def _reference(self, name: PinKind) -> PinReference:
        return self._memory.image.pins[name]

    def _keep(self, name: PinKind, reference: PinReference, proof: Proof | None = None) -> Steps[None]:
        yield from self._memory.commit(self._memory.image.with_pin(name, reference), proof=proof)


def _one_pin(data: bytes) -> None:
    if not MIN_DATA <= len(data) <= MAX_DATA:
        raise Refusal(SW.WRONG_LENGTH)
