"""What a serving sandbox does by itself: new lists before the old ones run out, and half-done orders taken up again."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from openjpki.authority.authority import Authority
from openjpki.errors import trace
from openjpki.site.clock import real_moment
from openjpki.site.watching import logs
from openjpki.site.watching.upkeep_notes import Notes

LONGEST = timedelta(hours=1)
"""The longest time between two rounds; a list is valid for a day, or until the next ending shows at midnight (R-2.28)."""
SHORTEST = timedelta(seconds=1)
"""The shortest: a serving sandbox must not spin."""
RETRY = timedelta(minutes=1)
"""After a round that failed, as under a full disk."""


def one_round(authority: Authority) -> timedelta:
    """Take up what was left half done, publish every list, and return how long the lists may stand."""
    authority.resume()
    published = authority.publish_crls()
    return until_next((row.next_update for row in published), authority.clock())


def until_next(ends: Iterable[datetime], now: datetime) -> timedelta:
    """Return how long to wait: until the first list runs out, within the bounds."""
    return max(SHORTEST, min([LONGEST, *(end - now for end in ends)]))


def keep_up(
    stop: threading.Event,
    wait: timedelta,
    work: Callable[[], timedelta],
    keep: Callable[[Notes], None] = lambda _: None,
) -> None:
    """Wait, work, and again until stopped; a round that fails is told, and the next one comes all the same.

    The first round was done before; `keep` gets the notes after it and after every other.
    """
    log = logs.logger()
    notes = Notes().done(real_moment())
    keep(notes)
    while not stop.wait(wait.total_seconds()):
        try:
            wait = work()
        except Exception as error:  # noqa: BLE001  -- whatever it is, the next lists must not wait for a restart
            notes, wait = notes.failed(), RETRY
            told = {"fault": trace(error), "round": notes.rounds, "wait_seconds": wait.total_seconds()}
            log.error("upkeep-failed", **told)  # noqa: TRY400  -- `exception` would add what the fault says
        else:
            notes = notes.done(real_moment())
            log.info("upkeep", round=notes.rounds, wait_seconds=wait.total_seconds())
        keep(notes)
