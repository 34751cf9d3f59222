from dataclasses import FrozenInstanceError, fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.authority import Authority
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import Means, Terms
from tests.support.authority import Scene


def test_an_answer_is_shorter_than_the_lists() -> None:
    """An answer renews every 15 minutes and a list daily or hourly: an answer kept never outlives the list's news."""
    terms = Terms()

    assert terms.ocsp_answer <= timedelta(minutes=15)
    assert terms.ocsp_answer < terms.crl_hourly < terms.crl_daily
    assert timedelta(days=1) <= terms.crl_daily < timedelta(days=2)
    assert terms.ocsp_answer < terms.responder


def test_a_departure_stands_long_enough_to_arrive() -> None:
    """A move-in with the card is reported within 14 days of moving and 30 of the day of leaving (R-5.21)."""
    assert timedelta(days=30 + 14) < Terms().departure < timedelta(days=365)


def test_means_are_given_once(tmp_path: Path) -> None:
    """The authority keeps nothing but what it was built from, and that does not change."""
    authority = Scene(tmp_path).authority

    assert {field.name for field in fields(Authority)} == {field.name for field in fields(Means)}
    with pytest.raises(FrozenInstanceError):
        authority.terms = Terms()  # type: ignore[misc]  # the point of the test


def test_outside_tests_nothing_happens_between_two_steps(tmp_path: Path) -> None:
    """The checkpoint of a real authority does nothing: there is no other way to stop between two steps."""
    authority = Scene(tmp_path).authority
    plain = replace(authority, checkpoint=Means.checkpoint)

    plain.checkpoint(Checkpoint.NUMBERED)

    assert plain.profiles == authority.profiles
