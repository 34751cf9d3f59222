"""Several selections, and several questions for letters, at once (R-7.1, R-7.4)."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import OperationalError, connections

from openjpki.authority.models import Notice, NoticeDecision
from openjpki.authority.notices.selection import Selected
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import Notices, NoticesAsked, ReportAccepted
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

EXPIRES, PRINT_DAY, PEOPLE = date(2030, 6, 10), date(2030, 3, 10), 6
ATTEMPTS = 400
"""On SQLite in memory a locked table answers at once instead of waiting."""
T = TypeVar("T")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return six residents whose cards end on one day, on the print day of their notices."""
    scene = Scene(tmp_path).open()
    for number in range(PEOPLE):
        scene.expect(ReportAccepted, scene.person(f"1000000000{number}"))
        scene.expect(
            ReportAccepted, scene.card(f"99999999999999{number}", resident=f"1000000000{number}", expires=EXPIRES)
        )
    return scene.at(PRINT_DAY)


def together(act: Callable[[], T], threads: int = 3) -> list[T]:
    """Do an act at the same time from several threads, each with its own connection; who meets a lock tries again."""
    start, pause = threading.Barrier(threads), threading.Event()

    def run() -> T:
        start.wait()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return act()
                except (OperationalError, AuthorityUnreachable):
                    pause.wait(0.01)
            return pytest.fail("the register stayed busy")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(threads)]]


def test_selections_at_once_announce_each_expiry_once(scene: Scene) -> None:
    """R-7.4: whatever runs beside another, an expiry goes into one letter."""
    found: list[Selected] = together(scene.authority.select_notices)

    assert sum(batch.noticed for one in found for batch in one.batches) <= PEOPLE
    assert Notice.objects.count() == NoticeDecision.objects.count() == PEOPLE
    assert scene.authority.select_notices().batches == ()


def test_questions_at_once_get_the_same_letters(scene: Scene) -> None:
    """R-7.1: two windows of one municipality that ask at once get each letter, word for word the same."""
    scene.authority.select_notices()
    question = NoticesAsked(municipality="99201", asked_at=scene.clock())
    pages = together(lambda: scene.expect(Notices, question))

    letters = {letter for page in pages for letter in page.letters}
    assert len(letters) == PEOPLE
    assert set(Counter(letter.notice_id for letter in letters).values()) == {1}
    assert set(Notice.objects.values_list("state", flat=True)) == {"given"}
