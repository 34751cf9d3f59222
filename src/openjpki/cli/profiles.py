"""`openjpki authority profile …`: by which profiles certificates are issued, and a sandbox's change of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.errors import Kind, Language
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.site.specimens import Looked, Report  # Django must be set up before its modules are loaded

DIGEST = {"metavar": "SHA256", "help": "the digest of the profiles to issue by, as `profile check` says it"}
_AFTER: dict[Language, tuple[str, str]] = {
    "ja": (
        "変更するには: openjpki authority profile record --digest {digest}",
        "変更するには: openjpki authority propose profile-change --digest {digest} --operator … --key FILE",
    ),
    "en": (
        "To change them: openjpki authority profile record --digest {digest}",
        "To change them: openjpki authority propose profile-change --digest {digest} --operator … --key FILE",
    ),
}


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    group = acts.add_parser("profile", help="by which profiles certificates are issued, and a change of them")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    checking = commands.add_parser(
        "check", help="hold the profiles against the record, and their specimens against every lint there is"
    )
    checking.add_argument("--specimens", type=Path, metavar="DIR", help="write the specimen certificates there")
    checking.set_defaults(run=check)
    recording = commands.add_parser(
        "record", help="issue by this version's profiles, in a sandbox without dual control"
    )
    recording.add_argument("--digest", required=True, **DIGEST)
    recording.set_defaults(run=record)


def check(arguments: argparse.Namespace) -> Answer:
    """Look at the profiles; REFUSED if one is not as recorded or does not pass."""
    with opened(arguments.home) as house:
        from openjpki.site.specimens import look, write_out

        report = look(house.authority)
        written = write_out(house.authority, arguments.specimens) if arguments.specimens else ()
        strict = house.authority.dual_control.strict
    language = language_of(arguments)
    data = {
        "recorded": report.recorded or None,
        "digest": report.digest,
        "sound": report.sound,
        "profiles": [_data(one) for one in report.profiles],
        "specimens": [str(path) for path in written],
    }
    lines = [*_heads(report, language), *(_line(one, language) for one in report.profiles)]
    if not all(one.as_recorded for one in report.profiles):
        lines.append(_AFTER[language][strict].format(digest=report.digest))
    return Answer(data=data, lines=lines, kind=None if report.sound else Kind.REFUSED)


def record(arguments: argparse.Namespace) -> Answer:
    """Record this version's profiles; raises `NeedsApproval`, `ProfilesOther`, `ProfilesSame`, `ProfilesUnsound`."""
    with opened(arguments.home) as house:
        made = house.authority.operation.record_profiles(arguments.digest)
        digest = made.digest
    told = {
        "ja": f"プロファイルを記録しました。以後この内容で発行します: {digest}",
        "en": f"Recorded: certificates are issued by these profiles from now on: {digest}",
    }
    return Answer(data={"digest": digest}, lines=[told[language_of(arguments)]])


def _data(one: "Looked") -> dict[str, Any]:
    return {
        "profile": one.profile.value,
        "digest": one.digest,
        "as_recorded": one.as_recorded,
        "lint": [str(each) for each in one.own],
        "pkilint": None if one.pkilint is None else [str(each) for each in one.pkilint],
        "openssl": one.openssl,
    }


def _heads(report: "Report", language: Language) -> tuple[str, str]:
    if language == "ja":
        return f"記録: {report.recorded or 'なし'}", f"この版: {report.digest}"
    return f"recorded:     {report.recorded or 'nothing'}", f"this version: {report.digest}"


def _line(one: "Looked", language: Language) -> str:
    """Say of one profile whether it is as recorded, and what each program says of it."""
    words = _WORDS[language]
    said = {
        "lint": str(one.own) or words["passes"],
        "pkilint": words["absent"] if one.pkilint is None else str(one.pkilint) or words["passes"],
        "openssl": words["absent"] if one.openssl is None else words["passes" if one.openssl else "fails"],
    }
    state = words["same" if one.as_recorded else "differs"]
    return f"{one.profile.value}: {state}; " + ", ".join(f"{name} {word}" for name, word in said.items())


_WORDS: dict[Language, dict[str, str]] = {
    "ja": {
        "same": "記録どおり",
        "differs": "記録と異なる",
        "passes": "問題なし",
        "fails": "読めない",
        "absent": "なし(未導入)",
    },
    "en": {
        "same": "as recorded",
        "differs": "not as recorded",
        "passes": "finds nothing",
        "fails": "cannot read it",
        "absent": "is not installed",
    },
}
