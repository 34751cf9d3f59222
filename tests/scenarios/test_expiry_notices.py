"""Expiry notices, walked by the command lines of docs/operations.md (R-7.1 to R-7.5)."""

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openjpki.cli.main import main
from openjpki.desk.messages import CardReported, ReportAccepted
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState
from openjpki.site.clock import SteppedClock, real_moment
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from openjpki.window.officer import Clerk
from tests.support.story import SETTINGS
from tools.make_docs import ROOT

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OPENED = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def lines() -> list[str]:
    """Return the command lines of the section."""
    section = PAGE.partition("\n## Expiry notices\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return str(block).splitlines()


def made(path: Path) -> Path:
    """Make a home with two residents of Wakaba whose cards end soon, one with the stay."""
    ends = civil_date(real_moment()) + timedelta(days=60)
    with founded(path, SETTINGS, SteppedClock(OPENED)) as house:
        register = (
            "resident_code,name,kana,address,birth_date,sex,resident_since,residence_status,stay_until\n"
            "11111111111,見本　花子,ミホン　ハナコ,見本県若葉市1番,1990-06-10,female,2015-04-01,,\n"
            f"22222222222,SPECIMEN,スペシメン,見本県若葉市2番,1990-06-10,male,2015-04-01,fixed-stay,{ends.isoformat()}\n"
        )
        house.window.residents.import_csv(Clerk("sato", "99201"), register)
        for number in ("1", "2"):
            card = CardReported(
                report_id=f"card-{number}",
                municipality="99201",
                resident_code=number * 11,
                card_number=number * 15,
                expires=ends,
                state=CardState.ACTIVE,
                event=None,
                reported_at=OPENED,
            )
            assert isinstance(house.authority.handle(card), ReportAccepted)
    return path


def test_the_lines_of_the_page_lead_from_the_selection_to_the_post(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R-7.1 to R-7.5: each line of the page, as it stands there, does its part; run again, the whole changes nothing."""
    home, number = made(tmp_path / "home"), ""
    told: list[dict[str, Any]] = []
    for line in lines():
        typed = shlex.split(line.replace("/srv/jpki/home", str(home)).replace("NUMBER", number))
        capsys.readouterr()
        assert main([*typed[1:], "--json"]) == 0, line
        told.append(json.loads(capsys.readouterr().out))
        number = number or next((one["notice"] for one in told[-1].get("notices", [])), "")
    selected, listed, skipped, fetched, received, printed, posted, returned = told

    assert (selected["noticed"], selected["skipped"]) == (1, 1)
    assert listed["notices"][0]["state"] == "waiting"
    assert [one["without"] for one in skipped["skipped"]] == ["notice.fixed-stay"]
    assert fetched == {"letters": 1, "again": 0}
    assert [one["resident_code"] for one in received["notices"]] == ["11111111111"]
    assert printed["address"] == "見本県若葉市1番"
    assert (posted["state"], returned["state"]) == ("posted", "returned")

    for line, nothing in ((lines()[0], "noticed"), (lines()[3], "letters")):
        assert main([*shlex.split(line.replace("/srv/jpki/home", str(home)))[1:], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[nothing] == 0
