"""`openjpki authority operator …`: the people who run the authority, and their keys."""

import argparse
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openjpki.authority.control import browser_certificates
from openjpki.authority.control.browser_certificates import MOST_DAYS
from openjpki.authority.control.operator_keys import MAX_KEY_FILE, OperatorKey, fingerprint_of, public_key_of
from openjpki.authority.signing.keys import read_secret
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.moments import told_moment
from openjpki.cli.passphrases import add_hand, add_source, passphrase
from openjpki.errors import Failure, Kind
from openjpki.site.clock import real_moment
from openjpki.site.opening import opened
from openjpki.site.private import PRIVATE

if TYPE_CHECKING:
    from openjpki.authority.models import Operator  # Django must be set up before its modules are loaded


class KeyFileExists(Failure):
    """A key file is never overwritten."""

    code = "authority.operators.key-file-exists"
    kind = Kind.REFUSED
    ja = "{path} は既にあります。上書きしません。"
    en = "{path} exists and is not overwritten."


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    group = acts.add_parser("operator", help="the operators of the authority, whose approvals its gravest acts take")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    key = commands.add_parser("key", help="make an operator's own key, encrypted, and its public half beside it")
    key.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the new key file; FILE.pub goes beside it"
    )
    add_source(key)
    key.set_defaults(run=make)
    enrol = commands.add_parser("enrol", help="enrol one of the operators with whom the authority begins")
    enrol.add_argument("name", metavar="NAME", help="a-z, 0-9 and -, beginning with a letter")
    enrol.add_argument("--public", type=Path, required=True, metavar="FILE", help="the public half of their key")
    enrol.set_defaults(run=run_enrol)
    browser = commands.add_parser(
        "browser", help="make what an operator's browser shows at the operators' pages, by the operator's own key"
    )
    add_hand(browser)
    browser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the new file (PKCS #12)")
    browser.add_argument(
        "--days", type=int, choices=range(1, MOST_DAYS + 1), default=1, metavar="N", help="its life in days (1 to 7; 1)"
    )
    browser.set_defaults(run=make_browser)
    commands.add_parser("list", help="list every operator that was ever enrolled").set_defaults(run=show)


def make(arguments: argparse.Namespace) -> Answer:
    """Make a key; it needs no home."""
    path: Path = arguments.out
    public = path.with_name(f"{path.name}.pub")
    for taken in (path, public):
        if taken.exists():
            raise KeyFileExists(path=taken)
    made = OperatorKey.generate()
    encrypted = made.to_pem(passphrase(arguments, path.name, twice=True))
    _write_new(path, encrypted, PRIVATE)
    _write_new(public, made.public_pem(), 0o644)
    fingerprint = fingerprint_of(made.public_key)
    told = {
        "ja": f"鍵を {path} に、公開鍵を {public} に作りました。指紋(SHA-256): {fingerprint}",
        "en": f"Made a key in {path}, its public half in {public}. Fingerprint (SHA-256): {fingerprint}",
    }
    data = {"key": str(path), "public": str(public), "fingerprint": fingerprint}
    return Answer(data=data, lines=[told[language_of(arguments)]])


def make_browser(arguments: argparse.Namespace) -> Answer:
    """Make a key and a certificate for an operator's browser; it needs no home, and the operator's key stays where it is."""
    path: Path = arguments.out
    if path.exists():
        raise KeyFileExists(path=path)
    pem, name = read_secret(arguments.key), arguments.operator
    key = OperatorKey.from_pem(pem, passphrase(arguments, name), arguments.key)
    now = real_moment()
    made = browser_certificates.made(
        name, key, now, days=arguments.days, passphrase=passphrase(arguments, path.name, twice=True)
    )
    _write_new(path, made, PRIVATE)
    until = now + timedelta(days=arguments.days)
    told = {
        "ja": f"ブラウザー用の証明書と鍵を {path} に作りました。{told_moment(until, 'ja')} まで有効です。ブラウザーに読み込んだら、ファイルは消してください。",
        "en": f"Made a certificate and a key for the browser in {path}, valid until {told_moment(until, 'en')}. Import it into the browser, then delete the file.",
    }
    data = {"operator": name, "file": str(path), "until": until.isoformat()}
    return Answer(data=data, lines=[told[language_of(arguments)]])


def run_enrol(arguments: argparse.Namespace) -> Answer:
    """Enrol an operator while the authority has not all of them yet."""
    public_key = public_key_at(arguments.public)
    with opened(arguments.home) as house:
        operator = as_data(house.authority.operation.enrol_first(arguments.name, public_key))
    return Answer(data={"operator": operator}, lines=[_line(operator, language_of(arguments))])


def show(arguments: argparse.Namespace) -> Answer:
    """List the operators."""
    with opened(arguments.home) as house:
        operators = [as_data(one) for one in house.authority.operation.operators()]
    language = language_of(arguments)
    none = {"ja": "運用者は登録されていません。", "en": "No operator is enrolled."}
    lines = [_line(one, language) for one in operators] or [none[language]]
    return Answer(data={"operators": operators}, lines=lines)


def public_key_at(path: Path) -> bytes:
    """Return the public key of a file; raises `OperatorKeyUnreadable`."""
    with path.open("rb") as file:
        return public_key_of(file.read(MAX_KEY_FILE), path)


def as_data(operator: "Operator") -> dict[str, Any]:
    """Return what may be told of an operator."""
    return {
        "name": operator.name,
        "fingerprint": operator.fingerprint,
        "enrolled_at": operator.enrolled_at.isoformat(),
        "removed_at": operator.removed_at.isoformat() if operator.removed_at else None,
    }


def _line(operator: dict[str, Any], language: str) -> str:
    whole = operator["fingerprint"]
    if language == "ja":
        return f"{operator['name']}: {whole} {'抹消' if operator['removed_at'] else '登録中'}"
    return f"{operator['name']}: {whole} {'removed' if operator['removed_at'] else 'enrolled'}"


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
