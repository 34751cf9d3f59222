"""Letters go to the municipality that prints them: each is written once, sent until it is kept, and then no more (R-7.1).

What was renewed or ended since the selection is taken out now; from here on the letter says what it says.
"""

from datetime import datetime

import msgspec
from django.db.models import QuerySet

from openjpki.authority.acts import Doer, act, window_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Notice, NoticeState
from openjpki.authority.notices.choice import Choice
from openjpki.authority.notices.selection import Shelf, lock_holders, shelves, take_out
from openjpki.authority.register.municipalities import enrolled
from openjpki.authority.verbs import Verb
from openjpki.desk.carrier import encode_any
from openjpki.desk.messages import MOST_NOTICES, NoticeLetter, Notices, NoticesAsked
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind


def hand_over(means: Means, question: NoticesAsked, at: datetime) -> Notices:
    """Note which letters the municipality has, and return the next ones for its residents, at most `MOST_NOTICES`."""
    municipality = enrolled(question.municipality).code
    doer = window_at(at, municipality)
    if question.kept:
        with act():
            kept = _keep(question, doer)
        if kept:
            means.checkpoint(Checkpoint.NOTICES_KEPT)
    with act():
        before = list(_given(municipality).order_by("pk")[:MOST_NOTICES])
        fresh = _write(means, municipality, MOST_NOTICES - len(before), doer)
        more = _given(municipality).count() > len(before) + len(fresh) or _waiting(municipality).exists()
    if fresh:
        means.checkpoint(Checkpoint.NOTICES_GIVEN)
    letters = tuple(_read(bytes(row.letter)) for row in before)
    return Notices(letters=(*letters, *fresh), more=more)


def _given(municipality: str) -> "QuerySet[Notice]":
    return Notice.objects.filter(municipality=municipality, state=NoticeState.GIVEN.value)


def _waiting(municipality: str) -> "QuerySet[Notice]":
    return Notice.objects.filter(person__municipality=municipality, state=NoticeState.WAITING.value)


_read = msgspec.json.Decoder(NoticeLetter, strict=True).decode


def _keep(question: NoticesAsked, doer: Doer) -> int:
    """Note that letters are kept where they were given to; what was never given, or not there, is no letter of theirs."""
    theirs = _given(question.municipality).filter(pk__in=question.kept)
    kept = theirs.update(state=NoticeState.HANDED_OVER.value, handed_over_at=doer.at)
    if kept:
        doer.note(Verb.NOTICES_HANDED_OVER, "notices", {"letters": kept})
    return kept


def _write(means: Means, municipality: str, room: int, doer: Doer) -> list[NoticeLetter]:
    """Write up to `room` letters that wait; what is not due any more is taken out."""
    cards = list(_waiting(municipality).order_by("pk").values_list("card_id", flat=True)[:room])
    lock_holders(cards)
    letters, out, on = [], 0, civil_date(doer.at)
    for shelf in shelves(Card.objects.filter(pk__in=cards, person__municipality=municipality)):
        row = shelf.waiting
        if row is None:
            continue
        keys = shelf.in_letter(row)
        choice = shelf.choose(means, on=on, about=keys)
        out += take_out(choice, keys)
        letter = _letter(row, shelf, choice)
        if letter is None:
            row.state = NoticeState.TAKEN_OUT.value
        else:
            row.state, row.municipality, row.letter = NoticeState.GIVEN.value, municipality, encode_any(letter)
            letters.append(letter)
        row.save(update_fields=["state", "municipality", "letter"])
    if letters or out:
        doer.note(Verb.NOTICES_GIVEN, "notices", {"letters": len(letters), "taken_out": out})
    return letters


def _letter(row: Notice, shelf: Shelf, choice: Choice) -> NoticeLetter | None:
    """Return what a letter says; None if nothing is left of it."""
    notice = choice.notice
    if notice is None:
        return None
    ends = {one.kind: one.expires for one in choice.named if one.kind in notice.kinds}
    return NoticeLetter(
        notice_id=row.notice_id,
        resident_code=shelf.card.person.resident_code,
        card_expires=shelf.card.expires if notice.card else None,
        signature_expires=ends.get(CertificateKind.SIGNATURE),
        authentication_expires=ends.get(CertificateKind.AUTHENTICATION),
        opens=notice.opens,
        printed=notice.printed,
        posted=notice.posted,
        enclosed=notice.enclosed,
        told=tuple(finding.code for finding in notice.findings),
    )
