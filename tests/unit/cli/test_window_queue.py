from argparse import Namespace
from pathlib import Path

import pytest

from openjpki.cli import window_queue as told
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.sealing import Sealed
from openjpki.errors import Kind, Language
from openjpki.rules.kinds import LifeEvent
from openjpki.site.home import Settings
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from openjpki.window.entries import MessageEntry, PauseEntry
from openjpki.window.states import MessageKind, MessageWait
from tests.unit.window.counter import HANAKO, HEADER, REGISTER, at

WAKABA = ("--municipality", "99201")


def entry(wait: MessageWait = MessageWait.DUE, **fields: object) -> MessageEntry:
    """Return a message that waits."""
    plain = {
        "message_id": "a",
        "kind": MessageKind.LIFE_EVENT,
        "event": LifeEvent.MOVE,
        "resident_code": HANAKO,
        "queued_at": at("2021-07-01"),
        "attempts": 2,
        "last_error": "",
        "wait": wait,
        "next_try_at": None,
    }
    return MessageEntry(**(plain | fields))  # type: ignore[arg-type]  # the fields of a test


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("wait", MessageWait)
def test_every_wait_of_every_kind_is_told(language: Language, kind: MessageKind, wait: MessageWait) -> None:
    """What a message is about, whose it is, since when it waits and why: in both languages."""
    heading, why = told.message_lines(entry(wait, kind=kind), language)

    assert HANAKO in heading
    assert ("住所の変更" if language == "ja" else "move") in heading
    assert ("令和3年（2021年）7月1日（木） 10:00:00" if language == "ja" else "2021-07-01 (Thu) 10:00:00") in heading
    assert "2" in why


def test_the_code_and_the_next_try_are_told() -> None:
    """With the last refusal's code and the moment of the next try, a clerk knows what to do and how long there is."""
    refused = entry(MessageWait.REFUSED, last_error="person.unknown", next_try_at=at("2021-07-02"))

    assert told.message_lines(refused, "en")[1] == (
        "  the authority did not take it; look at the record [person.unknown]; tries: 2; "
        "the next at 2021-07-02 (Fri) 10:00:00"
    )
    assert told.message_lines(refused, "ja")[1] == (
        "  機構が受け付けませんでした。記録を確認してください [person.unknown]。送信2回、"
        "次は 令和3年（2021年）7月2日（金） 10:00:00"
    )
    data = told.message_data(refused)
    assert (data["wait"], data["kind"], data["next_try_at"]) == ("refused", "life-event", "2021-07-02T10:00:00+09:00")
    assert told.message_data(entry(event=None))["event"] is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_absence_is_told_with_its_beginning_and_the_next_try(language: Language) -> None:
    """Since when the authority has not answered, with which code, and when it is asked again."""
    pause = PauseEntry(failures=3, since=at("2021-07-01"), next_try_at=at("2021-07-02"), last_error="x.y")

    (line,) = told.pause_lines(pause, language)
    days = (
        ("令和3年（2021年）7月1日（木）", "令和3年（2021年）7月2日（金）")
        if language == "ja"
        else ("2021-07-01 (Thu)", "2021-07-02 (Fri)")
    )
    assert all(part in line for part in ("3", "[x.y]", *days))
    assert told.pause_data(pause)["since"] == "2021-07-01T10:00:00+09:00"


def _away(_: Sealed, __: object) -> None:
    raise AuthorityUnreachable


def run(home: Path, *words: str, language: Language = "en") -> Answer:
    """Run `openjpki window …` in this home."""
    arguments: Namespace = parser().parse_args(["window", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.django_db(databases=ROLES)
def test_the_queue_is_seen_and_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue says what waits and why, sends nothing, and is empty once the authority is back."""
    home = tmp_path / "home"
    with founded(home, Settings(purpose="sandbox")) as house:
        house.authority.ceremony()
    file = tmp_path / "register.csv"
    file.write_text(f"{HEADER}\n{REGISTER.splitlines()[1]}\n", encoding="utf-8")
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    assert run(home, "import", str(file), *WAKABA).data["waiting"] == 1

    seen = run(home, "queue", *WAKABA)
    assert seen.lines[0] == "Waiting: 1 message for the authority, 0 applications."
    assert (seen.data["waiting"], seen.data["authority"]["failures"], seen.kind) == (1, 1, None)
    assert seen.data["messages"][0]["wait"] == "authority-away"
    assert run(home, "queue", "--municipality", "99202").data["messages"] == []
    again = run(home, "deliver", *WAKABA, language="ja")
    assert (again.kind, again.data["messages"][0]["attempts"]) == (Kind.UNAVAILABLE, 1)
    assert again.lines[2] == told.message_lines(entry_of(again), "ja")[1]

    monkeypatch.setattr(Sealed, "send", send)
    assert run(home, "deliver", "--now").data == {"sent": 1, "waiting": 0, "errors": [], "messages": []}
    empty = run(home, "queue", *WAKABA, language="ja")
    assert empty.lines == ["機構への送信待ち0件、処理待ちの申請0件。"]
    assert empty.data["authority"] is None


def entry_of(answer: Answer) -> MessageEntry:
    """Return the one message of an answer as the value it was told from."""
    (row,) = answer.data["messages"]
    return entry(
        MessageWait(row["wait"]),
        kind=MessageKind(row["kind"]),
        event=None,
        attempts=row["attempts"],
        last_error=row["last_error"],
        next_try_at=at("2021-07-01").fromisoformat(row["next_try_at"]),
    )
