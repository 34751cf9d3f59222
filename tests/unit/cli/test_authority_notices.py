import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from openjpki.authority.models import Notice, NoticeState
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.authority_notices import STATES
from openjpki.cli.main import parser
from openjpki.desk.messages import Attributes, CardReported, Foreigner, PersonReported, ReportAccepted
from openjpki.rules.catalogue import find
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState, ResidenceStatus, Sex
from openjpki.site.clock import SteppedClock, real_moment
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES)

OPENED = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def soon() -> date:
    """Return a day of which a notice is due today."""
    return civil_date(real_moment()) + timedelta(days=60)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with two residents of Wakaba whose cards end soon: one of them with the stay in Japan."""
    stays = Foreigner(status=ResidenceStatus.FIXED_STAY, stay_until=soon())
    with founded(tmp_path / "home", SETTINGS, SteppedClock(OPENED)) as made:
        for number, foreigner in (("1", None), ("2", stays)):
            person = PersonReported(
                report_id=f"person-{number}",
                municipality="99201",
                resident_code=number * 11,
                attributes=Attributes(
                    name="見本　花子", address="見本県若葉市1番", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
                ),
                reported_at=OPENED,
                foreigner=foreigner,
            )
            card = CardReported(
                report_id=f"card-{number}",
                municipality="99201",
                resident_code=number * 11,
                card_number=number * 15,
                expires=soon(),
                state=CardState.ACTIVE,
                event=None,
                reported_at=OPENED,
            )
            assert isinstance(made.authority.handle(person), ReportAccepted)
            assert isinstance(made.authority.handle(card), ReportAccepted)
    return tmp_path / "home"


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki authority notices …`; the answer is fit for JSON."""
    arguments = parser().parse_args(["authority", "notices", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_a_run_tells_what_it_selected(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.1, R-7.2: how many letters, and how much gets none; each batch is told while the run goes on."""
    answer = run(home)

    today = civil_date(real_moment()).isoformat()
    assert answer.data == {
        "on": today,
        "noticed": 1,
        "skipped": 1,
        "taken_out": 0,
        "waiting": 1,
        "batches": [{"municipality": "99201", "noticed": 1, "skipped": 1, "taken_out": 0}],
    }
    assert list(answer.lines) == [
        f"For {today}: 1 new letter, 1 expiry without one, 0 taken out. Waiting for their municipality: 1 letter.",
        "Next, each municipality takes its own: `openjpki window notices fetch --municipality CODE`.",
    ]
    assert capsys.readouterr().err == "99201: 1 new letter, 1 expiry without one, 0 taken out\n"
    assert run(home, "--on", today, language="ja").lines == [
        f"{today} の分: 新しい通知書 0 通、通知書を送らないもの 0 件、通知書から取り除いたもの 0 件。引渡し待ち 1 通。",
        "次に、市区町村が `openjpki window notices fetch --municipality CODE` で受け取ります。",
    ]


def test_letters_and_what_is_in_none_are_listed(home: Path) -> None:
    """R-7.2, R-7.4: each letter with its state and what it is about; what is skipped with its reason; nobody's name."""
    assert run(home, "list").lines == ["There are no expiry notices."]
    run(home)

    (letter,) = run(home, "list", "--municipality", "99201").data["notices"]
    assert (letter["municipality"], letter["state"], letter["handed_over_at"]) == ("99201", "waiting", None)
    assert [(one["about"], one["expires"], one["without"]) for one in letter["about"]] == [
        ("card", soon().isoformat(), None)
    ]
    (skipped,) = run(home, "list", "--skipped").data["skipped"]
    assert (skipped["about"], skipped["without"]) == ("card", "notice.fixed-stay")
    assert run(home, "list").lines == [f"{letter['notice']}  99201  waits  card {soon().isoformat()}"]
    (line,) = run(home, "list", "--skipped", language="ja").lines
    finding = find("notice.fixed-stay")
    assert line == (
        f"{skipped['key']}  99201  カード {soon().isoformat()} [notice.fixed-stay]: {finding.ja} ({finding.rule})"
    )


def test_every_state_has_its_word(home: Path) -> None:
    """R-7.1: a letter that was sent and is not kept yet is told like any other; no state is without a word."""
    run(home)
    Notice.objects.update(state="given", municipality="99201")

    assert "  given  " in run(home, "list").lines[0]
    assert set(STATES) == {state.value for state in NoticeState}


def test_a_list_goes_on_where_it_ended(home: Path) -> None:
    """A page begins behind the number that is named; another municipality's list is its own."""
    run(home)
    (letter,) = run(home, "list").data["notices"]
    (skipped,) = run(home, "list", "--skipped", "--municipality", "99201").data["skipped"]

    assert run(home, "list", "--after", letter["notice"]).data == {"notices": []}
    assert run(home, "list", "--municipality", "99202").data == {"notices": []}
    assert run(home, "list", "--skipped", "--after", skipped["key"]).lines == ["Nothing was left without a letter."]


@pytest.mark.parametrize("words", [("list", "--on", "2026-01-05"), ("--skipped",), ("--after", "a")])
def test_an_option_of_the_other_command_is_refused(home: Path, words: tuple[str, ...]) -> None:
    """A selection takes a day, a list its page: an option that would be ignored is wrong usage."""
    with pytest.raises(BadValue):
        run(home, *words)
