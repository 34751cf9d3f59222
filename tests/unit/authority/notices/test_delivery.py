from datetime import date

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Notice
from openjpki.authority.notices import delivery as notice_delivery
from openjpki.desk.messages import Notices, NoticesAsked, ReportAccepted
from openjpki.rules.kinds import LifeEvent, Procedure
from openjpki.rules.notices import Enclosure
from tests.support.authority import AUTHENTICATION, RESIDENT, SIGNATURE, Crash, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

PRINT_DAY, EXPIRES = date(2030, 3, 10), date(2030, 6, 10)


@pytest.fixture
def selected(scene: Scene) -> Scene:
    """Return Hanako's letter, waiting on its print day."""
    scene.with_both().at(PRINT_DAY).authority.select_notices()
    return scene


def ask(scene: Scene, *kept: str, municipality: str = "99201") -> Notices:
    """Ask for letters as a municipality."""
    return scene.expect(Notices, NoticesAsked(municipality=municipality, asked_at=scene.clock(), kept=kept))


def state() -> str:
    """Return where the letter is."""
    return Notice.objects.get().state


def test_a_letter_says_what_expires_and_what_lies_in_it(selected: Scene) -> None:
    """R-7.1, R-7.3; S-50, S-54: the days, what is enclosed, and whose it is by the resident code alone."""
    (letter,) = ask(selected).letters

    assert letter.resident_code == RESIDENT
    assert (letter.card_expires, letter.signature_expires, letter.authentication_expires) == (None, EXPIRES, EXPIRES)
    assert (letter.opens, letter.printed, letter.posted) == (date(2030, 3, 11), PRINT_DAY, date(2030, 3, 24))
    assert Enclosure.SEALING_ENVELOPE in letter.enclosed
    assert letter.told == ()
    assert "見本" not in repr(Notice.objects.get().letter)


def test_a_letter_comes_until_it_is_kept(selected: Scene) -> None:
    """R-7.1: an answer that was lost comes again, word for word; one that is kept comes no more, and once counts."""
    first = ask(selected)
    assert (state(), first.more) == ("given", False)
    selected.at(date(2030, 3, 20))
    again = ask(selected)
    assert again == first

    number = first.letters[0].notice_id
    assert ask(selected, number) == Notices(letters=())
    assert ask(selected, number) == Notices(letters=())
    row = Notice.objects.get()
    assert (row.state, row.municipality, row.handed_over_at) == ("handed-over", "99201", selected.clock())
    assert [entry.data for entry in Entry.objects.using("authority").filter(verb="notices.handed-over")] == [
        {"letters": 1}
    ]
    assert selected.authority.select_notices().batches == ()


def test_a_crash_between_the_steps_loses_nothing(selected: Scene) -> None:
    """R-7.1: killed once it is written, or once it is kept, the next question goes on where it was."""
    selected.fuse.blows_after = "notices-given"
    with pytest.raises(Crash):
        ask(selected)
    (letter,) = ask(selected).letters
    selected.fuse.blows_after = "notices-kept"
    with pytest.raises(Crash):
        ask(selected, letter.notice_id)

    assert ask(selected, letter.notice_id).letters == ()
    assert state() == "handed-over"


def test_what_was_renewed_is_taken_out_before_it_is_given(selected: Scene) -> None:
    """R-7.1: a renewal since the selection: the letter is about the rest, or there is none."""
    selected.at(date(2030, 3, 11)).issue(AUTHENTICATION, Procedure.RENEWAL)
    (letter,) = ask(selected).letters

    assert (letter.signature_expires, letter.authentication_expires) == (EXPIRES, None)


def test_nothing_is_given_of_who_died_or_is_too_late(selected: Scene) -> None:
    """R-7.4: who died since gets no letter."""
    selected.expect(ReportAccepted, selected.life_event(LifeEvent.DEATH, attributes=None))

    assert ask(selected) == Notices(letters=())
    assert state() == "taken-out"
    entry = Entry.objects.using("authority").get(verb="notices.given")
    assert entry.data == {"letters": 0, "taken_out": 2}


def test_a_letter_that_waited_too_long_is_none(selected: Scene) -> None:
    """R-7.1: fetched when it could only be posted after the expiry, a letter is taken out."""
    assert ask(selected.at(date(2030, 5, 28))) == Notices(letters=())
    assert state() == "taken-out"


def test_a_given_letter_stays_what_it_says(selected: Scene) -> None:
    """R-7.1: what is out may cross with a renewal; neither a run nor a question takes it back."""
    first = ask(selected)
    selected.at(date(2030, 3, 11)).issue(AUTHENTICATION, Procedure.RENEWAL)

    assert selected.authority.select_notices().batches == ()
    assert ask(selected) == first


def test_a_municipality_gets_its_own_residents_letters(selected: Scene) -> None:
    """R-1.1, R-7.4: the address is that of the print day: who moved before is the next municipality's; nobody keeps another's letter."""
    assert ask(selected, municipality="99202").letters == ()
    selected.expect(ReportAccepted, selected.arrival())
    assert ask(selected).letters == ()
    (letter,) = ask(selected, municipality="99202").letters
    assert (letter.signature_expires, letter.authentication_expires) == (None, EXPIRES)
    assert letter.told[0] == "notice.authentication-alone"

    ask(selected, letter.notice_id)
    assert state() == "given"
    ask(selected, letter.notice_id, municipality="99202")
    assert state() == "handed-over"


def test_a_letter_given_before_a_move_stays_where_it_was_given(selected: Scene) -> None:
    """R-7.1: one letter, one sender: the next municipality gets no second one."""
    first = ask(selected)
    selected.expect(ReportAccepted, selected.arrival())

    assert ask(selected, municipality="99202").letters == ()
    assert ask(selected) == first


def test_letters_come_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is bounded, and says whether others wait: also behind pages of which nothing is left."""
    monkeypatch.setattr(notice_delivery, "MOST_NOTICES", 2)
    for number in range(5):
        resident = f"1234567890{number}"
        scene.expect(ReportAccepted, scene.person(resident))
        scene.expect(ReportAccepted, scene.card(f"12345678901234{number}", resident=resident, expires=EXPIRES))
    scene.at(PRINT_DAY).authority.select_notices()
    pages: list[tuple[int, bool]] = []
    kept: tuple[str, ...] = ()
    while (page := ask(scene, *kept)).letters or page.more:
        kept = tuple(letter.notice_id for letter in page.letters)
        pages.append((len(page.letters), page.more))
        assert all(letter.card_expires == EXPIRES for letter in page.letters)

    assert pages == [(2, True), (2, True), (1, False)]
    assert set(Notice.objects.values_list("state", flat=True)) == {"handed-over"}


def test_a_stranger_gets_nothing(scene: Scene) -> None:
    """Only a municipality that takes part asks."""
    question = NoticesAsked(municipality="99999", asked_at=scene.clock())

    assert scene.refusal(question) == "authority.municipality-unknown"


def test_the_card_has_its_letter_with_its_application_id(scene: Scene) -> None:
    """R-7.3, R-7.5: the letter of a card that ends says so, with the application's number; certificates with it are not named."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=EXPIRES))
    scene.issue(SIGNATURE)
    scene.at(PRINT_DAY).authority.select_notices()
    (letter,) = ask(scene).letters

    assert (letter.card_expires, letter.signature_expires) == (EXPIRES, None)
    assert letter.enclosed[-1] is Enclosure.APPLICATION_ID
    assert letter.told == ("notice.card-first",)
