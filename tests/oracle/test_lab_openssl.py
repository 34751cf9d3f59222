"""What openssl, which reads the real clock, says of a laboratory's certificates, lists, answers and signatures."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from os import urandom
from pathlib import Path

import pytest

from openjpki.lab.card import LabCard
from openjpki.lab.lab import Lab
from openjpki.lab.service import LabService
from openjpki.pki.inspect import facts
from tests.support.programs import Finished, run

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabService]:
    """Return a laboratory of today."""
    with LabService(
        clock=lambda: datetime.now(UTC), entropy=urandom, make_folder=lambda: tmp_path_factory.mktemp("trust")
    ) as running:
        yield running


@pytest.fixture
def lab(service: LabService) -> Iterator[Lab]:
    """Return the laboratory of one test."""
    yield service.begin()
    service.end()


def pem(folder: Path, name: str, der: bytes, kind: str = "x509") -> Path:
    """Write a certificate or list as PEM, by openssl."""
    raw, path = folder / f"{name}.der", folder / f"{name}.pem"
    raw.write_bytes(der)
    assert run("openssl", kind, "-inform", "DER", "-in", raw, "-out", path).status == 0
    return path


def verify(lab: Lab, folder: Path, certificate: bytes, *, lists: bool = True) -> Finished:
    """Have a certificate verified by path, and by all the lists there are."""
    crls = folder / "crls.pem"
    crls.write_text(
        "".join(pem(folder, name, crl, "crl").read_text(encoding="ascii") for name, crl in lab.lists().items()),
        encoding="ascii",
    )
    checked = ("-crl_check", "-CRLfile", crls) if lists else ()
    return run("openssl", "verify", "-CAfile", lab.trust.pem, *checked, pem(folder, "holder", certificate))


def ocsp(lab: Lab, folder: Path, card: LabCard, kind: str) -> Finished:
    """Ask the responder that stands in the certificate, with a nonce."""
    url = facts(card.certificate(kind)).ocsp_url or ""
    assert url.startswith(lab.status_url)
    holder, issuer = pem(folder, "holder", card.certificate(kind)), pem(folder, "issuer", card.ca_certificate(kind))
    return run("openssl", "ocsp", "-issuer", issuer, "-cert", holder, "-url", url, "-CAfile", lab.trust.pem, "-nonce")


@pytest.mark.parametrize("kind", ["signature", "authentication"])
def test_good_then_revoked(lab: Lab, tmp_path: Path, kind: str) -> None:
    """By list and by answer; openssl verifies who signed each."""
    card = lab.card("adult")
    good, listed = ocsp(lab, tmp_path, card, kind), verify(lab, tmp_path, card.certificate(kind))
    assert "Response verify OK" in good.text
    assert re.search(r"holder\.pem: good", good.text)
    assert listed.out.strip().endswith("holder.pem: OK"), listed.text

    card.revoke(kind, "key_compromise")
    revoked, listed = ocsp(lab, tmp_path, card, kind), verify(lab, tmp_path, card.certificate(kind))
    assert "Response verify OK" in revoked.text
    assert re.search(r"holder\.pem: revoked\n.*\tReason: keyCompromise", revoked.text, re.DOTALL), revoked.text
    assert "certificate revoked" in listed.text


def test_what_another_test_issued_is_unknown(service: LabService, tmp_path: Path) -> None:
    """Never good for what this laboratory did not issue."""
    card = service.begin().card("adult")
    lab = service.begin()
    answer = ocsp(lab, tmp_path, card, "signature")
    service.end()

    assert "Response verify OK" in answer.text
    assert re.search(r"holder\.pem: unknown", answer.text), answer.text


def test_expired_for_a_program_with_a_clock_of_its_own(lab: Lab, tmp_path: Path) -> None:
    """`expire` is no matter of a travelled moment: openssl says so, by the real one."""
    card = lab.card("adult")
    assert verify(lab, tmp_path, card.certificate(), lists=False).status == 0
    card.expire("signature")

    assert "certificate has expired" in verify(lab, tmp_path, card.certificate(), lists=False).text
    assert re.search(r"holder\.pem: good", ocsp(lab, tmp_path, card, "signature").text)


def test_a_renewed_card_and_the_one_before(lab: Lab, tmp_path: Path) -> None:
    """The successor is good, the former superseded (R-5.7)."""
    card = lab.card("adult")
    former = card.certificate()
    card.renew("signature")

    assert verify(lab, tmp_path, card.certificate()).status == 0
    assert "certificate revoked" in verify(lab, tmp_path, former).text


def test_a_cms_of_a_card_is_verified(lab: Lab, tmp_path: Path) -> None:
    """Path, usage and signature of a detached CAdES signature; other content fails."""
    message, content = tmp_path / "signed.p7s", tmp_path / "content"
    message.write_bytes(lab.card("adult").sign_cms(b"a contract"))
    verified = ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", message, "-content", content)
    trusted = ("-CAfile", lab.trust.pem_of("signature"), "-purpose", "any", "-out", "/dev/null")
    content.write_bytes(b"a contract")
    right = run(*verified, *trusted)
    content.write_bytes(b"another contract")
    wrong = run(*verified, *trusted)

    assert (right.status, "CMS Verification successful" in right.text) == (0, True), right.text
    assert wrong.status != 0


@pytest.mark.parametrize("name", ["adult", "expired", "renewed", "long-name", "foreign-resident"])
def test_cards_of_the_catalogue_are_issued_in_time(lab: Lab, tmp_path: Path, name: str) -> None:
    """Each verifies at the moment of its issue, under the generation that was in force then."""
    certificate = lab.card(name).certificate()
    at = str(int(facts(certificate).not_before.timestamp()))
    holder = pem(tmp_path, "holder", certificate)
    found = run("openssl", "verify", "-attime", at, "-CAfile", lab.trust.pem, holder)

    assert found.status == 0, found.text
