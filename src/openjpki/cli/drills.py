"""`openjpki authority drill …`: the worst day, practised in a sandbox."""

import argparse
from collections.abc import Mapping

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.controlled_acts import told_progress
from openjpki.site.opening import opened_alone

_AFTER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "compromise": {
        "ja": (
            "次にすること: 1. 新しい世代の鍵生成の式。2. 検証者への連絡: この世代の認証局証明書を信頼から外す(危殆化した鍵が署名した失効リスト・OCSP応答は、それだけでは信用できない)。",
            "3. 市区町村への連絡: 影響を受けるカードの電子証明書は、新しい世代が発行を始めてから再発行する(手数料なし、R-5.10)。4. 所有者への連絡: 窓口での再発行。カード自体は使える。",
        ),
        "en": (
            "What to do now: 1. A ceremony for a new generation. 2. Tell the verifiers to drop this generation's CA certificate: lists and answers signed by a compromised key are worth nothing by themselves.",
            "3. Tell the municipalities: certificates of the cards concerned are issued anew, without a fee (R-5.10), once a new generation issues. 4. Tell the holders: they come to the counter; the card itself stays.",
        ),
    },
    "termination": {
        "ja": ("この世代の最後の失効リストは、認証局証明書の有効期間満了まで有効です。公開を続けてください。",),
        "en": ("The last lists of this generation are valid until its CA certificate ends. Keep publishing them.",),
    },
}


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
        "en": f"Ended {arguments.issuer}: {count} certificates are over, {lists} lists are published.",
    }
    data = {"issuer": arguments.issuer, "because": arguments.drill, "ended": count, "lists": lists}
    return Answer(data=data, lines=[told[language], *_AFTER[arguments.drill][language]])
