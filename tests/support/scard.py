"""pyscard's `smartcard.scard` for tests: its names and shapes, over connections in this process."""

from dataclasses import dataclass, field
from threading import Event
from typing import ClassVar

from openjpki.card.card import ATR
from openjpki.card.connection import CardRemoved, Connection

Returned = list[object]
"""A status, and what a function gives besides."""


@dataclass
class Scard:
    """A PC/SC service with readers; `fails` has the statuses that functions return instead of doing anything."""

    SCARD_S_SUCCESS: ClassVar = 0
    SCARD_E_NO_SERVICE: ClassVar = 0x8010001D
    SCARD_E_SERVICE_STOPPED: ClassVar = 0x8010001E
    SCARD_E_NO_READERS_AVAILABLE: ClassVar = 0x8010002E
    SCARD_E_NO_SMARTCARD: ClassVar = 0x8010000C
    SCARD_E_NOT_TRANSACTED: ClassVar = 0x80100016
    SCARD_E_UNKNOWN_READER: ClassVar = 0x80100009
    SCARD_E_READER_UNAVAILABLE: ClassVar = 0x80100017
    SCARD_E_PROTO_MISMATCH: ClassVar = 0x8010000F
    SCARD_E_SHARING_VIOLATION: ClassVar = 0x8010000B
    SCARD_W_REMOVED_CARD: ClassVar = 0x80100069
    SCARD_W_UNRESPONSIVE_CARD: ClassVar = 0x80100066
    SCARD_W_UNPOWERED_CARD: ClassVar = 0x80100067
    SCARD_W_UNSUPPORTED_CARD: ClassVar = 0x80100065
    SCARD_W_RESET_CARD: ClassVar = 0x80100068
    SCARD_SCOPE_USER: ClassVar = 0
    SCARD_STATE_UNAWARE: ClassVar = 0
    SCARD_STATE_PRESENT: ClassVar = 0x20
    SCARD_STATE_EMPTY: ClassVar = 0x10
    SCARD_PROTOCOL_T0: ClassVar = 1
    SCARD_PROTOCOL_T1: ClassVar = 2
    SCARD_SHARE_SHARED: ClassVar = 2
    SCARD_LEAVE_CARD: ClassVar = 0

    readers: dict[str, Connection | None]
    fails: dict[str, int] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    """What is held and not given back: contexts, cards, transactions."""
    dispositions: list[int] = field(default_factory=list)
    """What was to become of the cards that were given back."""
    others_hold: Event | None = None
    """Set when other programs are done with the cards; until then whoever wants one waits."""

    def SCardEstablishContext(self, scope: int) -> Returned:  # noqa: N802  -- the name is PC/SC's
        """Let a program in."""
        assert scope == self.SCARD_SCOPE_USER
        return self._answer("SCardEstablishContext", "context")

    def SCardReleaseContext(self, context: str) -> int:  # noqa: N802  -- the name is PC/SC's
        """Let it go."""
        self.held.remove(context)
        return 0

    def SCardListReaders(self, context: str, groups: list[str]) -> Returned:  # noqa: N802  -- the name is PC/SC's
        """Name the readers."""
        assert (context, groups) == ("context", [])
        return [self.fails.get("SCardListReaders", 0), list(self.readers)]

    def SCardGetStatusChange(  # noqa: N802  -- the name is PC/SC's
        self, context: str, timeout: int, asked: list[tuple[str, int]]
    ) -> Returned:
        """Say what is in each reader."""
        assert (context, timeout) == ("context", 0)
        states = []
        for name, _ in asked:
            full = self.readers[name] is not None
            states.append(
                (name, self.SCARD_STATE_PRESENT if full else self.SCARD_STATE_EMPTY, list(ATR if full else b""))
            )
        return [self.fails.get("SCardGetStatusChange", 0), states]

    def SCardConnect(self, context: str, reader: str, share: int, protocols: int) -> Returned:  # noqa: N802  -- the name is PC/SC's
        """Open a card for a program."""
        assert (context, share, protocols) == ("context", self.SCARD_SHARE_SHARED, 3)
        if self.others_hold is not None:
            self.others_hold.wait()
        if self.readers[reader] is None:
            return [self.SCARD_E_NO_SMARTCARD, 0, 0]
        return [*self._answer("SCardConnect", reader), self.SCARD_PROTOCOL_T1]

    def SCardBeginTransaction(self, card: str) -> int:  # noqa: N802  -- the name is PC/SC's
        """Keep other programs waiting."""
        status, _ = self._answer("SCardBeginTransaction", f"transaction with {card}")
        assert isinstance(status, int)
        return status

    def SCardTransmit(self, card: str, protocol: int, apdu: list[int]) -> Returned:  # noqa: N802  -- the name is PC/SC's
        """Carry a command."""
        assert protocol == self.SCARD_PROTOCOL_T1
        found = self.readers[card]
        assert found is not None
        try:
            return [self.fails.get("SCardTransmit", 0), list(found.transmit(bytes(apdu)))]
        except CardRemoved:
            return [self.SCARD_W_REMOVED_CARD, []]

    def SCardEndTransaction(self, card: str, disposition: int) -> int:  # noqa: N802  -- the name is PC/SC's
        """Let other programs go on."""
        self.held.remove(f"transaction with {card}")
        self.dispositions.append(disposition)
        return 0

    def SCardDisconnect(self, card: str, disposition: int) -> int:  # noqa: N802  -- the name is PC/SC's
        """Take a card back."""
        self.held.remove(card)
        self.dispositions.append(disposition)
        return 0

    def _answer(self, function: str, given: str) -> Returned:
        if function in self.fails:
            return [self.fails[function], ""]
        self.held.append(given)
        return [0, given]
