"""`openjpki card list`: which cards a home has, of what kind, and until when their certificates are valid; nobody's name."""

import argparse
from collections.abc import Mapping
from typing import Any

from openjpki.card.image import CardImage
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.card_facts import CERTIFICATES, certificate_data, words
from openjpki.errors import Failure, Language
from openjpki.readers.plugs import slot_of
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.home import Home
from openjpki.site.place import locked

_KINDS: Mapping[str, Mapping[Language, str]] = {
    "blank": {"ja": "券面なし", "en": "blank"},
    "face-authentication": {"ja": "顔認証マイナンバーカード", "en": "face authentication"},
    "ordinary": {"ja": "マイナンバーカード", "en": "My Number card"},
}


def add_list(group: Commands) -> None:
    """Add the command to the `card` group."""
    help_ = "which cards there are: of what kind, in a reader or not, with certificates until when"
    group.add_parser("list", help=help_, description=help_).set_defaults(run=_list)


def takes_no_pin(image: CardImage) -> bool:
    """Tell whether this is a 顔認証マイナンバーカード: an authentication certificate, and no PIN was ever set (R-1.11)."""
    held = {kind for kind in CertificateKind if image.keys[kind].active is not None}
    return held == {CertificateKind.AUTHENTICATION} and all(image.pins[kind].digest is None for kind in PinKind)


def _list(arguments: argparse.Namespace) -> Answer:
    """List the cards; one that cannot be read is listed with its refusal."""
    language = language_of(arguments)
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    home = Home.open(arguments.home)
    with locked(home.path, exclusive=False):
        store, moment = CardStore(home.cards), home.clock()()
        for name in store.list():
            try:
                image = store.look(name)
                until = {
                    kind.value: certificate_data(active.certificate, moment)["expires"]
                    for kind in CertificateKind
                    if (active := image.keys[kind].active) is not None and active.certificate is not None
                }
                slot = slot_of(store.note(name, "plug"))
            except Failure as failure:
                rows.append({"name": name, "error": failure.code})
                lines.append(f"{name}  [{failure.code}] {failure.message(language)}")
                continue
            row = {
                "name": name,
                "number": image.number,
                "kind": _kind(image),
                "expires": image.expires.isoformat(),
                "plugged": slot is not None,
                "slot": slot,
                "certificates": list(until),
                "certificates_expire": until,
            }
            rows.append(row)
            lines.append(_line(row, language))
    return Answer(
        data={"cards": rows}, lines=lines or (words(language, "カードはありません。", "There are no cards."),)
    )


def _kind(image: CardImage) -> str:
    if image.face is None:
        return "blank"
    return "face-authentication" if takes_no_pin(image) else "ordinary"


def _line(row: Mapping[str, Any], language: Language) -> str:
    until = [
        words(language, f"{CERTIFICATES[kind]['ja']} {day}まで", f"{CERTIFICATES[kind]['en']} until {day}")
        for kind in CertificateKind
        if (day := row["certificates_expire"].get(kind.value))
    ]
    parts = [
        row["name"],
        row["number"],
        _KINDS[row["kind"]][language],
        words(language, "、", ", ").join(until) or words(language, "証明書なし", "no certificate"),
    ]
    if row["plugged"]:
        parts.append(
            words(language, f"カードリーダー(スロット {row['slot']})の中", f"in the reader of slot {row['slot']}")
        )
    return "  ".join(parts)
