from pathlib import Path

from cryptography.x509 import load_der_x509_crl, load_pem_x509_certificates

from openjpki.documents.gather import read_trust
from openjpki.lab.service import LabService
from openjpki.rules.kinds import CertificateKind


def names(folder: Path) -> set[str]:
    """Return the files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_what_verify_trusts(service: LabService) -> None:
    """CA certificates of all generations as anchors, and a list for each generation and municipality."""
    lab = service.begin()
    evidence = read_trust(lab.trust.folder)
    service.end()

    assert set(evidence.anchors) == set(lab.trust.certificates)
    assert len(evidence.anchors) == len(evidence.crls) // 3 == 4
    assert evidence.certificates == ()


def test_pem_files_for_programs(service: LabService) -> None:
    """One with all, one with those of each kind."""
    trust = service.trust

    assert len(load_pem_x509_certificates(trust.pem.read_bytes())) == 4
    for kind in CertificateKind:
        found = load_pem_x509_certificates(trust.pem_of(kind.value).read_bytes())
        assert len(found) == len(trust.of(kind)) == 2
        assert {one.issuer for one in found} == {found[0].issuer}


def test_lists_in_the_folder_follow_what_happens(service: LabService) -> None:
    """A revocation stands in it at once, and the next test begins without it; no half-written file is left."""
    lab = service.begin()
    card = lab.card("adult")
    folder = lab.trust.folder
    before = names(folder)

    def revoked() -> bool:
        lists = [load_der_x509_crl(path.read_bytes()) for path in (folder / "crl").glob("signature-*.crl")]
        return any(crl.get_revoked_certificate_by_serial_number(card.serial()) for crl in lists)

    assert not revoked()
    card.revoke("signature")
    assert revoked()
    assert names(folder) == before
    service.begin()
    assert not revoked()
    service.end()
    assert not list((folder / "crl").iterdir())
    assert len(list((folder / "ca").iterdir())) == 4
