import grp
import os
import pwd
import socket

import pytest

from openjpki.authority.signing.callers import (
    MOST_NOTED,
    QUIET_SECONDS,
    Callers,
    GroupUnknown,
    Refusals,
    UserUnknown,
    group_number,
    user_at,
    user_number,
)


def test_users_and_groups_are_named_or_numbered() -> None:
    """The kernel knows numbers; people write either."""
    me, mine = pwd.getpwuid(0), grp.getgrgid(0)

    assert user_number(me.pw_name) == user_number(str(me.pw_uid)) == me.pw_uid
    assert group_number(mine.gr_name) == group_number(str(mine.gr_gid)) == mine.gr_gid


@pytest.mark.parametrize("name", ["", "no-such-user", "-1", "nul\0", "65534", str(2**32 - 1), "9" * 5000])
def test_nobody_in_particular_is_named(name: str) -> None:
    """T-107: 65534 is whoever this namespace does not know, and stands for no one person."""
    with pytest.raises(UserUnknown):
        user_number(name)


@pytest.mark.parametrize("name", ["", "no-such-group", "-1", "9" * 5000])
def test_an_unknown_group_is_told(name: str) -> None:
    """A socket for a group that is not there would be nobody's."""
    with pytest.raises(GroupUnknown):
        group_number(name)


def test_without_names_only_the_own_user_is_heard() -> None:
    """Nothing is open because nothing was said."""
    assert Callers.named([], None) == Callers(frozenset((os.geteuid(),)), None)
    assert Callers.named(["7", "8"], "9") == Callers(frozenset((7, 8)), 9)


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    """On both sides."""
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert user_at(one) == user_at(other) == os.geteuid()


def test_whoever_is_refused_often_is_told_of_once_a_minute() -> None:
    """T-107: the journal cannot be filled; how many there were in between is said."""
    told: list[tuple[int, int]] = []
    now = [0.0]
    refusals = Refusals(lambda user, left_out: told.append((user, left_out)), clock=lambda: now[0])
    for _ in range(5):
        refusals.note(7)
    refusals.note(8)
    now[0] = QUIET_SECONDS
    refusals.note(7)

    assert told == [(7, 0), (8, 0), (7, 4)]


def test_more_users_than_are_told_apart_are_told_together() -> None:
    """A bound on what is remembered of those who are not heard."""
    told: list[int] = []
    refusals = Refusals(lambda user, _: told.append(user), clock=lambda: 0.0)
    for user in range(MOST_NOTED + 50):
        refusals.note(user)

    assert told == [*range(MOST_NOTED + 1)]
