from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.card.card import Card
from openjpki.card.image import CardImage
from openjpki.card.keys import to_pkcs8
from openjpki.card.memory import Steps
from openjpki.card.pins import CodeKind
from openjpki.pki.algorithms import KeyAlgorithm, public_key_bytes
from openjpki.pki.keys import FreshKeys
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.fuzz.targets import TARGETS, command, seeds, steps
from tests.fuzz.watch import Broken, Watch, secret_in
from tests.unit.card.cards import SELECT_AP, ordinary, with_tries

VERIFY_WRONG = bytes.fromhex("002000980439393939")
VERIFY_RIGHT = bytes.fromhex("002000980431323334")
Fault = Callable[[CardImage], Steps[bytes]]


@pytest.mark.parametrize(("target", "number"), [(target, n) for target in TARGETS for n in range(len(seeds(target)))])
def test_nothing_is_broken_by_the_scripts_that_the_fuzzer_begins_with(target: str, number: int) -> None:
    """Each dialogue and each command of the authority, as a script, is carried out and finds nothing (R-6.2)."""
    assert TARGETS[target](seeds(target)[number]) > 0


def test_the_authoritys_scripts_come_as_far_as_a_card_in_use() -> None:
    """The whole issue, as a script, makes keys and certificates on a blank card: the fuzzer changes talks that matter."""
    whole = next(script for script in seeds("channel") if len(script) > 60 and script[0] == 0)

    assert TARGETS["channel"](whole) > len(whole) / 2


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_a_command_in_a_script_is_sent_as_it_is(apdu: bytes, rest: bytes) -> None:
    """What `command` writes is what `steps` reads first; any bytes behind it say something."""
    first, *_ = steps(command(apdu) + rest)
    assert first.command == apdu


@pytest.mark.parametrize("script", [b"", b"\xf8", b"\xf8\xff\xff", b"\xfa", b"\xf9\xff\xfb\xfc\xfd", b"\x03\x05\x00"])
def test_a_script_that_ends_early_is_carried_out(script: bytes) -> None:
    """The fuzzer cuts scripts anywhere."""
    for target in TARGETS.values():
        assert target(script) >= 0


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm))
def test_what_a_card_must_not_answer_is_secret(algorithm: KeyAlgorithm) -> None:
    """What is looked for in answers is part of the private key, and not of the public one that every certificate has."""
    key = FreshKeys().generate(algorithm)
    written = to_pkcs8(key)

    assert secret_in(written) in written
    assert secret_in(written) not in public_key_bytes(key.public_key())


def _gives_back(image: CardImage) -> Steps[bytes]:
    yield image.with_pin(PinKind.AUTHENTICATION, image.pins[PinKind.AUTHENTICATION].restored())
    return b"\x63\xc3"


def _unlocks(image: CardImage) -> Steps[bytes]:
    yield image.with_pin(PinKind.SIGNATURE, image.pins[PinKind.SIGNATURE].restored())
    return b"\x90\x00"


def _spends_two(image: CardImage) -> Steps[bytes]:
    yield with_tries(image, PinKind.AUTHENTICATION, 0)
    return b"\x63\xc0"


def _sets_its_own(image: CardImage) -> Steps[bytes]:
    salt = image.salt_of(PinKind.AUTHENTICATION)
    yield image.with_pin(PinKind.AUTHENTICATION, image.pins[PinKind.AUTHENTICATION].holding(b"0000", salt))
    return b"\x90\x00"


def _sets_and_refuses(image: CardImage) -> Steps[bytes]:
    salt = image.salt_of(PinKind.AUTHENTICATION)
    yield image.with_pin(PinKind.AUTHENTICATION, image.pins[PinKind.AUTHENTICATION].holding(b"9999", salt))
    return b"\x69\x82"


def _permits(image: CardImage) -> Steps[bytes]:
    yield replace(image, permitted=image.permitted | {CodeKind.COMMON})
    return b"\x90\x00"


def _forgets_a_key(image: CardImage) -> Steps[bytes]:
    yield image.with_keys(CertificateKind.SIGNATURE, replace(image.keys[CertificateKind.SIGNATURE], active=None))
    return b"\x90\x00"


def _tells_a_key(image: CardImage) -> Steps[bytes]:
    yield from ()
    return (image.key_in_use(CertificateKind.AUTHENTICATION) or b"") + b"\x90\x00"


def _unknown_status(_: CardImage) -> Steps[bytes]:
    yield from ()
    return b"\x6f\x00"


def _data_beside_a_refusal(_: CardImage) -> Steps[bytes]:
    yield from ()
    return b"\x01\x69\x82"


FAULTS = (
    _gives_back,
    _unlocks,
    _spends_two,
    _sets_its_own,
    _sets_and_refuses,
    _permits,
    _forgets_a_key,
    _tells_a_key,
    _unknown_status,
    _data_beside_a_refusal,
)


class Faulty(Card):
    """A card with a fault: it does something else than it should at each VERIFY."""

    def __init__(self, image: CardImage, fault: Fault) -> None:
        super().__init__(image)
        self._fault = fault

    def receive(self, apdu: bytes) -> Steps[bytes]:
        """Answer VERIFY wrongly."""
        return self._fault(self.image) if apdu[1] == VERIFY_WRONG[1] else super().receive(apdu)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_the_watch_finds_each_fault(fault: Fault) -> None:
    """A card that gives a try back, unlocks, tells a key or changes what it may not is found at that command (R-6.2)."""
    used = with_tries(with_tries(ordinary(), PinKind.AUTHENTICATION, 2), PinKind.SIGNATURE, 0)
    watch = Watch(replace(used, permitted=frozenset()), lambda image: Faulty(image, fault))
    watch.transmit(bytes.fromhex(SELECT_AP))

    with pytest.raises(Broken):
        watch.transmit(VERIFY_WRONG)


def test_a_pin_that_is_changed_to_itself_is_no_fault() -> None:
    """R-6.1: the present PIN may be the new one; the write that this takes changes nothing."""
    watch = Watch(ordinary(), Card)
    for apdu in (bytes.fromhex(SELECT_AP), VERIFY_RIGHT, b"\x00\x24\x01" + VERIFY_RIGHT[3:]):
        assert watch.transmit(apdu) == b"\x90\x00"


@pytest.mark.parametrize(("write", "before", "left"), [(0, True, 3), (0, False, 2), (1, True, 2), (1, False, 3)])
def test_the_power_fails_at_the_write_that_was_named(write: int, left: int, *, before: bool) -> None:
    """A cut leaves what was durable then: the try is spent first, and comes back with the right PIN (R-6.2)."""
    watch = Watch(ordinary(), Card)
    watch.transmit(bytes.fromhex(SELECT_AP))
    watch.cut_at(write, before=before)

    assert watch.transmit(VERIFY_RIGHT) == b""
    assert watch.durable.pins[PinKind.AUTHENTICATION].tries == left
