import io
from collections.abc import Callable

import pytest

from openjpki.card.face_reading import attributes_in
from openjpki.card.pin_answers import WrongPin
from openjpki.card.pins import CodeKind
from openjpki.pki.keys import FreshKeys
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import PinKind
from openjpki.site.home import Home
from openjpki.window.relay import CardWorkRefused
from tests.support.cards import with_pin
from tests.support.faces import COMMON_PIN, with_face
from tests.unit.cli.test_window import PERSON, WAKABA, Counter, counter, served

__all__ = ["counter", "served"]
pytestmark = pytest.mark.django_db(databases=["authority", "window", "staff"])
UPDATE = ("card-update", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")


@pytest.fixture
def type_pin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type a line into the next command."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def test_a_new_name_is_written_on_the_card(served: Counter, type_pin: Callable[[str], None]) -> None:
    """券面更新: after the event, with the card on the reader; a card without a face says that it has none."""
    from openjpki.site.house import House

    home = Home.open(served.path)
    House.of(home, home.clock()).authority.face_key.create(FreshKeys())
    store = CardStore(home.cards)
    with store.open("hanako") as card:
        knows = with_pin(card.initial, PinKind.RESIDENT_RECORD, COMMON_PIN)
        card.keep(with_pin(knows, CodeKind.COMMON, COMMON_PIN))
    type_pin(COMMON_PIN)
    with pytest.raises(CardWorkRefused) as refused:
        served(*UPDATE)
    assert refused.value.reason == "card.face.absent"
    number = House.of(home, home.clock()).authority.card_keys.individual_number_of(PERSON[1])
    with store.open("hanako") as card:
        card.keep(with_face(card.initial, number))
    type_pin("0000")
    with pytest.raises(WrongPin):
        served(*UPDATE)
    today = home.clock()().date().isoformat()
    served(
        "event", *WAKABA, *PERSON, "--event", "name", "--on", today, "--name", "見本　華子", "--kana", "ミホン　ハナコ"
    )
    type_pin(COMMON_PIN)
    answer = served(*UPDATE)
    face = store.look("hanako").face

    assert answer.data == {"card_number": "1" * 15, "updated": True}
    assert answer.lines[0].startswith("Name, address and the rest on the card's chip")
    assert face is not None
    assert attributes_in(face.text[2]).name == "見本　華子"
    type_pin(COMMON_PIN)
    assert "ICチップ" in served(*UPDATE, language="ja").lines[0]
