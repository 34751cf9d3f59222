from dataclasses import replace
from pathlib import Path

from openjpki.readers.plugs import noted
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.home import Home, Settings
from tests.support.faces import PERSON, with_face
from tests.unit.card.cards import blank, ordinary
from tests.unit.cli.test_card import change, home, run

__all__ = ["home"]


def test_cards_are_listed_with_what_they_hold(home: Path) -> None:
    """A list names every card, its number and kind, and until when its certificates are valid; nobody's name."""
    run(home, "new", "hanako")
    image, kept = with_face(blank()), CertificateKind.AUTHENTICATION
    jiro = replace(image, keys={**image.keys, kept: ordinary().keys[kept]})
    CardStore(home / "cards").create(
        "jiro", replace(jiro, pins={**jiro.pins, **{pin: blank().pins[pin] for pin in PinKind}})
    )
    answer = run(home, "list")
    hanako, face, taro = answer.data["cards"]

    assert taro == {
        "name": "taro",
        "number": "400000012719843",
        "kind": "blank",
        "expires": "2035-02-17",
        "plugged": False,
        "slot": None,
        "certificates": ["signature", "authentication"],
        "certificates_expire": {"signature": "2031-04-01", "authentication": "2031-04-01"},
    }
    assert (hanako["certificates"], hanako["kind"], face["kind"]) == ([], "blank", "face-authentication")
    assert answer.lines[0] == f"hanako  {hanako['number']}  blank  no certificate"
    until = "signature certificate until 2031-04-01, authentication certificate until 2031-04-01"
    assert answer.lines[2] == f"taro  400000012719843  blank  {until}"
    change(home, with_face(ordinary()))
    told = run(home, "list", language="ja").lines[2]
    assert "マイナンバーカード  署名用電子証明書 2031-04-01まで、利用者証明用電子証明書 2031-04-01まで" in told
    assert PERSON.name not in told


def test_a_card_in_a_reader_is_listed_so(home: Path) -> None:
    """As long as a process keeps it plugged in."""
    note = CardStore(home / "cards").note("taro", "plug")
    with noted(note, 1):
        answer = run(home, "list")
        assert (answer.data["cards"][0]["plugged"], answer.data["cards"][0]["slot"]) == (True, 1)
        assert answer.lines[0].endswith("  in the reader of slot 1")

    assert run(home, "list").data["cards"][0]["plugged"] is False


def test_one_damaged_card_does_not_hide_the_others(home: Path) -> None:
    """A card that cannot be read is listed with its refusal."""
    (home / "cards" / "bad.card").write_bytes(b"")
    answer = run(home, "list")

    assert answer.data["cards"][0] == {"name": "bad", "error": "card.image.empty"}
    assert "[card.image.empty]" in answer.lines[0]
    assert len(answer.lines) == 2


def test_an_empty_home_has_no_cards(tmp_path: Path) -> None:
    """Nothing to list is an answer, not a fault."""
    Home.create(tmp_path / "home", Settings(purpose="sandbox"))

    assert run(tmp_path / "home", "list").lines == ("There are no cards.",)
