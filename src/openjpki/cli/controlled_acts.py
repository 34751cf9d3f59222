"""`openjpki authority propose …`, `carry-out` and `acts`: what several operators do together."""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openjpki.authority.control.kinds import MAX_SCRIPT, RULES, ActKind
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.cli.ending_steps import AFTER
from openjpki.cli.operators import public_key_at
from openjpki.cli.passphrases import add_hand, hand_of
from openjpki.cli.profiles import DIGEST
from openjpki.cli.verifiers import REGISTRATION, registration_of
from openjpki.errors import Language
from openjpki.site.opening import opened, opened_alone
from openjpki.site.operators.states import ACT_STATES

if TYPE_CHECKING:
    from openjpki.authority.models import ControlledAct  # Django must be set up before its modules are loaded
    from openjpki.site.house import House

_CAUSES = ("record-error", "key-compromise")


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    proposals = acts.add_parser("propose", help="propose an act that takes the approval of several operators")
    kinds = proposals.add_subparsers(title="commands", metavar="KIND", required=True)
    for name, options, content, text in _PROPOSALS:
        command = kinds.add_parser(name, help=text)
        for option, settings in options.items():
            command.add_argument(option, **({"required": True} | settings))
        add_hand(command)
        command.set_defaults(run=propose, kind=name, content=content)
    doing = acts.add_parser("carry-out", help="carry an approved act out, or go on with one that was cut off")
    _number(doing)
    doing.add_argument(
        "--new-key", action="store_true", help="a ceremony that was cut off while a key was made makes another"
    )
    doing.set_defaults(run=carry_out)
    acts.add_parser("acts", help="list the acts that were proposed, approved and done").set_defaults(run=show)


def _number(command: argparse.ArgumentParser) -> None:
    command.add_argument("number", type=int, metavar="NUMBER", help="the act's number, as `acts` lists it")


def propose(arguments: argparse.Namespace) -> Answer:
    """Propose an act."""
    hand = hand_of(arguments)
    with opened(arguments.home) as house:
        content = arguments.content(arguments)
        act = as_data(house.authority.operation.propose(ActKind(arguments.kind), content, hand), house.clock())
    return Answer(data={"act": act}, lines=[act_line(act, language_of(arguments)), *_next(act, language_of(arguments))])


def carry_out(arguments: argparse.Namespace) -> Answer:
    """Carry an act out; what it ends is published at once. A termination holds the home alone."""
    with opened(arguments.home) as house:
        from openjpki.authority.control.approvals import act_of

        if act_of(arguments.number).kind != ActKind.TERMINATION.value:
            return _carried_out(house, arguments)
    with opened_alone(arguments.home) as house:
        return _carried_out(house, arguments)


def show(arguments: argparse.Namespace) -> Answer:
    """List the acts."""
    with opened(arguments.home) as house:
        now = house.clock()
        acts = [as_data(one, now) for one in house.authority.operation.acts()]
    language = language_of(arguments)
    none = {"ja": "提案された操作はありません。", "en": "No act was proposed."}
    return Answer(data={"acts": acts}, lines=[act_line(act, language) for act in acts] or [none[language]])


def told_progress(language: Language) -> Callable[[int], None]:
    """Return what tells on standard error how far a mass revocation has come."""

    def tell(count: int) -> None:
        words = {"ja": f"失効 {count} 件", "en": f"{counted(count, 'certificate')} ended"}
        print(words[language], file=sys.stderr, flush=True)

    return tell


def as_data(act: "ControlledAct", now: datetime) -> dict[str, Any]:
    """Return an act as data: what it is about, who approved it, and how far it has come."""
    from openjpki.authority.control.listing import told_act

    return told_act(act, now)


def _carried_out(house: "House", arguments: argparse.Namespace) -> Answer:
    from openjpki.authority.control.controlled import Going

    language = language_of(arguments)
    done = house.authority.operation.carry_out(
        arguments.number, Going(new_key=arguments.new_key, progress=told_progress(language))
    )
    house.authority.publish_crls()
    act = as_data(done, house.clock())
    return Answer(data={"act": act}, lines=[act_line(act, language), *_afterwards(act, language)])


def _afterwards(act: dict[str, Any], language: Language) -> list[str]:
    """Say what is to be done by people once an act is done."""
    number = act["number"]
    said: Mapping[ActKind, Mapping[Language, tuple[str, ...]]] = {
        ActKind.MASS_REVOCATION: AFTER["compromise"],
        ActKind.TERMINATION: AFTER["termination"],
        ActKind.KEY_CEREMONY: {
            "ja": (
                f"次に: 立ち会った各運用者が `openjpki authority transcript sign {number} --operator NAME --key FILE`",
            ),
            "en": (
                f"Next, by each operator who was present: `openjpki authority transcript sign {number} --operator NAME --key FILE`",
            ),
        },
    }
    return list(said.get(ActKind(act["kind"]), {}).get(language, ()))


def act_line(act: dict[str, Any], language: str) -> str:
    """Return an act in one line."""
    rule, (ja, en) = RULES[ActKind(act["kind"])], ACT_STATES[act["state"]]
    by = ", ".join(act["approvers"]) or "-"
    if language == "ja":
        return f"{act['number']} {rule.ja}: {ja}({act['standing']}/{act['required']} {by})、提案 {act['proposer']}"
    return f"{act['number']} {rule.en}: {en} ({act['standing']}/{act['required']} {by}), proposed by {act['proposer']}"


def act_ready(act: dict[str, Any], language: str) -> list[str]:
    """Name the next command once the last approval is given."""
    if act["state"] != "approved":
        return []
    command = f"`openjpki authority carry-out {act['number']}`"
    return [
        {"ja": f"承認がそろいました。実行: {command}", "en": f"Approved by all it takes. To carry it out: {command}"}[
            language
        ]
    ]


def _next(act: dict[str, Any], language: str) -> list[str]:
    lines = {
        "ja": [
            f"内容の SHA-256: {act['digest']}",
            f"承認: `openjpki authority approve {act['number']} --operator NAME --key FILE`",
        ],
        "en": [
            f"SHA-256: {act['digest']}",
            f"To approve it: `openjpki authority approve {act['number']} --operator NAME --key FILE`",
        ],
    }
    return lines[language]


def script_at(path: Path) -> str:
    """Return a script's text; bytes that are no text become marks that no schema takes."""
    with path.open("rb") as file:
        return file.read(MAX_SCRIPT + 1).decode(errors="replace")


def _ceremony(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.generations.ceremony import content_for
    from openjpki.authority.generations.script import read_script

    return content_for(read_script(script_at(arguments.script)))


def _of_issuer(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.control.controlled import for_issuer

    return for_issuer(arguments.issuer)


def _switch(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.control.controlled import for_switch

    return for_switch(arguments.issuer, arguments.issues_from)


def _revocation(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"certificate": arguments.certificate, "cause": arguments.cause}


def _enrolment(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.control.controlled import for_enrolment

    return for_enrolment(arguments.name, public_key_at(arguments.public))


def _verifier(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.verifiers.proposals import content_for

    return content_for(registration_of(arguments))


def _profile_change(arguments: argparse.Namespace) -> dict[str, Any]:
    from openjpki.authority.generations.profile_records import content_for

    return content_for(arguments.digest)


def _removal(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"operator": arguments.name}


_ISSUER = {"--issuer": {"metavar": "NAME", "help": "the generation, as `keys` lists it: signature-1"}}
_PROPOSALS: tuple[tuple[str, dict[str, dict[str, Any]], Callable[[argparse.Namespace], dict[str, Any]], str], ...] = (
    (
        "key-ceremony",
        {"--script": {"type": Path, "metavar": "FILE", "help": "the reviewed script (YAML)"}},
        _ceremony,
        "new keys and generations, by a reviewed script",
    ),
    (
        "generation-switch",
        {
            **_ISSUER,
            "--issues-from": {"metavar": "MOMENT", "help": "YYYY-MM-DDTHH:MM, Japanese time"},
        },
        _switch,
        "another moment from which a generation issues",
    ),
    ("termination", _ISSUER, _of_issuer, "end a generation for good, and destroy its key"),
    ("mass-revocation", _ISSUER, _of_issuer, "revoke all of a generation whose key is compromised"),
    (
        "revocation",
        {
            "--certificate": {"metavar": "KIND/SERIAL", "help": "the certificate, as signature/12"},
            "--cause": {"choices": _CAUSES, "help": "why: other causes are a municipality's to report"},
        },
        _revocation,
        "revoke one certificate without a municipality's order",
    ),
    (
        "operator-enrolment",
        {
            "--name": {"metavar": "NAME", "help": "the new operator"},
            "--public": {"type": Path, "metavar": "FILE", "help": "the public half of their key"},
        },
        _enrolment,
        "enrol another operator",
    ),
    ("profile-change", {"--digest": dict(DIGEST)}, _profile_change, "issue by the profiles that this version makes"),
    ("verifier-registration", dict(REGISTRATION), _verifier, "register a verifier that has notified the authority"),
    (
        "operator-removal",
        {"--name": {"metavar": "NAME", "help": "the operator who goes"}},
        _removal,
        "remove an operator",
    ),
)
