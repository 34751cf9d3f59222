from datetime import date

import pytest

from openjpki.rules.characters import BadSubstitute, NoSubstitute
from openjpki.rules.kinds import Sex
from openjpki.rules.person import FourAttributes
from openjpki.rules.substitution import AddressTooLong, BadReading, Change, Substitution, certified, substitution


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


def _person(address: str, name: str = "髙橋\u3000一郎") -> FourAttributes:
    return FourAttributes(name=name, address=address, birth_date=date(1990, 6, 10), sex=Sex.MALE)


def test_the_four_attributes_of_a_certificate() -> None:
    """R-1.9: name and address are substituted and flagged, birth date and sex are carried over, and it is told once."""
    carried = certified(_person("見本県若葉市圡山1"), chosen={"圡": "土"})

    found = carried.attributes
    assert (found.name, found.name_substitutions) == ("高橋\u3000一郎", "10000")
    assert (found.address, found.address_substitutions) == ("見本県若葉市土山1", "000000100")
    assert (found.birth_date, found.sex) == (date(1990, 6, 10), Sex.MALE)
    assert [finding.code for finding in carried.findings] == ["characters.substituted"]
    assert "2文字" in carried.findings[0].ja


def test_a_name_has_a_reading_and_an_address_none() -> None:
    """R-1.9: the reading helps the name alone."""
    person = _person("見本県若葉市1", name="㐬山\u3000一郎")
    carried = certified(person, reading="ナガヤマ\u3000イチロウ")
    assert (carried.attributes.name, carried.attributes.name_substitutions) == ("ナガヤマ\u3000一郎", "1111000")
    assert [finding.code for finding in carried.findings] == ["characters.in-kana"]

    for without in (person, _person("見本県㐬市1")):
        with pytest.raises(NoSubstitute):
            certified(without, reading=None if without is person else "タカハシ\u3000イチロウ")


def test_an_address_has_200_characters_at_most() -> None:
    """R-1.9: a certificate's address holds 200 characters."""
    assert len(certified(_person("若" * 200)).attributes.address) == 200
    with pytest.raises(AddressTooLong):
        certified(_person("若" * 201))
