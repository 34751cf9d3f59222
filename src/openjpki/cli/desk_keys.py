"""`openjpki authority desk-key …`: whose signatures the authority takes at its desk."""

import argparse
from typing import TYPE_CHECKING, Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.moments import told_moment
from openjpki.errors import Language
from openjpki.site.clock import real_moment
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.authority.models import EnrolledKey  # Django must be set up before its modules are loaded


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    group = acts.add_parser("desk-key", help="the keys of municipalities and officers: whose messages are taken")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands.add_parser("list", help="list every key that was ever enrolled").set_defaults(run=show)
    for name, function, text in (
        ("revoke", revoke, "take nothing more that this signer signs"),
        ("renew", renew, "make a new key for a signer, also for one whose key was revoked"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--municipality", required=True, metavar="CODE", help="five digits")
        command.add_argument("--officer", default="", metavar="LOGIN", help="the municipality's own key if left out")
        command.set_defaults(run=function)


def show(arguments: argparse.Namespace) -> Answer:
    """List the desk keys."""
    with opened(arguments.home) as house:
        keys = [as_data(key) for key in house.authority.desk_keys()]
    language = language_of(arguments)
    return Answer(
        data={"keys": keys}, lines=[line for key in keys for line in _lines(key, language)] or [_NONE[language]]
    )


def revoke(arguments: argparse.Namespace) -> Answer:
    """Revoke the key that a signer has in force."""
    with opened(arguments.home) as house:
        key = as_data(house.authority.revoke_desk_key(arguments.municipality, arguments.officer, at=real_moment()))
    return Answer(data={"key": key}, lines=_lines(key, language_of(arguments)))


def renew(arguments: argparse.Namespace) -> Answer:
    """Make a new key for a signer; the authority takes it in place of any before."""
    with opened(arguments.home) as house:
        house.desk.renew(arguments.municipality, arguments.officer)
        rows = [as_data(key) for key in house.authority.desk_keys()]
    signer = {"municipality": arguments.municipality, "officer": arguments.officer, "revoked_at": None}
    (key,) = (row for row in rows if {name: row[name] for name in signer} == signer)
    return Answer(data={"key": key}, lines=_lines(key, language_of(arguments)))


def as_data(key: "EnrolledKey") -> dict[str, Any]:
    """Return what may be told of a key: whose it is, its fingerprint, since and until when."""
    return {
        "municipality": key.municipality,
        "officer": key.signer,
        "fingerprint": key.fingerprint,
        "enrolled_at": key.enrolled_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


_NONE: dict[Language, str] = {"ja": "登録された鍵はありません。", "en": "No key is enrolled."}


def _lines(key: dict[str, Any], language: Language) -> list[str]:
    """Tell a key: whose it is and how it stands, and below the whole fingerprint, which people compare."""
    enrolled = told_moment(key["enrolled_at"], language)
    revoked = told_moment(key["revoked_at"], language) if key["revoked_at"] else ""
    if language == "ja":
        state = f"{revoked} 失効" if revoked else "使用中"
        told = f"{key['municipality']} {key['officer'] or '(市区町村)'}: {enrolled} 登録、{state}"
    else:
        state = f"revoked on {revoked}" if revoked else "in force"
        told = f"{key['municipality']} {key['officer'] or '(itself)'}: enrolled on {enrolled}, {state}"
    return [told, f"  {key['fingerprint']}"]
