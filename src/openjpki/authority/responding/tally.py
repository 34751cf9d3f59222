"""What a responder's processes count, in memory that they share: each writes a row of its own, whoever reads adds them up.

A process that dies and comes back goes on in its row, so no count ever falls. Nothing here says about whom was asked.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openjpki.authority.responding.answering import Word

BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
"""Seconds: an answer from memory takes a few hundredths of a millisecond, a signature some tenths."""
_WORDS = tuple(Word)
_OF_WORD = {word: number for number, word in enumerate(_WORDS)}
_PART: Final = len(_WORDS) + len(BUCKETS) + 2
"""Answers by word; their times by bucket and beyond the last; nanoseconds of all."""
ROW: Final = 2 * _PART
"""Numbers of a process: of the answers made now, and of those said again."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The answers of one sort, of all processes."""

    kept: bool
    answers: dict[Word, int]
    times: tuple[int, ...]
    """By bucket, not added up; the last are those beyond all."""
    seconds: float


class Tally:
    """The row of one process; only one thread at a time writes it."""

    def __init__(self, numbers: "memoryview[int] | list[int]", row: int = 0) -> None:
        """Count in a row of shared numbers, 64 bits each."""
        self._numbers = numbers
        self._base = row * ROW

    def answered(self, word: Word, seconds: float, *, kept: bool) -> None:
        """Count an answer, what it said, how long it took, and whether it was said before."""
        numbers = self._numbers
        base = self._base + (_PART if kept else 0)
        numbers[base + _OF_WORD[word]] += 1
        base += len(_WORDS)
        bucket = 0
        for bound in BUCKETS:
            if seconds <= bound:
                break
            bucket += 1
        numbers[base + bucket] += 1
        numbers[base + len(BUCKETS) + 1] += int(seconds * 1e9)


def counted(numbers: Sequence[int] | ctypes.Array[ctypes.c_uint64]) -> tuple[Counted, Counted]:
    """Add up all rows: what was answered anew, and what was said again."""
    sums = [sum(numbers[at::ROW]) for at in range(ROW)]
    return _part(sums[:_PART], kept=False), _part(sums[_PART:], kept=True)


def _part(sums: Sequence[int], *, kept: bool) -> Counted:
    words, times = sums[: len(_WORDS)], sums[len(_WORDS) : -1]
    return Counted(kept=kept, answers=dict(zip(_WORDS, words, strict=True)), times=tuple(times), seconds=sums[-1] / 1e9)
