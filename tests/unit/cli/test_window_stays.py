from datetime import timedelta

import pytest

from openjpki.rules.dates import civil_date
from openjpki.site.home import Home
from openjpki.window.stays import ExtensionRefused
from tests.unit.cli.test_window import HANAKO, PERSON, WAKABA, Counter, counter, typed

pytestmark = pytest.mark.django_db(databases=["authority", "window"])

__all__ = ["counter"]


@pytest.fixture
def anna(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Return a counter where a foreign resident, whose stay ends in forty days, has a card."""
    file = counter.path / "register.csv"
    file.write_text(
        "resident_code,name,kana,address,birth_date,sex,resident_since,residence_status,stay_until\n"
        f"{HANAKO},SPECIMEN　ANNA,スペシメン　アンナ,見本県若葉市一丁目2番3号,1990-06-10,female,2015-04-01,"
        f"fixed-stay,{day(counter, 40)}\n",
        encoding="utf-8",
    )
    counter("import", str(file), *WAKABA)
    typed(monkeypatch, "ABC123\n1234\n")
    counter("hand-over", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")
    return counter


def day(counter: Counter, days: int) -> str:
    """Return a day so many days from the home's today."""
    return (civil_date(Home.open(counter.path).clock()()) + timedelta(days=days)).isoformat()


def test_a_stay_is_listed_entered_and_written_on_the_card(anna: Counter) -> None:
    """R-1.8, R-2.12, R-3.7: the card ends with the stay; a renewed one is entered, and then the card is extended."""
    (row,) = anna("residents", *WAKABA).data["residents"]
    assert (row["residence_status"], row["stay_until"]) == ("fixed-stay", day(anna, 40))
    assert row["cards"][0]["expires"] == day(anna, 40)
    lines = anna("residents", *WAKABA, language="ja").lines
    assert lines[1].startswith("  在留期間のある外国人住民  ")

    entered = anna("stay", *WAKABA, *PERSON, "--status", "fixed-stay", "--until", day(anna, 700), "--on", day(anna, 0))
    assert (entered.data["until"], entered.data["waiting"]) == (day(anna, 700), 0)
    assert [finding["code"] for finding in entered.data["findings"]] == ["stay.certificates-again"]
    assert "last day is what it was" in entered.lines[0]
    assert anna("residents", *WAKABA).data["residents"][0]["cards"][0]["expires"] == day(anna, 40)

    extended = anna("extend-card", *WAKABA, *PERSON, "--card", "hanako", language="ja")
    assert extended.data["expires"] == day(anna, 700)
    assert "延長しました" in extended.lines[0]
    assert anna("residents", *WAKABA).data["residents"][0]["cards"][0]["expires"] == day(anna, 700)


def test_the_special_period_and_the_household(anna: Counter) -> None:
    """R-2.12, R-3.7: two months while the renewal is pending; a second time it is refused, whoever comes."""
    pending = ("--card", "hanako", "--household", "--pending-since", day(anna, 0))
    extended = anna("extend-card", *WAKABA, *PERSON, *pending)
    assert extended.data["expires"] > day(anna, 90)
    assert [finding["code"] for finding in extended.data["findings"]] == ["stay.special-period"]
    with pytest.raises(ExtensionRefused):
        anna("extend-card", *WAKABA, *PERSON, *pending)


def test_a_permanent_resident_has_no_last_day(anna: Counter) -> None:
    """R-1.8: another status is entered in the same way; nothing is said of the card."""
    entered = anna("stay", *WAKABA, *PERSON, "--status", "permanent", "--on", day(anna, 0), language="ja")

    assert (entered.data["status"], entered.data["until"], entered.data["findings"]) == ("permanent", None, [])
    assert entered.lines == ["記録しました。永住者。カードの有効期限は変わっていません。"]
    assert anna("residents", *WAKABA).lines[1] == "  permanent"
