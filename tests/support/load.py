"""A counter and an authority at work in a home until a file appears: what goes on while somebody takes a backup.

Run it as `python -m tests.support.load HOME STOP`. It prints how often it did what.
"""

import json
import sys
from itertools import count
from pathlib import Path

from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import LifeEvent
from openjpki.site.opening import opened
from openjpki.window.changes import Change
from openjpki.window.examination import Shown
from openjpki.window.officer import Clerk
from tests.support.stories import RESIDENT

NEIGHBOUR = "99201000055"
MOST = 500


def main(home: Path, stop: Path) -> None:
    """Change a name, re-issue a card's certificates, publish lists, seal the records, over and over."""
    clerk = Clerk(login="load", municipality="99201")
    done = {"events": 0, "issues": 0, "lists": 0, "sealed": 0}
    with opened(home) as house:
        for turn in count():
            change = Change(
                event=LifeEvent.NAME, on=civil_date(house.clock()), name=f"濵﨑　{'一二三四五六七八九十'[turn % 10]}子"
            )
            house.window.events.record(clerk, resident_code=NEIGHBOUR, change=change)
            done["events"] += 1
            with house.card_at_counter("taro", clerk, RESIDENT) as card:
                outcome = house.window.procedures.reissue(
                    clerk, resident_code=RESIDENT, card=card, shown=Shown(pin_matches=True)
                )
            done["issues"] += outcome.done
            done["lists"] += len(house.authority.publish_crls())
            done["sealed"] += sum(ledger.seal().records for ledger in house.ledgers)
            if stop.exists() or turn > MOST:
                break
    print(json.dumps(done))  # noqa: T201  -- what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
