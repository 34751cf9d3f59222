"""The `openjpki` command: finds the command, runs it, prints its answer, turns refusals into one line and a status."""

import argparse
import errno
import json
import os
import sys
from collections.abc import Sequence
from functools import cache
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn
from unicodedata import category

from openjpki import __version__
from openjpki.cli import groups
from openjpki.cli.answer import Answer, Run, language_of
from openjpki.cli.choices import meant, near
from openjpki.cli.groups import Register
from openjpki.cli.help import Help, translate
from openjpki.cli.home_named import in_this_home
from openjpki.cli.rules.arguments import echoed
from openjpki.cli.usage_ja import in_japanese
from openjpki.errors import Failure, Kind, Language, trace
from openjpki.site.cores import forbid

INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C ended: 128 and the number of SIGINT."""
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that no sentence has: controls and escapes, changes of direction, ends of lines."""


_REASONS_JA = {
    errno.ENOENT: "ファイルまたはフォルダーがありません",
    errno.EACCES: "権限がありません",
    errno.EPERM: "権限がありません",
    errno.EEXIST: "既にあります",
    errno.EISDIR: "フォルダーです",
    errno.ENOTDIR: "フォルダーではありません",
    errno.ENOSPC: "空きがありません",
    errno.EROFS: "書込みできない場所です",
}
"""What the operating system says of a file, by its number, in Japanese; the rest stays in its own words."""


class BadArguments(Failure):
    """The command line is not of the grammar."""

    code = "usage.arguments"
    kind = Kind.USAGE
    ja = "引数が正しくありません: {reason_ja}(`{command} --help` で使い方を表示します)"
    en = "Wrong arguments: {reason} (see `{command} --help`)"


class StorageFailed(Failure):
    """The operating system refused a file."""

    code = "storage.failed"
    kind = Kind.UNAVAILABLE
    ja = "ファイルを読み書きできません: {path}({reason_ja})"
    en = "A file cannot be read or written: {path} ({reason})"


class InternalFault(Failure):
    """A bug in OpenJPKI."""

    code = "internal.fault"
    kind = Kind.UNAVAILABLE
    ja = "OpenJPKI の内部で誤りが起きました({reason})。上の記録を添えて報告してください。"
    en = "A fault inside OpenJPKI ({reason}). Please report it with the trace above."


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in our one-line form, and takes every option by its full name only."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=Help, **settings)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """Take the Japanese word of a choice for the choice; sub-commands have none."""
        if action.choices and not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  -- argparse has no public name for it
            arg_string = meant(arg_string, list(action.choices)) or arg_string
        return super()._get_value(action, arg_string)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Name the nearest choice in place of a wrong one."""
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            nearest = near(str(value), list(action.choices or ()))
            if nearest is None:
                raise
            raise argparse.ArgumentError(action, f"{error.message}; the nearest is {nearest}") from None

    def error(self, message: str) -> NoReturn:
        """Raise `BadArguments` instead of printing and exiting."""
        raise BadArguments(reason=message, reason_ja=in_japanese(message), command=self.prog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (DESIGN: 0 done, 1 refused, 2 usage, 3 indeterminate, 4 unavailable)."""
    forbid()
    _stand_in_for_closed_streams()
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # a terminal without Japanese shows code points, not a fault;
        if isinstance(stream, TextIOWrapper):  # and bytes that are no text are a PIN of the wrong form, not a fault
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:  # standard output takes nothing more
        _drop_output()
        return Kind.UNAVAILABLE.value


def _drop_output() -> None:
    """Let go of an output that takes nothing more: what is still buffered must not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stand_in_for_closed_streams() -> None:
    """Let a standard stream that the caller closed be empty (input), full (output) or deaf (errors), and not missing.

    Without it Python has None there, and the next file that is opened, a database or a card, gets the stream's number.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), "r", encoding="utf-8")
    if sys.stdout is None:  # open for reading only: an answer that nobody can get is refused as a full disk is
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _run(words: Sequence[str]) -> int:
    wants_json = "--json" in words
    language = _language_wanted(words)
    try:
        namespace = parser(language).parse_args(words, argparse.Namespace(words=words))
        language = language_of(namespace)
        for understood in list(echoed(namespace)):
            print(plain(f"openjpki: {understood}"), file=sys.stderr)
        run: Run = namespace.run
        answer = run(namespace)
        _print(answer, words, as_json=wants_json)
    except Failure as failure:
        return _refuse(failure, language, words, wants_json=wants_json)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        told = _REASONS_JA.get(error.errno or 0, reason)
        storage = StorageFailed(path=error.filename or "-", reason=reason, reason_ja=told)
        return _refuse(storage, language, words, wants_json=wants_json)
    except Exception as error:  # noqa: BLE001  -- the last edge: whatever is left is a bug, told as one
        print(trace(error), end="", file=sys.stderr)
        return _refuse(InternalFault(reason=type(error).__name__), language, words, wants_json=wants_json)
    return 0 if answer.kind is None else answer.kind.value


def parser(language: Language = "en") -> argparse.ArgumentParser:
    """Return the whole grammar, with its help in a language; what is not told comes from the environment as it is now."""
    grammar = _grammar(groups.REGISTER, language)
    home = Path(os.environ.get("OPENJPKI_HOME", "home"))
    grammar.set_defaults(words=(), home=home, lang=_default_language())
    return grammar


@cache
def _grammar(registered: Sequence[Register], language: Language) -> argparse.ArgumentParser:
    top = Parser(
        prog="openjpki",
        description="Japan's public individual certification service, complete and runnable. "
        "Not J-LIS's software; its certificates are worth nothing outside a test.",
    )
    top.add_argument("--version", action="version", version=f"openjpki {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for register in registered:
        register(commands)
    _add_common(top)
    if language == "ja":
        translate(top)
    return top


def _add_common(found: argparse.ArgumentParser) -> None:
    """Give every leaf command the options that all share; the language may be named before a sub-command as well.

    Their defaults are the top's: an option that a leaf is not given must not undo one that was given before.
    """
    words = "language of the sentences"
    nested = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001  -- argparse offers no public walk over its sub-parsers
    for action in nested:
        for child in {id(child): child for child in action.choices.values()}.values():
            _add_common(child)
    if nested:
        found.add_argument("--lang", choices=("ja", "en"), default=argparse.SUPPRESS, help=words)
        return
    common = found.add_argument_group("common options")
    common.add_argument(
        "--home",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the folder this installation lives in (default: $OPENJPKI_HOME or ./home)",
    )
    common.add_argument("--json", action="store_true", help="one JSON object on standard output")
    common.add_argument("--lang", choices=("ja", "en"), default=argparse.SUPPRESS, help=words)


def _default_language() -> Language:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if locale.startswith("ja") else "en"


def _language_wanted(words: Sequence[str]) -> Language:
    """Guess the language before the arguments are known to be right: the last one named, as argparse takes it."""
    wanted = _default_language()
    for before, after in pairwise([*words, ""]):
        named = before.removeprefix("--lang=") if before != "--lang" else after
        if named in {"ja", "en"} and before.startswith("--lang"):
            wanted = "ja" if named == "ja" else "en"
    return wanted


def _print(answer: Answer, words: Sequence[str], *, as_json: bool) -> None:
    lines = (
        [json.dumps(answer.data, ensure_ascii=False, indent=2)]
        if as_json
        else [in_this_home(plain(line), words) for line in answer.lines]
    )
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except OSError:
        _drop_output()
        raise


def plain(line: str) -> str:
    """Return a line in which nothing steers a terminal or feigns another line: names in a document are a stranger's."""
    steer = (character if category(character) not in _STEERING else repr(character)[1:-1] for character in line)
    return "".join(steer)


def _refuse(failure: Failure, language: Language, words: Sequence[str], *, wants_json: bool) -> int:
    line = plain(f"openjpki: [{failure.code}] {failure.message(language)}")
    print(in_this_home(line, words), file=sys.stderr)
    if wants_json:
        print(json.dumps({"error": as_data(failure)}, ensure_ascii=False, indent=2), flush=True)
    return failure.kind.value


def as_data(failure: Failure) -> dict[str, Any]:
    """Return a refusal as JSON-ready data: its code, both sentences, and its plain values."""
    plain = {name: value if isinstance(value, int) else str(value) for name, value in failure.data.items()}
    return {"code": failure.code, "ja": failure.message("ja"), "en": failure.message("en"), "data": plain}
