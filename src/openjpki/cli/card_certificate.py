"""`openjpki card certificate`: a certificate as the card gives it out, into a file."""

import argparse
from hashlib import sha256
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

from openjpki.card.pin_terminal import PinTerminal
from openjpki.card.terminal import JpkiTerminal
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import PINS
from openjpki.cli.card_inserted import Inserted, of_home, typed_between
from openjpki.cli.output import require_place, write_whole
from openjpki.cli.pins import one_typed, prompt_for
from openjpki.pki.inspect import facts
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.words import word
from openjpki.site.home import Home

_PIN = PinKind.SIGNATURE


def add_certificate(group: Commands) -> None:
    """Add the command to the `card` group."""
    words = "write a certificate of the card to a file; the signature certificate needs its PIN"
    parser = group.add_parser("certificate", help=words, description=words)
    parser.add_argument("name", metavar="NAME", help="what the card is called")
    parser.add_argument("--kind", required=True, choices=[kind.value for kind in CertificateKind], help="which one")
    parser.add_argument("--out", required=True, type=Path, metavar="F", help="where it goes; only you may read it")
    parser.add_argument("--pem", action="store_true", help="as PEM instead of DER")
    parser.add_argument("--pin-stdin", action="store_true", help="the signature PIN from standard input")
    parser.set_defaults(run=_certificate)


def _certificate(arguments: argparse.Namespace) -> Answer:
    """Read a certificate as any terminal does: the four attributes of the signature certificate stand behind its PIN."""
    language, kind = language_of(arguments), CertificateKind(arguments.kind)
    require_place(arguments.out)
    home = Home.open(arguments.home)
    der = typed_between(
        lambda: of_home(home, arguments.name),
        ask=lambda card: _tries(card, kind),
        prompt=lambda tries: _pin(arguments, kind, tries),
        do=lambda card, pin: JpkiTerminal(card.talk, card.policy).read_certificate(kind, pin),
    )
    write_whole(arguments.out, DER_cert_to_PEM_cert(der).encode() if arguments.pem else der)
    told = facts(der)
    words = word(kind, language)
    line = {
        "ja": f"{words}(No. {told.serial})を {arguments.out} に書き出しました。",
        "en": f"Wrote the {words} certificate (No. {told.serial}) to {arguments.out}.",
    }
    data = {
        "name": arguments.name,
        "kind": kind.value,
        "serial": told.serial,
        "out": str(arguments.out),
        "form": "pem" if arguments.pem else "der",
        "sha256": sha256(der).hexdigest(),
    }
    return Answer(data=data, lines=(line[language],))


def _tries(card: Inserted, kind: CertificateKind) -> int:
    """Return the tries of the signature PIN, once there is something behind it: the other certificate takes none."""
    terminal = JpkiTerminal(card.talk, card.policy)
    terminal.hold_present(kind)
    return 0 if kind is CertificateKind.AUTHENTICATION else PinTerminal(card.talk, card.policy).hold_usable(_PIN)


def _pin(arguments: argparse.Namespace, kind: CertificateKind, tries: int) -> bytearray | None:
    """Return the signature PIN; the authentication certificate is read by anybody who holds the card."""
    if kind is CertificateKind.AUTHENTICATION:
        return None
    language = language_of(arguments)
    prompt = prompt_for(PINS[_PIN][language], tries, language)
    return bytearray(one_typed(prompt, from_stdin=arguments.pin_stdin).encode())
