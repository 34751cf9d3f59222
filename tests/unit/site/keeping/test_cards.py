import pytest

from openjpki.authority.models import Card, CardChannel, Person
from openjpki.rules.dates import civil_date
from openjpki.site.house import House
from openjpki.site.keeping.cards import bring_up_all, carry_counters
from openjpki.site.settings import ROLES
from tests.unit.site.keeping.conftest import NUMBER
from tests.unit.site.keeping.test_upgrade import CARD

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_cards_of_an_earlier_version_get_their_keys(settled: House) -> None:
    """Once: a card that has them stays as it is, and so does one that is damaged."""
    folder = settled.home.cards
    present = (folder / "taro.card").read_bytes()
    (folder / "old.card").write_bytes(CARD)
    (folder / "bad.card").write_bytes(CARD[:-1])
    (folder / "worse.card").write_bytes(CARD.replace(b'"number":"', b'"number":"0'))
    (folder / "empty.card").touch()
    for _ in range(2):
        bring_up_all(settled)
        old = settled.cards.look("old")

        assert old.channel.keys == settled.factory.keys.of(old.number)
        assert (folder / "taro.card").read_bytes() == present
        assert (folder / "bad.card").read_bytes() == CARD[:-1]
        assert b'"number":"0' in (folder / "worse.card").read_bytes()
        assert (folder / "empty.card").read_bytes() == b""


@pytest.mark.parametrize(("known", "becomes"), [(None, 3), (2, 3), (3, 3), (9, 9)])
def test_a_counter_only_rises(settled: House, known: int | None, becomes: int) -> None:
    """To what the authority has seen of this card, and never down; a card nobody knows stays as it is."""
    with settled.cards.open("taro") as card:
        card.keep(card.initial.with_channel(counter=3))
    if known is not None:
        person = Person.objects.order_by("pk")[0]
        row = Card.objects.create(
            card_number=NUMBER, person=person, expires=civil_date(settled.clock()), state="active"
        )
        CardChannel.objects.create(card=row, counter=known)
    carry_counters(settled)

    assert settled.cards.look("taro").channel.counter == becomes
