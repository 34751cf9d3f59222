"""OpenSSL signs CMS with the card through its PKCS #11 engine, and verifies it with the sandbox's CA."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, Holder
from tests.interop.test_pkcs11 import IDS, MODULE, token_url
from tests.support.programs import Finished, run
from tests.support.room import Room
from tests.support.witness import Witness

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CONFIGURATION = """
openssl_conf = begin
[begin]
engines = engines
[engines]
pkcs11 = card
[card]
engine_id = pkcs11
MODULE_PATH = {module}
init = 0
"""


@pytest.fixture
def sign(plugged: Room, holder: Holder, tmp_path: Path) -> Callable[[CertificateKind], Finished]:
    """Return a way to sign a CMS with the key of a kind; the PIN of the signature key is typed, as the engine demands."""
    (tmp_path / "data").write_text("見本", encoding="utf-8")
    (tmp_path / "openssl.cnf").write_text(CONFIGURATION.format(module=MODULE), encoding="ascii")

    def signed(kind: CertificateKind) -> Finished:
        key = f"{token_url(kind)};id=%{IDS[kind]};type=private"
        given = kind is CertificateKind.AUTHENTICATION
        engine = (
            "-engine",
            "pkcs11",
            "-keyform",
            "engine",
            "-inkey",
            f"{key};pin-value={PINS[kind]}" if given else key,
        )
        form = ("-binary", "-nodetach", "-md", "sha256", "-outform", "der")
        files = ("-signer", holder.certificate(kind, "pem"), "-in", tmp_path / "data", "-out", tmp_path / "data.p7")
        # Without a terminal OpenSSL reads from standard input: the PIN of the token, and the PIN of the key again.
        command = ("setsid", "--wait", "openssl", "cms", "-sign", *form, *engine, *files)
        environment = {"OPENSSL_CONF": str(tmp_path / "openssl.cnf")}
        return plugged.run(*command, typed=f"{PINS[kind]}\n" * 2, environment=environment)

    return signed


@pytest.mark.parametrize("kind", CertificateKind)
def test_openssl_signs_and_verifies(
    sign: Callable[[CertificateKind], Finished], kind: CertificateKind, holder: Holder, tmp_path: Path, witness: Witness
) -> None:
    """A CMS of a foreign program, with our card's key and our CA's certificate, holds before OpenSSL."""
    done = sign(kind)
    assert done.status == 0, done.text
    trust = ("-CAfile", holder.authorities, "-purpose", "any", "-inform", "der", "-in", tmp_path / "data.p7")
    judged = run("openssl", "cms", "-verify", "-binary", *trust, "-out", tmp_path / "content")

    assert judged.status == 0, judged.text
    assert (tmp_path / "content").read_bytes() == (tmp_path / "data").read_bytes()
    what = f"`cms -sign -engine pkcs11` with the {kind.value} key, then `cms -verify` with the sandbox's CA"
    witness.saw("openssl", what, judged, "CMS Verification successful")
