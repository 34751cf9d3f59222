"""`openjpki story`: one life of a card's certificates, end to end."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.documents.limits import read_document
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import civil_date
from openjpki.site.clock import real_moment
from openjpki.site.home import DEFAULT_PORT, Settings
from openjpki.site.server import listening


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "story",
        help="tell one life of a card's certificates, end to end",
        description="Issue, sign a real PDF, verify, log in, move, re-issue, renew, expire: told step by step. "
        "An earlier story in the same home is replaced.",
    )
    parser.add_argument("--document", type=Path, metavar="FILE", help="a PDF of yours to sign instead of ours")
    parser.add_argument(
        "--algorithm",
        choices=[algorithm.value for algorithm in KeyAlgorithm],
        default=KeyAlgorithm.RSA_2048_SHA_256.value,
        help="key algorithm of CAs and cards",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Tell the story; with `--json`, the telling goes to standard error and the result to standard output."""
    from openjpki.story.life import over_http, own_document, tell

    language = language_of(arguments)
    document = own_document() if arguments.document is None else read_document(arguments.document)
    with listening(DEFAULT_PORT) as listener:
        told = tell(
            arguments.home,
            today=civil_date(real_moment()),
            document=document,
            language=language,
            say=_speaker(as_json=arguments.json),
            settings=Settings(purpose="story", port=listener.port, algorithm=arguments.algorithm),
            web=over_http(listener),
        )
    data = told.facts | {"home": str(told.home), "steps": told.steps, "checks": told.checks, "ended": "well"}
    last = {
        "ja": f"物語は終わりです。{told.steps}話、確認 {told.checks} 件。成果物は {told.home / 'story'} にあります。",
        "en": f"The story ends. {told.steps} steps, {told.checks} checks. What it made is in {told.home / 'story'}.",
    }
    return Answer(data=data, lines=["", last[language]])


def _speaker(*, as_json: bool) -> Callable[[str], None]:
    stream = sys.stderr if as_json else sys.stdout

    def say(line: str) -> None:
        print(line, file=stream, flush=True)

    return say
