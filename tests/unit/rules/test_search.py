import pytest

from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.page import SENTENCES
from openjpki.rules.search import MOST_WORDS, search, stands_for


def numbers(text: str, most: int = 10) -> list[str]:
    """Return the numbers of what fits best."""
    return [hit.number for hit in search(text)[:most]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("結婚", "S-25"),
        ("結婚", "R-5.3"),
        ("結婚したらどうなりますか", "S-25"),
        ("marriage", "R-5.3"),
        ("コンビニ", "R-6.6"),
        ("convenience", "R-4.6"),
        ("convenience store", "service.convenience-store-closed"),
        ("スマホ", "R-2.11"),
        ("my phone", "R-2.11"),
        ("死亡", "R-5.4"),
        ("亡くなった", "event.deceased-card"),
        ("転居", "R-2.13"),
        ("照会書", "S-15"),
        ("代理人 更新", "S-46"),
        ("renewal window", "R-3.8"),
        ("notice_required", "notice_required"),
    ],
)
def test_a_word_is_found(text: str, number: str) -> None:
    """R-2.29: in everyday words or in those of the page, whole or inside a question."""
    assert number in numbers(text)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("ｺﾝﾋﾞﾆ", ["コンビニ", "こんびに", "　コンビニ "]),
        ("PIN", ["pin", "Ｐｉｎ"]),
        ("キオスク", ["きおすく", "ｷｵｽｸ"]),
        ("更新期間", [" 更新期間"]),
    ],
)
def test_width_case_and_kana_make_no_difference(text: str, others: list[str]) -> None:
    """R-3.8, R-6.6: as a word comes from the keyboard."""
    found = search(text)

    assert found
    assert [search(other) for other in others] == [found] * len(others)


def test_what_fits_best_is_first() -> None:
    """R-3.8: the word itself before what stands for it, what an entry says before what to bring, both words before one."""
    first, *_ = search("更新期間")
    both = search("代理人 更新")

    assert (first.number, first.register) == ("R-3.8", "rule")
    assert (first.says("ja"), first.says("en")) == (RULES["R-3.8"].ja, RULES["R-3.8"].en)
    assert all("代理人" in hit.ja and "更新" in hit.ja for hit in both[:2])
    assert len(both) > len([hit for hit in both if "代理人" in hit.ja and "更新" in hit.ja])
    assert numbers("見つかったら")[0] == "hold.not-found"  # only in what to bring
    assert "見つかったら" not in CATALOGUE["hold.not-found"].ja


def test_a_word_in_latin_letters_is_found_at_its_beginning() -> None:
    """R-2.13: `move` finds moved and moving, not removed; little words find nothing by themselves."""
    assert all("restart" not in hit.en for hit in search("start"))
    assert search("how to renew a card")[0].number == search("renew card")[0].number
    assert search("the")  # nothing else was asked


def test_a_register_can_be_given() -> None:
    """S-16: other rooms have findings of their own."""
    own = {"agent.two-visits": CATALOGUE["agent.two-visits"]}

    assert [hit.number for hit in search("two-visits", own)] == ["agent.two-visits"]
    assert search("照会書", {})[0].number in SENTENCES


def test_what_stands_for_a_word_can_be_told() -> None:
    """S-25: a reader sees what else was looked for; a word of the page stands for itself."""
    assert "4情報" in stands_for("結婚")
    assert "4情報" in stands_for("結婚したら")
    assert stands_for("照会書") == ()


def test_a_long_question_is_bounded() -> None:
    """R-2.29: what comes after the eighth word changes nothing."""
    asked = " ".join(["更新"] * MOST_WORDS)

    assert search(f"{asked} 手数料") == search(asked)
    assert search("") == search("八日市場") == ()
