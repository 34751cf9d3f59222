"""An application of the card: its current file, its security status, and the commands it answers.

The commands are JICSAP v1.1's on ISO 7816-4; the files are a table, so every application of the card is this engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.files import ApplicationTable, DataFile, ElementaryFile, KeyFile, PinFile, RecordFile
from openjpki.card.keys import ON_CARD_HASH, compute_signature
from openjpki.card.memory import Memory, Steps
from openjpki.card.pins import MAX_DATA, MIN_DATA, PinName, PinReference, Proof, lengths
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW, Refusal, tries_status

_INTERINDUSTRY, _PROPRIETARY = 0x00, 0x80
INSTRUCTIONS = frozenset(
    {
        (_INTERINDUSTRY, Ins.SELECT),
        (_INTERINDUSTRY, Ins.READ_BINARY),
        (_INTERINDUSTRY, Ins.READ_RECORD),
        (_INTERINDUSTRY, Ins.VERIFY),
        (_INTERINDUSTRY, Ins.CHANGE_REFERENCE_DATA),
        (_INTERINDUSTRY, Ins.INTERNAL_AUTHENTICATE),
        (_PROPRIETARY, Ins.CHANGE_KEY),
        (_PROPRIETARY, Ins.PERFORM_SECURITY_OPERATION),
        (_PROPRIETARY, Ins.SET_PUBLIC_IC_KEY),
        (_PROPRIETARY, Ins.SET_SESSION_KEY),
    }
)
"""Class and instruction: everything an application answers. Each is known in all of them; the files say what works."""
BY_FILE_IDENTIFIER = 0x02
"""P1 of SELECT: the only form in which this card selects an EF (C OpenSC pull request 801)."""
NO_FCI = (0x00, 0x0C)
"""P2 of SELECT: first occurrence, with or without a wish for control information, which this card does not give."""
_REFERENCE_GIVEN = 0x80
_SHORT_IDENTIFIER = 0x1F
_NEW_DATA_ONLY: Mapping[int, int] = {Ins.CHANGE_REFERENCE_DATA: 0x01, Ins.CHANGE_KEY: 0x00}
"""P1 of the two commands that set a PIN."""
MAX_CHALLENGE = 255
"""Bytes that INTERNAL AUTHENTICATE signs, in the extended form too (C myna-card)."""
_DEFAULT_KEY = 0x00
_BY_NUMBER, _FROM_NUMBER_ON, _RECORD_MODE, _RECORD_FILE = 0x04, 0x05, 0x07, 3
"""P2 of READ RECORD: one record, all from one on, the bits that say so, and how far the file's identifier is shifted."""

_F = TypeVar("_F", PinFile, KeyFile)


class Application:
    """One selected application. A card makes a new one at each selection that clears the security status."""

    def __init__(self, table: ApplicationTable, memory: Memory, settings: CardSettings) -> None:
        self._table = table
        self._memory = memory
        self._settings = settings
        self._current: int | None = None
        self._verified: dict[PinName, Proof] = {}
        self._at_once: Mapping[int, Callable[[CommandApdu], ResponseApdu]] = {
            Ins.SELECT: self._select_file,
            Ins.READ_BINARY: self._read_binary,
            Ins.READ_RECORD: self._read_record,
            Ins.PERFORM_SECURITY_OPERATION: self._sign,
            Ins.INTERNAL_AUTHENTICATE: self._internal_authenticate,
            Ins.SET_PUBLIC_IC_KEY: self._set_public_key,
            Ins.SET_SESSION_KEY: self._set_session_key,
        }

    def leave_file(self) -> None:
        """Have no current file, as right after selection; which PINs are verified stays."""
        self._current = None

    def takes(self, command: CommandApdu) -> bool:
        """Say whether this is a command of the application."""
        return (command.cla, command.ins) in INSTRUCTIONS

    def handle(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """Answer a command that is one of `INSTRUCTIONS`; raise `Refusal`."""
        if command.ins == Ins.VERIFY:
            return (yield from self._verify(command))
        if command.ins in _NEW_DATA_ONLY:
            return (yield from self._change(command))
        return self._at_once[command.ins](command)

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

    def _read_record(self, command: CommandApdu) -> ResponseApdu:
        """READ RECORD: one record by its number; all from one on is a feature that this card lacks (JICSAP §6.4.4)."""
        if command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        mode, identifier = command.p2 & _RECORD_MODE, command.p2 >> _RECORD_FILE
        if mode == _FROM_NUMBER_ON:
            raise Refusal(SW.FUNCTION_NOT_SUPPORTED)
        if mode != _BY_NUMBER:
            raise Refusal(SW.WRONG_P1_P2)
        if identifier:
            self._make_current(identifier)
        file = self._file()
        if not isinstance(file, RecordFile):
            raise Refusal(SW.WRONG_FILE_TYPE)
        records = file.records(self._memory.image)
        if not 1 <= command.p1 <= len(records):
            raise Refusal(SW.RECORD_NOT_FOUND)
        return ResponseApdu(SW.SUCCESS, records[command.p1 - 1][: command.le])

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
        """CHANGE REFERENCE DATA and CHANGE KEY: the new PIN only, after VERIFY of the old one or by the authority's permission (R-6.3).

        Each PIN is changed by the one of them that its application knows (C myna-card). A PIN set by permission does not
        count as verified: whoever set it has not shown that they know it still.
        """
        if command.p1 != _NEW_DATA_ONLY[command.ins]:
            raise Refusal(SW.WRONG_P1_P2)
        file = self._referenced(command.p2, PinFile)
        name = file.pin
        _one_pin(command.data)
        image, proof = self._memory.image, self._verified.get(name)
        may_set = proof is not None or name in image.permitted
        if not may_set or command.ins != file.changed_by:
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
        """COMPUTE DIGITAL SIGNATURE: as many as wanted after one VERIFY (C jpki/myna), or without by a key of no PIN."""
        default = self._table.default_key
        file = default if default and command.p2 == _DEFAULT_KEY else self._referenced(command.p2, KeyFile)
        private_key = self._usable(file)
        if file.authenticates:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        return self._signature(private_key, command.p1, command)

    def _internal_authenticate(self, command: CommandApdu) -> ResponseApdu:
        """INTERNAL AUTHENTICATE: PKCS #1 v1.5 over the challenge's SHA-256, by the key that does nothing else (C myna-card).

        The other keys refuse: those behind a PIN as if it were not verified, those of the card's face as out of place.
        """
        if command.p1:
            raise Refusal(SW.WRONG_P1_P2)
        file = self._referenced(command.p2, KeyFile)
        if not file.authenticates:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED if file.pin is None else SW.SECURITY_STATUS_NOT_SATISFIED)
        private_key = self._usable(file)
        if len(command.data) > MAX_CHALLENGE:
            raise Refusal(SW.WRONG_LENGTH)
        return self._signature(private_key, ON_CARD_HASH, command)

    def _set_public_key(self, _: CommandApdu) -> ResponseApdu:
        """SET PUBLIC IC KEY, which takes a terminal's certificate: every P1 and P2 is refused, as test cards refused those tried."""
        raise Refusal(SW.WRONG_P1_P2)

    def _set_session_key(self, command: CommandApdu) -> ResponseApdu:
        """SET SESSION KEY: refused as each application refuses it (C myna-card); there is no secure messaging yet."""
        if command.p1 or command.p2:
            raise Refusal(SW.WRONG_P1_P2)
        raise Refusal(self._table.session_key_status)

    def _usable(self, file: KeyFile) -> bytes:
        """Return a private key that may be used now."""
        private_key = self._memory.image.key_in_use(file.key)
        if private_key is None:
            raise Refusal(self._settings.no_key_status)
        if file.pin is not None and file.pin not in self._verified:
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED)
        return private_key

    def _signature(self, private_key: bytes, scheme: int, command: CommandApdu) -> ResponseApdu:
        if not command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        signature = compute_signature(private_key, scheme, command.data, ecdsa=self._settings.ecdsa_signature)
        if len(signature) > command.le:
            raise Refusal(SW.WRONG_LENGTH)
        return ResponseApdu(SW.SUCCESS, signature)

    def _make_current(self, identifier: int) -> None:
        file = self._table.files.get(identifier)
        absent = isinstance(file, DataFile) and self._content(file) is None
        if file is None or (absent and self._settings.absent_certificate_status == SW.FILE_NOT_FOUND):
            raise Refusal(SW.FILE_NOT_FOUND)
        self._current = identifier

    def _file(self) -> ElementaryFile:
        """Return the current file."""
        if self._current is None:
            raise Refusal(SW.NO_CURRENT_FILE)
        return self._table.files[self._current]

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
        if file.opened_by is not None and file.opened_by.isdisjoint(self._verified):
            raise Refusal(SW.SECURITY_STATUS_NOT_SATISFIED)
        return self._content(file) or b""

    def _content(self, file: DataFile) -> bytes | None:
        return file.content(self._memory.image, self._settings)

    def _referenced(self, p2: int, wanted: type[_F]) -> _F:
        """Return the key or PIN that P2 means: the current file, or the one of a short identifier."""
        if not p2 & _REFERENCE_GIVEN or p2 & ~_REFERENCE_GIVEN & ~_SHORT_IDENTIFIER:
            raise Refusal(SW.WRONG_P1_P2)
        identifier = p2 & _SHORT_IDENTIFIER or self._current
        file = self._table.files.get(identifier) if identifier else None
        if not isinstance(file, wanted):
            raise Refusal(self._settings.no_key_status)
        self._current = identifier
        return file

    def _reference(self, name: PinName) -> PinReference:
        return self._memory.image.pins[name]

    def _keep(self, name: PinName, reference: PinReference, proof: Proof | None = None) -> Steps[None]:
        yield from self._memory.commit(self._memory.image.with_pin(name, reference), proof=proof)


def _one_pin(data: bytes) -> None:
    if not MIN_DATA <= len(data) <= MAX_DATA:
        raise Refusal(SW.WRONG_LENGTH)
