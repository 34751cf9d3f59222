import argparse
import getpass
import io
import sys
from collections.abc import Callable
from datetime import date

import pytest

from openjpki.cli import window_arguments as read
from openjpki.cli.answer import BadValue
from openjpki.cli.pins import NoPrompt, PinLinesMissing
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import CertificateKind, LifeEvent, PinKind, Sex
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin
from openjpki.rules.policy import Policy
from openjpki.window.changes import Change


def parsed(add: Callable[[argparse.ArgumentParser], None], *words: str) -> argparse.Namespace:
    """Return the arguments of a command."""
    parser = argparse.ArgumentParser()
    add(parser)
    return parser.parse_args(words, argparse.Namespace(lang="en"))


PERSON = ("--resident", "12345678901")


def test_no_pin_is_an_argument() -> None:
    """PINs come from a prompt or standard input; no option takes one."""
    for add in (read.add_hand_over, read.add_issue, read.add_revoke):
        parser = argparse.ArgumentParser()
        add(parser)
        takes = {option: action.nargs for action in parser._actions for option in action.option_strings}
        assert {takes[option] for option in takes if "pin" in option} == {0}
        assert "--pin-stdin" in takes


def test_what_is_shown_is_read() -> None:
    """Kinds, documents with their last days, and whether copies were taken (R-2.26)."""
    arguments = parsed(
        read.add_issue, *PERSON, "--card", "hanako", "--document", "passport:2027-01-01", "--document", "pension-book"
    )

    shown = read.shown(arguments, None)
    assert shown.documents == (
        ShownDocument(kind=DocumentKind.PASSPORT, expires=date(2027, 1, 1)),
        ShownDocument(kind=DocumentKind.PENSION_BOOK),
    )
    assert (shown.pin_matches, shown.copies_taken, shown.kana_agreed) == (None, False, False)
    agreed = parsed(read.add_issue, *PERSON, "--card", "hanako", "--kana-agreed")
    assert read.shown(agreed, None).kana_agreed
    assert read.kinds(arguments) == tuple(CertificateKind)
    one = parsed(read.add_issue, *PERSON, "--card", "hanako", "--kind", "signature")
    assert read.kinds(one) == (CertificateKind.SIGNATURE,)


def test_a_pin_without_a_card_is_not_read() -> None:
    """A revocation without a card on the reader checks no PIN."""
    arguments = parsed(read.add_revoke, *PERSON, "--event", "hold", "--pin-stdin")

    assert read.shown(arguments, None).pin_matches is None


def test_an_event_is_read() -> None:
    """An event with the item that it changes; an arrival is a move with an address and nothing else."""
    words = (*PERSON, "--on", "2026-11-23", "--event")
    sex = parsed(read.add_event, *words, "sex", "--sex", "male")
    move = parsed(read.add_event, *words, "move", "--address", "見本県みなと市", "--to-municipality", "99202")
    wrong = parsed(read.add_event, *words, "sex", "--sex", "male", "--to-municipality", "99202")

    assert read.change(sex) == Change(event=LifeEvent.SEX, on=date(2026, 11, 23), sex=Sex.MALE)
    assert read.change(move).address == "見本県みなと市"
    with pytest.raises(BadValue):
        read.change(wrong)


def test_pins_are_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each, in the order in which they are asked for; a missing one is told."""
    arguments = parsed(read.add_hand_over, *PERSON, "--card", "hanako", "--pin-stdin")
    kinds = (PinKind.SIGNATURE, PinKind.AUTHENTICATION)

    monkeypatch.setattr(sys, "stdin", io.StringIO("ABC123\n1234\n"))
    assert read.typed(arguments, kinds, "en") == {PinKind.SIGNATURE: "ABC123", PinKind.AUTHENTICATION: "1234"}
    monkeypatch.setattr(sys, "stdin", io.StringIO("ABC123\n"))
    with pytest.raises(PinLinesMissing):
        read.typed(arguments, kinds, "en")


def handed(monkeypatch: pytest.MonkeyPatch, lines: str, *words: str, **settings: str) -> dict[str, str]:
    """Return the PINs that a hand-over takes from these lines, by their kind's word."""
    arguments = parsed(read.add_hand_over, *PERSON, "--card", "hanako", "--pin-stdin", *words)
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    found = read.holders_pins(arguments, Policy().with_settings(settings), "en")
    return {kind.value: pin for kind, pin in found.items()}


def test_one_number_serves_for_three_pins_or_each_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.5: two lines, or four; what a municipality does not handle is not asked for (CF-13)."""
    short = ("authentication", "resident-record", "card-face-entry")

    assert handed(monkeypatch, "ABC123\n1234\n") == {"signature": "ABC123"} | dict.fromkeys(short, "1234")
    each = handed(monkeypatch, "ABC123\n1234\n2345\n3456\n", "--separate-pins")
    assert list(each.values()) == ["ABC123", "1234", "2345", "3456"]
    two = handed(monkeypatch, "ABC123\n1234\n", window_pins="signature,authentication")
    assert two == {"signature": "ABC123", "authentication": "1234"}


def test_a_holders_pins_have_their_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.1: looked at before the card is asked for anything."""
    with pytest.raises(BadSignaturePin):
        handed(monkeypatch, "abc123\n1234\n")
    with pytest.raises(BadDigitsPin):
        handed(monkeypatch, "ABC123\n1234\n2345\n345\n", "--separate-pins")
    with pytest.raises(PinLinesMissing):
        handed(monkeypatch, "ABC123\n1234\n", "--separate-pins")


class Terminal(io.StringIO):
    """Standard input at which somebody sits."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_pins_are_prompted_for_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal the PINs are typed unseen; without one they cannot be."""
    arguments = parsed(read.add_hand_over, *PERSON, "--card", "hanako")
    prompts: list[str] = []

    def typed(prompt: str) -> str:
        prompts.append(prompt)
        return "1234"

    monkeypatch.setattr(getpass, "getpass", typed)
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert read.typed(arguments, (PinKind.AUTHENTICATION,), "ja") == {PinKind.AUTHENTICATION: "1234"}
    assert prompts == ["利用者証明用電子証明書の暗証番号: "]
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(NoPrompt):
        read.typed(arguments, (PinKind.AUTHENTICATION,), "ja")


@pytest.mark.parametrize("text", ["clerk", "wakaba-clerk", "a.b_c@d", "x" * 64])
def test_a_login_is_an_accounts_name(text: str) -> None:
    """Every act names its officer, by the account's name."""
    assert read.login("--officer")(text) == text


@pytest.mark.parametrize("text", ["", "x" * 65, "山田", "a b", "a\n"])
def test_a_login_of_another_form_is_refused(text: str) -> None:
    """The registers hold 64 characters of an account's name, and no others than an account has."""
    with pytest.raises(BadValue, match="--approved-by"):
        read.login("--approved-by")(text)
