import pytest

from openjpki.card.face_reading import attributes_in
from openjpki.pki.keys import FreshKeys
from openjpki.readers.store import CardStore
from openjpki.site.home import Home
from openjpki.window.relay import CardWorkRefused
from tests.support.faces import with_face
from tests.unit.cli.test_window import PERSON, WAKABA, Counter, counter, served

__all__ = ["counter", "served"]
pytestmark = pytest.mark.django_db(databases=["authority", "window", "staff"])
UPDATE = ("card-update", *WAKABA, *PERSON, "--card", "hanako")


def test_a_new_name_is_written_on_the_card(served: Counter) -> None:
    """券面更新: after the event, with the card on the reader; a card without a face says that it has none."""
    from openjpki.site.house import House

    home = Home.open(served.path)
    House.of(home, home.clock()).authority.face_key.create(FreshKeys())
    with pytest.raises(CardWorkRefused) as refused:
        served(*UPDATE)
    assert refused.value.reason == "card.face.absent"
    store = CardStore(home.cards)
    with store.open("hanako") as card:
        card.keep(with_face(card.initial))
    today = home.clock()().date().isoformat()
    served(
        "event", *WAKABA, *PERSON, "--event", "name", "--on", today, "--name", "見本　華子", "--kana", "ミホン　ハナコ"
    )
    answer = served(*UPDATE)
    face = store.look("hanako").face

    assert answer.data == {"card_number": "1" * 15, "updated": True}
    assert answer.lines[0].startswith("Name, address and the rest on the card's chip")
    assert face is not None
    assert attributes_in(face.text[2]).name == "見本　華子"
    assert "ICチップ" in served(*UPDATE, language="ja").lines[0]
