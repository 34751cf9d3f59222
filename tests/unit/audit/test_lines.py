import io
from datetime import UTC, datetime
from typing import Any

import pytest

from openjpki.audit.lines import LINE_LIMIT, FileTruncated, Line, Lines, LineTooLong, LineUnreadable, one_form


def test_lines_are_read_as_they_are_written() -> None:
    """One object a line, in one form, to the end."""
    lines = Lines(io.BytesIO(one_form({"type": "a", "x": "漢"}) + one_form({"type": "b"})))

    assert one_form({"x": "漢"}) == b'{"x":"\\u6f22"}\n'
    assert (lines.next().text("x"), lines.at_end()) == ("漢", False)


def test_the_end_is_seen() -> None:
    """Nothing follows the last line."""
    lines = Lines(io.BytesIO(one_form({"type": "b"})))

    assert lines.next().kind == "b"
    assert lines.at_end()
    with pytest.raises(FileTruncated):
        lines.next()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b'{"a": 1}\n', LineUnreadable),
        (b'{"a":1,"a":2}\n', LineUnreadable),
        (b"[1]\n", LineUnreadable),
        (b"\xff\n", LineUnreadable),
        (b"[" * 50_000 + b"\n", LineUnreadable),
        (b'{"a":' + b"9" * 5000 + b"}\n", LineUnreadable),
        (b'{"a":1}', FileTruncated),
        (b"x" * (LINE_LIMIT + 1), LineTooLong),
    ],
    ids=["spaced", "twice", "list", "no text", "deep", "long number", "no end", "long"],
)
def test_what_is_not_of_the_form_is_refused(content: bytes, refusal: type[Exception]) -> None:
    """Also what means the same: a line has one form."""
    with pytest.raises(refusal):
        Lines(io.BytesIO(content)).next()


def test_members_are_of_their_type() -> None:
    """Each reader returns its value."""
    line = Line(
        3,
        {
            "type": "x",
            "count": 0,
            "bytes": "QQ==",
            "hex": "0a",
            "at": "2026-04-01T00:00:00.000000Z",
            "facts": {"a": [1, "x"], "b": None, "c": True},
            "texts": {"a": "b"},
            "digest": "a" * 64,
        },
    )

    line.hold("count", "bytes", "hex", "at", "facts", "texts", "digest")
    assert (line.count("count", least=0), line.base64("bytes"), line.hexadecimal("hex")) == (0, b"A", b"\n")
    assert line.moment("at") == datetime(2026, 4, 1, tzinfo=UTC)
    assert line.facts("facts") == {"a": [1, "x"], "b": None, "c": True}
    assert (line.texts("texts"), line.digest("digest")) == ({"a": "b"}, "a" * 64)


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("text", 1),
        ("digest", "a"),
        ("count", 0),
        ("count", True),
        ("count", "1"),
        ("base64", "*"),
        ("hexadecimal", "g"),
        ("moment", "2026-04-01T00:00:00Z"),
        ("moment", "9999-12-31T23:59:59.999999Z"),
        ("facts", {"a": 1.5}),
        ("facts", {"a": [["nested"]]}),
        ("texts", {"a": 1}),
        ("texts", []),
    ],
)
def test_a_member_of_another_type_is_refused(reader: str, value: Any) -> None:
    """The line is named."""
    with pytest.raises(LineUnreadable) as refused:
        getattr(Line(3, {"member": value}), reader)("member")
    assert refused.value.data == {"line": 3}
