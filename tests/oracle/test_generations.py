"""What relying parties say on the day of a switch: two CA certificates of one name, a list for each key and city."""

import asyncio
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathValidationError, RevokedError

from openjpki.desk.messages import CertificateIssued
from openjpki.rules.kinds import LifeEvent, Procedure
from tests.support.authority import SIGNATURE, Scene

pytestmark = [pytest.mark.oracle, pytest.mark.django_db(databases=["authority"])]
RIGHT_CITY, OTHER_CITY = "99201", "99202"
OLD, NEW = 1, 2


@dataclass(frozen=True)
class Party:
    """A relying party with both CA certificates and the public folder, an hour after the switch."""

    folder: Path
    at: datetime
    old: bytes
    """A certificate of the first generation, superseded on the day of the switch."""
    new: bytes
    """Its successor, of the second."""

    def list_of(self, generation: int, city: str) -> bytes:
        """Return a list of the public folder."""
        return (self.folder / "crl" / f"signature-{generation}-{city}.crl").read_bytes()

    def authorities(self) -> list[bytes]:
        """Return both CA certificates, the older first."""
        return [(self.folder / "ca" / f"signature-{generation}.cer").read_bytes() for generation in (OLD, NEW)]


@pytest.fixture
def party(tmp_path: Path) -> Party:
    """Issue under the first generation, switch, and issue again under the second."""
    scene = Scene(tmp_path).open()
    switch = scene.clock() + timedelta(days=30)
    scene.authority.ceremony(SIGNATURE, issues_from=switch)
    scene.with_card()
    before: CertificateIssued = scene.issue(SIGNATURE)
    scene.clock.advance_to(switch)
    scene.send(scene.life_event(LifeEvent.NAME))
    after = scene.issue(SIGNATURE, Procedure.REISSUE)
    scene.clock.advance_to(switch + timedelta(days=1))
    scene.authority.publish_crls()
    at = scene.clock() + timedelta(hours=1)
    return Party(tmp_path / "public", at, before.certificate, after.certificate)


def openssl(party: Party, folder: Path, certificate: bytes, revocation_list: bytes) -> str:
    """Return what openssl says of a certificate with both CAs and one list: "OK", or its errors."""
    pem(folder / "holder.pem", certificate, "x509")
    pem(folder / "list.pem", revocation_list, "crl")
    trusted = b"".join(pem(folder / f"ca-{place}.pem", der, "x509") for place, der in enumerate(party.authorities()))
    (folder / "trusted.pem").write_bytes(trusted)
    command: list[str | Path] = ["openssl", "verify", "-attime", str(int(party.at.timestamp())), "-crl_check"]
    command += ["-CAfile", folder / "trusted.pem", "-CRLfile", folder / "list.pem", folder / "holder.pem"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return "OK" if run.returncode == 0 else run.stdout + run.stderr


def pem(path: Path, der: bytes, tool: str) -> bytes:
    """Write a file as openssl wants it, and return its text."""
    command: list[str | Path] = ["openssl", tool, "-inform", "DER", "-out", path]
    subprocess.run(command, input=der, check=True, capture_output=True)
    return path.read_bytes()


def certvalidator(party: Party, certificate: bytes, revocation_list: bytes) -> str:
    """Return what pyhanko-certvalidator says in its strictest mode, with both CAs and one list."""
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(der) for der in party.authorities()],
        crls=[asn1_crl.CertificateList.load(revocation_list)],
        moment=party.at,
        revocation_mode="require",
        allow_fetching=False,
    )
    validator = CertificateValidator(asn1_x509.Certificate.load(certificate), validation_context=context)
    try:
        asyncio.run(validator.async_validate_usage(key_usage={"non_repudiation"}))
    except RevokedError as revoked:
        return f"revoked {revoked.reason.native}"
    except PathValidationError as wrong:
        return type(wrong).__name__
    return "OK"


def test_openssl_tells_the_generations_apart(party: Party, tmp_path: Path) -> None:
    """The list of the right key and city decides; another city's, or the other generation's of the same name, proves nothing."""
    assert openssl(party, tmp_path, party.new, party.list_of(NEW, RIGHT_CITY)) == "OK"
    assert "certificate revoked" in openssl(party, tmp_path, party.old, party.list_of(OLD, RIGHT_CITY))

    for certificate, generation, city in (
        (party.new, NEW, OTHER_CITY),
        (party.new, OLD, RIGHT_CITY),
        (party.old, NEW, RIGHT_CITY),
        (party.old, OLD, OTHER_CITY),
    ):
        said = openssl(party, tmp_path, certificate, party.list_of(generation, city))
        assert said != "OK", (generation, city)
        assert "certificate revoked" not in said


def test_certvalidator_tells_the_generations_apart(party: Party) -> None:
    """The same verdicts from another program, which has both CA certificates and one list."""
    assert certvalidator(party, party.new, party.list_of(NEW, RIGHT_CITY)) == "OK"
    assert certvalidator(party, party.old, party.list_of(OLD, RIGHT_CITY)) == "revoked affiliation_changed"

    for certificate, generation, city in (
        (party.new, NEW, OTHER_CITY),
        (party.new, OLD, RIGHT_CITY),
        (party.old, NEW, RIGHT_CITY),
        (party.old, OLD, OTHER_CITY),
    ):
        said = certvalidator(party, certificate, party.list_of(generation, city))
        assert said == "InsufficientRevinfoError", (generation, city, said)
