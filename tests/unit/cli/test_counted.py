import pytest

from openjpki.cli.counted import ago, counted, room, span


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 problems"), (1, "1 problem"), (2, "2 problems"), (-1, "-1 problems")]
)
def test_a_count_agrees_with_its_noun(count: int, told: str) -> None:
    """One is one; everything else is many."""
    assert counted(count, "problem") == told


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    """Where an s is not enough."""
    assert (counted(1, "city", "cities"), counted(2, "city", "cities")) == ("1 city", "2 cities")


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [
        (0, "0 seconds", "0秒"),
        (59.9, "59 seconds", "59秒"),
        (60, "1 minute", "1分"),
        (7199, "1 hour", "1時間"),
        (3 * 86400, "3 days", "3日"),
        (-7200, "-2 hours", "-2時間"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit(seconds: float, en: str, ja: str) -> None:
    """Rounded down, also before zero: what is late is no later than told."""
    assert (span(seconds, "en"), span(seconds, "ja")) == (en, ja)
    assert (ago(seconds, "en"), ago(seconds, "ja")) == (f"{en} ago", f"{ja}前")


def test_room_on_a_disk_is_told_in_binary_units() -> None:
    """The health check's own bound is in MiB."""
    assert (room(64 << 20), room((3 << 30) + 5)) == ("64 MiB", "3 GiB")
