"""The driver: a process that has everything imported, and forks another one for each act on a home.

Run as `python -m tests.faults.driver`. Each line of standard input is one round: `{"home", "prefix", "tasks": […]}`;
every task is done by a process of its own, all of a round at the same time. Each line of standard output has what
became of them. A task that is told to die kills itself with SIGKILL at a checkpoint: no `finally` runs, no buffer is
flushed, no lock is given back but by the operating system.
"""

import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from openjpki.site.opening import start_django

CLEAN = 0


def main() -> None:
    """Serve rounds until standard input ends."""
    start_django(Path(os.devnull))
    from tests.faults import tasks  # Django must be set up before its modules are loaded

    gc.freeze()  # what is there by now is never looked at again, and so never copied for a forked process
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        sys.stdout.write(json.dumps(_round(order, tasks.run)) + "\n")
        sys.stdout.flush()


def _round(order: dict[str, Any], run: Any) -> list[dict[str, Any]]:
    """Do all tasks of a round at once, each in its own process."""
    held, start = os.pipe()
    children = []
    for task in order["tasks"]:
        told, tell = os.pipe()
        child = os.fork()
        if child == CLEAN:
            os.close(told)
            os.close(start)
            os.read(held, 1)  # until every process is there
            _work(order, task, run, tell)
        os.close(tell)
        children.append((child, told))
    os.close(held)
    os.close(start)
    return [_outcome(child, told) for child, told in children]


def _work(order: dict[str, Any], task: dict[str, Any], run: Any, tell: int) -> None:
    """Do one task in this process and end it."""
    from django.db import connections

    try:
        for role, settings in connections.settings.items():
            if role != "default":
                prefix = order["prefix"]
                settings["NAME"] = f"{prefix}_{role}" if prefix else f"{order['home']}/{role}/db.sqlite3"
        answer = {"answer": run(Path(order["home"]), task)}
    except BaseException:  # noqa: BLE001  -- whatever it is, the test is told
        answer = {"error": traceback.format_exc()}
    with os.fdopen(tell, "w", encoding="utf-8") as out:
        json.dump(answer, out)
    os._exit(0)


def _outcome(child: int, told: int) -> dict[str, Any]:
    """Wait for a process and return what it said, or what killed it."""
    with os.fdopen(told, encoding="utf-8") as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"killed": signal.Signals(os.WTERMSIG(status)).name}
    found: dict[str, Any] = json.loads(text)
    return found


if __name__ == "__main__":
    main()
