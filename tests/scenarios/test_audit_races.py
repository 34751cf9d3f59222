"""Sealers at once, and acts that commit while a seal is made."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import OperationalError, connections, transaction

from openjpki.audit.models import Batch, Entry
from openjpki.audit.record import record
from openjpki.audit.sealing import seal
from openjpki.site.clock import real_moment
from tests.support.audit import ROLE, SIGNER, START
from tests.support.audit_rows import Desk, Verb

pytestmark = pytest.mark.django_db(databases=[ROLE], transaction=True)

R = TypeVar("R")
ATTEMPTS = 500
"""On SQLite in memory a locked table answers at once instead of waiting."""


def patiently(act: Callable[[], R]) -> R:
    """Act until the database is free."""
    pause = threading.Event()
    for _ in range(ATTEMPTS):
        try:
            return act()
        except OperationalError:
            pause.wait(0.01)
    return pytest.fail("the database stayed busy")


def in_threads(count: int, act: Callable[[], R]) -> list[R]:
    """Act in several threads at once, each with its own connection."""
    start = threading.Barrier(count)

    def run() -> R:
        start.wait()
        try:
            return patiently(act)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def test_sealers_at_once_seal_each_row_once() -> None:
    """One chain without a fork or a gap, whoever came first."""
    desk = Desk()
    desk.write(20)
    made = in_threads(4, lambda: seal(ROLE, signer=SIGNER, at=START, now=START))

    assert sum(one.records for one in made) == 20
    assert Batch.objects.using(ROLE).count() == 1
    assert desk.ledger.verify().records == 20


def test_acts_and_sealers_at_once() -> None:
    """Every act is sealed once, in the batch after it was committed."""
    desk = Desk()

    def work() -> None:
        with transaction.atomic(using=ROLE):
            record(ROLE, at=START, actor="sato", verb=Verb.DONE, subject="thing:1")
        moment = real_moment()
        patiently(lambda: seal(ROLE, signer=SIGNER, at=START, now=moment))

    in_threads(4, work)
    seal(ROLE, signer=SIGNER, at=START, now=real_moment())

    places = Entry.objects.using(ROLE).order_by("sequence").values_list("sequence", flat=True)
    assert list(places) == list(range(1, len(places) + 1))
    assert len(places) >= 4
    assert desk.ledger.verify().fault is None


def test_an_act_that_commits_behind_a_seal_joins_the_next() -> None:
    """Its key was given before others that are sealed already; its place comes behind them."""
    if connections[ROLE].vendor == "sqlite":  # writers queue there: no act can be open while another one commits
        desk = Desk()
        desk.write()
        assert desk.seal().records == 1
        return
    opened, sealed = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic(using=ROLE):
                record(ROLE, at=START, actor="sato", verb=Verb.DONE, subject="late")
                opened.set()
                sealed.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=late)
    thread.start()
    opened.wait(30)
    desk = Desk()
    with transaction.atomic(using=ROLE):
        record(ROLE, at=START, actor="sato", verb=Verb.DONE, subject="early")
    seal(ROLE, signer=SIGNER, at=START, now=real_moment())
    sealed.set()
    thread.join()
    seal(ROLE, signer=SIGNER, at=START, now=real_moment())

    rows = Entry.objects.using(ROLE).order_by("pk").values_list("subject", "sequence")
    assert list(rows) == [("late", 2), ("early", 1)]
    assert desk.ledger.verify().fault is None
