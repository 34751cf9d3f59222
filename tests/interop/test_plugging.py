"""Cards that come and go: pulled between two commands, in two slots, and after a service that went away."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.interop.conftest import PINS
from tests.interop.test_pkcs11 import pkcs11
from tests.support.programs import openjpki
from tests.support.room import READERS, Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

AUTHENTICATION = CertificateKind.AUTHENTICATION
DUMP = ("pkcs15-tool", "--dump")


def test_a_card_is_pulled_and_put_back(own_room: Room, fresh: Path, witness: Witness) -> None:
    """Between two commands of a program: it says that there is no card, and afterwards reads it again."""
    with own_room.plugged(fresh, "taro"):
        assert own_room.run(*DUMP).status == 0
        assert openjpki("card", "unplug", "taro", "--home", fresh).status == 0
        own_room.wait_for_card(present=False)
        gone = own_room.run(*DUMP)
    with own_room.plugged(fresh, "taro"):
        back = own_room.run(*DUMP)

    assert gone.status != 0
    assert back.status == 0, back.text
    witness.saw(
        "pkcs15-tool",
        "`--dump` after the card was pulled, and after it was put back",
        gone,
        "Card not present.",
    )


def test_a_service_that_ends_gets_its_card_back(own_room: Room, fresh: Path, witness: Witness) -> None:
    """Pcscd ends and begins again; whoever asks next finds the card, and a verified PIN is forgotten."""
    with own_room.plugged(fresh, "taro") as plug:
        own_room.end_service()
        own_room.wait_for_card()
        done = own_room.run("opensc-tool", "--name")
        signed = pkcs11(own_room, AUTHENTICATION, "--list-objects")
        assert plug.poll() is None

    assert signed.status == 0, signed.text
    witness.saw("pcscd", "the service ends and begins again: the card is plugged in anew", done, "jpki")


def test_two_cards_are_in_two_slots(own_room: Room, fresh: Path, second: Path, witness: Witness) -> None:
    """Each is a reader of its own, and each answers for itself."""
    with own_room.plugged(second, "taro", 0), own_room.plugged(fresh, "taro", 1):
        assert own_room.filled() == list(READERS)
        pin = ("--verify-pin", "--auth-id", "1", "--pin", "0000")
        own_room.run("pkcs15-tool", "--reader", "1", *pin)
        done = own_room.run("opensc-tool", "--list-readers")

    assert tries(fresh) == 2
    assert tries(second) == 3
    witness.saw(
        "opensc-tool",
        "`--list-readers` with two cards plugged in",
        done,
        *(f"Yes             {name}" for name in READERS),
    )


def test_a_slot_takes_one_card(own_room: Room, fresh: Path, second: Path) -> None:
    """The second is told that the slot is taken, and the first stays."""
    with own_room.plugged(fresh, "taro"):
        done = own_room.inside("card", "plug", "taro", "--home", second)
        assert done.codes == ["card.plug.slot-taken"], done.text
        assert done.status == 4
        assert own_room.run(*DUMP).status == 0


def test_two_programs_use_a_card_at_once(own_room: Room, fresh: Path) -> None:
    """Eight logins and reads by two programs side by side: all of them end well, and no try is lost."""
    with own_room.plugged(fresh, "taro"), ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(pkcs11, own_room, AUTHENTICATION, "--list-objects") for _ in range(4)]
        asked += [pool.submit(own_room.run, *DUMP, "--verify-pin", "--pin", PINS[AUTHENTICATION]) for _ in range(4)]
        done = [one.result() for one in asked]

    assert [one.status for one in done] == [0] * 8, [one.text for one in done if one.status]
    assert tries(fresh) == 3


def tries(home: Path) -> int:
    """Return the tries left of the authentication PIN, as the card's file has them."""
    return CardStore(home / "cards").look("taro").pins[PinKind.AUTHENTICATION].tries
