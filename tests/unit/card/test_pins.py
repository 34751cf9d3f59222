from dataclasses import replace

import pytest

from openjpki.card.pins import PinReference, lengths
from openjpki.rules.kinds import PinKind

SALT = bytes(16)


def reference(tries: int = 3) -> PinReference:
    """Return a reference set to 1234."""
    return replace(PinReference(limit=3).holding(b"1234", SALT), tries=tries)


def test_lengths_are_those_of_the_rule() -> None:
    """The signature PIN has 6 to 16 characters, the others four (R-6.1)."""
    assert list(lengths(PinKind.SIGNATURE)) == list(range(6, 17))
    for kind in (PinKind.AUTHENTICATION, PinKind.RESIDENT_RECORD, PinKind.CARD_FACE_ENTRY):
        assert list(lengths(kind)) == [4]


def test_setting_a_pin_gives_all_tries() -> None:
    """A PIN set at the counter has its full count (R-6.3)."""
    assert reference(0).holding(b"5678", SALT).tries == 3


def test_only_the_pin_matches() -> None:
    """The card compares bytes: another PIN, another length, another salt do not match."""
    pin = reference()

    assert pin.matches(b"1234", SALT)
    assert not pin.matches(b"1235", SALT)
    assert not pin.matches(b"12345", SALT)
    assert not pin.matches(b"1234", bytes(15) + b"\1")


@pytest.mark.parametrize("padding", [b"\0", b"\0\0\0\0"])
def test_a_pin_with_zeros_behind_it_is_another_pin(padding: bytes) -> None:
    """HMAC, inside scrypt, pads its key with zeros (RFC 2104 §2); a PIN must not be equal to its padded form."""
    assert not reference().matches(b"1234" + padding, SALT)


def test_a_pin_never_set_matches_nothing() -> None:
    """A blank reference is blocked: no tries, no match."""
    blank = PinReference(limit=5)

    assert blank.tries == 0
    assert not blank.matches(b"", SALT)


def test_tries_are_spent_one_by_one_and_restored_at_once() -> None:
    """A hit gives back every try (R-6.2)."""
    assert reference().spent().tries == 2
    assert reference(1).restored().tries == 3


def test_repr_shows_no_digest() -> None:
    """Four digits could be found from their digest."""
    digest = reference().digest
    assert digest is not None

    assert digest.hex() not in repr(reference())
    assert "digest" not in repr(reference())


@pytest.mark.parametrize(
    ("limit", "tries", "digest"),
    [
        (3, 4, bytes(32)),
        (3, -1, bytes(32)),
        (16, 3, bytes(32)),
        (3, 1, None),
        (3, 3, bytes(31)),
        (True, 0, None),
        (3, 1.0, bytes(32)),
    ],
)
def test_what_is_no_reference_cannot_be_made(limit: int, tries: int, digest: bytes | None) -> None:
    """Counters fit one digit and their limit; tries need a PIN."""
    with pytest.raises(ValueError, match="not a PIN reference"):
        PinReference(limit=limit, tries=tries, digest=digest)
