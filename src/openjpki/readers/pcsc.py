"""Cards in the readers of the operating system's PC/SC service, through pyscard (the extra `pcsc`).

A card is never unpowered, reset or locked away for good: other programs may have it open, and a card that loses its
power under them is an error of theirs that nobody understands.
"""

import importlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from openjpki.card.connection import CardRemoved
from openjpki.errors import Failure, Kind
from openjpki.readers.patience import within

LIBRARY = "smartcard.scard"
"""pyscard's module of the bare PC/SC functions: each returns a status first."""
LONGEST_WAIT = 5.0
"""Seconds that another program may keep us waiting for the card: PIN, certificate and signature take plastic about three."""


class LibraryMissing(Failure):
    """pyscard is not installed."""

    code = "reader.no-library"
    kind = Kind.UNAVAILABLE
    ja = (
        "カードリーダーを使うための部品(pyscard)が入っていません。`pip install 'openjpki[pcsc]'` で入れてください"
        "(Linux では先に gcc、swig、libpcsclite-dev が必要です)。"
    )
    en = (
        "The part that speaks to readers (pyscard) is not installed. Run `pip install 'openjpki[pcsc]'` "
        "(on Linux it needs gcc, swig and libpcsclite-dev first)."
    )


class ServiceMissing(Failure):
    """The PC/SC service does not run."""

    code = "reader.no-service"
    kind = Kind.UNAVAILABLE
    ja = "PC/SC サービスが動いていません。Linux では pcscd を入れて起動してください(`sudo systemctl start pcscd`)。"
    en = "The PC/SC service does not run. On Linux, install pcscd and start it (`sudo systemctl start pcscd`)."


class NoReader(Failure):
    """There is no reader."""

    code = "reader.none"
    kind = Kind.UNAVAILABLE
    ja = "カードリーダーが接続されていません。"
    en = "There is no card reader."


class ReaderMissing(Failure):
    """No reader has the name, or it was taken away."""

    code = "reader.missing"
    kind = Kind.UNAVAILABLE
    ja = "「{reader}」というカードリーダーは接続されていません。`openjpki reader list` で一覧を表示できます。"
    en = 'There is no reader "{reader}". `openjpki reader list` shows those there are.'


class ReaderAmbiguous(Failure):
    """Several readers have the part of a name that was given."""

    code = "reader.ambiguous"
    kind = Kind.USAGE
    ja = "「{reader}」に当てはまるカードリーダーが複数あります({found})。名前をすべて指定してください。"
    en = '"{reader}" fits several readers ({found}). Give the whole name of one.'


class NoCardInReader(Failure):
    """The reader is empty."""

    code = "reader.no-card"
    kind = Kind.UNAVAILABLE
    ja = "カードリーダーにカードがありません。マイナンバーカードを置いてください。"
    en = "There is no card in the reader. Put a My Number card in it."


class CardMute(Failure):
    """The card does not answer the reader."""

    code = "reader.card-mute"
    kind = Kind.UNAVAILABLE
    ja = "カードが応答しません。表裏と向きを確かめて、置き直してください。"
    en = "The card does not answer. See that it is the right way round, and put it in again."


class ReaderBusy(Failure):
    """Another program has the card for itself."""

    code = "reader.busy"
    kind = Kind.UNAVAILABLE
    ja = "別のプログラムがカードを使用中です。終わってからもう一度行ってください。"
    en = "Another program has the card for itself. Try again when it is done."


class CardWasReset(Failure):
    """Another program reset the card under us: what was selected and verified is forgotten."""

    code = "reader.card-reset"
    kind = Kind.UNAVAILABLE
    ja = "別のプログラムがカードを初期状態に戻しました。もう一度行ってください。"
    en = "Another program reset the card. Try again."


class ReaderFault(Failure):
    """The service refused with a status that has no sentence of its own."""

    code = "reader.fault"
    kind = Kind.UNAVAILABLE
    ja = "カードリーダーが {status} を返しました。差し直してから、もう一度行ってください。"
    en = "The reader answered {status}. Plug it in again and retry."


_REFUSALS: Final[Mapping[str, type[Failure]]] = {
    "SCARD_E_NO_SERVICE": ServiceMissing,
    "SCARD_E_SERVICE_STOPPED": ServiceMissing,
    "SCARD_E_NO_READERS_AVAILABLE": NoReader,
    "SCARD_E_NO_SMARTCARD": NoCardInReader,
    "SCARD_W_REMOVED_CARD": CardRemoved,
    "SCARD_E_NOT_TRANSACTED": CardRemoved,  # what pcscd says of a card that was pulled until it has noticed
    "SCARD_W_UNRESPONSIVE_CARD": CardMute,
    "SCARD_W_UNPOWERED_CARD": CardMute,
    "SCARD_W_UNSUPPORTED_CARD": CardMute,
    "SCARD_E_PROTO_MISMATCH": CardMute,
    "SCARD_E_SHARING_VIOLATION": ReaderBusy,
    "SCARD_W_RESET_CARD": CardWasReset,
}
"""Statuses with a sentence of their own, by the name that PC/SC gives them."""
_GONE = ("SCARD_E_UNKNOWN_READER", "SCARD_E_READER_UNAVAILABLE")


@dataclass(frozen=True)
class Reader:
    """A reader, and what is in it."""

    name: str
    atr: bytes | None
    """The card's answer to reset, which a contactless reader makes up; None without a card."""


class PcscService:
    """The PC/SC service; a context manager.

    `library` stands in for pyscard's `smartcard.scard`; `longest_wait` is how many seconds others may keep a card from us.
    """

    def __init__(self, library: Any = None, longest_wait: float = LONGEST_WAIT) -> None:
        """Enter the service; raises `LibraryMissing` or `ServiceMissing`."""
        self._scard = _library() if library is None else library
        self._longest_wait = longest_wait
        self._context = _entered(self._scard)

    def readers(self) -> tuple[Reader, ...]:
        """Return every reader and what is in it; raises `NoReader`, `ServiceMissing`."""
        (names,) = _values(self._scard, self._scard.SCardListReaders(self._context, []))
        if not names:
            raise NoReader
        asked = [(name, self._scard.SCARD_STATE_UNAWARE) for name in names]
        (states,) = _values(self._scard, self._scard.SCardGetStatusChange(self._context, 0, asked))
        present = self._scard.SCARD_STATE_PRESENT
        return tuple(Reader(name, bytes(atr) if state & present else None) for name, state, atr in states)

    def reader(self, name: str | None) -> Reader:
        """Return the reader of this name, or of the only name with this part; without a name the first with a card.

        Raises `ReaderMissing`, `ReaderAmbiguous`, `NoCardInReader`, `NoReader`, `ServiceMissing`.
        """
        readers = self.readers()
        if name is None:
            filled = [reader for reader in readers if reader.atr is not None]
            if not filled:
                raise NoCardInReader
            return filled[0]
        found = [one for one in readers if one.name == name] or [
            one for one in readers if name.casefold() in one.name.casefold()
        ]
        if not found:
            raise ReaderMissing(reader=name)
        if len(found) > 1:
            raise ReaderAmbiguous(reader=name, found=", ".join(reader.name for reader in found))
        return found[0]

    def connect(self, reader: str) -> "PcscCard":
        """Have the card in a reader for ourselves until the connection is closed; other programs wait that long.

        Raises `ReaderMissing`, `NoCardInReader`, `CardMute`, `ReaderBusy`, `CardRemoved`, `ServiceMissing` or `ReaderFault`.
        """
        try:
            return within(self._longest_wait, lambda: _opened(self._scard, reader), PcscCard.close)
        except TimeoutError:
            raise ReaderBusy from None

    def close(self) -> None:
        """Leave the service."""
        self._scard.SCardReleaseContext(self._context)

    def __enter__(self) -> Self:
        """Be in the service."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave it."""
        self.close()


class PcscCard:
    """A card in a reader of the system: a `Connection`, and a context manager that leaves the card as it is."""

    def __init__(self, scard: Any, context: Any, card: Any, protocol: int, reader: str) -> None:
        self._scard = scard
        self._context = context
        self._card = card
        self._protocol = protocol
        self._reader = reader

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer; raises `CardRemoved`, `CardWasReset`, `ReaderMissing`, `ReaderFault`, `ServiceMissing`."""
        sent = self._scard.SCardTransmit(self._card, self._protocol, list(apdu))
        (answer,) = _values(self._scard, sent, self._reader)
        return bytes(answer)

    def close(self) -> None:
        """Give the card back, powered, with whatever is selected in it; a card that is gone is given back too."""
        leave = self._scard.SCARD_LEAVE_CARD
        self._scard.SCardEndTransaction(self._card, leave)
        self._scard.SCardDisconnect(self._card, leave)
        self._scard.SCardReleaseContext(self._context)

    def __enter__(self) -> Self:
        """Hold the card."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self.close()


def _entered(scard: Any) -> Any:
    """Return a context of the service: a client of its own."""
    (context,) = _values(scard, scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
    return context


def _opened(scard: Any, reader: str) -> PcscCard:
    """Return the card, once no other program holds it; raise what `PcscService.connect` raises.

    PC/SC knows no bound for that wait and no way to end it (pcscd waits in SCardConnect already). So each card has a
    context of its own: one that waits can be left behind, and does not keep the service from being left.
    """
    context = _entered(scard)
    with ExitStack() as taken:
        taken.callback(scard.SCardReleaseContext, context)
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        found = scard.SCardConnect(context, reader, scard.SCARD_SHARE_SHARED, protocols)
        card, protocol = _values(scard, found, reader)
        taken.callback(scard.SCardDisconnect, card, scard.SCARD_LEAVE_CARD)
        _values(scard, (scard.SCardBeginTransaction(card),), reader)
        taken.pop_all()
    return PcscCard(scard, context, card, protocol, reader)


def _values(scard: Any, returned: "tuple[Any, ...] | list[Any]", reader: str = "") -> list[Any]:
    """Return what a function gave besides its status, or raise what the status means."""
    status, *values = returned
    if status == scard.SCARD_S_SUCCESS:
        return values
    if status in [getattr(scard, name) for name in _GONE]:
        raise ReaderMissing(reader=reader)
    for name, refusal in _REFUSALS.items():
        if status == getattr(scard, name):
            raise refusal
    raise ReaderFault(status=f"{status & 0xFFFFFFFF:08X}")


def _library() -> Any:
    try:
        return importlib.import_module(LIBRARY)
    except ImportError as error:
        raise LibraryMissing from error
