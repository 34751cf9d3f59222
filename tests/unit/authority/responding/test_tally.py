from array import array

from openjpki.authority.responding.answering import Word
from openjpki.authority.responding.tally import BUCKETS, ROW, Tally, counted


def test_the_rows_of_all_processes_are_added_up() -> None:
    """Each process writes a row of its own; what was said again is told apart from what was signed."""
    numbers = array("Q", bytes(8 * ROW * 3))
    shared = memoryview(numbers)
    for row in range(3):
        Tally(shared, row).answered(Word.GOOD, 0.0002, kept=False)
    Tally(shared, 1).answered(Word.REVOKED, 2.0, kept=True)
    new, again = counted(numbers)

    assert (new.kept, again.kept) == (False, True)
    assert {word: count for word, count in new.answers.items() if count} == {Word.GOOD: 3}
    assert {word: count for word, count in again.answers.items() if count} == {Word.REVOKED: 1}
    assert new.times == (0, 3, *[0] * (len(BUCKETS) - 1))
    assert again.times == (*[0] * len(BUCKETS), 1)
    assert (round(new.seconds, 6), again.seconds) == (0.0006, 2.0)


def test_a_process_that_comes_back_goes_on_in_its_row() -> None:
    """No count ever falls, or Prometheus would see a reset where there was none."""
    numbers = [0] * ROW
    for _ in range(2):
        Tally(numbers).answered(Word.UNKNOWN, 0.0, kept=False)

    assert counted(numbers)[0].answers[Word.UNKNOWN] == 2
