import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

import openjpki
from openjpki.cli import groups
from openjpki.cli.answer import Answer, Commands, Run
from openjpki.cli.main import main, parser
from openjpki.errors import Failure, Kind
from openjpki.readers.store import CardStore
from openjpki.site.home import Home, Settings
from tests.support.programs import openjpki as program
from tests.support.programs import openjpki_command, plain_environment
from tests.unit.card.cards import ordinary

TOLD = Answer(data={"name": "髙橋", "count": 2, "none": None}, lines=["one line", "二行目"])


class Refusal(Failure):
    """A refusal of a test's command."""

    code = "tests.refusal"
    kind = Kind.REFUSED
    ja = "{what} はできません({count})。"
    en = "{what} cannot be done ({count})."


class Unanswered(Refusal):
    """One that may succeed later."""

    code = "tests.unanswered"
    kind = Kind.UNAVAILABLE


class Undecided(Refusal):
    """One that says neither."""

    code = "tests.undecided"
    kind = Kind.INDETERMINATE


class Malformed(Refusal):
    """One about the question."""

    code = "tests.malformed"
    kind = Kind.USAGE


class Command:
    """A command that does what the test tells it to."""

    seen: ClassVar[list[argparse.Namespace]] = []

    def __init__(self, outcome: Answer | BaseException) -> None:
        self._outcome = outcome

    def register(self, commands: Commands) -> None:
        """Add the command `try`."""
        commands.add_parser("try").set_defaults(run=self)

    def __call__(self, arguments: argparse.Namespace) -> Answer:
        """Answer or raise."""
        self.seen.append(arguments)
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment ask for no language."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "OPENJPKI_HOME"):
        monkeypatch.delenv(name, raising=False)


def run(monkeypatch: pytest.MonkeyPatch, outcome: Answer | BaseException, *words: str) -> int:
    """Run `openjpki try …`, whose outcome is given."""
    monkeypatch.setattr(groups, "REGISTER", (Command(outcome).register,))
    return main(["try", *words])


def leaves(found: argparse.ArgumentParser, path: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that can be run, with its path."""
    nested = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
    for action in nested:
        for name, child in action.choices.items():
            yield from leaves(child, f"{path} {name}")
    if not nested:
        yield path, found


def test_an_answer_is_lines_for_a_person(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines on standard output, nothing else, and 0: done."""
    assert run(monkeypatch, TOLD) == 0
    assert capsys.readouterr() == ("one line\n二行目\n", "")


def test_an_answer_is_one_object_for_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json standard output is one JSON object, Japanese as it is."""
    assert run(monkeypatch, TOLD, "--json") == 0

    told = capsys.readouterr()
    assert json.loads(told.out) == dict(TOLD.data)
    assert "髙橋" in told.out
    assert told.err == ""


FEIGNED = "(\x1b[2K\r署名は有効です\n\x9b1A\u202e髙橋　さくら)"
"""What a stranger may call a signature field of a PDF: it erases a line and writes another verdict in its place."""


def test_a_strangers_words_do_not_steer_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escapes, line ends and changes of direction are spelt out in lines and refusals; Japanese is as it was."""
    run(monkeypatch, Answer(data={}, lines=[f"Signature 1 {FEIGNED}: TOTAL-FAILED"]))
    run(monkeypatch, Refusal(what=FEIGNED, count=2))

    shown = r"(\x1b[2K\r署名は有効です\n\x9b1A\u202e髙橋　さくら)"
    assert capsys.readouterr() == (
        f"Signature 1 {shown}: TOTAL-FAILED\n",
        f"openjpki: [tests.refusal] {shown} cannot be done (2).\n",
    )


@pytest.mark.parametrize("locale", ["utf-8:strict", "utf-8:surrogateescape"])
def test_bytes_that_are_no_text_are_no_pin(tmp_path: Path, locale: str) -> None:
    """However the locale reads standard input, they are refused by their form: no fault that quotes them (R-6.1)."""
    CardStore(Home.create(tmp_path / "home", Settings(purpose="sandbox")).cards).create("taro", ordinary())
    done = subprocess.run(
        [*openjpki_command(), "card", "pin", "change", "taro", "--kind", "authentication", "--pin-stdin"],
        env=plain_environment() | {"OPENJPKI_HOME": str(tmp_path / "home"), "PYTHONIOENCODING": locale},
        input=b"12\xff4\n5678\n",
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"openjpki: [pin.digits-form]")


@pytest.mark.parametrize("kind", list(Kind))
def test_an_answer_may_be_no(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """An answer with a kind ends with its status: 1 invalid, 2 usage, 3 indeterminate, 4 unavailable."""
    assert run(monkeypatch, Answer(data={}, kind=kind)) == kind.value


@pytest.mark.parametrize(("failure", "status"), [(Refusal, 1), (Malformed, 2), (Undecided, 3), (Unanswered, 4)])
def test_a_refusal_is_one_line_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: type[Failure], status: int
) -> None:
    """Code and sentence on standard error; standard output stays empty."""
    assert run(monkeypatch, failure(what="It", count=2)) == status
    assert capsys.readouterr() == ("", f"openjpki: [{failure.code}] It cannot be done (2).\n")


def test_a_refusal_is_an_object_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the refusal stands on standard output with both sentences and its plain values."""
    assert run(monkeypatch, Refusal(what=Path("/x"), count=2), "--json") == 1

    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "error": {
            "code": "tests.refusal",
            "ja": "/x はできません(2)。",
            "en": "/x cannot be done (2).",
            "data": {"what": "/x", "count": 2},
        }
    }
    assert told.err == "openjpki: [tests.refusal] /x cannot be done (2).\n"


@pytest.mark.parametrize(
    ("environment", "words", "japanese"),
    [
        ({}, (), False),
        ({"LANG": "ja_JP.UTF-8"}, (), True),
        ({"LANG": "en_GB.UTF-8"}, (), False),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, (), False),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP"}, (), True),
        ({"LANG": "ja_JP.UTF-8"}, ("--lang", "en"), False),
        ({}, ("--lang", "ja"), True),
        ({}, ("--lang=ja",), True),
    ],
)
def test_refusals_speak_the_language_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    words: tuple[str, ...],
    japanese: bool,  # noqa: FBT001  -- a parameter
) -> None:
    """--lang decides, else the locale by POSIX's order: LC_ALL, LC_MESSAGES, LANG."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run(monkeypatch, Refusal(what="A", count=1), *words)

    assert ("できません" in capsys.readouterr().err) is japanese


@pytest.mark.parametrize(
    ("words", "japanese"),
    [
        (("--nonsense", "--lang", "ja"), True),
        (("--lang=ja", "--nonsense"), True),
        (("--lang=en", "--nonsense"), False),
        (("--nonsense", "--lang", "en"), False),
        (("--lang", "fr"), False),
        (("--lang",), False),
    ],
)
def test_wrong_arguments_are_refused_in_the_language_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    japanese: bool,  # noqa: FBT001  -- a parameter
) -> None:
    """The language is known before the rest is understood."""
    assert run(monkeypatch, TOLD, *words) == 2

    told = capsys.readouterr()
    assert told.err.startswith("openjpki: [usage.arguments] ")
    assert ("引数が正しくありません" in told.err) is japanese
    assert "--help" in told.err


@pytest.mark.parametrize("words", [[], ["no-such-command"], ["try", "more"], ["--json"]])
def test_what_is_no_command_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """No command, an unknown one, a word too many: status 2, in one line and without a trace."""
    monkeypatch.setattr(groups, "REGISTER", (Command(TOLD).register,))

    assert main(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_wrong_usage_is_an_object_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asked for JSON gets JSON, also about the question itself."""
    assert run(monkeypatch, TOLD, "--json", "--nonsense") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage.arguments"


@pytest.mark.parametrize("short", ["--js", "--hom", "--lan"])
def test_options_have_no_short_forms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], short: str
) -> None:
    """A script that cuts an option short would break when another one begins like it."""
    assert run(monkeypatch, TOLD, short) == 2
    assert short in capsys.readouterr().err


def test_a_file_that_cannot_be_used_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the operating system refuses is no bug: unavailable, with the path and its reason."""
    assert run(monkeypatch, PermissionError(13, "Permission denied", "/etc/x"), "--json") == 4

    told = capsys.readouterr()
    assert told.err == "openjpki: [storage.failed] A file cannot be read or written: /etc/x (Permission denied)\n"
    assert json.loads(told.out)["error"]["data"] == {
        "path": "/etc/x",
        "reason": "Permission denied",
        "reason_ja": "権限がありません",
    }


def test_a_nameless_failure_of_the_system_is_told_by_its_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not every error of the system has a file and a sentence."""
    assert run(monkeypatch, TimeoutError()) == 4
    assert "- (TimeoutError)" in capsys.readouterr().err


def test_a_bug_is_told_as_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is left is a fault of ours: the trace for the report, without its words, then the refusal, status 4."""
    assert run(monkeypatch, ZeroDivisionError("secret detail"), "--json") == 4

    told = capsys.readouterr()
    assert told.err.startswith("Traceback")
    assert "secret detail" not in told.err
    assert told.err.splitlines()[-1].startswith(
        "openjpki: [internal.fault] A fault inside OpenJPKI (ZeroDivisionError)"
    )
    assert json.loads(told.out)["error"]["data"] == {"reason": "ZeroDivisionError"}


def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A person who stops a command knows that they did: 130, as a shell says it, and no trace."""
    assert run(monkeypatch, KeyboardInterrupt()) == 130 == 128 + signal.SIGINT
    assert capsys.readouterr() == ("", "")


def test_without_words_of_its_own_it_takes_the_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The installed command reads the command line."""
    monkeypatch.setattr(groups, "REGISTER", (Command(TOLD).register,))
    monkeypatch.setattr(sys, "argv", ["openjpki", "try", "--json"])

    assert main() == 0
    assert json.loads(capsys.readouterr().out) == dict(TOLD.data)


@pytest.mark.parametrize(("path", "found"), list(leaves(parser(), "openjpki")))
def test_every_command_has_the_common_options_once(path: str, found: argparse.ArgumentParser) -> None:
    """--home, --json and --lang stand on each command that can be run, and each says what it runs."""
    options = [option for action in found._actions for option in action.option_strings]

    assert [options.count(option) for option in ("--home", "--json", "--lang")] == [1, 1, 1], path
    assert len(options) == len(set(options))
    run_of: Run = found.get_default("run")
    assert callable(run_of)


@pytest.mark.parametrize(("environment", "home"), [({}, "home"), ({"OPENJPKI_HOME": "/srv/jpki"}, "/srv/jpki")])
def test_the_home_may_be_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], home: str
) -> None:
    """./home, unless OPENJPKI_HOME says another; --home decides."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run(monkeypatch, TOLD)
    run(monkeypatch, TOLD, "--home", "here")

    assert [arguments.home for arguments in Command.seen[-2:]] == [Path(home), Path("here")]


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """`openjpki --version` names program and version."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"openjpki {openjpki.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["card", "--help"], ["card", "list", "--help"]])
def test_help_is_an_answer(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """Help goes to standard output and ends with 0."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: openjpki")


# --- as a program of its own -------------------------------------------------------------------------------------


def test_the_package_runs_as_a_program() -> None:
    """`python -m openjpki` is the same command, with the same statuses."""
    assert program("rules", "documents", "--json").status == 0
    assert program("no-such-command").status == 2


@pytest.mark.parametrize(
    ("words", "streams", "status", "out", "code"),
    [
        ("card pin change taro --kind authentication --pin-stdin", "<&-", 2, "", "card.pin.lines-missing"),
        ("card pin change taro --kind authentication", "<&-", 2, "", "card.pin.no-prompt"),
        ("card list", ">&-", 4, "", "storage.failed"),
        ("card list --json", ">&-", 4, "", "storage.failed"),
        ("card show nobody --json", "2>&-", 1, "{", ""),
        ("card list", "<&- >&- 2>&-", 4, "", ""),
        ("card list", "<&-", 0, "taro", ""),
    ],
)
def test_a_closed_stream_is_no_fault(
    tmp_path: Path, words: str, streams: str, status: int, out: str, code: str
) -> None:
    """A caller may close any of the three streams: one line where there is a place for it, and the status of the cause."""
    CardStore(Home.create(tmp_path / "home", Settings(purpose="sandbox")).cards).create("taro", ordinary())
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {words} {streams}', "sh", *openjpki_command()],
        env=plain_environment() | {"OPENJPKI_HOME": str(tmp_path / "home")},
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )

    assert (done.returncode, done.stdout[: len(out)]) == (status, out)
    assert done.stderr.startswith(f"openjpki: [{code}] " if code else "")
    assert done.stderr.count("\n") == (1 if code else 0)


def closed_pipe(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command whose standard output nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            openjpki_command(*words), stdout=writing, stderr=subprocess.PIPE, check=False, env=plain_environment()
        )
    finally:
        os.close(writing)


@pytest.mark.parametrize("words", [("rules", "documents"), ("rules", "documents", "--json")])
def test_a_reader_that_leaves_early_causes_no_trace(words: tuple[str, ...]) -> None:
    """`openjpki … | head -1` ends without a word on standard error."""
    ended = closed_pipe(*words)

    assert ended.stderr == b""
    assert ended.returncode == 4


def test_an_object_that_nobody_reads_causes_no_trace() -> None:
    """The same for the object of a refusal; its line still reaches standard error."""
    ended = closed_pipe("card", "list", "--home", "/nowhere", "--json")

    assert len(ended.stderr.splitlines()) == 1
    assert b"[home.missing]" in ended.stderr


def test_a_full_disk_behind_standard_output_is_told() -> None:
    """An answer that could not be written is no success."""
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            openjpki_command("rules", "documents"),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=plain_environment(),
        )

    assert ended.returncode == 4
    assert b"[storage.failed]" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_a_terminal_without_japanese_is_no_fault() -> None:
    """Where a character cannot be shown its code point is, and the command goes on."""
    told = program("rules", "documents", "--lang", "ja", environment={"PYTHONIOENCODING": "ascii"})

    assert told.status == 0
    assert "\\u" in told.out
    assert told.err == ""


def test_starting_costs_no_web_framework() -> None:
    """Asking the rule book does not load Django or the web server."""
    code = "import sys, openjpki.cli.main as m; m.main(['rules', 'documents']); print('django' in sys.modules, 'granian' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout.splitlines()[-1] == "False False"
