"""What is on a card in a reader of the system, told through the same terminal as of any card: nothing behind a PIN."""

import argparse
from datetime import datetime
from typing import Any

from openjpki.card.connection import Connection
from openjpki.card.conversation import Conversation
from openjpki.card.pin_terminal import NoSuchPin, PinTerminal
from openjpki.card.terminal import JpkiTerminal
from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import PINS, certificate_data, certificate_words, line_of, words
from openjpki.errors import Language
from openjpki.readers.pcsc import PcscService
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import real_moment
from openjpki.site.home import Home
from openjpki.site.place import HomeMissing


def show_in_reader(arguments: argparse.Namespace) -> Answer:
    """Tell what is on the card in the reader of `--reader`."""
    language, moment = language_of(arguments), _moment(arguments)
    with PcscService() as service:
        reader = service.reader(arguments.reader)
        with service.connect(reader.name) as card:
            told = described(card, moment)
    return Answer(data={"reader": reader.name} | told, lines=lines_of(reader.name, told, language))


def described(connection: Connection, moment: datetime) -> dict[str, Any]:
    """Return what any terminal learns of a card without a PIN, spending no try; raises what `JpkiTerminal` raises."""
    talk = Conversation(connection)
    terminal = JpkiTerminal(talk)
    presence = terminal.presence()
    shown = None
    if presence.authentication:
        shown = certificate_data(terminal.read_certificate(CertificateKind.AUTHENTICATION), moment)
    return {
        "number": terminal.card_number(),
        "label": terminal.token_label(),
        "certificates": {"signature": presence.signature, "authentication": shown},
        "tries": {kind.value: _tries(talk, kind) for kind in PinKind},
    }


def lines_of(reader: str, told: dict[str, Any], language: Language) -> list[str]:
    """Return what a person reads of `described`."""
    none = words(language, "なし", "none")
    hidden = words(language, "あり(内容は暗証番号がなければ読めません)", "there; what it says takes its PIN")
    signature, authentication = (told["certificates"][kind.value] for kind in CertificateKind)
    return [
        f"{reader}  {words(language, '製造番号', 'number')} {told['number']}  {told['label']}",
        line_of(CertificateKind.SIGNATURE, [hidden if signature else none], language),
        line_of(
            CertificateKind.AUTHENTICATION,
            certificate_words(authentication, language) if authentication else [none],
            language,
        ),
        *(_tries_line(kind, told["tries"][kind.value], language) for kind in PinKind),
        *_face_authentication_lines(told, language),
    ]


def _face_authentication_lines(told: dict[str, Any], language: Language) -> tuple[str, ...]:
    """Say what else it may mean that no PIN has tries: no terminal can tell it from four locked ones (R-1.11)."""
    certificates = told["certificates"]
    if certificates["signature"] or not certificates["authentication"] or any(told["tries"].values()):
        return ()
    return (
        words(
            language,
            "顔認証マイナンバーカードかもしれません。その場合は暗証番号がなく、窓口でも設定できません。",
            "This may be a face authentication card (顔認証マイナンバーカード): it has no PINs, and none can be set.",
        ),
    )


def _tries(connection: Connection, kind: PinKind) -> int | None:
    try:
        return PinTerminal(connection).tries_left(kind)
    except NoSuchPin:
        return None


def _tries_line(kind: PinKind, tries: int | None, language: Language) -> str:
    if tries is None:
        return f"{PINS[kind][language]}: {words(language, 'なし', 'none')}"
    left = words(language, f"残り{tries}回", f"tries left: {tries}")
    unusable = words(
        language,
        "ロック中か未設定。市区町村の窓口で設定できます",
        "locked, or not set yet; set at the municipal counter",
    )
    return f"{PINS[kind][language]}: {left if tries else unusable}"


def _moment(arguments: argparse.Namespace) -> datetime:
    """Return the legal moment of the home, where there is one: a card plugged in from a shifted sandbox is of its time."""
    try:
        return Home.open(arguments.home).clock()()
    except HomeMissing:
        return real_moment()
