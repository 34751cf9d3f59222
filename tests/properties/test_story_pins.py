from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import check_pin
from openjpki.rules.policy import Policy
from openjpki.story.stage import random_pins

NATIONAL = Policy.preset("national")


def padded(source: bytes, count: int) -> bytes:
    """Return as many bytes as are asked for, the given ones first."""
    return source.ljust(count, b"\0")[:count]


@given(st.binary(min_size=8, max_size=8))
def test_random_pins_are_of_the_grammar_whatever_the_entropy(source: bytes) -> None:
    """Any bytes give a signature PIN and a four-digit PIN that a card takes (R-6.1)."""
    pins = random_pins(partial(padded, source))

    assert check_pin(PinKind.SIGNATURE, pins.signature, NATIONAL) == pins.signature
    assert check_pin(PinKind.AUTHENTICATION, pins.authentication, NATIONAL) == pins.authentication


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_other_entropy_is_another_pin(one: bytes, two: bytes) -> None:
    """Forty bits of entropy stand in the signature PIN: none is thrown away."""
    first, second = (random_pins(partial(padded, source)).signature for source in (one, two))

    assert (first == second) is (one == two)
