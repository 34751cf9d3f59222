from pathlib import Path

import pytest

from openjpki.card.administration import AID
from openjpki.card.connection import UnexpectedAnswer as UnexpectedCardAnswer
from openjpki.desk.messages import CardCommands, CardWorkDone, Refused, Reply, ReportAccepted, Request
from openjpki.rules.kinds import CertificateKind
from openjpki.window import relay
from openjpki.window.answers import UnexpectedAnswer
from openjpki.window.officer import Clerk
from openjpki.window.relay import CardWorkRefused, RelayedCard
from tests.unit.card.cards import bench, blank
from tests.unit.window.counter import Clock

SIGNATURE = CertificateKind.SIGNATURE


class Line:
    """A line to an authority that answers from a list."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.sent: list[Request] = []

    def send(self, request: Request) -> Reply:
        """Answer with the next of the list."""
        self.sent.append(request)
        return self.replies.pop(0)


class Silent:
    """A card that answers one byte."""

    def transmit(self, apdu: bytes) -> bytes:
        """Answer with less than a status word, once the number is read."""
        return bench(blank()).transmit(apdu) if apdu[1] == 0xA4 else b"\x90"


def relayed(line: Line, connection: object = None) -> RelayedCard:
    """Return a relayed card on this line."""
    return RelayedCard(
        connection=connection or bench(blank()),  # type: ignore[arg-type]  # a stand-in
        carrier=line,
        officer=Clerk("sato", "99201"),
        resident_code="12345678901",
        moment=Clock(),
        new_id=lambda: "work-1",
    )


def commands(*apdus: bytes) -> CardCommands:
    """Return commands of a session."""
    return CardCommands(session_id="s", apdus=apdus)


SELECT = bytes.fromhex("00A4040C0A") + AID


def test_bytes_are_carried_as_they_are_until_one_is_refused() -> None:
    """The window adds nothing and leaves nothing out; behind a refusal nothing more is sent."""
    line = Line(commands(SELECT, bytes.fromhex("80F20100"), SELECT), CardWorkDone(work_id="work-1"))
    relayed(line).discard(SIGNATURE)

    assert [type(request).__name__ for request in line.sent] == ["CardWorkAsked", "CardAnswers"]
    assert getattr(line.sent[1], "answers", None) == (b"\x90\x00", b"\x6d\x00")


def test_the_number_is_what_the_card_says() -> None:
    """Read where anybody may read it (record 1 of the common application); the session proves it."""
    assert relayed(Line()).card_number() == blank().number


def test_a_refusal_of_the_work_waits_like_any_interruption() -> None:
    """It is no refusal of an order: the application stays, and its own code and sentences are told."""
    refused = Refused(code="authority.card-work.not-issued", ja="書けません。", en="It cannot be written.")
    with pytest.raises(CardWorkRefused) as found:
        relayed(Line(refused)).load(SIGNATURE, b"certificate")

    assert found.value.reason == "authority.card-work.not-issued"
    assert "書けません。" in found.value.message("ja")


def test_what_is_about_standing_is_said_in_the_authoritys_words() -> None:
    """Each code by which a case is given up is one that the authority has."""
    pages = (Path(__file__).parents[3] / "docs" / "errors.md").read_text(encoding="utf-8")

    assert {code for code in relay._STANDING if f"`{code}`" not in pages} == set()
    assert CardWorkRefused(reason="authority.card-unknown", ja="", en="").is_about_standing
    assert not CardWorkRefused(reason="authority.card-session.over", ja="", en="").is_about_standing


@pytest.mark.parametrize(
    "replies",
    [
        (ReportAccepted(report_id="r", ended=()),),
        (commands(SELECT), commands(SELECT), commands(SELECT)),
    ],
    ids=["another answer", "no end"],
)
def test_an_authority_that_answers_strangely_is_told(replies: tuple[Reply, ...]) -> None:
    """Two rounds are the most; then the work is given up."""
    with pytest.raises(UnexpectedAnswer):
        relayed(Line(*replies)).activate(SIGNATURE)


def test_a_card_that_answers_less_than_a_status_word_is_told() -> None:
    """Nothing of it is carried on."""
    card = relayed(Line(), Silent())
    with pytest.raises(UnexpectedCardAnswer):
        card._carried(commands(bytes.fromhex("80F20100")))
