from datetime import timedelta

import pytest

from openjpki.cli.answer import BadValue, OptionNeeded
from openjpki.desk.messages import CardReported
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState
from openjpki.site.home import Home
from openjpki.site.house import House
from tests.unit.cli.test_window import HANAKO, WAKABA, Counter, counter

pytestmark = pytest.mark.django_db(databases=["authority", "window"])

__all__ = ["counter"]


@pytest.fixture
def fetched(counter: Counter) -> Counter:
    """Return a counter that has fetched the letter about Hanako's card, which ends in sixty days."""
    counter.register()
    home = Home.open(counter.path)
    house = House.of(home, home.clock())
    house.authority.handle(
        CardReported(
            report_id="card",
            municipality="99201",
            resident_code=HANAKO,
            card_number="2" * 15,
            expires=civil_date(house.clock()) + timedelta(days=60),
            state=CardState.ACTIVE,
            event=None,
            reported_at=house.clock(),
        )
    )
    house.authority.select_notices()
    assert counter("notices", "list", *WAKABA).lines == ["There are no expiry notices."]
    assert counter("notices", "fetch", *WAKABA).data == {"letters": 1, "again": 0}
    return counter


def test_a_letter_is_listed_printed_and_marked(fetched: Counter) -> None:
    """R-7.1, R-7.3: from the authority to the post and back; name and address are shown when it is printed."""
    (row,) = fetched("notices", "list", *WAKABA, "--state", "received").data["notices"]
    assert (row["resident_code"], row["state"]) == (HANAKO, "received")
    assert row["expires"]["signature"] is None
    assert "application-id" in row["enclosed"]
    assert "name" not in row
    assert fetched("notices", "list", *WAKABA, "--after", row["notice"]).data == {"notices": []}

    letter = ("--notice", row["notice"])
    printed = fetched("notices", "print", *WAKABA, *letter, language="ja")
    assert (printed.data["name"], printed.data["forwarded"]) == ("見本　花子", False)
    assert [finding["code"] for finding in printed.data["says"]] == ["notice.card-first"]
    assert printed.lines[2] == "見本県若葉市一丁目2番3号"
    assert "印刷済み" in printed.lines[0]
    assert fetched("notices", "mark", *WAKABA, *letter, "--as", "posted").data["state"] == "posted"
    returned = fetched("notices", "mark", *WAKABA, *letter, "--as", "returned")
    assert [finding["code"] for finding in returned.data["findings"]] == ["notice.returned"]
    assert fetched("notices", "fetch", *WAKABA, language="ja").lines == ["有効期限通知書0通を受け取りました。"]


@pytest.mark.parametrize(
    ("words", "lacking"),
    [
        (("print",), "print takes --notice NUMBER."),
        (("mark", "--notice", "a"), "mark takes --as posted|returned|withdrawn."),
        (("mark",), "mark takes --notice NUMBER, --as posted|returned|withdrawn."),
    ],
)
def test_an_act_says_which_option_it_needs(counter: Counter, words: tuple[str, ...], lacking: str) -> None:
    """What is missing is named, all at once."""
    with pytest.raises(OptionNeeded) as refused:
        counter("notices", *words, *WAKABA)
    assert refused.value.message("en") == lacking


@pytest.mark.parametrize(
    "words",
    [
        ("fetch", "--notice", "a"),
        ("list", "--as", "posted"),
        ("print", "--notice", "a", "--after", "b"),
    ],
)
def test_each_act_takes_its_own_options(counter: Counter, words: tuple[str, ...]) -> None:
    """An option that would be ignored is wrong usage."""
    with pytest.raises(BadValue):
        counter("notices", *words, *WAKABA)
