import json
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openjpki.card.administration import KeyForm, generate_key
from openjpki.card.image import CardImage
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.main import parser
from openjpki.errors import Failure
from openjpki.readers.store import CardExists, CardMissing, CardStore
from openjpki.rules.dates import civil_date, months_after
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import real_moment
from openjpki.site.home import Home, Settings
from openjpki.site.place import HomeInUse, HomeMissing, locked
from tests.unit.card.cards import Bench, blank, host, ordinary, with_tries


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with one card, taro."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox"))
    CardStore(path / "cards").create("taro", ordinary())
    return path


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card …` in this home."""
    arguments: Namespace = parser().parse_args(["card", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def change(home: Path, image: CardImage) -> None:
    """Put another card in taro's place."""
    with CardStore(home / "cards").open("taro") as card:
        card.keep(image)


def test_a_card_is_shown_in_both_calendars(home: Path) -> None:
    """Number, validity in era and Gregorian years, serial, algorithm, tries."""
    answer = run(home, "show", "taro", language="ja")
    signature: dict[str, Any] = answer.data["certificates"]["signature"]

    assert answer.data["number"] == "400000012719843"
    assert (answer.data["expires"], answer.data["expires_era"]) == ("2035-02-17", "令和17年2月17日")
    assert signature["algorithm"] == "rsa-2048-sha-256"
    assert (signature["expires"], signature["expires_era"]) == ("2031-04-01", "令和13年4月1日")
    assert signature["in_period"] is (real_moment() <= datetime(2031, 4, 1, tzinfo=UTC))
    assert answer.data["pins"]["signature"] == {"tries": 5, "limit": 5, "state": "set"}
    assert "カードの有効期間: 令和17年（2035年）2月17日（土）" in answer.lines
    assert any(line.startswith("署名用電子証明書: 令和13年（2031年）4月1日（火）まで、") for line in answer.lines)
    assert "署名用電子証明書の暗証番号: 残り5回" in answer.lines


def test_a_card_is_shown_in_english(home: Path) -> None:
    """The same facts in the other language."""
    lines = run(home, "show", "taro").lines

    assert "Card valid through: 2035-02-17 (Sat)" in lines
    told = "signature certificate: valid through 2031-04-01 (Tue), No. 1, rsa-2048-sha-256"
    assert any(line.startswith(told) for line in lines)
    assert "authentication PIN: tries left: 3" in lines


def test_a_blank_card_says_what_it_lacks(home: Path) -> None:
    """No certificates, no PINs."""
    run(home, "new", "hanako", "--expires", "2035-01-31")
    answer = run(home, "show", "hanako")

    assert answer.data["certificates"] == {"signature": None, "authentication": None}
    assert {pin["state"] for pin in answer.data["pins"].values()} == {"unset"}
    assert "signature certificate: none" in answer.lines
    assert "card face entry PIN: not set yet" in answer.lines


def test_what_is_wrong_with_a_card_is_shown(home: Path) -> None:
    """Locked, out of its period, and with a successor in waiting."""
    card = Bench(with_tries(ordinary(), PinKind.SIGNATURE, 0))
    host(card).do(generate_key(CertificateKind.SIGNATURE, KeyForm.P_384))
    change(home, card.durable)
    marker = home / "openjpki.json"
    shifted = replace(Home.open(home).settings, clock_shift_seconds=20 * 366 * 86_400)
    marker.unlink()
    Home(home, shifted).save()
    answer = run(home, "show", "taro")

    assert answer.data["pins"]["signature"]["state"] == "locked"
    assert answer.data["certificates"]["signature"]["in_period"] is False
    assert answer.data["certificates"]["signature"]["successor_waits"] is True
    assert "signature PIN: locked; set anew at the municipal counter" in answer.lines  # both have expired by then
    assert any("not within its validity, a new key waits" in line for line in answer.lines)


def test_a_locked_pin_is_shown_with_the_ways_out(home: Path) -> None:
    """R-6.6: a kiosk sets the PIN of a certificate anew while the other one works and both are in force; else the counter."""
    locked = with_tries(ordinary(), PinKind.SIGNATURE, 0)
    change(home, locked)
    assert any(
        line.startswith("signature PIN: locked;") and "kiosk" in line for line in run(home, "show", "taro").lines
    )
    change(home, with_tries(locked, PinKind.AUTHENTICATION, 0))
    told = run(home, "show", "taro", language="ja").lines

    assert "署名用電子証明書の暗証番号: ロック中。市区町村の窓口で再設定できます" in told


def test_a_face_authentication_card_says_that_it_has_no_pins(home: Path) -> None:
    """R-1.11: an authentication certificate and no PIN: nothing was forgotten, and nothing is locked."""
    image, kept = blank(), CertificateKind.AUTHENTICATION
    change(home, replace(image, keys={**image.keys, kept: ordinary().keys[kept]}))
    answer = run(home, "show", "taro", language="ja")

    assert answer.data["face_authentication"] is True
    assert "署名用電子証明書の暗証番号: なし。顔認証マイナンバーカードには暗証番号がありません" in answer.lines
    assert {pin["state"] for pin in answer.data["pins"].values()} == {"unset"}


def test_showing_tells_no_attributes_and_no_keys(home: Path) -> None:
    """The four attributes stay behind the signature PIN; a private key stays in the card."""
    answer = run(home, "show", "taro")

    assert set(answer.data["certificates"]["signature"]) == {
        "serial",
        "algorithm",
        "valid_from",
        "expires",
        "expires_era",
        "in_period",
        "successor_waits",
    }


def test_a_new_card_is_blank_and_numbered(home: Path) -> None:
    """A number of fifteen digits from entropy, the sandbox's first municipality, ten years."""
    answer = run(home, "new", "hanako")
    image = CardStore(home / "cards").look("hanako")

    assert image.number == answer.data["number"]
    assert len(image.number) == 15
    assert image.municipality == "99201"
    assert image.expires == months_after(civil_date(real_moment()), 120)
    assert run(home, "new", "saburo").data["number"] != answer.data["number"]
    assert answer.lines[0].startswith('Made the card "hanako"')


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("new", "taro"), CardExists),
        (("new", "x", "--municipality", "1322"), BadValue),
        (("new", "x", "--expires", "2035-02-30"), BadValue),
        (("show", "jiro"), CardMissing),
    ],
)
def test_wrong_words_are_told(home: Path, words: tuple[str, ...], refusal: type[Failure]) -> None:
    """Each has its refusal, and leaves nothing behind."""
    with pytest.raises(refusal):
        run(home, *words)
    assert CardStore(home / "cards").list() == ("taro",)


def test_cards_live_in_a_home(home: Path, tmp_path: Path) -> None:
    """No home, or a home that a story holds alone, is told."""
    with pytest.raises(HomeMissing):
        run(tmp_path / "nowhere", "list")
    with locked(home, exclusive=True), pytest.raises(HomeInUse):
        run(home, "list")
