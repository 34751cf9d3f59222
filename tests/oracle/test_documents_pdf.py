"""What poppler's pdfsig and qpdf say of the PDFs signed here. pdfsig judges one signature's integrity, no more."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from openjpki.documents.pdf import read_pdf
from openjpki.documents.sign import sign_pdf
from openjpki.pki.algorithms import KeyAlgorithm
from tests.oracle.test_documents_openssl import SIGNED, HolderCard
from tests.support.hierarchy import hierarchy
from tests.unit.documents.updates import WHOLE_PAGE, new_field, picture, update, with_stamp, with_store
from tests.unit.documents.world import pdf, updated

pytestmark = pytest.mark.oracle

STORY = Path(__file__).parents[2] / "src" / "openjpki" / "story" / "document.pdf"


def _pdfsig(path: Path, document: bytes) -> str:
    (path / "document.pdf").write_bytes(document)
    run = subprocess.run(
        ["pdfsig", "-nssdir", f"sql:{_empty_database(path)}", "-nocert", path / "document.pdf"],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr


def _empty_database(path: Path) -> Path:
    folder = path / "nss"
    if not folder.exists():
        folder.mkdir()
        subprocess.run(["certutil", "-N", "-d", f"sql:{folder}", "--empty-password"], check=True, capture_output=True)
    return folder


@pytest.fixture(params=KeyAlgorithm, ids=lambda algorithm: algorithm.value)
def card(request: pytest.FixtureRequest) -> HolderCard:
    """Return a holder's card of each algorithm."""
    return HolderCard(hierarchy(algorithm=request.param))


def test_pdfsig_finds_the_signature_valid_and_total(card: HolderCard, tmp_path: Path) -> None:
    """Integrity, the PAdES encoding, whole coverage."""
    said = _pdfsig(tmp_path, sign_pdf(pdf(), card, moment=SIGNED))

    assert "Signature is Valid." in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said
    assert card.made.algorithm.digest_name.replace("sha", "SHA-") in said


def test_pdfsig_finds_every_signature_of_two(card: HolderCard, tmp_path: Path) -> None:
    """The first stays valid under the second."""
    said = _pdfsig(tmp_path, sign_pdf(sign_pdf(pdf(), card, moment=SIGNED), card, moment=SIGNED))

    assert said.count("Signature is Valid.") == 2
    assert said.count("Not total document signed") == 1


def test_pdfsig_finds_a_changed_byte(card: HolderCard, tmp_path: Path) -> None:
    """The digest does not match."""
    altered = sign_pdf(pdf(), card, moment=SIGNED).replace(b"Page 1", b"Page 9")

    assert "Signature is Valid." not in _pdfsig(tmp_path, altered)


def test_pdfsig_is_blind_to_an_added_page(card: HolderCard, tmp_path: Path) -> None:
    """It says valid where this verifier fails: an oracle for one signature, not for the document."""
    said = _pdfsig(tmp_path, updated(sign_pdf(pdf(), card, moment=SIGNED)))

    assert "Signature is Valid." in said
    assert "Not total document signed" in said


@pytest.mark.parametrize(
    "further",
    [
        lambda document: document,
        lambda document: sign_pdf(document, HolderCard(hierarchy()), moment=SIGNED),
        with_store,
        with_stamp,
        lambda document: with_stamp(with_store(with_stamp(with_store(document)))),
    ],
    ids=["alone", "signed-again", "store", "time-stamp", "archive"],
)
def test_an_honest_file_is_whole_here_and_valid_to_pdfsig(further: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """What this software and others append honestly, neither verifier objects to."""
    document = further(sign_pdf(pdf(), HolderCard(hierarchy()), moment=SIGNED))
    said = _pdfsig(tmp_path, document)
    reading = read_pdf(document)

    assert [finding.code for one in reading.signatures for finding in one.facts.findings] in (
        [],
        ["verify.signed-again"],
    )
    assert said.count("Signature is Valid.") >= len(reading.signatures)
    assert "Signature is Invalid" not in said
    (tmp_path / "honest.pdf").write_bytes(document)
    assert (
        subprocess.run(["qpdf", "--check", tmp_path / "honest.pdf"], capture_output=True, check=False).returncode == 0
    )


def test_pdfsig_and_its_renderer_are_blind_to_a_painted_page(tmp_path: Path) -> None:
    """Poppler shows the stranger's words and calls the signature valid; here it is an alteration."""
    forged = update(sign_pdf(pdf(), HolderCard(hierarchy()), moment=SIGNED), _painted)
    said = _pdfsig(tmp_path, forged)
    shown = subprocess.run(["pdftotext", tmp_path / "document.pdf", "-"], capture_output=True, text=True, check=True)

    assert "Signature is Valid." in said
    assert "I owe Mallory" in shown.stdout
    (signature,) = read_pdf(forged).signatures
    assert [finding.code for finding in signature.facts.findings] == ["verify.altered-after-signing"]


def _painted(writer: IncrementalPdfFileWriter) -> None:
    new_field(writer, "Overlay", WHOLE_PAGE)[pdf_name("/AP")] = picture(writer)


def test_qpdf_finds_no_fault_in_a_signed_pdf(card: HolderCard, tmp_path: Path) -> None:
    """The incremental update is sound."""
    (tmp_path / "signed.pdf").write_bytes(sign_pdf(pdf(), card, moment=SIGNED))
    run = subprocess.run(["qpdf", "--check", tmp_path / "signed.pdf"], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "No syntax or stream encoding errors found" in run.stdout


def test_the_storys_document_is_signed_soundly(tmp_path: Path) -> None:
    """The multi-page Japanese PDF of the house, as three parties see it."""
    signed = sign_pdf(STORY.read_bytes(), HolderCard(hierarchy()), moment=SIGNED)
    (tmp_path / "signed.pdf").write_bytes(signed)

    assert "Signature is Valid." in _pdfsig(tmp_path, signed)
    assert (
        subprocess.run(["qpdf", "--check", tmp_path / "signed.pdf"], capture_output=True, check=False).returncode == 0
    )
