from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.means import Terms
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import LifeEventReported, Reply, Request
from openjpki.desk.sealing import Sealed
from openjpki.rules.dates import civil_date
from openjpki.site.home import Home
from openjpki.window.withdrawn_moves import MoveStands
from tests.unit.cli.test_window import MINATO, PERSON, WAKABA, Counter, counter, served

pytestmark = pytest.mark.django_db(databases=["authority", "window"])

__all__ = ["counter", "served"]


def moved(served: Counter) -> None:
    """Enter a move to Minato on the home's day."""
    day = civil_date(Home.open(served.path).clock()()).isoformat()
    move = ("--event", "move", "--on", day, "--address", "見本県みなと市港町9番地", "--to-municipality", "99202")
    served("event", *WAKABA, *PERSON, *move)


def later(path: Path, span: timedelta) -> None:
    """Move the home's legal clock ahead."""
    home = Home.open(path)
    shifted = replace(home.settings, clock_shift_seconds=int(span.total_seconds()))
    (path / "openjpki.json").unlink()
    Home(path, shifted).save()


def test_a_move_whose_departure_is_over_is_taken_back(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Departure taken, then the line cut for longer than its term: the arrival is refused, taken back, and entered anew."""
    send = Sealed.send

    def cut(self: Sealed, request: Request) -> Reply:
        if isinstance(request, LifeEventReported):
            raise AuthorityUnreachable
        return send(self, request)

    monkeypatch.setattr(Sealed, "send", cut)
    moved(served)
    monkeypatch.setattr(Sealed, "send", send)
    later(served.path, Terms().departure + timedelta(days=1))
    refused = served("deliver", "--now", *MINATO)
    assert refused.data["errors"] == ["authority.departure-missing"]

    back = served("withdraw-move", *WAKABA, *PERSON, language="ja")
    assert back.data["state"] == "resident"
    assert "住民" in back.lines[0]
    moved(served)
    assert served("residents", *MINATO).data["residents"][0]["state"] == "resident"
    assert served("deliver", "--now").data["waiting"] == 0
    with pytest.raises(MoveStands):
        served("withdraw-move", *WAKABA, *PERSON)
