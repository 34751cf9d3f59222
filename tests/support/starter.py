"""A process that has imported what the command line imports, and forks another one for each start of `openjpki`.

Run as `python -m tests.support.starter`. A start takes a second, most of it imports, and the suite starts the command
hundreds of times. Each line of standard input is one start: `{"arguments", "environment", "folder", "umask", "streams"}`,
the streams being three files; each line of standard output is its exit status, negative for a signal. What is forked
has no settings, no database and no thread of another start: those come with a home, and no home was opened here.
"""

import gc
import importlib
import json
import os
import sys
from typing import Any

_PRELOADED = (
    "django.contrib.auth.hashers",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.template.engine",
    "django.urls",
    "openjpki.cli.main",
    "openjpki.documents.sign",
    "openjpki.documents.verify",
)
"""What needs no settings of Django."""
_CHILD = 0


def main() -> int:
    """Serve starts until standard input ends; a forked process comes back from here with its exit status."""
    for name in _PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what is there by now is never looked at again, and so never copied for a forked process
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == _CHILD:
            return _started(order)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    return 0


def _started(order: dict[str, Any]) -> int:
    """Be the command: its streams, environment and umask, and nothing of the process that forked it."""
    from openjpki.cli.main import main as openjpki

    for target, (name, access) in enumerate(
        zip(order["streams"], (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)
    ):
        opened = os.open(name, access)
        os.dup2(opened, target)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(target, mode, encoding="utf-8", closefd=False) for target, mode in enumerate(("r", "w", "w"))
    )
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    os.umask(order["umask"])
    sys.argv = ["openjpki", *order["arguments"]]
    return openjpki()


if __name__ == "__main__":
    sys.exit(main())
