from contextlib import suppress

import pytest

from openjpki.card.pins import CodeKind
from openjpki.card.terminal import WrongPin
from openjpki.cli.pins import NoPrompt
from openjpki.cli.window_answers import unset_lines
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.sealing import Sealed
from openjpki.errors import Language
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadDigitsPin
from openjpki.site.home import Home
from tests.unit.cli.test_window import LICENCE, PERSON, WAKABA, Counter, counter, issue, served, typed

__all__ = ["counter", "served"]
pytestmark = pytest.mark.django_db(databases=["authority", "window", "staff"])
RESET = ("pin-reset", *WAKABA, *PERSON, "--card", "hanako", "--kind", "authentication")


def _away(*_: object) -> None:
    raise AuthorityUnreachable


def test_a_forgotten_pin_is_set_anew(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.3: locked, identified by a document, typed by the holder; the old one does not match any more."""
    for _ in range(3):
        typed(monkeypatch, "9999\n")
        with suppress(WrongPin):
            served("issue", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")
    typed(monkeypatch, "8765\n")
    answer = served(*RESET, *LICENCE, "--pin-stdin")

    assert answer.data["tries"] == 3
    assert answer.data["state"] == "done"
    assert "8765" not in str(answer.data) + "".join(answer.lines)
    typed(monkeypatch, "8765\n")
    assert served("issue", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin").data["state"] == "done"


def test_without_a_document_the_pin_stays(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is told with what to bring, and the old PIN works on."""
    typed(monkeypatch, "8765\n")
    refused = served(*RESET, "--pin-stdin")
    assert "identity.reset-needs-document" in [finding["code"] for finding in refused.data["findings"]]

    typed(monkeypatch, "1234\n")
    assert issue(served, "--pin-stdin").data["state"] == "done"


def test_a_slip_in_the_form_uses_up_nothing(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is asked before anything is applied for."""
    typed(monkeypatch, "87654\n")
    with pytest.raises(BadDigitsPin):
        served(*RESET, *LICENCE, "--pin-stdin")
    typed(monkeypatch, "")
    with pytest.raises(NoPrompt):
        served(*RESET, *LICENCE)
    assert served("applications", *WAKABA).data["applications"] == []


@pytest.mark.parametrize(("language", "told"), [("ja", "途中で止まっています"), ("en", "was cut off")])
def test_a_reset_that_was_cut_off_is_told_and_closed(
    served: Counter, monkeypatch: pytest.MonkeyPatch, language: Language, told: str
) -> None:
    """R-6.3: the authority away, it waits for its card; the queue says what closes it, and with the card it is withdrawn."""
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    typed(monkeypatch, "8765\n")
    with pytest.raises(AuthorityUnreachable):
        served(*RESET, *LICENCE, "--pin-stdin")
    monkeypatch.setattr(Sealed, "send", send)

    line = served("queue", *WAKABA, language=language).lines[-1]
    assert told in line
    assert "`openjpki window resume --card NAME`" in line
    assert len(served("resume").data["cards_needed"]) == 1
    (closed,) = served("resume", "--card", "hanako").data["applications"]
    assert closed["state"] == "withdrawn"


@pytest.mark.parametrize(("kind", "limit"), [("resident-record", 3), ("card-face-entry", 3), ("signature", 5)])
def test_each_pin_is_reset_alone(served: Counter, monkeypatch: pytest.MonkeyPatch, kind: str, limit: int) -> None:
    """R-6.5: all four at the counter; the others stay as they are."""
    store = CardStore(Home.open(served.path).cards)
    before = store.look("hanako")
    typed(monkeypatch, "XYZ999\n" if kind == "signature" else "8765\n")
    answer = served("pin-reset", *WAKABA, *PERSON, "--card", "hanako", "--kind", kind, *LICENCE, "--pin-stdin")
    image = store.look("hanako")

    assert (answer.data["kind"], answer.data["tries"], answer.data["state"]) == (kind, limit, "done")
    pin = PinKind(kind)
    changed = {pin, CodeKind.COMMON} if pin is PinKind.RESIDENT_RECORD else {pin}
    assert {name for name in image.pins if image.pins[name] != before.pins[name]} == changed
    assert image.permitted == frozenset()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_pin_that_a_hand_over_left_unset_is_told(language: Language) -> None:
    """R-6.3: with the command that sets it."""
    assert unset_lines((), language) == []
    (line,) = unset_lines((PinKind.CARD_FACE_ENTRY,), language)
    assert "`openjpki window pin-reset --kind card-face-entry`" in line
