"""Expiry notices at the municipality: fetched from the authority, printed, posted, returned by the post (R-7.1 to R-7.4).

The authority writes each once and sends it until it is kept; a letter that comes twice is stored once. Nobody needs one at
the counter (R-7.1).
"""

from dataclasses import dataclass
from datetime import datetime

from openjpki.desk.messages import NoticeLetter, Notices, NoticesAsked
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.finding import Finding
from openjpki.rules.lifecycle import advance
from openjpki.rules.notices import NOTICE, Enclosure, PaperEvent, PaperState, returned
from openjpki.window.answers import expect
from openjpki.window.checkpoints import Checkpoint
from openjpki.window.equipment import Equipment, act, note, note_person
from openjpki.window.events import NotOnRegister
from openjpki.window.letters import Letter, NoticeEntry, letter
from openjpki.window.loading import load_resident
from openjpki.window.models import ExpiryNotice
from openjpki.window.officer import Officer
from openjpki.window.selectors import PAGE
from openjpki.window.states import ResidentState, told_state
from openjpki.window.verbs import Verb


class NoticeNotFound(Failure):
    """No such letter came to this municipality."""

    code = "window.notice.not-found"
    kind = Kind.REFUSED
    ja = "有効期限通知書 {notice} は、この市区町村では見つかりません。"
    en = "There is no expiry notice {notice} in this municipality."


class PrintedByItself(Failure):
    """A letter is marked as printed by printing it."""

    code = "window.notice.print"
    kind = Kind.USAGE
    ja = "印刷の記録は、印刷(print)でだけ付けます。"
    en = "A letter is marked as printed by printing it."


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came from the authority."""

    letters: int
    """New ones."""
    again: int
    """Those that were here already."""


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What became of a letter, and what follows."""

    notice: NoticeEntry
    findings: tuple[Finding, ...]


class ExpiryNotices:
    """Acts on the letters of a municipality."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment

    def fetch(self, officer: Officer) -> Fetched:
        """Store every letter that waits at the authority, page by page; each page is told as kept once it is durable.

        Begun again after a crash it goes on. Raises what asking the authority raises.
        """
        kept: tuple[str, ...] = ()
        letters = again = 0
        while True:
            at = self._equipment.moment()
            question = NoticesAsked(municipality=officer.municipality, asked_at=at, kept=kept)
            page = expect(self._equipment.carrier.send(question), Notices)
            if not page.letters and not page.more:
                return Fetched(letters=letters, again=again)
            with act():
                new = _store(officer, page.letters, at)
            if new:
                self._equipment.checkpoint(Checkpoint.NOTICES_STORED)
            letters, again = letters + new, again + len(page.letters) - new
            kept = tuple(one.notice_id for one in page.letters)

    def list(
        self, officer: Officer, *, state: PaperState | None = None, after: str = "", limit: int = PAGE
    ) -> tuple[NoticeEntry, ...]:
        """Return up to `limit` letters behind one, by their numbers; no name and no address among them."""
        rows = ExpiryNotice.objects.for_municipality(officer.municipality).filter(notice_id__gt=after)
        found = rows.filter(state=state.value) if state else rows
        return tuple(_entry(row) for row in found.order_by("notice_id")[:limit])

    def print(self, officer: Officer, notice_id: str) -> Letter:
        """Return a letter with name and address as the register has them today, and mark it as printed.

        Reading a person's record is an act and is written down. Raises `NoticeNotFound`, `IllegalTransition`,
        `ResidentNotFound` or `NotOnRegister`: who moved or died since gets none (R-7.4).
        """
        at = self._equipment.moment()
        with act():
            row = _load(officer, notice_id)
            resident = load_resident(officer, row.resident_code)
            if resident.state != ResidentState.RESIDENT.value:
                raise NotOnRegister(state=told_state(resident.state))
            _advance(row, PaperEvent.PRINT, at)
            subject = _subject(row)
            code = resident.resident_code
            note_person(self._equipment, officer, Verb.NOTICE_PRINTED, subject, at=at, resident_code=code)
        self._equipment.checkpoint(Checkpoint.NOTICE_MARKED)
        return letter(
            self._equipment.policy,
            _entry(row),
            name=resident.name,
            address=resident.address,
            on=civil_date(at),
        )

    def mark(self, officer: Officer, notice_id: str, event: PaperEvent) -> Marked:
        """Mark a letter as posted, returned by the post, or withdrawn; raises `NoticeNotFound` or `IllegalTransition`."""
        if event is PaperEvent.PRINT:
            raise PrintedByItself
        at = self._equipment.moment()
        with act():
            row = _load(officer, notice_id)
            _advance(row, event, at)
            note(officer, Verb.NOTICE_MARKED, _subject(row), at=at, state=row.state)
        self._equipment.checkpoint(Checkpoint.NOTICE_MARKED)
        return Marked(notice=_entry(row), findings=(returned(),) if event is PaperEvent.RETURN else ())


def _store(officer: Officer, letters: tuple[NoticeLetter, ...], at: datetime) -> int:
    """Store those letters that are not here yet; return how many there were."""
    rows = ExpiryNotice.objects.for_municipality(officer.municipality)
    here = set(rows.filter(notice_id__in=[one.notice_id for one in letters]).values_list("notice_id", flat=True))
    new = [one for one in letters if one.notice_id not in here]
    ExpiryNotice.objects.across_municipalities().bulk_create(_row(officer, one, at) for one in new)
    if new:
        note(officer, Verb.NOTICES_FETCHED, f"notices:{officer.municipality}", at=at, letters=len(new))
    return len(new)


def _row(officer: Officer, told: NoticeLetter, at: datetime) -> ExpiryNotice:
    return ExpiryNotice(
        municipality=officer.municipality,
        notice_id=told.notice_id,
        resident_code=told.resident_code,
        card_expires_date=told.card_expires,
        signature_expires_date=told.signature_expires,
        authentication_expires_date=told.authentication_expires,
        opens_date=told.opens,
        selected_date=told.printed,
        post_by_date=told.posted,
        enclosed=[one.value for one in told.enclosed],
        told=list(told.told),
        received_at=at,
    )


def _load(officer: Officer, notice_id: str) -> ExpiryNotice:
    """Return and lock a letter of the officer's municipality; raise `NoticeNotFound`."""
    rows = ExpiryNotice.objects.for_municipality(officer.municipality).select_for_update()
    row = rows.filter(notice_id=notice_id).first()
    if row is None:
        raise NoticeNotFound(notice=notice_id)
    return row


def _advance(row: ExpiryNotice, event: PaperEvent, at: datetime) -> None:
    row.state, row.marked_at = advance(NOTICE, PaperState(row.state), event).value, at
    row.save(update_fields=("state", "marked_at"))


def _subject(row: ExpiryNotice) -> str:
    return f"notice:{row.municipality}/{row.pk}"


def _entry(row: ExpiryNotice) -> NoticeEntry:
    return NoticeEntry(
        notice_id=row.notice_id,
        resident_code=row.resident_code,
        card_expires=row.card_expires_date,
        signature_expires=row.signature_expires_date,
        authentication_expires=row.authentication_expires_date,
        opens=row.opens_date,
        selected_on=row.selected_date,
        post_by=row.post_by_date,
        enclosed=tuple(map(Enclosure, row.enclosed)),
        told=tuple(row.told),
        state=PaperState(row.state),
    )
