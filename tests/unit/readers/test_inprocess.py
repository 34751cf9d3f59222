from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from openjpki.card import administration as commands
from openjpki.card.administration import KeyForm
from openjpki.card.connection import CardRemoved
from openjpki.card.settings import CardSettings
from openjpki.card.terminal import JpkiTerminal, WrongPin
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.store import CardBusy, CardMissing, CardNotWritten, CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import Host, keys_of
from tests.unit.card.cards import NUMBER, SELECT_AP, blank, certificate_for, ec_key, issuer, ordinary

AUTHENTICATION = CertificateKind.AUTHENTICATION


@pytest.fixture
def store(tmp_path: Path) -> CardStore:
    """Return a store with one card."""
    found = CardStore(tmp_path)
    found.create("taro", ordinary())
    return found


def tries(store: CardStore) -> int:
    """Return the tries as they stand in the file."""
    return store.look("taro").pins[PinKind.AUTHENTICATION].tries


def test_a_terminal_talks_to_an_inserted_card(store: CardStore) -> None:
    """Reader, card and terminal together: a miss is in the file when the terminal hears of it (R-0.2; S-02)."""
    with InProcessReader(store).insert("taro") as card:
        terminal = JpkiTerminal(card)
        with pytest.raises(WrongPin):
            terminal.verify_pin(AUTHENTICATION, b"9999")
        assert tries(store) == 2

        terminal.verify_pin(AUTHENTICATION, b"1234")
        assert tries(store) == 3
        assert len(terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))) == 256


def test_pulling_the_card_refunds_nothing(store: CardStore) -> None:
    """A spent try survives removal and re-insertion (R-6.2: no reset by time or power)."""
    reader = InProcessReader(store)
    for left in (2, 1):
        with reader.insert("taro") as card, pytest.raises(WrongPin):
            JpkiTerminal(card).verify_pin(AUTHENTICATION, b"9999")
        assert tries(store) == left


def test_a_card_that_was_restored_from_a_copy_repeats_no_challenge(store: CardStore, tmp_path: Path) -> None:
    """GET CHALLENGE: its number is that of the copy; what it is powered with is new (docs/divergences.md)."""
    copied = (tmp_path / "taro.card").read_bytes()
    drawn = iter(bytes((count,)) * 16 for count in range(8))
    given = []
    for _ in range(2):
        (tmp_path / "taro.card").write_bytes(copied)
        with InProcessReader(store, entropy=lambda _: next(drawn)).insert("taro") as card:
            given.append(card.transmit(bytes.fromhex("0084000010")))

    assert given[0] != given[1]
    assert store.look("taro").challenges == 1


def test_a_removed_card_answers_nothing(store: CardStore) -> None:
    """Whoever still holds the connection is told; removing twice is no fault (R-0.2; S-02: no use without a reader)."""
    card = InProcessReader(store).insert("taro")
    card.remove()
    card.remove()

    acts: list[Callable[[], object]] = [lambda: card.transmit(bytes(4)), card.reset]
    for act in acts:
        with pytest.raises(CardRemoved):
            act()


def test_a_card_is_in_one_reader_only(store: CardStore) -> None:
    """A second insertion finds the card busy; after removal it is free."""
    reader = InProcessReader(store)
    with reader.insert("taro"), pytest.raises(CardBusy):
        reader.insert("taro")
    reader.insert("taro").remove()
    with pytest.raises(CardMissing):
        reader.insert("jiro")


def test_a_reset_ends_what_was_verified(store: CardStore) -> None:
    """As a reader does between two users."""
    with InProcessReader(store).insert("taro") as card:
        assert card.transmit(bytes.fromhex(SELECT_AP)).hex() == "9000"
        card.reset()
        assert card.transmit(bytes.fromhex("00200098")).hex() == "6986"


def test_settings_reach_the_card(store: CardStore) -> None:
    """A reader may hold cards that answer in another way."""
    with InProcessReader(store, CardSettings(extended_length=False)).insert("taro") as card:
        card.transmit(bytes.fromhex(SELECT_AP))
        assert card.transmit(bytes.fromhex("00B08A00000000")).hex() == "6700"


def test_an_issue_is_written_step_by_step(store: CardStore) -> None:
    """Key, certificate, activation: each is in the file when it is done, and the card serves the new certificate."""
    with InProcessReader(store, make_key=lambda _: ec_key(1)).insert("taro") as card:
        old = JpkiTerminal(card).read_certificate(AUTHENTICATION)
        host = Host(card, keys_of(NUMBER))
        (public_key,) = host.do(commands.generate_key(AUTHENTICATION, KeyForm.P_384))
        shadow = store.look("taro").keys[AUTHENTICATION].shadow
        assert shadow is not None
        assert shadow.public_key == public_key

        certificate = certificate_for(public_key)
        host.do(*commands.store_certificate(AUTHENTICATION, certificate, issuer()))
        assert host.do(commands.read_back(AUTHENTICATION)) == [certificate]
        assert JpkiTerminal(card).read_certificate(AUTHENTICATION) == old

        host.do(commands.activate(AUTHENTICATION, sha256(certificate).digest()))
        terminal = JpkiTerminal(card)
        assert terminal.read_certificate(AUTHENTICATION) == certificate
        assert store.look("taro").keys[AUTHENTICATION].shadow is None


def test_a_card_whose_change_cannot_be_kept_goes_silent(store: CardStore, tmp_path: Path) -> None:
    """No answer leaves the card without its effect on the disk; the card is off and its file is free."""
    reader = InProcessReader(store)
    card = reader.insert("taro")
    card.transmit(bytes.fromhex(SELECT_AP))
    (tmp_path / ".taro.new").mkdir()

    with pytest.raises(CardNotWritten):
        card.transmit(bytes.fromhex("002000980431323334"))
    with pytest.raises(CardRemoved):
        card.transmit(bytes.fromhex("00200098"))

    (tmp_path / ".taro.new").rmdir()
    with reader.insert("taro") as again:
        assert JpkiTerminal(again).tries_left(AUTHENTICATION) == 3


def test_two_threads_take_turns(store: CardStore) -> None:
    """Guesses from several threads spend one try each: no spent try is lost to another's write."""

    def guess(card: InsertedCard) -> None:
        card.transmit(bytes.fromhex("002000980439393939"))

    with InProcessReader(store).insert("taro") as card:
        card.transmit(bytes.fromhex(SELECT_AP))
        threads = [Thread(target=guess, args=(card,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert tries(store) == 1


def test_a_blank_card_can_be_inserted(tmp_path: Path) -> None:
    """A card as handed over powers up; its PINs are blocked."""
    store = CardStore(tmp_path)
    store.create("new", blank())
    with InProcessReader(store).insert("new") as card:
        assert JpkiTerminal(card).tries_left(AUTHENTICATION) == 0
