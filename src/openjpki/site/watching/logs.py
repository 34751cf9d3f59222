"""What a serving home says on standard error: one JSON object a line, of fields that are allowed by name.

A field that is not on the list is dropped and counted, whatever it holds: nobody has to remember what must not be
logged. Libraries log through here too; of theirs only where it happened is told, never the values in a message.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, TextIO

import structlog

from openjpki.errors import trace
from openjpki.site.clock import real_moment

FIELDS: Mapping[str, str] = {
    "at": "the real moment, UTC",
    "level": "info, warning or error",
    "event": "what happened: a word of `EVENTS`",
    "request": "a random name of the request, the same in all its lines",
    "view": "which address of ours was asked, by its name in the program; never the address itself",
    "method": "the method of the request",
    "status": "the status of the answer",
    "milliseconds": "how long the answer took",
    "source": "which part logged it: a name of a module or a library",
    "said": "a library's message before its values were filled in",
    "fault": "where a fault happened, without what it said",
    "round": "how many rounds of upkeep there have been",
    "wait_seconds": "until the next round",
    "entries": "how many journal entries a responder's store took over",
    "position": "of the last of them in the journal",
    "user": "the number of a user of the machine who was not heard",
    "left_out": "how many more were refused since the last line, which it does not tell one by one",
    "dropped": "how many fields were dropped from this line",
}
"""Name → what it says. Nothing else is ever written."""
EVENTS: Mapping[str, str] = {
    "request": "a request was answered",
    "library": "a library has something to say",
    "upkeep": "a round of upkeep is done",
    "upkeep-failed": "a round of upkeep failed; it is tried again",
    "followed": "a responder's store took over journal entries",
    "follow-failed": "a look at the journal failed; it is tried again",
    "ocsp-failed": "a question could not be answered",
    "caller-refused": "somebody who may not ask the signing process connected to it",
}
_LONGEST = 8000
"""Characters of one field: a trace of the usual depth fits; a log line stays one that tools take."""
_VALUES = (str, int, float, bool, type(None))
REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The name of the request that this thread answers."""
dropped_fields = 0
"""How many fields were dropped since the process began."""
logging.getLogger("django").addHandler(logging.NullHandler())  # without `install` Django's warnings go nowhere


def allowed(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop whatever is not on the list, or is no plain value, and say how much that was."""
    global dropped_fields  # noqa: PLW0603  -- a count for the whole process, like its standard error
    kept = {name: value for name, value in line.items() if name in FIELDS and isinstance(value, _VALUES)}
    if kept.get("event") not in EVENTS:
        kept["event"] = "library"
    if dropped := len(line) - len(kept):
        dropped_fields += dropped
        kept["dropped"] = dropped
    return {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in kept.items()}


def _placed(_: object, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add moment, level and request."""
    named = {"request": REQUEST.get()} if REQUEST.get() else {}
    return {"at": real_moment().isoformat(), "level": level} | named | dict(line)


class Lines:
    """Writes a line to whatever standard error is now, in one piece; one that takes nothing more stops nothing."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def msg(self, message: str) -> None:
        """Write the line."""
        stream = self._stream or sys.stderr
        try:
            stream.write(f"{message}\n")
            stream.flush()
        except (OSError, ValueError):
            return

    info = warning = error = msg


def logger(stream: TextIO | None = None) -> Any:
    """Return a logger: `logger().info(event, field=…)`."""
    return structlog.wrap_logger(
        Lines(stream),
        processors=[_placed, allowed, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=False,
    )


class LibraryLines(logging.Handler):
    """Takes what Django, the web server and others log, and leaves their values out."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._logger = logger(stream)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line: where from, the message's template, and where a fault happened.

        A message that is no template may have its values in it already; of such a one only its source is told.
        """
        fields: dict[str, Any] = {"source": record.name}
        if isinstance(record.msg, str) and (record.args or record.name.startswith("_granian")):
            fields["said"] = record.msg
        if record.exc_info and record.exc_info[1] is not None:
            fields["fault"] = trace(record.exc_info[1])
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(self._logger, level)("library", **fields)


def install(stream: TextIO | None = None) -> None:
    """Let all that this process logs, warnings included, come out here and nowhere else; twice changes nothing."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LibraryLines)]:
        root.removeHandler(handler)
    root.addHandler(LibraryLines(stream))
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def is_installed() -> bool:
    """Say whether this process logs: `serve` does, a command and the story talk to a person."""
    return any(isinstance(handler, LibraryLines) for handler in logging.getLogger().handlers)


SERVER: Mapping[str, Any] = {
    "handlers": {name: {"class": "openjpki.site.watching.logs.LibraryLines"} for name in ("console", "access")}
}
"""The web server's own logging, in the form its settings take. Its access log stays off: it would name addresses."""
