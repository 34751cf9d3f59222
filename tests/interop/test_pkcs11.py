"""Whatever speaks PKCS #11: pkcs11-tool, GnuTLS and OpenSSH, all through OpenSC's module."""

from pathlib import Path

import pytest

from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.interop.conftest import PINS, VERIFIED, Holder, verified
from tests.support.programs import Finished, run
from tests.support.room import Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

MODULE = next(iter(Path("/usr/lib").glob("*/opensc-pkcs11.so")), Path("opensc-pkcs11.so"))
AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
TOKENS = {AUTHENTICATION: "JPKI (User Authentication PIN)", SIGNATURE: "JPKI (Digital Signature PIN)"}
IDS = {AUTHENTICATION: "01", SIGNATURE: "02"}


def pkcs11(room: Room, kind: CertificateKind, *words: str | Path, pin: str | None = None) -> Finished:
    """Run pkcs11-tool with one of the card's two tokens, logged in with its PIN or another."""
    login = ("--module", MODULE, "--token-label", TOKENS[kind], "--login", "--pin", PINS[kind] if pin is None else pin)
    return room.run("pkcs11-tool", *login, *words)


def tries(home: Path, pin: PinKind) -> int:
    """Return the tries left as the card's file has them."""
    return CardStore(home / "cards").look("taro").pins[pin].tries


def test_the_card_is_two_tokens(plugged: Room, witness: Witness) -> None:
    """One for each PIN, by its name."""
    done = plugged.run("pkcs11-tool", "--module", MODULE, "--list-slots")

    assert done.status == 0
    witness.saw("pkcs11-tool", "`--list-slots`: a token for each PIN", done, *TOKENS.values())


@pytest.mark.parametrize("kind", CertificateKind)
def test_objects_are_listed(plugged: Room, kind: CertificateKind, witness: Witness) -> None:
    """Private key, public key and certificates of a token, after its login."""
    done = pkcs11(plugged, kind, "--list-objects")

    assert done.status == 0
    said = ("Private Key Object; RSA", "Certificate Object; type = X.509 cert", f"ID:         {IDS[kind]}")
    witness.saw("pkcs11-tool", f"`--login --list-objects` of the token {TOKENS[kind]}", done, *said)


@pytest.mark.parametrize("kind", CertificateKind)
def test_both_keys_sign(plugged: Room, holder: Holder, kind: CertificateKind, tmp_path: Path, witness: Witness) -> None:
    """C_Sign with SHA256-RSA-PKCS, the signature key after its login of its own (CKA_ALWAYS_AUTHENTICATE)."""
    data, signature = tmp_path / "data", tmp_path / "signature"
    data.write_text("見本", encoding="utf-8")
    words = ("--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", IDS[kind], "--input-file", data)
    done = pkcs11(plugged, kind, *words, "--output-file", signature)

    assert done.status == 0, done.text
    what = f"`--sign --mechanism SHA256-RSA-PKCS --id {IDS[kind]}`, then `openssl dgst -verify`"
    witness.saw("pkcs11-tool", what, verified(holder.public_key(kind), data, signature), VERIFIED)


def test_its_own_test_passes(plugged: Room, witness: Witness) -> None:
    """Random numbers of the card and all its signature mechanisms: not one error."""
    done = pkcs11(plugged, AUTHENTICATION, "--test")

    assert done.status == 0, done.text
    assert "ERR: " not in done.text
    said = ("all 4 signature functions seem to work", "SHA1-RSA-PKCS: OK", "SHA256-RSA-PKCS: OK", "No errors")
    witness.saw("pkcs11-tool", "`--test`: random numbers, all its signature mechanisms", done, *said)


def test_a_pin_of_five_digits_costs_no_try(plugged: Room, holder: Holder, witness: Witness) -> None:
    """OpenSC knows from the card's kind that the PIN has four, and sends nothing."""
    done = pkcs11(plugged, AUTHENTICATION, "--list-objects", pin="12345")

    assert done.status != 0
    assert tries(holder.home, PinKind.AUTHENTICATION) == 3
    witness.saw("pkcs11-tool", "`--login` with five digits: no try is spent", done, "CKR_PIN_LEN_RANGE")


def test_three_wrong_pins_lock(own_room: Room, fresh: Path, witness: Witness) -> None:
    """Each is told and counted, the right one no longer counts, and the other PIN is as it was (R-6.2; S-61)."""
    with own_room.plugged(fresh, "taro"):
        for left in (2, 1, 0):
            missed = pkcs11(own_room, AUTHENTICATION, "--list-objects", pin="0000")
            assert "CKR_PIN_INCORRECT" in missed.text
            assert tries(fresh, PinKind.AUTHENTICATION) == left
        right = pkcs11(own_room, AUTHENTICATION, "--list-objects")
        assert right.status != 0
        slots = own_room.run("pkcs11-tool", "--module", MODULE, "--list-slots")
        assert pkcs11(own_room, SIGNATURE, "--list-objects").status == 0

    assert tries(fresh, PinKind.AUTHENTICATION) == 0
    witness.saw("pkcs11-tool", "three wrong PINs: the token says that it is locked", slots, "user PIN locked")


def test_gnutls_lists_the_objects(plugged: Room, witness: Witness) -> None:
    """p11tool finds keys and certificates behind the authentication PIN."""
    token = token_url(AUTHENTICATION)
    done = plugged.run(
        "p11tool", "--provider", MODULE, "--login", "--set-pin", PINS[AUTHENTICATION], "--list-all", token
    )

    assert done.status == 0, done.text
    witness.saw("p11tool", "`--login --list-all`", done, "Type: Private key", "Type: X.509 Certificate (RSA-2048)")


def test_gnutls_signs_and_verifies(plugged: Room, witness: Witness) -> None:
    """Its own signature test passes with the authentication key."""
    key = f"{token_url(AUTHENTICATION)};id=%01;type=private"
    done = plugged.run(
        "p11tool", "--provider", MODULE, "--login", "--set-pin", PINS[AUTHENTICATION], "--test-sign", key
    )

    assert done.status == 0, done.text
    said = ("Signing using RSA-SHA256... ok", "Verifying against private key parameters... ok")
    witness.saw("p11tool", "`--test-sign` with the authentication key", done, *said)


def token_url(kind: CertificateKind) -> str:
    """Return how RFC 7512 names a token."""
    return "pkcs11:token=" + TOKENS[kind].replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def test_ssh_finds_the_authentication_key(plugged: Room, holder: Holder, witness: Witness) -> None:
    """The key that ssh would log in with is the one of the authentication certificate."""
    expected = run("ssh-keygen", "-i", "-m", "PKCS8", "-f", holder.public_key(AUTHENTICATION)).out.split()[1]
    done = plugged.run("ssh-keygen", "-D", MODULE)

    assert done.status == 0, done.text
    assert expected in done.out
    witness.saw("ssh-keygen", "`-D opensc-pkcs11.so`: the key of the authentication certificate", done, "ssh-rsa ")
