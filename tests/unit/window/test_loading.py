import pytest

from openjpki.window.equipment import act
from openjpki.window.loading import (
    ApplicationNotFound,
    CardNotFound,
    ResidentNotFound,
    cards_of,
    living_card,
    load_application,
    load_card,
    load_resident,
)
from tests.unit.window.counter import HANAKO, MINATO, TARO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])


def test_the_loader_is_the_permission(counter: Counter) -> None:
    """What belongs to another municipality is not found, in the words for what does not exist."""
    receipt = counter.with_card().issue().application.receipt

    assert load_resident(WAKABA, HANAKO).resident_code == HANAKO
    assert load_application(WAKABA, receipt).receipt == receipt
    with pytest.raises(ResidentNotFound) as elsewhere:
        load_resident(MINATO, HANAKO)
    with pytest.raises(ResidentNotFound) as nowhere:
        load_resident(MINATO, "99999999999")
    assert str(elsewhere.value) == str(nowhere.value)
    with pytest.raises(ApplicationNotFound):
        load_application(MINATO, receipt)


def test_a_row_is_held_for_an_act(counter: Counter) -> None:
    """Loaded for an act, the same row comes back, held until the act ends."""
    counter.register()

    with act():
        assert load_resident(WAKABA, HANAKO, lock=True).resident_code == HANAKO
        with pytest.raises(ApplicationNotFound):
            load_application(WAKABA, "2021-000001", lock=True)


def test_a_card_belongs_to_its_holder(counter: Counter) -> None:
    """Another person's card is not found; a person without one has no living card."""
    counter.with_card()
    hanako, taro = load_resident(WAKABA, HANAKO), load_resident(WAKABA, TARO)

    assert living_card(hanako) == load_card(WAKABA, hanako, counter.card.number) == cards_of(hanako)[0]
    assert living_card(taro) is None
    with pytest.raises(CardNotFound):
        load_card(WAKABA, taro, counter.card.number)
