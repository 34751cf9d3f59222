"""`openjpki authority drill …`: the worst day, practised in a sandbox."""

import argparse

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.controlled_acts import told_progress
from openjpki.cli.counted import counted
from openjpki.cli.ending_steps import AFTER
from openjpki.site.opening import opened_alone


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    group = acts.add_parser("drill", help="practise the worst day, in a sandbox without dual control")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, text in (
        ("compromise", "a generation's key leaked: everything of it is revoked under ca_compromise (R-5.10)"),
        ("termination", "a generation ends: everything is revoked, the last lists go out, the key is destroyed"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--issuer", required=True, metavar="NAME", help="the generation, as `keys` lists it: signature-1"
        )
        command.set_defaults(run=run, drill=name)


def run(arguments: argparse.Namespace) -> Answer:
    """End a generation of a sandbox, which is held alone meanwhile, and publish."""
    language = language_of(arguments)
    with opened_alone(arguments.home) as house:
        from openjpki.authority.models import GenerationEnd

        because = GenerationEnd(arguments.drill)
        count = house.authority.operation.drill(arguments.issuer, because, told_progress(language))
        lists = len(house.authority.publish_crls())
    told = {
        "ja": f"{arguments.issuer} を終了し、電子証明書 {count} 件を失効させ、失効リスト {lists} 件を公開しました。",
        "en": f"Ended {arguments.issuer}: revoked {counted(count, 'certificate')}, published {counted(lists, 'list')}.",
    }
    data = {"issuer": arguments.issuer, "because": arguments.drill, "ended": count, "lists": lists}
    return Answer(data=data, lines=[told[language], *AFTER[arguments.drill][language]])
