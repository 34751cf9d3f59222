import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import sleep

import pytest

from openjpki.card.card import ATR
from openjpki.card.connection import CardRemoved, NotJpkiCard
from openjpki.card.terminal import JpkiTerminal, NoSignatureCertificate, WrongPin
from openjpki.documents.card_signer import CardSigner
from openjpki.errors import Failure
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.pcsc import (
    CardMute,
    CardWasReset,
    LibraryMissing,
    NoCardInReader,
    NoReader,
    PcscService,
    Reader,
    ReaderAmbiguous,
    ReaderBusy,
    ReaderFault,
    ReaderMissing,
    ServiceMissing,
)
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind
from tests.support.scard import Scard
from tests.unit.card.cards import blank, ordinary

EMPTY, FULL = "Virtual PCD 00 00", "Virtual PCD 00 01"
AUTHENTICATION = CertificateKind.AUTHENTICATION
PATIENCE = 30_000
"""Milliseconds that what was left behind may take to end: the machine may be busy."""


@pytest.fixture
def card(tmp_path: Path) -> Iterator[InsertedCard]:
    """Return a powered card."""
    store = CardStore(tmp_path)
    store.create("taro", ordinary())
    with InProcessReader(store).insert("taro") as inserted:
        yield inserted


@pytest.fixture
def scard(card: InsertedCard) -> Scard:
    """Return a service with two readers, the second with a card."""
    return Scard({EMPTY: None, FULL: card})


def test_a_terminal_talks_to_a_card_in_a_reader(scard: Scard) -> None:
    """The same terminal as in this process; afterwards everything is given back, and the card has kept its power."""
    with PcscService(scard) as service, service.connect(FULL) as inserted:
        terminal = JpkiTerminal(inserted)
        with pytest.raises(WrongPin):
            terminal.verify_pin(AUTHENTICATION, b"9999")
        terminal.verify_pin(AUTHENTICATION, b"1234")
        assert len(terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))) == 256
        assert scard.held == ["context", "context", FULL, f"transaction with {FULL}"]

    assert scard.held == []
    assert scard.dispositions == [Scard.SCARD_LEAVE_CARD] * 2


def test_a_card_without_signature_certificate_is_told_before_its_pin(tmp_path: Path) -> None:
    """As in this process (R-1.3): what signs looks for the certificate first, and sends no PIN to a card without one."""
    store = CardStore(tmp_path)
    store.create("child", blank())
    with (
        InProcessReader(store).insert("child") as child,
        PcscService(Scard({FULL: child})) as service,
        service.connect(FULL) as inserted,
        pytest.raises(NoSignatureCertificate),
    ):
        CardSigner(JpkiTerminal(inserted), b"ABC123")


def test_readers_are_told_with_what_is_in_them(scard: Scard) -> None:
    """An empty reader has no answer to reset."""
    with PcscService(scard) as service:
        assert service.readers() == (Reader(EMPTY, None), Reader(FULL, ATR))


@pytest.mark.parametrize(
    ("name", "found"), [(None, FULL), (FULL, FULL), ("00 01", FULL), ("PCD 00 00", EMPTY), ("pcd 00 01", FULL)]
)
def test_a_reader_is_found(scard: Scard, name: str | None, found: str) -> None:
    """By its name, by a part that no other has, whatever its case; without a name, the first that has a card."""
    with PcscService(scard) as service:
        assert service.reader(name).name == found


def test_a_name_that_is_part_of_another_is_a_name(scard: Scard) -> None:
    """The whole name counts before parts do."""
    scard.readers["Virtual PCD"] = None
    with PcscService(scard) as service:
        assert service.reader("Virtual PCD").name == "Virtual PCD"


@pytest.mark.parametrize(
    ("name", "refusal"), [("Elsewhere", ReaderMissing), ("virtual", ReaderAmbiguous), ("", ReaderAmbiguous)]
)
def test_a_reader_that_is_not_meant_clearly_is_told(scard: Scard, name: str, refusal: type[Failure]) -> None:
    """None has the name, or several have the part."""
    with PcscService(scard) as service, pytest.raises(refusal) as refused:
        service.reader(name)
    assert refused.value.data["reader"] == name


def test_no_card_and_no_reader_are_told(scard: Scard) -> None:
    """An empty reader, only empty readers, and none at all."""
    with PcscService(scard) as service:
        with pytest.raises(NoCardInReader):
            service.connect(EMPTY)
        scard.readers = {EMPTY: None}
        with pytest.raises(NoCardInReader):
            service.reader(None)
        scard.readers = {}
        with pytest.raises(NoReader):
            service.readers()
        scard.fails = {"SCardListReaders": Scard.SCARD_E_NO_READERS_AVAILABLE}
        with pytest.raises(NoReader):
            service.readers()


def test_a_missing_service_is_told() -> None:
    """At the door, and when it ends later."""
    with pytest.raises(ServiceMissing):
        PcscService(Scard({}, {"SCardEstablishContext": Scard.SCARD_E_NO_SERVICE}))
    ended = Scard({EMPTY: None}, {"SCardListReaders": Scard.SCARD_E_SERVICE_STOPPED})
    with PcscService(ended) as service, pytest.raises(ServiceMissing):
        service.readers()


STATUSES = [
    (Scard.SCARD_W_UNRESPONSIVE_CARD, CardMute),
    (Scard.SCARD_W_UNPOWERED_CARD, CardMute),
    (Scard.SCARD_W_UNSUPPORTED_CARD, CardMute),
    (Scard.SCARD_E_PROTO_MISMATCH, CardMute),
    (Scard.SCARD_E_SHARING_VIOLATION, ReaderBusy),
    (Scard.SCARD_E_READER_UNAVAILABLE, ReaderMissing),
    (Scard.SCARD_E_UNKNOWN_READER, ReaderMissing),
    (Scard.SCARD_W_REMOVED_CARD, CardRemoved),
    (Scard.SCARD_E_NOT_TRANSACTED, CardRemoved),
    (Scard.SCARD_W_RESET_CARD, CardWasReset),
    (0x80100001, ReaderFault),
    (0x80100001 - (1 << 32), ReaderFault),
]


@pytest.mark.parametrize("function", ["SCardConnect", "SCardBeginTransaction", "SCardTransmit"])
@pytest.mark.parametrize(("status", "refusal"), STATUSES)
def test_every_status_has_its_refusal(scard: Scard, function: str, status: int, refusal: type[Failure]) -> None:
    """Whatever fails, on the way to the card or under a command; and what was taken before is given back."""
    scard.fails = {function: status}
    with PcscService(scard) as service, pytest.raises(refusal) as refused, service.connect(FULL) as inserted:
        inserted.transmit(bytes(4))

    assert scard.held == []
    if refusal is ReaderFault:
        assert refused.value.data == {"status": "80100001"}
    if refusal is ReaderMissing:
        assert refused.value.data == {"reader": FULL}


def test_a_card_that_another_program_holds_is_waited_for_a_while(scard: Scard) -> None:
    """Not for ever: it is told, the service can be left, and the card that comes too late is given back."""
    scard.others_hold = Event()
    with PcscService(scard, longest_wait=0.01) as service, pytest.raises(ReaderBusy):
        service.connect(FULL)
    scard.others_hold.set()
    for _ in range(PATIENCE):
        if scard.dispositions and not scard.held:
            break
        sleep(0.001)

    assert scard.held == []
    assert scard.dispositions == [Scard.SCARD_LEAVE_CARD] * 2


def test_a_card_that_is_pulled_is_told(scard: Scard, card: InsertedCard) -> None:
    """Between two commands; it is given back all the same."""
    with PcscService(scard) as service, service.connect(FULL) as inserted:
        terminal = JpkiTerminal(inserted)
        assert terminal.tries_left(AUTHENTICATION) == 3
        card.remove()
        with pytest.raises(CardRemoved):
            terminal.tries_left(AUTHENTICATION)
    assert scard.held == []


def test_another_card_is_told(scard: Scard) -> None:
    """A card without the JPKI application is no My Number card."""

    class Other:
        """Knows no application."""

        def transmit(self, _: bytes) -> bytes:
            return bytes.fromhex("6A82")

    scard.readers[FULL] = Other()
    with PcscService(scard) as service, service.connect(FULL) as inserted, pytest.raises(NotJpkiCard):
        JpkiTerminal(inserted).presence()


def test_pyscard_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the refusal says what to install; nothing else of the package needs it."""
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(LibraryMissing) as refused:
        PcscService()
    assert "openjpki[pcsc]" in refused.value.message("ja")


def test_pyscard_is_used_where_it_is(scard: Scard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its module of the bare functions is the service."""
    monkeypatch.setattr(pcsc, "LIBRARY", "openjpki.errors")
    with pytest.raises(AttributeError):
        PcscService()
    monkeypatch.setattr(importlib, "import_module", {pcsc.LIBRARY: scard}.__getitem__)
    with PcscService() as service:
        assert service.reader(None).name == FULL
