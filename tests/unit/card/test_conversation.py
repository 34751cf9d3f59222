import pytest

from openjpki.card import jpki, text
from openjpki.card.apdu import CommandApdu, Ins
from openjpki.card.connection import NotJpkiCard, UnexpectedAnswer
from openjpki.card.conversation import Conversation, Place
from openjpki.card.face import NoFace
from openjpki.card.objects import ISSUER_DOMAIN_AID
from openjpki.card.pin_answers import PinNotVerified
from openjpki.card.terminal import NoCertificate
from tests.unit.card.cards import bench
from tests.unit.card.test_terminal import Scripted, Tapped

JPKI = Place(aid=jpki.AID, without=NotJpkiCard, without_file=NoCertificate)
TEXT = Place(aid=text.AID, without=NoFace, without_file=NoFace)
SELECT_JPKI, SELECT_TEXT = "00A4040C0AD392F000260100000001", "00A4040C0AD3921000310001010408"


def test_an_application_is_selected_where_another_is_current() -> None:
    """Once, as long as nothing else is: a file of the same identifier is never taken for another application's."""
    tapped = Tapped(bench())
    talk = Conversation(tapped)
    for place in (JPKI, JPKI, TEXT, JPKI):
        talk.select(place, text.UNKNOWN if place is TEXT else jpki.TOKEN_INFO)

    assert [sent for sent in tapped.sent if sent.startswith("00A404")] == [SELECT_JPKI, SELECT_TEXT, SELECT_JPKI]
    assert talk.entries == 3


def test_what_others_send_may_select_anything() -> None:
    """Behind a command of another's making, and behind the end, the application is selected anew."""
    tapped = Tapped(bench())
    talk = Conversation.over(tapped)
    talk.select(JPKI, jpki.TOKEN_INFO)
    assert Conversation.over(talk) is talk
    assert talk.transmit(bytes.fromhex(SELECT_TEXT)) == b"\x90\x00"
    talk.select(JPKI, jpki.TOKEN_INFO)
    talk.leave(ISSUER_DOMAIN_AID)
    talk.select(JPKI, jpki.TOKEN_INFO)

    assert tapped.sent.count(SELECT_JPKI) == 3


def test_a_file_is_read_to_the_size_that_is_wanted() -> None:
    """In blocks of 256, and no byte more is kept (C OpenSC)."""
    talk = Conversation(Scripted(["9000", "9000", "AA" * 256 + "9000", "BB" * 256 + "9000"]))
    talk.select(JPKI, 1)

    assert talk.read_on(JPKI, talk.read(JPKI, 0), 300) == b"\xaa" * 256 + b"\xbb" * 44


def test_what_is_missing_is_told_in_the_words_of_its_place() -> None:
    """Application, file, content: each place says what it means to a person."""
    with pytest.raises(NoFace):
        Conversation(Scripted(["6A82"])).select(TEXT, 1)
    with pytest.raises(NoCertificate):
        Conversation(Scripted(["9000", "6A82"])).select(JPKI, 1)
    with pytest.raises(NoFace):
        Conversation(Scripted(["6B00"])).read(TEXT, 0)
    with pytest.raises(PinNotVerified):
        Conversation(Scripted(["6982"])).read(TEXT, 0)


def test_an_application_that_was_not_selected_is_not_current() -> None:
    """After a refusal the next file is not looked for where nobody is."""
    talk = Conversation(Scripted(["6F00", "9000", "9000"]))
    with pytest.raises(UnexpectedAnswer, match="SELECT: 6F00"):
        talk.select(JPKI, 1)
    talk.select(JPKI, 1)
    assert talk.entries == 2


def test_bytes_that_are_no_answer_are_told() -> None:
    """A reader that answers less than a status word."""
    with pytest.raises(UnexpectedAnswer, match="VERIFY: -"):
        Conversation(Scripted(["90"])).ask(CommandApdu(cla=0, ins=Ins.VERIFY, p1=0, p2=0x80))
