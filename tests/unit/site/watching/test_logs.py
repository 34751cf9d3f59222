import io
import json
import logging
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.site.watching import logs
from openjpki.site.watching.logs import EVENTS, FIELDS, REQUEST, install, logger

PIN = "C4NARY7PIN"
NAME = "見本　太郎"
KEY = "-----BEGIN PRIVATE KEY-----"


@pytest.fixture
def stream() -> io.StringIO:
    """Return what stands in for standard error."""
    return io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was written, line by line."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def installed(stream: io.StringIO) -> logging.Logger:
    """Let libraries log into the stream."""
    install(stream)
    install(stream)
    return logging.getLogger("django.request")


@pytest.mark.parametrize(
    "field", ["pin", "name", "private_key", "passphrase", "path", "query", "body", "resident_code"]
)
def test_a_field_that_is_not_allowed_is_dropped_and_counted(stream: io.StringIO, field: str) -> None:
    """PINs, names, keys, addresses: no such field exists, whatever is put into it."""
    before = logs.dropped_fields
    logger(stream).info("request", **{field: f"{PIN} {NAME} {KEY}", "status": 200})
    (line,) = lines(stream)

    assert line["status"] == 200
    assert line["dropped"] == 1
    assert logs.dropped_fields == before + 1
    assert not [secret for secret in (PIN, NAME, KEY, field) if secret in stream.getvalue()]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12).filter(lambda name: name not in {"event", "self"}),
        st.text(max_size=20),
        max_size=5,
    )
)
def test_only_allowed_fields_are_ever_written(fields: dict[str, str]) -> None:
    """Whatever a caller says, every line is one JSON object of the documented fields."""
    stream = io.StringIO()
    logger(stream).warning("request", **{name: value for name, value in fields.items() if name != "stream"})
    (line,) = lines(stream)

    assert set(line) <= set(FIELDS)
    assert line["event"] in EVENTS


@pytest.mark.parametrize("value", [{"pin": PIN}, [PIN], PIN.encode(), ValueError(PIN)])
def test_only_plain_values_are_written(stream: io.StringIO, value: object) -> None:
    """A value with something inside it is dropped like a field that is not allowed."""
    logger(stream).error("request", said=value)

    assert PIN not in stream.getvalue()
    assert lines(stream)[0]["dropped"] == 1


def test_a_line_says_when_how_grave_and_of_which_request(stream: io.StringIO) -> None:
    """Moment, level and the request's name are added; an event is a word of the list."""
    token = REQUEST.set("0123456789abcdef")
    try:
        logger(stream).error("request", status=500)
    finally:
        REQUEST.reset(token)
    logger(stream).info(f"somebody typed {PIN}")
    first, second = lines(stream)

    assert (first["level"], first["request"], first["event"]) == ("error", "0123456789abcdef", "request")
    assert first["at"].endswith("+00:00")
    assert second["event"] == "library"
    assert "request" not in second
    assert PIN not in stream.getvalue()


def test_what_a_library_logs_loses_its_values(stream: io.StringIO, installed: logging.Logger) -> None:
    """Django's own record of a failing request: where it happened, not the address and not what was typed."""
    try:
        int(PIN)
    except ValueError:
        installed.error("%s: %s", "Internal Server Error", f"/resident/{NAME}", exc_info=True)
    (line,) = lines(stream)

    assert line["source"] == "django.request"
    assert line["said"] == "%s: %s"
    assert "test_what_a_library_logs_loses_its_values" in line["fault"]
    assert line["fault"].endswith("ValueError\n")
    assert PIN not in stream.getvalue()
    assert NAME not in stream.getvalue()


def test_a_message_without_a_template_is_not_told(stream: io.StringIO, installed: logging.Logger) -> None:
    """Its values may be in it already; the web server's own are known to have none."""
    installed.warning(f"typed {PIN}")
    logging.getLogger("_granian").warning("Unexpected exit from worker-1")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"bad {PIN}", stacklevel=1)
    said = lines(stream)

    assert [line["source"] for line in said] == ["django.request", "_granian", "py.warnings"]
    assert [line.get("said") for line in said] == [None, "Unexpected exit from worker-1", None]
    assert PIN not in stream.getvalue()


def test_installing_twice_writes_once(stream: io.StringIO, installed: logging.Logger) -> None:
    """One line for one record; what is not worth a warning is not told."""
    installed.info("quiet %s", 1)
    installed.warning("loud %s", 1)

    assert len(lines(stream)) == 1


def test_without_logs_a_librarys_warnings_go_nowhere() -> None:
    """Python writes what nobody handles on standard error: the terminal of a story or of a command is for its person."""
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("django").handlers)
    assert logging.getLogger("django").propagate


def test_a_stream_that_takes_nothing_more_stops_nothing() -> None:
    """A terminal that is gone must not fail a request."""
    stream = io.StringIO()
    stream.close()

    logger(stream).info("request", status=200)


def test_a_long_fault_is_cut(stream: io.StringIO) -> None:
    """A line has bounds."""
    logger(stream).error("request", fault="x" * 100_000)

    assert len(stream.getvalue()) < 10_000


def test_standard_error_is_the_one_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stream of its own a line goes to standard error, never to the output of `--json`."""
    logger().info("upkeep", round=2)
    captured = capsys.readouterr()

    assert captured.out == ""
    assert json.loads(captured.err)["round"] == 2
