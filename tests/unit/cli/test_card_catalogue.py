from pathlib import Path

import pytest

from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.card.pins import CodeKind
from openjpki.cli.answer import Answer
from openjpki.cli.card_catalogue import PIN_STATES, STANDINGS, pin_state, standing_words
from openjpki.cli.main import main, parser
from openjpki.lab.catalogue import CATALOGUE, NoSuchTestCard, Standing, card_named
from openjpki.readers.store import CardMissing, CardStore
from openjpki.rules.kinds import PinKind
from openjpki.site.entropy import entropy
from openjpki.site.home import Home, Settings
from openjpki.site.lives.printed import NotATestCard
from tests.support.cards import blank_card
from tests.support.faces import with_face


def catalogue(*words: str, language: str = "en") -> Answer:
    """Run `openjpki card catalogue`."""
    arguments = parser().parse_args(["card", "catalogue", *words, "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize("language", ["ja", "en"])
def test_all_cards_are_told(language: str) -> None:
    """Each card with what it is, and what to do at a login and with a signature; the PINs once, at the end."""
    lines = list(catalogue(language=language).lines)

    for card in CATALOGUE:
        at = lines.index(f"{card.name}  {getattr(card.purpose, language)}")
        assert getattr(card.login, language) in lines[at + 3]
        assert getattr(card.signing, language) in lines[at + 4]
    assert "TEST2026" in lines[-1]
    assert lines[-1].count("1234") == 3


def test_one_card_is_told_with_its_days() -> None:
    """Whose card it is, for the counter's commands, and by which acts it became what it is."""
    answer = catalogue("reissued")
    (data,) = answer.data["cards"]

    assert (data["resident"], data["municipality"]) == ("99201900009", "99202")
    assert [act["act"] for act in data["acts"]] == ["hand-over", "issue", "move", "reissue"]
    assert [act["on"] for act in data["acts"]] == sorted(act["on"] for act in data["acts"])
    assert sum("issued again (signature certificate)" in line for line in answer.lines) == 1
    assert "    resident: 99201900009 (99202)" in answer.lines


def test_nobodys_card_has_no_holder_and_no_days() -> None:
    """A card of the factory's stock."""
    (data,) = catalogue("blank").data["cards"]

    assert (data["resident"], data["municipality"], data["acts"]) == (None, None, [])
    assert {one["standing"] for one in data["certificates"].values()} == {"absent"}


def test_states_are_told_in_words() -> None:
    """A locked PIN, none at all, and a reason beside a standing."""
    assert pin_state(card_named("locked-sign"), PinKind.SIGNATURE) == "locked"
    assert pin_state(card_named("face-auth"), PinKind.AUTHENTICATION) == "unset"
    assert set(PIN_STATES) == {"set", "locked", "unset"}
    assert set(STANDINGS) == set(Standing)
    assert standing_words(card_named("revoked-moved").signature, "en") == "revoked (affiliation_changed)"
    lines = catalogue("locked-auth", language="ja").lines
    assert "    利用者証明用電子証明書: 有効、暗証番号ロック中" in lines


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with the test card `adult`, made as the authority's factory makes it, and a card `blank` in stock."""
    path = tmp_path / "home"
    Home.create(path, Settings(purpose="sandbox"))
    keys = CardKeys(path / "authority" / "keys" / f"{NAME}.key", path / "authority" / "passphrase")
    keys.create(entropy)
    store = CardStore(path / "cards")
    adult = card_named("adult").person
    assert adult is not None
    store.create("adult", with_face(blank_card(), keys.individual_number_of(adult.resident_code)))
    store.create("blank", blank_card())
    store.create("child", with_face(blank_card()))
    return path


def printed(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card catalogue NAME --home …`."""
    typed = ["card", "catalogue", *words, "--home", str(home), "--lang", language]
    arguments = parser().parse_args(typed)
    arguments.words = typed
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    return answer


def test_a_test_card_of_a_home_is_told_with_what_is_printed_on_it(home: Path) -> None:
    """照合番号A and B are what an integrator types; they open the card."""
    answer = printed(home, "adult")
    codes, image = answer.data["printed"], CardStore(home / "cards").look("adult")

    assert f"code B: {codes['code_b']}" in answer.lines
    for name, code in ((CodeKind.VISUAL_A, codes["code_a"]), (CodeKind.VISUAL_B, codes["code_b"])):
        assert image.pins[name].matches(code.encode("ascii"), image.salt_of(name))
    assert (codes["number"], codes["expires"]) == (image.number, image.expires.isoformat())
    assert "printed" not in catalogue("adult").data


def test_a_card_in_stock_has_nothing_printed_on_it(home: Path) -> None:
    """Its number is told all the same."""
    answer = printed(home, "blank", language="ja")

    assert (answer.data["printed"]["code_a"], answer.data["printed"]["code_b"]) == (None, None)
    assert "券面には何も印刷されていません。" in answer.lines


def test_another_persons_card_is_not_told(home: Path) -> None:
    """A card that only has a test card's name: made for somebody of the register, or for nobody. What is printed stays there."""
    for name in ("child", "ward"):
        if name == "ward":
            CardStore(home / "cards").create("ward", blank_card())
        with pytest.raises(NotATestCard):
            printed(home, name)
    with pytest.raises(CardMissing):
        printed(home, "minato")


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The names there are stand in the refusal."""
    with pytest.raises(NoSuchTestCard):
        catalogue("adlut")
    assert main(["card", "catalogue", "adlut", "--lang", "en"]) == 2
    assert "adult" in capsys.readouterr().err
