"""OpenSC 0.23, unmodified and unconfigured: its own JPKI driver finds the card, reads it and signs with it."""

from hashlib import sha256
from pathlib import Path

import pytest

from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, VERIFIED, Holder, verified
from tests.support.room import READERS, Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

AUTHENTICATION, SIGNATURE = CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE
IDS = {AUTHENTICATION: "1", SIGNATURE: "2"}
"""The numbers under which OpenSC shows keys, PINs and certificates."""


def test_the_card_is_in_the_first_reader(plugged: Room, witness: Witness) -> None:
    """The system's PC/SC service shows the card as it shows plastic."""
    done = plugged.run("opensc-tool", "--list-readers")

    assert plugged.filled() == [READERS[0]]
    witness.saw("opensc-tool", "`--list-readers`: the card is there", done, f"Yes             {READERS[0]}")


def test_the_card_is_known_by_its_driver(plugged: Room, witness: Witness) -> None:
    """OpenSC's own driver takes it for a JPKI card, among 29 other kinds that it probes for."""
    done = plugged.run("opensc-tool", "--name", "--atr")

    assert done.status == 0
    witness.saw("opensc-tool", "`--name --atr`: which card it is", done, "jpki", "3b:e0:00:ff:81:31:fe:45:14")


def test_everything_on_the_card_is_listed(plugged: Room, witness: Witness) -> None:
    """Both keys, both PINs with their tries, four certificates."""
    done = plugged.run("pkcs15-tool", "--dump")

    assert done.status == 0
    assert done.out.count("Private RSA Key") == 2
    assert done.out.count("X.509 Certificate") == 4
    said = ("PIN [User Authentication PIN]", "PIN [Digital Signature PIN]", "Tries left     : 3", "Tries left     : 5")
    witness.saw("pkcs15-tool", "`--dump`: two keys, two PINs, four certificates", done, *said)


def test_the_authentication_certificate_is_read_without_a_pin(plugged: Room, holder: Holder, witness: Witness) -> None:
    """Anybody who holds the card reads it; it is the one that our own command reads."""
    done = plugged.run("pkcs15-tool", "--read-certificate", IDS[AUTHENTICATION])

    assert done.status == 0
    assert done.out.split() == holder.certificate(AUTHENTICATION, "pem").read_text(encoding="ascii").split()
    what = "`--read-certificate 1`: the authentication certificate, without a PIN"
    witness.saw("pkcs15-tool", what, done, "-----BEGIN CERTIFICATE-----")


def test_the_signature_certificate_stays_behind_its_pin(plugged: Room, witness: Witness) -> None:
    """It says who the holder is: without the PIN there is nothing to be read (Act, art. 17 and 18)."""
    done = plugged.run("pkcs15-tool", "--read-certificate", IDS[SIGNATURE])

    assert done.status != 0
    assert "BEGIN CERTIFICATE" not in done.text
    what = "`--read-certificate 2` without its PIN: refused"
    witness.saw("pkcs15-tool", what, done, "Certificate read failed")


def test_the_signature_certificate_is_read_with_its_pin(plugged: Room, holder: Holder, witness: Witness) -> None:
    """With the PIN it is the one that our own command reads."""
    pin = ("--verify-pin", "--auth-id", IDS[SIGNATURE], "--pin", PINS[SIGNATURE])
    done = plugged.run("pkcs15-tool", "--read-certificate", IDS[SIGNATURE], *pin)

    assert done.status == 0
    shown = done.out[done.out.index("-----BEGIN") :]
    assert shown.split() == holder.certificate(SIGNATURE, "pem").read_text(encoding="ascii").split()
    what = "`--read-certificate 2 --verify-pin`: the signature certificate"
    witness.saw("pkcs15-tool", what, done, "-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("kind", CertificateKind)
def test_both_keys_sign(plugged: Room, holder: Holder, kind: CertificateKind, tmp_path: Path, witness: Witness) -> None:
    """The signature over a given hash is one that openssl verifies with the certificate's key."""
    data, digest, signature = tmp_path / "data", tmp_path / "digest", tmp_path / "signature"
    data.write_text("見本", encoding="utf-8")
    digest.write_bytes(sha256(data.read_bytes()).digest())
    files = ("--input", digest, "--output", signature)
    scheme = ("--sha-256", "--pkcs1", "--key", IDS[kind], "--pin", PINS[kind])
    done = plugged.run("pkcs15-crypt", "--sign", *scheme, *files)

    assert done.status == 0, done.text
    what = f"`--sign --sha-256 --pkcs1 --key {IDS[kind]}`, then `openssl dgst -verify`"
    witness.saw("pkcs15-crypt", what, verified(holder.public_key(kind), data, signature), VERIFIED)
