import pytest

from openjpki.card.status import SW, Refusal, tries_in, tries_status


def test_tries_are_told_in_the_last_digit() -> None:
    """63Cx: x counts the tries left (ISO 7816-4 §5.6)."""
    assert [tries_status(count) for count in (0, 3, 5, 15)] == [0x63C0, 0x63C3, 0x63C5, 0x63CF]


@pytest.mark.parametrize("count", range(16))
def test_a_counter_is_read_as_it_is_told(count: int) -> None:
    """Reading 63Cx gives back the count."""
    assert tries_in(tries_status(count)) == count


@pytest.mark.parametrize("sw", [0x6300, 0x63B3, 0x63D0, 0x9000, 0x6983])
def test_other_status_words_tell_no_tries(sw: int) -> None:
    """Only 63Cx is a counter."""
    assert tries_in(sw) is None


@pytest.mark.parametrize("count", [-1, 16])
def test_a_counter_beyond_one_digit_is_a_fault(count: int) -> None:
    """No status word tells more than fifteen tries."""
    with pytest.raises(ValueError, match="does not fit"):
        tries_status(count)


def test_a_refusal_carries_its_status_word() -> None:
    """A refused command is answered with the status word of its refusal."""
    assert Refusal(SW.BLOCKED).sw == 0x6983
