from dataclasses import replace
from datetime import date, timedelta

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Card, Notice, NoticeBatch, NoticeDecision
from openjpki.authority.notices import selection as notices
from openjpki.authority.notices.selection import Batch, DayAhead, DayBehind
from openjpki.desk.messages import ReportAccepted
from openjpki.rules.kinds import CardState, LifeEvent, Procedure, ResidenceStatus
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

PRINT_DAY = date(2030, 3, 10)
"""Three months before the fifth birthday, to which everything issued on the scene's first day runs."""
NOTHING = (0, 0, 0)


@pytest.fixture
def issued(scene: Scene) -> Scene:
    """Return Hanako with both certificates, on the print day of their notice."""
    return scene.with_both().at(PRINT_DAY)


def decided() -> dict[str, tuple[str, str]]:
    """Return what was decided, by what it is about: the state of its letter, and why it is in none."""
    return {
        decision.key.split("/")[0]: (decision.notice.state if decision.notice else "", decision.without)
        for decision in NoticeDecision.objects.select_related("notice").order_by("decided_on", "key")
    }


def counts(scene: Scene, on: date | None = None) -> tuple[int, int, int]:
    """Run, and return how many letters came, how much was skipped and taken out."""
    batches = scene.authority.select_notices(on=on).batches
    return sum(b.noticed for b in batches), sum(b.skipped for b in batches), sum(b.taken_out for b in batches)


def test_both_certificates_go_into_one_letter(issued: Scene) -> None:
    """R-7.1, R-7.4: from three months before the expiry on, one letter is about both; the record has the counts."""
    assert counts(issued) == (1, 0, 0)

    assert decided() == {"signature": ("waiting", ""), "authentication": ("waiting", "")}
    entry = Entry.objects.using("authority").get(verb="notices.selected")
    assert entry.data == {"municipality": "99201", "on": "2030-03-10", "noticed": 1, "skipped": 0, "taken_out": 0}
    assert entry.subject == str(NoticeBatch.objects.get())
    assert issued.fuse.passed.count("notices-selected") == 1


def test_nothing_is_selected_before_its_print_day(scene: Scene) -> None:
    """R-7.4: the day before, nothing is due."""
    assert counts(scene.with_both().at(PRINT_DAY - timedelta(days=1))) == NOTHING


def test_an_expiry_is_announced_once(issued: Scene) -> None:
    """R-7.4: the same run again, and those of the days after, select nothing twice and leave no trace."""
    assert counts(issued) == (1, 0, 0)

    assert counts(issued) == NOTHING
    assert counts(issued.at(date(2030, 4, 1))) == NOTHING
    assert (Notice.objects.count(), NoticeBatch.objects.count()) == (1, 1)


def test_missed_days_are_caught_up(issued: Scene) -> None:
    """R-7.4: a run that comes weeks late selects what was due on the days without one, while a letter still helps."""
    assert counts(issued.at(date(2030, 5, 27))) == (1, 0, 0)


def test_a_letter_that_would_come_too_late_is_none(issued: Scene) -> None:
    """R-7.1: what could only be posted after the expiry is not printed."""
    assert counts(issued.at(date(2030, 5, 28))) == NOTHING
    assert decided() == {}


def test_the_day_is_today_or_before_and_never_goes_back(issued: Scene) -> None:
    """R-7.4: nothing is selected for a day that has not come, nor for one behind a day that was selected."""
    with pytest.raises(DayAhead):
        issued.authority.select_notices(on=PRINT_DAY + timedelta(days=1))
    issued.at(date(2030, 3, 20))
    assert counts(issued, on=PRINT_DAY) == (1, 0, 0)
    issued.at(date(2030, 3, 21))
    assert issued.authority.select_notices(on=PRINT_DAY + timedelta(days=2)).on == date(2030, 3, 12)

    with pytest.raises(DayBehind):
        issued.authority.select_notices(on=PRINT_DAY - timedelta(days=1))


def test_what_was_renewed_is_taken_out_of_its_letter(issued: Scene) -> None:
    """R-7.1: a renewal that came first takes its certificate out; the letter stays for the other one."""
    counts(issued)
    issued.at(date(2030, 3, 11))
    issued.issue(AUTHENTICATION, Procedure.RENEWAL)

    assert counts(issued) == (0, 0, 1)
    assert decided() == {"signature": ("waiting", ""), "authentication": ("waiting", "superseded")}

    issued.issue(SIGNATURE, Procedure.RENEWAL)
    assert counts(issued) == (0, 0, 1)
    assert Notice.objects.get().state == "taken-out"
    assert counts(issued) == NOTHING


def test_a_dead_mans_letter_is_taken_out(issued: Scene) -> None:
    """R-7.4: who is off the record by the day of printing gets no letter."""
    counts(issued)
    issued.expect(ReportAccepted, issued.life_event(LifeEvent.DEATH, attributes=None))

    assert counts(issued) == (0, 0, 2)
    assert {why for _, why in decided().values()} == {"revoked"}


def test_who_moved_keeps_the_letter_for_what_is_left(issued: Scene) -> None:
    """R-5.3, R-7.4; S-25: after a move the letter, now the new municipality's, is about the authentication certificate."""
    counts(issued)
    issued.expect(ReportAccepted, issued.arrival())

    (batch,) = issued.authority.select_notices().batches
    assert (batch.municipality, batch.taken_out) == ("99202", 1)
    assert Notice.objects.get().state == "waiting"


def test_a_stopped_card_gets_its_letter_when_it_is_found(issued: Scene) -> None:
    """R-5.20: a held certificate is not alive; a released one is announced after all, in a letter of its own."""
    issued.authority = replace(issued.authority, policy=Policy(auth_hold_release="release"))
    counts(issued)
    issued.expect(ReportAccepted, issued.card(state=CardState.SUSPENDED))
    assert counts(issued) == (0, 0, 2)
    assert counts(issued) == NOTHING
    issued.expect(ReportAccepted, issued.card(state=CardState.ACTIVE))

    assert counts(issued) == (1, 0, 0)
    assert decided()["authentication"] == ("waiting", "")
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["taken-out", "waiting"]


def test_a_fixed_stay_gets_none_and_says_why_once(scene: Scene) -> None:
    """R-7.2: no letter goes to a foreigner with a fixed period of stay; the reason is written once, not daily."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.stay(date(2035, 6, 10)))
    scene.at(PRINT_DAY)

    assert counts(scene) == (0, 2, 0)
    assert decided() == {"signature": ("", "notice.fixed-stay"), "authentication": ("", "notice.fixed-stay")}
    assert counts(scene) == NOTHING


def test_who_was_skipped_may_get_one_later(scene: Scene) -> None:
    """R-7.2: who became a permanent resident meanwhile is announced after all."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.stay(date(2035, 6, 10)))
    counts(scene.at(PRINT_DAY))
    scene.expect(ReportAccepted, scene.stay(status=ResidenceStatus.PERMANENT))

    assert counts(scene) == (1, 0, 0)
    assert decided() == {"signature": ("waiting", ""), "authentication": ("waiting", "")}


def test_a_letter_of_who_has_a_fixed_stay_by_now_is_taken_out(issued: Scene) -> None:
    """R-7.2: the rule is that of the day on which the letter leaves."""
    counts(issued)
    issued.expect(ReportAccepted, issued.stay(date(2035, 6, 10)))

    assert counts(issued) == (0, 0, 2)
    assert Notice.objects.get().state == "taken-out"


def test_card_and_certificates_of_one_day_go_into_one_letter(scene: Scene) -> None:
    """R-7.5: card and certificates that end together are one letter, for the card."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2030, 6, 10)))
    scene.issue(AUTHENTICATION)

    assert counts(scene.at(PRINT_DAY)) == (1, 0, 0)
    assert decided() == {"card": ("waiting", ""), "authentication": ("waiting", "")}
    assert counts(scene) == NOTHING


def test_a_card_left_behind_gets_none(issued: Scene) -> None:
    """R-7.4: a card that stayed with the municipality left for abroad is used no more, and not announced."""
    Card.objects.update(municipality="99202")

    assert counts(issued) == (0, 2, 0)
    assert {why for _, why in decided().values()} == {"authority.card-left-behind"}


def test_a_run_goes_by_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-7.4: each batch is durable by itself, told when it is; a killed run is finished by the next one."""
    monkeypatch.setattr(notices, "CARDS_OF_A_BATCH", 2)
    residents = [f"1234567890{number}" for number in range(5)]
    for number, resident in enumerate(residents):
        scene.expect(ReportAccepted, scene.person(resident))
        card = scene.card(f"12345678901234{number}", resident=resident, expires=date(2030, 6, 10))
        scene.expect(ReportAccepted, card)
    scene.at(PRINT_DAY)
    scene.fuse.blows_after = "notices-selected"
    with pytest.raises(Crash):
        scene.authority.select_notices()
    assert Notice.objects.count() == 2
    told: list[Batch] = []

    found = scene.authority.select_notices(tell=told.append)

    assert [batch.noticed for batch in found.batches] == [2, 1]
    assert tuple(told) == found.batches
    assert (Notice.objects.count(), found.waiting) == (5, 5)
