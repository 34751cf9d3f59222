from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card import administration as commands
from openjpki.card.administration import KeyForm
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import (
    SELECT_AP,
    Bench,
    PowerCut,
    bench,
    host,
    in_application,
    ordinary,
    with_tries,
)

VERIFY_RIGHT, VERIFY_WRONG = "00 20 00 98 04 31323334", "00 20 00 98 04 39393939"


def tries(card: Bench) -> int:
    """Return the durable tries of the authentication PIN."""
    return card.durable.pins[PinKind.AUTHENTICATION].tries


@pytest.mark.parametrize("verify", [VERIFY_RIGHT, VERIFY_WRONG], ids=["right", "wrong"])
def test_the_try_is_spent_before_the_comparison_can_be_seen(verify: str) -> None:
    """Power cut at the first write, before or after it: right and wrong PIN leave the same trace (R-6.2)."""
    before, after = in_application(), in_application()
    before.cut_before, after.cut_after = 0, 1

    with pytest.raises(PowerCut):
        before.ask(verify)
    with pytest.raises(PowerCut):
        after.ask(verify)

    assert (tries(before), tries(after)) == (3, 2)


def test_a_right_pin_restores_only_durably() -> None:
    """Power cut before the tries are restored: the spent try stays spent, and nothing counts as verified."""
    card = in_application()
    card.cut_before = 1

    with pytest.raises(PowerCut):
        card.ask(VERIFY_RIGHT)
    card.power_on_again()

    assert tries(card) == 2
    assert card.sw(SELECT_AP, "80 2A 02 97 20" + "00" * 32 + "00") == "6982"
    assert card.sw(VERIFY_RIGHT) == "9000"
    assert tries(card) == 3


def test_the_last_try_can_still_be_right() -> None:
    """A hit on the last try restores them all (R-6.2)."""
    card = in_application(with_tries(ordinary(), PinKind.AUTHENTICATION, 1))

    assert card.sw(VERIFY_RIGHT) == "9000"
    assert tries(card) == 3


def test_a_locked_pin_writes_nothing() -> None:
    """A locked PIN stays locked, whatever is shown to it; there is nothing to spend."""
    card = in_application(with_tries(ordinary(), PinKind.AUTHENTICATION, 0))

    assert card.sw(VERIFY_RIGHT) == "6984"
    assert card.writes == 0


def test_a_changed_pin_is_durable_before_it_is_answered() -> None:
    """Power cut at the write of a new PIN: the old one or the new one is true, never neither."""
    card = in_application()
    card.cut_before = 2
    with pytest.raises(PowerCut):
        card.sw(VERIFY_RIGHT, "00 24 01 98 04 35363738")
    card.power_on_again()

    assert card.sw(SELECT_AP, VERIFY_RIGHT) == "9000"


@pytest.mark.parametrize(("scheme", "data"), [("04", sha256(b"m").hexdigest()), ("05", b"m".hex())])
def test_a_pss_signature_leaves_the_card(scheme: str, data: str) -> None:
    """P1 04 and 05 answer an RSASSA-PSS signature of 256 bytes."""
    card = in_application()
    slot = card.image.keys[CertificateKind.AUTHENTICATION].active
    assert slot is not None
    key = load_der_public_key(slot.public_key)
    assert isinstance(key, rsa.RSAPublicKey)

    answer = card.ask(VERIFY_RIGHT) and card.ask(f"80 2A {scheme} 97 {len(data) // 2:02X} {data} 00")

    assert answer.endswith("9000")
    key.verify(bytes.fromhex(answer)[:-2], b"m", padding.PSS(padding.MGF1(SHA256()), 32), SHA256())


def test_many_signatures_follow_one_verify() -> None:
    """The card does not ask for a PIN at each signature (jpki/myna signs several digests after one VERIFY)."""
    card = in_application()
    card.ask(VERIFY_RIGHT)

    assert [card.sw(f"80 2A 02 97 20 {bytes((count,) * 32).hex()} 00") for count in range(3)] == ["9000"] * 3


def test_the_new_key_is_unknown_to_the_application_until_activated() -> None:
    """The shadow slot is not seen from outside: the old certificate and key stay usable."""
    card = in_application()
    before = card.ask("00 B0 8A 00 00")
    host(card).do(commands.generate_key(CertificateKind.AUTHENTICATION, KeyForm.RSA_2048))
    card.ask(SELECT_AP)

    assert card.ask("00 B0 8A 00 00") == before
    assert card.sw(VERIFY_RIGHT, "80 2A 02 97 20" + "00" * 32 + "00") == "9000"


def test_settings_belong_to_one_card() -> None:
    """Two cards with other settings answer each in their way."""
    plain, other = bench(), bench(extended_length=False)

    assert plain.sw(SELECT_AP, "00 B0 8A 00 00 0000") == "9000"
    assert other.sw(SELECT_AP, "00 B0 8A 00 00 0000") == "6700"
