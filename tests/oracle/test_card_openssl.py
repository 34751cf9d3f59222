import subprocess
from hashlib import new
from pathlib import Path

import pytest

from openjpki.card.terminal import JpkiTerminal
from openjpki.rules.kinds import CertificateKind
from tests.unit.card.cards import SELECT_AP, Bench, bench, stored

pytestmark = pytest.mark.oracle

MESSAGE = "電子署名は、本人の意思を示します。\n".encode()
PIN = {CertificateKind.SIGNATURE: b"ABC123", CertificateKind.AUTHENTICATION: b"1234"}
VERIFIED = "Verified OK\n"


def openssl(*arguments: str | Path) -> str:
    """Run openssl; return what it says."""
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=True).stdout


def public_key(card: Bench, kind: CertificateKind, folder: Path) -> Path:
    """Let openssl take the public key out of the certificate that the terminal read."""
    certificate, key = folder / "certificate.der", folder / "key.pem"
    certificate.write_bytes(JpkiTerminal(card).read_certificate(kind, PIN[kind]))
    key.write_text(openssl("x509", "-inform", "DER", "-in", certificate, "-noout", "-pubkey"), encoding="ascii")
    return key


def verdict(folder: Path, key: Path, digest: str, signature: bytes, *options: str) -> str:
    """Ask openssl about a signature over the message."""
    (folder / "signature").write_bytes(signature)
    (folder / "message").write_bytes(MESSAGE)
    checked = ("-verify", str(key), "-signature", str(folder / "signature"), str(folder / "message"))
    return openssl("dgst", f"-{digest}", *options, *checked)


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize(("image", "digest"), [("ordinary", "sha256"), ("ordinary", "sha512"), ("p384", "sha384")])
def test_openssl_verifies_what_the_card_signs(kind: CertificateKind, image: str, digest: str, tmp_path: Path) -> None:
    """A signature through terminal and card is one that openssl verifies with the card's certificate."""
    card = bench(stored(image))
    key = public_key(card, kind, tmp_path)
    terminal = JpkiTerminal(card)
    terminal.verify_pin(kind, PIN[kind])

    assert verdict(tmp_path, key, digest, terminal.sign_digest(kind, digest, new(digest, MESSAGE).digest())) == VERIFIED


@pytest.mark.parametrize("scheme", ["04", "05"])
def test_openssl_verifies_the_cards_pss(scheme: str, tmp_path: Path) -> None:
    """P1 04 and 05 make RSASSA-PSS with SHA-256 and a salt as long as the hash (RFC 8017 §8.1)."""
    card = bench()
    key = public_key(card, CertificateKind.AUTHENTICATION, tmp_path)
    data = new("sha256", MESSAGE).digest() if scheme == "04" else MESSAGE
    card.sw(SELECT_AP, "00 20 00 98 04 31323334")
    answer = bytes.fromhex(card.ask(f"80 2A {scheme} 97 {len(data):02X} {data.hex()} 00"))
    options = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")

    assert verdict(tmp_path, key, "sha256", answer[:-2], *options) == VERIFIED


def test_openssl_recovers_the_bare_hash(tmp_path: Path) -> None:
    """P1 01 signs the hash without a DigestInfo: openssl opens the signature and finds the 32 bytes."""
    card = bench()
    key = public_key(card, CertificateKind.AUTHENTICATION, tmp_path)
    card.sw(SELECT_AP, "00 20 00 98 04 31323334")
    answer = bytes.fromhex(card.ask(f"80 2A 01 97 {len(MESSAGE):02X} {MESSAGE.hex()} 00"))
    (tmp_path / "signature").write_bytes(answer[:-2])
    opened = ("pkeyutl", "-verifyrecover", "-pubin", "-inkey", str(key), "-pkeyopt", "rsa_padding_mode:pkcs1")
    openssl(*opened, "-in", tmp_path / "signature", "-out", tmp_path / "recovered")

    assert (tmp_path / "recovered").read_bytes() == new("sha256", MESSAGE).digest()


def test_openssl_reads_the_stored_keys(tmp_path: Path) -> None:
    """The image's PKCS#8 is a whole, consistent key in openssl's eyes, and matches the certificate."""
    for image in ("ordinary", "p384"):
        for kind, container in stored(image).keys.items():
            assert container.active is not None
            (tmp_path / "key.der").write_bytes(container.active.private_key)
            told = openssl("pkey", "-inform", "DER", "-in", tmp_path / "key.der", "-check", "-pubout")

            assert told.startswith("Key is valid")
            assert told.endswith(public_key(bench(stored(image)), kind, tmp_path).read_text(encoding="ascii"))
