import socket
from contextlib import ExitStack, closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.desk.places import Doorstep, NoPlace, Places


def test_one_too_many_on_the_doorstep_sends_the_first_away() -> None:
    """Who has stood longest goes, and hears it at once; who came later stands on."""
    doorstep = Doorstep(2)
    pairs = [socket.socketpair() for _ in range(3)]
    with ExitStack() as stack:
        for ends in pairs:
            for end in ends:
                stack.enter_context(closing(end))
                end.settimeout(5)
        for ours, _ in pairs:
            doorstep.enter(ours)

        assert pairs[0][1].recv(1) == b""
        assert [doorstep.leave(ours) for ours, _ in pairs] == [False, True, True]
        assert not doorstep.leave(pairs[1][0])


def test_who_went_by_themselves_needs_no_sending_away() -> None:
    """A connection that is closed already makes room without a fault."""
    doorstep = Doorstep(1)
    first, other = socket.socketpair()
    with closing(other):
        doorstep.enter(first)
        first.close()

        doorstep.enter(other)
        assert doorstep.leave(other)


def test_one_peer_leaves_places_for_the_others() -> None:
    """The bound of one is below the bound of all; a place that is given up is free again."""
    places = Places(most=3, of_one=2)
    with places.taken("99201"), places.taken("99201"):
        with pytest.raises(NoPlace), places.taken("99201"):
            pass
        with places.taken("99202"), pytest.raises(NoPlace), places.taken("99202"):
            pass
    with places.taken("99201"), places.taken("99201"):
        pass


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=40))
def test_there_are_never_more_than_the_bounds(steps: list[tuple[str, bool]]) -> None:
    """Whoever comes and goes in whatever order: a place is given exactly while both bounds allow it."""
    places, held = Places(most=4, of_one=2), list[tuple[str, ExitStack]]()
    for peer, comes in steps:
        mine = [one for one in held if one[0] == peer]
        if not comes and mine:
            mine[0][1].close()
            held.remove(mine[0])
        elif comes:
            stack = ExitStack()
            try:
                stack.enter_context(places.taken(peer))
            except NoPlace:
                assert len(held) == 4 or len(mine) == 2
            else:
                held.append((peer, stack))
                assert len(held) <= 4
                assert len(mine) < 2
    for _, stack in held:
        stack.close()
