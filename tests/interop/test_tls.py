"""Logins by TLS client certificate: curl and NSS with the card, nginx and OpenSSL as the relying party that asks its status."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest

from openjpki.rules.kinds import CertificateKind
from tests.interop.conftest import PINS, Holder
from tests.interop.nss import database
from tests.interop.test_openssl_engine import CONFIGURATION
from tests.interop.test_pkcs11 import MODULE, TOKENS, token_url
from tests.support.programs import PATIENCE, Finished, openjpki, openjpki_command, run
from tests.support.relying_party import (
    ADDRESS,
    HOST,
    LET_IN,
    NGINX,
    OCSP,
    PORT,
    made_certificate,
    nginx,
    openssl_server,
)
from tests.support.room import Room
from tests.support.stories import COUNTER
from tests.support.witness import Witness

pytestmark = [
    pytest.mark.interop,
    pytest.mark.slow,
    pytest.mark.skipif(not NGINX.exists() or which("curl") is None, reason="nginx and curl are not installed"),
]

AUTHENTICATION = CertificateKind.AUTHENTICATION
SANDBOX = "http://127.0.0.1:8780"


@pytest.fixture(scope="module")
def sandbox(holder: Holder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sandbox that issued the card, in a copy that may be served."""
    return Path(shutil.copytree(holder.sandbox, tmp_path_factory.mktemp("good") / "home"))


@pytest.fixture(scope="module")
def revoked(holder: Holder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy in which the card's certificate was revoked, and the lists published since."""
    home = Path(shutil.copytree(holder.sandbox, tmp_path_factory.mktemp("revoked") / "home"))
    words = ("--event", "request", "--kind", AUTHENTICATION.value, "--document", "drivers-licence", "--copies-taken")
    assert openjpki("window", "revoke", *COUNTER, *words, "--home", home).status == 0
    assert openjpki("authority", "publish", "--home", home).status == 0
    return home


@contextmanager
def served(room: Room, home: Path, folder: Path) -> Iterator[None]:
    """Serve a sandbox where its certificates say that its responder is: it holds the port at once, and answers soon."""
    command = openjpki_command("serve", "--home", home)
    with room.running(*command, ready=f"Serving at {SANDBOX}/", log=folder / "serve.log"):
        patience = ("--retry", str(int(PATIENCE)), "--retry-connrefused", "--retry-delay", "1")
        assert room.run(*room.entering("curl", "--silent", *patience, f"{SANDBOX}/healthz")).status == 0
        yield


def curl(room: Room, folder: Path) -> Finished:
    """Ask the relying party for its page, with the card."""
    (folder / "openssl.cnf").write_text(CONFIGURATION.format(module=MODULE), encoding="ascii")
    url = f"{token_url(AUTHENTICATION)};id=%01"
    key = ("--key-type", "ENG", "--key", f"{url};type=private;pin-value={PINS[AUTHENTICATION]}")
    card = ("--engine", "pkcs11", "--cert-type", "ENG", "--cert", f"{url};type=cert", *key)
    command = ("curl", "--silent", "--show-error", "--cacert", folder / "server.pem", *card, ADDRESS)
    return room.run(*room.entering(*command), environment={"OPENSSL_CONF": str(folder / "openssl.cnf")})


def lists(home: Path, folder: Path, partitions: str = "*") -> Path:
    """Return the authentication CA's lists of a sandbox in one file, PEM: all, or those whose names fit a pattern."""
    found = sorted((home / "authority" / "public" / "crl").glob(f"{AUTHENTICATION.value}-*-{partitions}.crl"))
    pem = folder / "crl.pem"
    pem.write_text("".join(run("openssl", "crl", "-inform", "DER", "-in", path).out for path in found))
    return pem


def test_nginx_lets_the_card_in(plugged: Room, holder: Holder, sandbox: Path, tmp_path: Path, witness: Witness) -> None:
    """Curl logs in by TLS 1.2; nginx has asked the sandbox's responder about the certificate."""
    with served(plugged, sandbox, tmp_path), nginx(plugged, tmp_path, holder.authority(AUTHENTICATION), OCSP):
        done = curl(plugged, tmp_path)

    what = "`--engine pkcs11`: login by TLS 1.2 at nginx with `ssl_verify_client on; ssl_ocsp leaf`"
    witness.saw("curl", what, done, LET_IN)


def test_nginx_refuses_a_revoked_card(
    plugged: Room, holder: Holder, revoked: Path, tmp_path: Path, witness: Witness
) -> None:
    """The same card after its revocation: the responder says so, and nginx in its own words."""
    with served(plugged, revoked, tmp_path), nginx(plugged, tmp_path, holder.authority(AUTHENTICATION), OCSP) as log:
        done = curl(plugged, tmp_path)
    said = Finished(0, done.out, log.read_text(encoding="utf-8"))

    assert LET_IN not in done.text
    what = "`ssl_verify_client on; ssl_ocsp leaf`: curl with a revoked card is refused"
    witness.saw(
        "nginx", what, said, "The SSL certificate error", "client SSL certificate verify error: certificate revoked"
    )


def by_lists(room: Room, holder: Holder, folder: Path, lists_pem: Path) -> Finished:
    """Log in at an nginx that looks into these lists for every certificate of the path; return its page and its log."""
    with nginx(room, folder, holder.authority(AUTHENTICATION), f"ssl_crl {lists_pem};") as log:
        done = curl(room, folder)
    return Finished(done.status, done.out, log.read_text(encoding="utf-8"))


def test_nginx_lets_a_card_in_that_is_on_no_list(
    plugged: Room, holder: Holder, tmp_path: Path, witness: Witness
) -> None:
    """`ssl_crl` wants a list for the CA's own certificate too, and finds it among those that are published."""
    said = by_lists(plugged, holder, tmp_path, lists(holder.sandbox, tmp_path))

    witness.saw("nginx", "`ssl_verify_client on; ssl_crl` with all published lists: curl logs in", said, LET_IN)


def test_nginx_refuses_a_card_that_is_on_a_list(
    plugged: Room, holder: Holder, revoked: Path, tmp_path: Path, witness: Witness
) -> None:
    """After the revocation, with the lists published since."""
    said = by_lists(plugged, holder, tmp_path, lists(revoked, tmp_path))

    assert LET_IN not in said.text
    what = "the same with a revoked card: refused"
    witness.saw(
        "nginx",
        what,
        said,
        "400 The SSL certificate error",
        "client SSL certificate verify error: (23:certificate revoked)",
    )


@pytest.mark.parametrize("partitions", ["99202", "ca", "99201"], ids=["other-city", "ca-alone", "without-the-ca"])
def test_nginx_takes_no_list_for_another(plugged: Room, holder: Holder, tmp_path: Path, partitions: str) -> None:
    """Another city's list, the CA's without any city's, or the city's without the CA's: nobody is let in."""
    said = by_lists(plugged, holder, tmp_path, lists(holder.sandbox, tmp_path, partitions))

    assert LET_IN not in said.text
    assert "400 The SSL certificate error" in said.text
    assert re.search(r"verify error: \((3:unable to get certificate CRL|44:different CRL scope)\)", said.text), (
        said.text
    )


def test_openssl_lets_a_card_in_that_is_on_no_list(
    plugged: Room, holder: Holder, tmp_path: Path, witness: Witness
) -> None:
    """OpenSSL's server looks for the card's certificate alone, in the list of its municipality."""
    with openssl_server(plugged, tmp_path, holder.authority(AUTHENTICATION), lists(holder.sandbox, tmp_path)):
        done = curl(plugged, tmp_path)

    what = "login by TLS 1.2 at `openssl s_server -Verify 1 -crl_check` with the municipalities' lists"
    witness.saw("curl", what, done, "Verify return code: 0 (ok)")


def test_openssl_refuses_a_card_that_is_on_a_list(
    plugged: Room, holder: Holder, revoked: Path, tmp_path: Path, witness: Witness
) -> None:
    """After the revocation, with the lists published since."""
    with openssl_server(plugged, tmp_path, holder.authority(AUTHENTICATION), lists(revoked, tmp_path)) as log:
        done = curl(plugged, tmp_path)

    assert done.status != 0
    assert "certificate revoked" in log.read_text(encoding="utf-8")
    what = "the same with a revoked card: refused"
    witness.saw("curl", what, done, "alert certificate revoked")


def test_nss_finds_the_certificate_and_its_key(plugged: Room, tmp_path: Path, witness: Witness) -> None:
    """Certutil lists a card's tokens, and behind the PIN the certificate of which it has the private key (`u`)."""
    name = database(tmp_path / "nss", made_certificate(tmp_path))
    pin = tmp_path / "pin"
    pin.write_text(PINS[AUTHENTICATION], encoding="ascii")
    modules = plugged.run("certutil", "-U", "-d", name)
    done = plugged.run("certutil", "-L", "-d", name, "-h", TOKENS[AUTHENTICATION], "-f", pin)

    assert all(token in modules.text for token in TOKENS.values())
    assert any(
        line.startswith(f"{TOKENS[AUTHENTICATION]}:User Authentication Certificate u,u,u")
        for line in done.out.splitlines()
    ), done.text
    witness.saw(
        "certutil",
        "`-L -h TOKEN`: the certificate that it has the key of",
        done,
        "User Authentication Certificate u,u,u",
    )


def test_nss_logs_in(plugged: Room, holder: Holder, tmp_path: Path, witness: Witness) -> None:
    """NSS's own client, which Firefox and Chromium share their TLS or their keys with, shows the card at nginx."""
    with nginx(plugged, tmp_path, holder.authority(AUTHENTICATION)):
        name = database(tmp_path / "nss", tmp_path / "server.pem")
        where = ("-4", "-h", HOST, "-p", str(PORT), "-d", name)
        card = ("-n", f"{TOKENS[AUTHENTICATION]}:User Authentication Certificate", "-w", PINS[AUTHENTICATION])
        (tmp_path / "request").write_text("GET / HTTP/1.0\r\n\r\n", encoding="ascii")
        done = plugged.run(*plugged.entering("tstclnt", *where, *card, "-A", tmp_path / "request"))

    witness.saw("tstclnt", "login by TLS 1.2 at nginx with `ssl_verify_client on`", done, LET_IN)
