"""`openjpki authority …`: look at the authority, publish its lists, finish what was interrupted."""

import argparse
from dataclasses import asdict

from openjpki.cli import (
    approving,
    authority_check,
    authority_keys,
    authority_notices,
    ceremonies,
    controlled_acts,
    desk_keys,
    drills,
    operators,
    profiles,
    responders,
    verifiers,
)
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.site.opening import opened


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.add_parser("authority", help="the authority: lists, and interrupted issues")
    acts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    acts.add_parser("publish", help="publish a new revocation list of every partition").set_defaults(run=publish)
    acts.add_parser("resume", help="finish or undo what a crash left half done").set_defaults(run=resume)
    for subject in (
        authority_check,
        authority_notices,
        desk_keys,
        authority_keys,
        operators,
        profiles,
        controlled_acts,
        approving,
        ceremonies,
        drills,
        responders,
        verifiers,
    ):
        subject.add(acts)


def publish(arguments: argparse.Namespace) -> Answer:
    """Publish the CRLs and the CA certificates."""
    with opened(arguments.home) as house:
        published = house.authority.publish_crls()
        folder = house.home.public
    rows = [
        {
            "issuer": str(row.issuer),
            "municipality": row.municipality,
            "number": row.number,
            "this_update": row.this_update.isoformat(),
            "next_update": row.next_update.isoformat(),
        }
        for row in published
    ]
    language = language_of(arguments)
    told = {
        "ja": f"失効リスト {len(rows)} 件を {folder / 'crl'} に公開しました。",
        "en": f"Published {counted(len(rows), 'revocation list')} in {folder / 'crl'}.",
    }
    return Answer(data={"published": rows}, lines=[told[language]])


def resume(arguments: argparse.Namespace) -> Answer:
    """Finish or undo half-done orders."""
    with opened(arguments.home) as house:
        resumed = house.authority.resume()
    data = {name: list(orders) for name, orders in asdict(resumed).items()}
    language = language_of(arguments)
    counts = {name: len(orders) for name, orders in data.items()}
    told = {
        "ja": "署名した注文 {signed}、有効にした注文 {activated}、配達待ち {waiting}、取りやめ {closed}".format(
            **counts
        ),
        "en": "orders: signed {signed}, activated {activated}, waiting for delivery {waiting}, closed {closed}".format(
            **counts
        ),
    }
    return Answer(data=data, lines=[told[language]])
