import io
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.card.face_terminal import NoFace
from openjpki.card.image import CardImage
from openjpki.card.pin_answers import WrongPin
from openjpki.card.pins import CodeKind
from openjpki.cli.answer import Answer
from openjpki.cli.card_read import NotAsSigned
from openjpki.cli.main import parser
from openjpki.cli.output import NoOutputFolder
from openjpki.errors import Failure, Kind
from openjpki.readers import pcsc
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.store import CardStore
from openjpki.site.home import Home, Settings
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, face_data, holder, with_face
from tests.support.scard import Scard
from tests.unit.card.cards import blank, ordinary

PIN, CODE_B = "3456", holder().codes[CodeKind.TEXT_B]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a card of the tests' holder."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox"))
    CardStore(path / "cards").create("taro", with_face(ordinary()))
    return path


def read(home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card read …` in this home, with a line on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    arguments = parser().parse_args(["card", "read", *words, "--pin-stdin", "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def change(home: Path, image: CardImage) -> None:
    """Put another card in taro's place."""
    with CardStore(home / "cards").open("taro") as card:
        card.keep(image)


@pytest.mark.parametrize(("by", "typed"), [("pin", PIN), ("code-b", CODE_B)])
def test_the_attributes_are_read(home: Path, monkeypatch: pytest.MonkeyPatch, by: str, typed: str) -> None:
    """By the PIN or 照合番号B, in both calendars, with what the signature shows; the individual number is not among it."""
    answer = read(home, monkeypatch, typed, "text", "taro", "--by", by, language="ja")

    assert answer.data["attributes"] == {
        "name": PERSON.name,
        "address": PERSON.address,
        "birth_date": "1988-02-29",
        "sex": "female",
    }
    assert (answer.data["name"], answer.data["signature"]["holds"], answer.kind) == ("taro", True, None)
    assert answer.lines[:4] == [
        f"氏名: {PERSON.name}",
        f"住所: {PERSON.address}",
        "生年月日: 昭和63年（1988年）2月29日",
        "性別: 女",
    ]
    assert answer.lines[4].startswith("署名は一致しました")
    assert INDIVIDUAL_NUMBER not in json.dumps(answer.data) + "".join(answer.lines)
    assert typed not in json.dumps(answer.data) + "".join(answer.lines)


def test_the_number_is_told_where_it_is_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the PIN, or by 照合番号A, which is the number itself."""
    answer = read(home, monkeypatch, PIN, "number", "taro")
    assert answer.data["individual_number"] == INDIVIDUAL_NUMBER
    assert answer.lines[0] == f"Individual number: {INDIVIDUAL_NUMBER}"
    assert read(home, monkeypatch, INDIVIDUAL_NUMBER, "number", "taro", "--by", "code-a").kind is None


@pytest.mark.parametrize(("by", "typed"), [("code-b", CODE_B), ("code-a", INDIVIDUAL_NUMBER)])
def test_the_photo_goes_into_a_file(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, typed: str
) -> None:
    """JPEG 2000 as it is on the card, in a file of the owner only."""
    out = tmp_path / "photo.jp2"
    answer = read(home, monkeypatch, typed, "photo", "taro", "--by", by, "--out", str(out))

    assert out.read_bytes() == face_data().pictures.photo
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert answer.data == {"name": "taro", "out": str(out), "signature": answer.data["signature"]}
    assert answer.lines[0] == f"Written to {out}."


def test_a_text_goes_into_a_file_instead(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--out` what is read is not shown."""
    out = tmp_path / "number.json"
    answer = read(home, monkeypatch, PIN, "number", "taro", "--out", str(out))
    assert json.loads(out.read_text()) == {"individual_number": INDIVIDUAL_NUMBER}
    assert INDIVIDUAL_NUMBER not in json.dumps(answer.data) + "".join(answer.lines)
    read(home, monkeypatch, PIN, "text", "taro", "--out", str(out))
    assert json.loads(out.read_text(encoding="utf-8"))["name"] == PERSON.name
    with pytest.raises(NoOutputFolder):
        read(home, monkeypatch, PIN, "text", "taro", "--out", str(tmp_path / "none" / "x"))


def test_a_card_in_a_reader_is_read(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same terminal on plastic, with or without a home; afterwards nothing is open on the card."""
    scard = Scard({"R 00": None})
    monkeypatch.setattr(pcsc, "_library", lambda: scard)
    with InProcessReader(CardStore(home / "cards")).insert("taro") as card:
        scard.readers["R 00"] = card
        answer = read(tmp_path / "nowhere", monkeypatch, PIN, "text", "--reader", "R")
        assert card.transmit(bytes.fromhex("00B0820000")) == b"\x69\x86"

    assert answer.data["reader"] == "R 00"
    assert answer.data["attributes"]["name"] == PERSON.name
    assert scard.held == []


def alter(home: Path) -> None:
    """Have taro's birth date be another than the one that was signed."""
    image = with_face(ordinary())
    assert image.face is not None
    altered = {**image.face.text, 2: image.face.text[2].replace(b"19880229", b"19880000")}
    change(home, replace(image, face=replace(image.face, text=altered)))


def test_what_was_altered_goes_into_no_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file says nothing of a signature that does not hold: none is written, unless `--unverified` asks for it."""
    alter(home)
    out = tmp_path / "text.json"
    with pytest.raises(NotAsSigned):
        read(home, monkeypatch, PIN, "text", "taro", "--out", str(out))
    assert not out.exists()
    answer = read(home, monkeypatch, PIN, "text", "taro", "--out", str(out), "--unverified")

    assert json.loads(out.read_text(encoding="utf-8"))["birth_date"] == "19880000"
    assert (answer.kind, answer.data["signature"]["holds"]) == (Kind.REFUSED, False)
    assert answer.lines[-1].startswith("The signature does not hold")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_was_altered_is_told(home: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """It is shown all the same, with the sentence and an exit status of something invalid."""
    alter(home)
    answer = read(home, monkeypatch, PIN, "text", "taro", language=language)

    assert answer.kind is Kind.REFUSED
    assert answer.data["signature"]["holds"] is False
    assert answer.data["attributes"]["birth_date"] == "19880000", "part of the day is not known"
    assert answer.lines[-1].startswith({"ja": "署名が一致しません", "en": "The signature does not hold"}[language])


def test_a_wrong_pin_tells_the_tries_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.2: and a card without a face costs none."""
    with pytest.raises(WrongPin) as missed:
        read(home, monkeypatch, "0000", "text", "taro")
    assert missed.value.data["tries"] == 2
    change(home, blank())
    with pytest.raises(NoFace):
        read(home, monkeypatch, "0000", "text", "taro")


@pytest.mark.parametrize(
    "words",
    [
        ("text", "taro", "--by", "code-a"),
        ("number", "taro", "--by", "code-b"),
        ("photo", "taro", "--by", "pin", "--out", "x"),
        ("photo", "taro"),
        ("text", "taro", "3456"),
    ],
)
def test_what_opens_nothing_is_refused(words: tuple[str, ...]) -> None:
    """照合番号A does not open the attributes, B not the number, the PIN not the photo; no PIN is an argument."""
    with pytest.raises(Failure) as refused:
        parser().parse_args(["card", "read", *words])
    assert refused.value.code == "usage.arguments"
