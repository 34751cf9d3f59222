import contextlib

from hypothesis import given
from hypothesis import strategies as st

from openjpki.errors import Failure
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import check_pin, left_after, tries
from openjpki.rules.policy import Policy

POLICIES = st.sampled_from([Policy(), Policy().with_settings({"sign_pin_lowercase": "fold"})])
PINS = st.text(max_size=20) | st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True)


@given(kind=st.sampled_from(PinKind), pin=PINS, policy=POLICIES)
def test_a_refusal_is_the_same_for_every_pin(kind: PinKind, pin: str, policy: Policy) -> None:
    """R-6.1, R-6.5: a refusal says which PIN it is and has no cause, so that no PIN can stand in it, in its text or in its repr."""
    refusals = []
    for typed in (pin, ""):
        try:
            check_pin(kind, typed, policy)
        except Failure as failure:
            refusals.append(failure)

    told = [({name: str(value) for name, value in one.data.items()}, str(one), repr(one)) for one in refusals]
    assert all(one == told[-1] for one in told)
    assert set(told[-1][0].values()) <= {kind.value}
    assert [one.__cause__ for one in refusals] == [None] * len(refusals)


@given(kind=st.sampled_from(PinKind), pin=PINS, policy=POLICIES)
def test_an_accepted_pin_is_accepted_again(kind: PinKind, pin: str, policy: Policy) -> None:
    """R-6.1: what comes out is of the form for every policy, and in ASCII."""
    with contextlib.suppress(Failure):
        accepted = check_pin(kind, pin, policy)
        assert check_pin(kind, accepted, Policy()) == accepted
        assert accepted.isascii()


@given(kind=st.sampled_from(PinKind), matches=st.lists(st.booleans(), max_size=40))
def test_a_pin_locks_after_consecutive_misses_only(kind: PinKind, matches: list[bool]) -> None:
    """R-6.2: locked if and only if somewhere as many misses as tries stood in a row."""
    left = tries(kind)
    for matched in matches:
        left = left_after(kind, left, matched=matched)
    row = "".join("+" if matched else "-" for matched in matches)

    assert 0 <= left <= tries(kind)
    assert (left == 0) is ("-" * tries(kind) in row)
