from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import NoticeLetter, Notices, NoticesAsked, Reply, Request
from openjpki.rules.kinds import LifeEvent
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.notices import Enclosure, PaperEvent, PaperState
from openjpki.window.answers import AuthorityRefused
from openjpki.window.changes import Change
from openjpki.window.events import NotOnRegister
from openjpki.window.loading import ResidentNotFound
from openjpki.window.models import ExpiryNotice
from openjpki.window.notices import Fetched, NoticeNotFound, PrintedByItself
from tests.unit.window.counter import HANAKO, MINATO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])

EXPIRES = date(2026, 6, 10)


def told(notice_id: str, resident: str = HANAKO) -> NoticeLetter:
    """Return a letter as the authority writes it."""
    return NoticeLetter(
        notice_id=notice_id,
        resident_code=resident,
        card_expires=None,
        signature_expires=EXPIRES,
        authentication_expires=EXPIRES,
        opens=date(2026, 3, 11),
        printed=date(2026, 3, 10),
        posted=date(2026, 3, 24),
        enclosed=(Enclosure.NOTICE, Enclosure.GUIDE),
        told=("notice.comes-early",),
    )


class Pages:
    """An authority that gives letters, two at a time, until they are kept."""

    def __init__(self, otherwise: Callable[[Request], Reply], *letters: NoticeLetter) -> None:
        self.letters = list(letters)
        self._otherwise = otherwise
        self.loses = 0
        """How many answers from now on are lost."""

    def send(self, request: Request) -> Reply:
        """Answer a question, or lose the answer."""
        if not isinstance(request, NoticesAsked):
            return self._otherwise(request)
        self.letters = [one for one in self.letters if one.notice_id not in request.kept]
        if self.loses:
            self.loses -= 1
            raise AuthorityUnreachable
        return Notices(letters=tuple(self.letters[:2]), more=len(self.letters) > 2)


@pytest.fixture
def pages(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Return the authority's letters for three residents of Wakaba."""
    counter.register().clock.turn("2026-03-12")
    found = Pages(counter.desk.send, told("a"), told("b", "12345678902"), told("c", "99999999999"))
    monkeypatch.setattr(counter.desk, "send", found.send)
    return found


def states(counter: Counter) -> list[tuple[str, PaperState]]:
    """Return the letters of Wakaba and their states."""
    return [(entry.notice_id, entry.state) for entry in counter.window.notices.list(WAKABA)]


def test_all_letters_are_fetched_page_by_page(counter: Counter, pages: Pages) -> None:
    """R-7.1: every letter is stored once, told as kept, and comes no more; whose it is need not be known here."""
    assert counter.window.notices.fetch(WAKABA) == Fetched(letters=3, again=0)
    assert pages.letters == []
    assert states(counter) == [(name, PaperState.RECEIVED) for name in "abc"]
    assert [entry.data["letters"] for entry in audited("notices.fetched")] == [2, 1]

    assert counter.window.notices.fetch(WAKABA) == Fetched(letters=0, again=0)
    assert counter.window.notices.list(MINATO) == ()


def test_a_lost_answer_doubles_nothing(counter: Counter, pages: Pages) -> None:
    """R-7.1: what was stored when the line broke comes again, is stored once, and is kept then."""
    keep = pages.send

    def broken(request: Request) -> Reply:
        reply = keep(request)
        pages.loses = 1
        return reply

    counter.desk.send = broken  # type: ignore[method-assign]  # the fixture has replaced it, too
    with pytest.raises(AuthorityUnreachable):
        counter.window.notices.fetch(WAKABA)
    pages.letters = [told("a"), *pages.letters]
    pages.loses = 0
    counter.desk.send = keep  # type: ignore[method-assign]  # the same

    assert counter.window.notices.fetch(WAKABA) == Fetched(letters=1, again=1)
    assert [name for name, _ in states(counter)] == ["a", "b", "c"]


def test_a_refusal_is_told(counter: Counter) -> None:
    """The authority's own words are passed on."""
    counter.desk.refuse(NoticesAsked)
    with pytest.raises(AuthorityRefused):
        counter.window.notices.fetch(WAKABA)


def test_a_letter_is_printed_with_the_address_of_the_day(counter: Counter, pages: Pages) -> None:
    """R-7.1, R-7.4: name and address are those on record on the day of printing; the reading is written down."""
    assert pages.letters
    counter.window.notices.fetch(WAKABA)
    move = Change(event=LifeEvent.MOVE, on=date(2026, 3, 12), address="見本県若葉市本町9番地")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=move)

    found = counter.window.notices.print(WAKABA, "a")
    assert (found.name, found.address) == ("見本　花子", "見本県若葉市本町9番地")
    assert (found.printed_on, found.first_open_day) == (date(2026, 3, 12), date(2026, 3, 11))
    assert not found.forwarded
    assert [finding.code for finding in found.says] == ["notice.comes-early"]
    assert "花子" not in repr(found)
    assert found.notice.state is PaperState.PRINTED
    assert len(audited("notice.printed")) == 1
    with pytest.raises(IllegalTransition):
        counter.window.notices.print(WAKABA, "a")


def test_a_letter_goes_along_its_table(counter: Counter, pages: Pages) -> None:
    """R-7.1: printed, posted, and perhaps brought back: then the address is looked into (S-57, S-58)."""
    assert pages.letters
    counter.window.notices.fetch(WAKABA)
    counter.window.notices.print(WAKABA, "a")
    assert counter.window.notices.mark(WAKABA, "a", PaperEvent.POST).findings == ()
    back = counter.window.notices.mark(WAKABA, "a", PaperEvent.RETURN)
    assert [finding.code for finding in back.findings] == ["notice.returned"]
    counter.window.notices.mark(WAKABA, "b", PaperEvent.WITHDRAW)

    assert states(counter)[:2] == [("a", PaperState.RETURNED), ("b", PaperState.WITHDRAWN)]
    for wrong in (PaperEvent.POST, PaperEvent.WITHDRAW):
        with pytest.raises(IllegalTransition):
            counter.window.notices.mark(WAKABA, "a", wrong)
    with pytest.raises(PrintedByItself):
        counter.window.notices.mark(WAKABA, "c", PaperEvent.PRINT)
    assert [entry.data["state"] for entry in audited("notice.marked")] == ["posted", "returned", "withdrawn"]


def test_a_list_is_of_a_state_and_goes_on(counter: Counter, pages: Pages) -> None:
    """A page begins behind a number; the states are told apart."""
    assert pages.letters
    counter.window.notices.fetch(WAKABA)
    counter.window.notices.mark(WAKABA, "b", PaperEvent.WITHDRAW)

    found = counter.window.notices.list(WAKABA, state=PaperState.RECEIVED, after="a")
    assert [entry.notice_id for entry in found] == ["c"]
    assert found[0].expires == EXPIRES
    assert [entry.notice_id for entry in counter.window.notices.list(WAKABA, limit=1)] == ["a"]


def test_who_is_not_here_gets_no_letter(counter: Counter, pages: Pages) -> None:
    """R-7.4: who left or died since, and who never was on this register, is not written to; another city's letter is not found."""
    assert pages.letters
    counter.window.notices.fetch(WAKABA)
    with pytest.raises(ResidentNotFound):
        counter.window.notices.print(WAKABA, "c")
    death = Change(event=LifeEvent.DEATH, on=date(2026, 3, 12))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=death)
    with pytest.raises(NotOnRegister):
        counter.window.notices.print(WAKABA, "a")
    for act in (
        counter.window.notices.print,
        lambda who, name: counter.window.notices.mark(who, name, PaperEvent.POST),
    ):
        with pytest.raises(NoticeNotFound):
            act(MINATO, "a")


def test_the_database_holds_what_a_letter_is(counter: Counter, pages: Pages) -> None:
    """A letter about nothing, or of another state, cannot stand here, whatever program writes it."""
    assert pages.letters
    counter.window.notices.fetch(WAKABA)
    rows = ExpiryNotice.objects.for_municipality("99201")
    for wrong in ({"state": "lost"}, {"state": "posted"}, {"signature_expires_date": None, "resident_code": "1"}):
        with pytest.raises(IntegrityError), transaction.atomic("window"):
            rows.update(**wrong)
    assert rows.count() == 3
