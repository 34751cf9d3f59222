import pytest

from openjpki.rules.characters import (
    _VARIANTS,
    BadSubstitute,
    NoSubstitute,
    in_repertoire,
    pieces,
    substitute,
)


@pytest.mark.parametrize(
    ("text", "result", "flags"),
    [
        ("髙橋\u3000一郎", "高橋\u3000一郎", "10000"),
        ("濵﨑\u3000圡", "濵崎\u3000土", "0101"),
        ("𠮷野", "吉野", "10"),
        ("神\ufa19", "神神", "01"),
        ("葛\U000e0100飾区", "葛飾区", "100"),
        ("葛\U000e0100\U000e0101", "葛", "1"),
        ("\uff76\uff9e\uff70", "ガー", "11"),
        ("\uff8a\uff9f\uff71\uff9e", "パア\u309b", "111"),
        ("か\u3099は\u309a", "がぱ", "00"),
        ("e\u0301", "é", "0"),
        ("か\u3099\ufe00", "が", "1"),
        ("髙\U000e0100", "高", "1"),
        ("1\uff0d2\u20103\u22124", "1\uff0d2\u20103\u22124", "0000000"),
        ("Smith John", "Smith John", "0000000000"),
        ("", "", ""),
    ],
    ids=[
        "髙",
        "﨑 and 圡",
        "𠮷",
        "compatibility",
        "variation",
        "two selectors",
        "half-width",
        "half-width marks",
        "decomposed kana",
        "decomposed letter",
        "decomposed, variation",
        "髙, variation",
        "hyphens",
        "ASCII",
        "empty",
    ],
)
def test_substitutes_and_flags(text: str, result: str, flags: str) -> None:
    """R-1.9: one flag per character of the result; a character of the repertoire keeps itself."""
    assert substitute(text) == (result, flags)


@pytest.mark.parametrize("character", list("渡邉邊濵桒彅槗辻葛\u3000ー〇々"))
def test_the_repertoire(character: str) -> None:
    """R-1.9: JIS X 0208 and JIS X 0212."""
    assert in_repertoire(character)


@pytest.mark.parametrize(
    "character", ["髙", "﨑", "𠮷", "\uff76", "①", "\u00a5", "\n", "\x00", "\U0001f600", "\U000e0100"]
)
def test_outside_the_repertoire(character: str) -> None:
    """R-1.9: variants, half-width katakana, vendor characters, control characters and what EUC-JP only imitates."""
    assert not in_repertoire(character)


@pytest.mark.parametrize(
    ("text", "position", "code_point"),
    [
        ("山①", 2, "2460"),
        ("\U000e0100山", 1, "E0100"),
        ("\U000e0100\U000e0101", 1, "E0100"),
        ("か\u3099山\u3099", 4, "3099"),
        ("\u3099か", 1, "3099"),
        ("①\u0301", 1, "2460"),
    ],
)
def test_a_character_without_substitute_is_refused_by_position(text: str, position: int, code_point: str) -> None:
    """R-1.9: the refusal names the position, not the name."""
    with pytest.raises(NoSubstitute) as refused:
        substitute(text)

    assert refused.value.data == {"position": position, "code_point": code_point}


def test_our_table_leads_into_the_repertoire() -> None:
    """R-1.9: each variant is out of the repertoire and its substitute inside; none stands twice."""
    variants = {chr(code): chr(written) for code, written in _VARIANTS.items()}

    assert len(variants) == 70
    assert [one for one in variants if in_repertoire(one)] == []
    assert [one for one in variants.values() if not in_repertoire(one)] == []
    assert all(substitute(one) == (written, "1") for one, written in variants.items())


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("山", "itself"),
        ("か\u3099", "composed"),
        ("髙", "variant"),
        ("\uff76\uff9e", "width"),
        ("\uff76", "width"),
        ("\ufa19", "compatibility"),
        ("葛\U000e0100", "selector"),
        ("か\u3099\U000e0100", "selector"),
        ("①", "chosen"),
        ("②", "none"),
    ],
)
def test_how_a_character_is_written(text: str, by: str) -> None:
    """R-1.9: why a character is written otherwise is known; what is canonically the same is no substitute."""
    (found,) = pieces(text, {"①": "一"})

    assert (found.position, found.original, found.by) == (1, text, by)
    assert found.flags == ("" if by == "none" else "0" if by in {"itself", "composed"} else "1")
    assert text not in repr(found)


def test_the_holder_may_choose() -> None:
    """R-1.9: a chosen substitute goes before ours and may be kana; every character of it is flagged."""
    assert substitute("髙木", {"髙": "タカ"}) == ("タカ木", "110")
    assert substitute("山①", {"①": "一"}) == ("山一", "01")
    for bad in ("", "髙"):
        with pytest.raises(BadSubstitute):
            substitute("髙木", {"髙": bad})
