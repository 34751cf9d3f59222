"""A whole card: which application is selected, and which class bytes it takes."""

from collections.abc import Sequence
from dataclasses import replace

from openjpki.card import administration, common, jpki, juki, objects, text, visual
from openjpki.card.acts import MakeKey
from openjpki.card.administered import AdministrationApplication
from openjpki.card.apdu import CommandApdu, Ins, MalformedApdu, ResponseApdu
from openjpki.card.application import INSTRUCTIONS, NO_FCI, Application
from openjpki.card.challenge import challenge
from openjpki.card.files import ApplicationTable
from openjpki.card.image import MAX_CHALLENGES, CardImage
from openjpki.card.memory import Memory, Steps
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW, Refusal

ATR = objects.ATR
"""What the card answers to a reset on its contacts."""
ISSUER_DOMAIN_AID = objects.ISSUER_DOMAIN_AID
APPLICATIONS: Sequence[ApplicationTable] = tuple(part.APPLICATION for part in (jpki, common, juki, visual, text))
"""In the order in which a prefix finds them (U)."""
CARD_WIDE = frozenset({(0x00, Ins.GET_DATA), (0x00, Ins.GET_CHALLENGE)})
"""Class and instruction: what the card answers itself, whatever is selected."""
_KNOWN = INSTRUCTIONS | CARD_WIDE

_BY_NAME, _MASTER_FILE = 0x04, 0x00
"""P1 of SELECT."""
_CHANNEL, _SECURE_MESSAGING, _FAMILY = 0x03, 0x0C, 0xF0
_FURTHER_CHANNELS = range(0x40, 0x80)
"""Class bytes of logical channels 4 to 19 (ISO 7816-4 §5.4.1)."""


class Card:
    """A powered card. A new one is a card after power-on; it does no I/O (see `memory`).

    `make_key` is where its new keys come from; a card without it makes none. `power_on` are bytes that are new at each
    power-on: they stand for what a chip's generator would draw, and go into its challenges.
    """

    def __init__(
        self,
        image: CardImage,
        settings: CardSettings | None = None,
        make_key: MakeKey | None = None,
        power_on: bytes = b"",
    ) -> None:
        self._memory = Memory(image)
        self._settings = settings or CardSettings()
        self._make_key = make_key
        self._power_on = power_on
        self._aid = ISSUER_DOMAIN_AID
        self._application: Application | AdministrationApplication | None = None

    @property
    def image(self) -> CardImage:
        """Return the durable state in force."""
        return self._memory.image

    def reset(self) -> None:
        """Return to the power-on state: nothing selected, nothing verified."""
        self._aid, self._application = ISSUER_DOMAIN_AID, None

    def receive(self, apdu: bytes) -> Steps[bytes]:
        """Answer any bytes at all with data and a status word, after making durable what the command changes."""
        try:
            response = yield from self._answer(CommandApdu.from_bytes(apdu))
        except MalformedApdu:
            response = ResponseApdu(SW.WRONG_LENGTH)
        except Refusal as refusal:
            response = ResponseApdu(refusal.sw)
        return bytes(response)

    def _answer(self, command: CommandApdu) -> Steps[ResponseApdu]:
        application = self._application
        mine = application is not None and application.takes(command)
        if not mine:
            _check_class(command)
        if command.extended and not self._settings.extended_length:
            raise Refusal(SW.WRONG_LENGTH)
        if mine and isinstance(application, AdministrationApplication):
            return (yield from application.handle(command))
        if (command.cla, command.ins) not in _KNOWN:
            raise Refusal(SW.INSTRUCTION_NOT_SUPPORTED)
        if command.ins == Ins.GET_CHALLENGE:
            return (yield from self._get_challenge(command))
        if command.ins == Ins.GET_DATA:
            return self._get_data(command)
        if command.ins == Ins.SELECT and command.p1 in {_BY_NAME, _MASTER_FILE}:
            return self._select(command)
        if not isinstance(application, Application):
            raise Refusal(self._settings.no_application_status)
        return (yield from application.handle(command))

    def _get_challenge(self, command: CommandApdu) -> Steps[ResponseApdu]:
        """GET CHALLENGE, 1 to 256 bytes in any state (C myna-card): the counter rises, durably, before anything is answered."""
        image = self._memory.image
        if command.p1 or command.p2:
            raise Refusal(SW.WRONG_P1_P2)
        if command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        if command.extended or image.challenges == MAX_CHALLENGES:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        yield from self._memory.commit(replace(image, challenges=image.challenges + 1))
        return ResponseApdu(SW.SUCCESS, challenge(self._memory.image, command.le, self._power_on))

    def _get_data(self, command: CommandApdu) -> ResponseApdu:
        """GET DATA: an object that Le is too short for is not cut, but refused; an extended Le reaches it (C myna-card)."""
        if command.data or command.le is None:
            raise Refusal(SW.WRONG_LENGTH)
        content = objects.data_object(
            command.p1 << 8 | command.p2, self._memory.image, selected=self._application is not None
        )
        if content is None:
            raise Refusal(SW.REFERENCE_NOT_FOUND)
        if len(content) > command.le:
            raise Refusal(SW.WRONG_LENGTH)
        return ResponseApdu(SW.SUCCESS, content)

    def _select(self, command: CommandApdu) -> ResponseApdu:
        if command.p1 == _BY_NAME:
            return self._select_by_name(command)
        return self._select_master_file(command)

    def _select_by_name(self, command: CommandApdu) -> ResponseApdu:
        """Select by an application identifier or the beginning of one: the first match counts (JICSAP v1.1 §4.2)."""
        if command.p2 not in NO_FCI:
            raise Refusal(SW.WRONG_P1_P2)
        known = [(table.aid, table) for table in APPLICATIONS]
        for aid, table in (*known, (administration.AID, None), (ISSUER_DOMAIN_AID, None)):
            if command.data and aid.startswith(command.data):
                self._enter(aid, table)
                return ResponseApdu(SW.SUCCESS)
        raise Refusal(SW.FILE_NOT_FOUND)

    def _enter(self, aid: bytes, table: ApplicationTable | None) -> None:
        """Make an application current; a failed selection never comes here, so it changes nothing."""
        again = aid == self._aid and not self._settings.reselect_clears
        if again and isinstance(self._application, Application):
            self._application.leave_file()
            return
        self._aid = aid
        self._application = self._opened(aid, table)

    def _opened(self, aid: bytes, table: ApplicationTable | None) -> Application | AdministrationApplication | None:
        if aid == administration.AID:
            return AdministrationApplication(self._memory, self._settings, self._make_key)
        return None if table is None else Application(table, self._memory, self._settings)

    def _select_master_file(self, command: CommandApdu) -> ResponseApdu:
        """There is no usable MF: `6A86` after power-on; inside an application it is accepted and changes nothing."""
        if self._application is None:
            raise Refusal(SW.WRONG_P1_P2)
        if command.data:
            raise Refusal(SW.FILE_NOT_FOUND)
        return ResponseApdu(SW.SUCCESS)


def _check_class(command: CommandApdu) -> None:
    """Refuse logical channels, secure messaging, and classes that are not the card's (C myna-card)."""
    if command.cla in _FURTHER_CHANNELS:
        raise Refusal(SW.CHANNEL_NOT_SUPPORTED)
    if command.cla & _FAMILY not in {0x00, 0x80}:
        raise Refusal(SW.CLASS_NOT_SUPPORTED)
    if command.cla & _CHANNEL:
        raise Refusal(SW.CHANNEL_NOT_SUPPORTED)
    if command.cla & _SECURE_MESSAGING:
        selecting = command.ins == Ins.SELECT
        raise Refusal(SW.SECURE_MESSAGING_NOT_SUPPORTED if selecting else SW.SECURE_MESSAGING_WITHOUT_KEY)
