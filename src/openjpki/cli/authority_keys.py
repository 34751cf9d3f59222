"""`openjpki authority keys`: which CA keys there are, where, what each does, and for how long."""

import argparse
from typing import Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.site.opening import opened
from openjpki.site.operators.states import KEY_DOES


def told_keeper(keeper: str, language: str) -> str:
    """Return where keys are kept in words: files, or the URI of a token."""
    return "ファイル" if keeper == "files" and language == "ja" else keeper


def add(acts: Commands) -> None:
    """Add the command to those of the authority."""
    acts.add_parser("keys", help="the CA keys: generations, where they are, what they do, until when").set_defaults(
        run=show
    )


def show(arguments: argparse.Namespace) -> Answer:
    """List the generations with their keys and responders."""
    with opened(arguments.home) as house:
        from openjpki.authority.generations.listing import told_generations

        keys = told_generations(house.clock(), house.authority.keeper)
    language = language_of(arguments)
    none = {
        "ja": "認証局の鍵はありません。鍵生成の式を行ってください(`openjpki authority ceremony --help`)。",
        "en": "There is no CA key. Hold a key ceremony (`openjpki authority ceremony --help`).",
    }
    lines = [line for key in keys for line in _lines(key, language)]
    return Answer(data={"keys": keys}, lines=lines or [none[language]])


def _lines(key: dict[str, Any], language: str) -> list[str]:
    ja, en = KEY_DOES[key["does"]]
    kept = told_keeper(key["keeper"] or "-", language)
    number = "発行番号" if language == "ja" else "No."
    responders = ", ".join(f"{number} {one['serial']}" for one in key["responders"]) or "-"
    if language == "ja":
        return [
            f"{key['issuer']}: {ja}、残り {key['days_left']} 日",
            f"  鍵識別子 {key['key_identifier']}、{key['algorithm']}、保管 {kept}、OCSPレスポンダー {responders}",
        ]
    return [
        f"{key['issuer']}: {en}, {counted(key['days_left'], 'day')} left",
        f"  key {key['key_identifier']}, {key['algorithm']}, in {kept}, OCSP responders {responders}",
    ]
