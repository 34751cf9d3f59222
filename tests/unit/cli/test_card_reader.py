import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.card import juki, text
from openjpki.card.connection import Connection
from openjpki.card.image import CardImage
from openjpki.cli.answer import Answer
from openjpki.cli.card_reader import described, lines_of
from openjpki.cli.main import parser
from openjpki.errors import Failure
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import real_moment
from openjpki.site.home import Home, Settings
from tests.support.scard import Scard
from tests.unit.card.cards import NUMBER, blank, ordinary, with_tries

READER = "Virtual PCD 00 00"


@pytest.fixture
def store(tmp_path: Path) -> CardStore:
    """Return a store for cards."""
    return CardStore(tmp_path / "cards")


@pytest.fixture
def scard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scard]:
    """Put a reader into this machine."""
    found = Scard({READER: None})
    monkeypatch.setattr(pcsc, "_library", lambda: found)
    yield found
    assert found.held == []


def show(store: CardStore, scard: Scard, image: CardImage, home: Path, language: str = "en") -> Answer:
    """Run `openjpki card show --reader …` with this card in it."""
    store.create("taro", image)
    arguments = parser().parse_args(["card", "show", "--reader", READER, "--home", str(home), "--lang", language])
    with InProcessReader(store).insert("taro") as card:
        scard.readers[READER] = card
        answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_a_card_in_a_reader_is_shown(store: CardStore, scard: Scard, tmp_path: Path) -> None:
    """Number, label, the certificate that anybody may read, tries; the other one's contents stay behind its PIN."""
    answer = show(store, scard, ordinary(), tmp_path / "no home")

    assert answer.data["reader"] == READER
    assert answer.data["number"] == NUMBER
    assert answer.data["certificates"]["signature"] is True
    assert answer.data["certificates"]["authentication"]["expires"] == "2031-04-01"
    assert answer.data["tries"] == {
        "signature": 5,
        "authentication": 3,
        "resident-record": 0,
        "card-face-entry": 3,
    }
    assert answer.lines[:2] == [
        f"{READER}  number {NUMBER}  JPKIAPICCTOKEN2",
        "signature certificate: there; what it says takes its PIN",
    ]
    assert answer.lines[3:] == [
        "signature PIN: tries left: 5",
        "authentication PIN: tries left: 3",
        "resident record PIN: locked, or not set yet; set at the municipal counter",
        "card face entry PIN: tries left: 3",
    ]


def test_a_card_is_the_same_in_every_reader(store: CardStore, scard: Scard, tmp_path: Path) -> None:
    """What is told of a card in a reader of the system is what the same terminal says of it in this process."""
    told = show(store, scard, ordinary(), tmp_path).data
    with InProcessReader(store).insert("taro") as card:
        here = described(card, real_moment())

    assert told == {"reader": READER} | here


def test_a_blank_and_a_locked_card_are_shown(store: CardStore, scard: Scard, tmp_path: Path) -> None:
    """No certificate, and a PIN without tries: which of its two reasons, no terminal can tell."""
    lines = show(store, scard, blank(), tmp_path, "ja").lines

    assert lines[1:] == [
        "署名用電子証明書: なし",
        "利用者証明用電子証明書: なし",
        "署名用電子証明書の暗証番号: ロック中か未設定。市区町村の窓口で設定できます",
        "利用者証明用電子証明書の暗証番号: ロック中か未設定。市区町村の窓口で設定できます",
        "住民基本台帳用の暗証番号: ロック中か未設定。市区町村の窓口で設定できます",
        "券面事項入力補助用の暗証番号: ロック中か未設定。市区町村の窓口で設定できます",
    ]
    store = CardStore(tmp_path / "locked")
    answer = show(store, scard, with_tries(ordinary(), PinKind.SIGNATURE, 0), tmp_path)
    assert answer.lines[3] == "signature PIN: locked, or not set yet; set at the municipal counter"
    assert answer.data["tries"][CertificateKind.SIGNATURE.value] == 0


def test_a_card_in_a_reader_that_may_be_a_face_authentication_card_says_so(
    store: CardStore, scard: Scard, tmp_path: Path
) -> None:
    """R-1.11: an authentication certificate, no other, and no PIN with tries."""
    image, kept = blank(), CertificateKind.AUTHENTICATION
    answer = show(store, scard, replace(image, keys={**image.keys, kept: ordinary().keys[kept]}), tmp_path)

    assert "face authentication card" in answer.lines[-1]


class Phone:
    """A card whose other applications than JPKI's and the common one are not there, as on a phone."""

    def __init__(self, card: Connection) -> None:
        self.card = card

    def transmit(self, apdu: bytes) -> bytes:
        """Answer `6A82` to the identifiers of the two."""
        hidden = (juki.AID, text.AID)
        return b"\x6a\x82" if any(aid in apdu for aid in hidden) else self.card.transmit(apdu)


def test_a_pin_that_a_card_has_not_is_told(store: CardStore) -> None:
    """Where an application is missing, so is its PIN; what is there is told."""
    store.create("taro", ordinary())
    with InProcessReader(store).insert("taro") as card:
        told = described(Phone(card), real_moment())
    assert told["tries"] == {
        "signature": 5,
        "authentication": 3,
        "resident-record": None,
        "card-face-entry": None,
    }
    assert lines_of("R", told, "en")[-1] == "card face entry PIN: none"


def test_a_card_of_a_sandbox_is_of_its_time(store: CardStore, scard: Scard, tmp_path: Path) -> None:
    """A home's clock judges the certificate; without a home, the real one."""
    ahead = Settings(purpose="sandbox", clock_shift_seconds=int(timedelta(days=20 * 366).total_seconds()))
    home = Home.create(tmp_path / "home", ahead)
    answer = show(store, scard, ordinary(), home.path)

    assert answer.data["certificates"]["authentication"]["in_period"] is False
    assert "not within its validity" in answer.lines[2]


@pytest.mark.parametrize("words", [(), ("taro", "--reader", READER)])
def test_a_card_is_named_in_one_way(words: tuple[str, ...]) -> None:
    """By its name in the home, or by the reader that it is in."""
    with pytest.raises(Failure) as refused:
        parser().parse_args(["card", "show", *words])
    assert refused.value.code == "usage.arguments"
