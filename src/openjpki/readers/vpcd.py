"""The card's side of vpcd: a virtual card in a slot of the operating system's PC/SC service.

vpcd is a driver of pcscd. It listens, one port a slot, and the card dials. A frame is a length of two bytes, big-endian,
and that many bytes: one byte is a control of the reader, everything else a command for the card.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from enum import Enum, IntEnum, auto, unique
from typing import Protocol

from openjpki.card.card import ATR
from openjpki.errors import Failure, Kind
from openjpki.readers.service import kept_awake
from openjpki.readers.stop import FOREVER, Stop

HOST = "127.0.0.1"
FIRST_PORT = 35963
"""Where vpcd's first slot listens; the second is at the next port (Debian's `/etc/reader.conf.d/vpcd`)."""
SLOTS = range(2)
"""The slots of one vpcd."""
LENGTH = 2
"""Bytes that tell how many follow; so nothing longer than 65,535 bytes is ever kept waiting for its end."""

_CHUNK = 65536
"""Bytes read at once: a frame of the longest command fits."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two tries to be plugged in again, doubled each time: a service that restarts is met within two seconds."""
_DIALS = 20
"""How often we dial, a `_FIRST_PAUSE` apart: a service that was just woken listens after 0.1 s on a quiet machine."""
_ATTENTION = 5.0
"""Seconds until vpcd must have asked for the card: it looks four times in that long at the slowest (each 0.4 seconds)."""
_SENDING = 10.0
"""Seconds that an answer may wait for the service to take it."""


@unique
class Control(IntEnum):
    """What the reader does to the card; only the last is answered."""

    POWER_OFF = 0x00
    POWER_ON = 0x01
    RESET = 0x02
    GET_ATR = 0x04


@unique
class Event(Enum):
    """What becomes of a card that is kept plugged in."""

    SEEN = auto()
    """The service has seen the card."""
    LOST = auto()
    """The service went away, or let go of the card; it is plugged in again when that is possible."""


class VpcdMissing(Failure):
    """Nothing listens where vpcd should."""

    code = "card.plug.no-vpcd"
    kind = Kind.UNAVAILABLE
    ja = (
        "仮想カードリーダー(vpcd)が {host}:{port} で動いていません。pcscd と vsmartcard-vpcd を入れ、"
        "pcscd を起動してください(`sudo systemctl start pcscd` または `sudo pcscd`)。"
    )
    en = (
        "No virtual reader (vpcd) listens at {host}:{port}. Install pcscd and vsmartcard-vpcd, and start pcscd "
        "(`sudo systemctl start pcscd` or `sudo pcscd`)."
    )


class SlotTaken(Failure):
    """vpcd has another card in this slot: it let us dial and asks nothing."""

    code = "card.plug.slot-taken"
    kind = Kind.UNAVAILABLE
    ja = "スロット(ポート {port})が応答しません。別のカードが入っているようです。--slot で別のスロットを指定してください。"
    en = (
        "The slot at port {port} does not ask for the card. Another card seems to be in it; choose another with --slot."
    )


class Pluggable(Protocol):
    """A powered card: `readers.inprocess.InsertedCard`, whose answers are durable before they are given."""

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer, status word included."""
        ...

    def reset(self) -> None:
        """Return to the state after power-on."""
        ...


class Frames:
    """Cuts what arrives into payloads; keeps the beginning of the next one."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, arrived: bytes) -> Iterator[bytes]:
        """Yield every payload that is now whole."""
        self._waiting += arrived
        while len(self._waiting) >= LENGTH:
            end = LENGTH + int.from_bytes(self._waiting[:LENGTH])
            if len(self._waiting) < end:
                return
            payload = bytes(self._waiting[LENGTH:end])
            del self._waiting[:end]
            yield payload


def framed(payload: bytes) -> bytes:
    """Return a payload with its length before it."""
    return len(payload).to_bytes(LENGTH) + payload


def answer(card: Pluggable, payload: bytes) -> bytes | None:
    """Do what a payload says and return the answer; None where the reader waits for none. Raises what the card raises."""
    if len(payload) != 1:
        return card.transmit(payload)
    (control,) = payload
    if control == Control.GET_ATR:
        return ATR
    if control in set(Control):  # without power, with power again, reset: the card is as after power-on
        card.reset()
    return None


def keep_plugged(card: Pluggable, port: int, stop: Stop, tell: Callable[[Event], None]) -> None:
    """Keep a card in the slot at this port until `stop`, also when the service goes away and comes back.

    Raises `VpcdMissing` or `SlotTaken` if the service has never seen the card, and what the card raises: one whose
    change could not be kept is silent (`CardNotWritten`), which the service takes for a pulled card.
    """
    pause, known = _FIRST_PAUSE, False
    while True:
        try:
            seen = _stay(card, port, stop, tell)
        except (VpcdMissing, SlotTaken):
            if not known and not stop.is_set:
                raise
            seen = False
        if stop.is_set:
            return
        if seen:
            pause, known = _FIRST_PAUSE, True
            tell(Event.LOST)
        if stop.within(pause):
            return
        pause = min(2 * pause, _LONGEST_PAUSE)


def _stay(card: Pluggable, port: int, stop: Stop, tell: Callable[[Event], None]) -> bool:
    """Be plugged in once, until the connection or `stop` ends it; tell whether the service saw the card."""
    with kept_awake(), closing(_dial(port, stop)) as line:
        seen = False
        for payload in _payloads(line, stop):
            if not seen:
                tell(Event.SEEN)
            seen = True
            told = answer(card, payload)
            if told is not None and not _sent(line, framed(told)):
                break
    card.reset()
    if not seen and not stop.is_set:
        raise SlotTaken(port=port)
    return seen


def _dial(port: int, stop: Stop) -> socket.socket:
    """Return a connection to the slot; raises `VpcdMissing` if nobody listens there in time."""
    for _ in range(_DIALS):
        with suppress(OSError):
            line = socket.create_connection((HOST, port), timeout=_SENDING)
            if line.getsockname() != line.getpeername():  # where nobody listens, a connection may meet itself
                return line
            line.close()
        if stop.within(_FIRST_PAUSE):
            break
    raise VpcdMissing(host=HOST, port=port)


def _payloads(line: socket.socket, stop: Stop) -> Iterator[bytes]:
    """Yield what the reader sends, until the connection or `stop` ends, or nothing comes of one that was just begun.

    vpcd sends length and payload separately, and its system holds the second back until we acknowledged the first. An
    acknowledgement at once makes a command take 0.1 ms instead of 44; the system forgets that wish at every receive.
    """
    frames, patience = Frames(), _ATTENTION
    while stop.until(line, patience) and (arrived := _received(line)):
        for payload in frames.feed(arrived):
            yield payload
            patience = FOREVER
            if stop.is_set:  # also where many commands wait already
                return


def _received(line: socket.socket) -> bytes:
    """Return what waits on a connection; nothing if it ended."""
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return line.recv(_CHUNK)
    except OSError:
        return b""


def _sent(line: socket.socket, frame: bytes) -> bool:
    """Tell whether the service took an answer."""
    try:
        line.sendall(frame)
    except OSError:
        return False
    return True
