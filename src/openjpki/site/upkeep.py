"""What a serving sandbox does by itself: lists in time, half-done orders taken up, messages delivered, records sealed."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import close_old_connections

from openjpki.audit.ledger import Ledger
from openjpki.authority.authority import Authority
from openjpki.errors import Failure, trace
from openjpki.site.clock import real_moment
from openjpki.site.watching import logs
from openjpki.site.watching.upkeep_notes import Notes
from openjpki.window.outbox import Outbox

LONGEST = timedelta(hours=1)
"""The longest time between two rounds; a list is valid for a day, or until the next ending shows at midnight (R-2.28)."""
SHORTEST = timedelta(seconds=1)
"""The shortest: a serving sandbox must not spin."""
SEALING = timedelta(minutes=10)
"""From one seal of the audit record to the next: so long may a row stand that nothing protects yet."""
RETRY = timedelta(minutes=1)
"""After a round that failed, as under a full disk."""

DELIVERY = timedelta(seconds=15)
"""Between two looks into the outbox: no longer than the shortest wait of its own back-off."""


def one_round(authority: Authority) -> timedelta:
    """Take up what was left half done, certify the next responders, publish every list, and return how long the lists may stand."""
    authority.resume()
    authority.renew_responders()
    published = authority.publish_crls()
    return until_next((row.next_update for row in published), authority.clock())


def one_delivery(outbox: Outbox) -> timedelta:
    """Deliver what is due, and return when to look again. What the authority refuses is not ours to mend: it waits."""
    outbox.deliver()
    return DELIVERY


def seal_round(ledgers: Iterable[Ledger]) -> timedelta:
    """Seal the record of every role, and return how long to wait. It has rounds of its own: no list waits for a seal.

    A record that cannot be sealed keeps no other waiting: the first refusal is raised when all were tried.
    """
    refusals: list[Failure] = []
    for ledger in ledgers:
        try:
            ledger.seal()
        except Failure as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    return SEALING


def until_next(ends: Iterable[datetime], now: datetime) -> timedelta:
    """Return how long to wait: until the first list runs out, within the bounds."""
    return max(SHORTEST, min([LONGEST, *(end - now for end in ends)]))


def keep_up(
    stop: threading.Event,
    wait: timedelta,
    work: Callable[[], timedelta],
    keep: Callable[[Notes], None] | None = None,
) -> None:
    """Wait, work, and again until stopped; a round that fails is told, and the next one comes all the same.

    The first round was done before; `keep` gets the notes after it and after every other. Without it the rounds come so
    often that only their failures are told. No connection to a database outlives its round: after a restart of the
    server the next round has a new one.
    """
    log = logs.logger()
    notes = Notes().done(real_moment())
    if keep is not None:
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
            if keep is not None:
                log.info("upkeep", round=notes.rounds, wait_seconds=wait.total_seconds())
        finally:
            close_old_connections()
        if keep is not None:
            keep(notes)
