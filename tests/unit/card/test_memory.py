from errno import ENOSPC

import pytest

from openjpki.card.image import CardImage
from openjpki.card.memory import Memory, Steps, carry_out
from openjpki.rules.kinds import PinKind
from tests.unit.card.cards import ordinary, with_tries

BEFORE = ordinary()
AFTER = with_tries(BEFORE, PinKind.SIGNATURE, 1)


def test_a_change_is_believed_only_once_it_is_durable() -> None:
    """The image in force changes after the write, never before."""
    memory = Memory(BEFORE)
    steps = memory.commit(AFTER)

    assert next(steps) is AFTER
    assert memory.image is BEFORE

    with pytest.raises(StopIteration):
        next(steps)
    assert memory.image is AFTER


def test_an_act_is_driven_through_its_writes_in_order() -> None:
    """Each image is durable before the act goes on; then comes the answer."""
    told: list[str] = []

    def act() -> Steps[str]:
        told.append("spend")
        yield AFTER
        told.append("compare")
        yield BEFORE
        return "answer"

    def keep(image: CardImage) -> None:
        told.append("durable: spent" if image is AFTER else "durable: restored")

    assert carry_out(act(), keep) == "answer"
    assert told == ["spend", "durable: spent", "compare", "durable: restored"]


def test_an_act_whose_write_fails_never_goes_on() -> None:
    """If the image cannot be made durable there is no answer, and the memory keeps the old image."""
    memory = Memory(BEFORE)

    def full_disk(_: CardImage) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        carry_out(memory.commit(AFTER), full_disk)
    assert memory.image is BEFORE
