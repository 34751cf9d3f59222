import pytest

from openjpki.rules.characters import BadSubstitute, NoSubstitute
from openjpki.rules.substitution import BadReading, Change, Substitution, substitution


def _codes(found: Substitution) -> list[str]:
    return [finding.code for finding in found.findings]


def test_both_forms_are_kept() -> None:
    """R-1.9: the original, what is certified, where they differ and why; the holder is told to look at it."""
    found = substitution("髙橋\u3000一郎")

    assert (found.original, found.text, found.flags) == ("髙橋\u3000一郎", "高橋\u3000一郎", "10000")
    assert found.changes == (Change(position=1, original="髙", written="高", by="variant"),)
    assert _codes(found) == ["characters.substituted"]
    assert "1文字" in found.findings[0].ja


def test_nothing_to_change_is_nothing_to_tell() -> None:
    """R-1.9: a text of the repertoire, decomposed kana too, needs no consent."""
    found = substitution("渡邉\u3000か\u3099く")

    assert (found.text, found.flags, found.changes, found.findings) == ("渡邉\u3000がく", "00000", (), ())


def test_else_by_kana() -> None:
    """R-1.9: the word with a character that has no substitute takes its reading; the other one keeps its characters."""
    found = substitution("㐬山\u3000髙子", reading="ﾅｶﾞﾔﾏ\u3000たかこ")

    assert (found.text, found.flags) == ("ナガヤマ\u3000高子", "1111010")
    assert [(change.position, change.by) for change in found.changes] == [(1, "kana"), (4, "variant")]
    assert _codes(found) == ["characters.substituted", "characters.in-kana"]


def test_kana_alone() -> None:
    """R-1.9: only a word in kana is told as that."""
    assert _codes(substitution("山田\u3000㐬", reading="ヤマダ\u3000ナガレ")) == ["characters.in-kana"]
    assert substitution("山田\u3000㐬", reading="ヤマダ\u3000ナガレ").changes[0].position == 4


def test_a_choice_goes_before_the_reading() -> None:
    """R-1.9: the holder may ask for another substitute: then no kana is needed."""
    found = substitution("㐬山\u3000太郎", reading="ナガヤマ\u3000タロウ", chosen={"㐬": "流"})

    assert (found.text, found.flags) == ("流山\u3000太郎", "10000")
    assert found.changes[0].by == "chosen"


def test_without_a_reading_it_is_refused() -> None:
    """R-1.9: an address has no reading; the refusal names the position, not the character."""
    with pytest.raises(NoSubstitute) as refused:
        substitution("見本県\u3000㐬町")

    assert refused.value.data == {"position": 5, "code_point": "342C"}


@pytest.mark.parametrize(
    "reading", ["", "ナガヤマ", "ナガヤマ\u3000タロウ\u3000ジロウ", "流山\u3000タロウ", "\u3000タロウ", "①\u3000タロウ"]
)
def test_a_bad_reading_is_refused(reading: str) -> None:
    """R-1.9: kana, word for word."""
    with pytest.raises(BadReading):
        substitution("㐬山\u3000太郎", reading=reading)


def test_a_reading_that_is_not_needed_is_not_asked_about() -> None:
    """R-1.9: a foreigner's reading may have other words than the name."""
    assert substitution("SMITH JOHN", reading="スミス\u3000ジョン").text == "SMITH JOHN"


def test_a_bad_choice_is_refused() -> None:
    """R-1.9: a substitute is of the repertoire."""
    with pytest.raises(BadSubstitute):
        substitution("㐬山", chosen={"㐬": "①"})


def test_no_name_shows_in_a_repr() -> None:
    """R-1.9: the forms of a name are personal data."""
    shown = repr(substitution("髙橋"))

    assert "髙" not in shown
    assert "高" not in shown
