"""What openssl, poppler, qpdf and pyHanko's own validator say of the time-stamps and the evidence kept with a signature."""

import asyncio
import hashlib
import io
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_cms_attribute_iter
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from openjpki.documents.currency import StatusRules
from openjpki.documents.embedded import read_cms_evidence
from openjpki.documents.evidence import Embedded, Evidence
from openjpki.documents.indications import Indication
from openjpki.documents.keep import keep_in_cms, keep_in_pdf
from openjpki.documents.pdf import read_pdf
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.stamp import judge_stamp
from openjpki.documents.stamping import Authority
from openjpki.documents.verify import verify_cms, verify_pdf
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.site.clock import real_moment
from tests.oracle.test_documents_openssl import CONTENT, HolderCard
from tests.oracle.test_documents_pdf import _pdfsig
from tests.support.hierarchy import HOLDER_SERIAL, ISSUED, Hierarchy, hierarchy
from tests.unit.documents.stamps import TSA_CA, TestAuthority
from tests.unit.documents.world import crl, key, pdf

pytestmark = pytest.mark.oracle

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_CONFIGURATION = """
[ tsa ]
default_tsa = this
[ this ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Day:
    """Today, for programs that know no other: a hierarchy, an authority, and the evidence of the hour."""

    folder: Path
    now: datetime
    made: Hierarchy
    authority: TestAuthority

    @property
    def kept(self) -> Embedded:
        """Return the list and the answer about the holder."""
        at = self.now - 10 * MINUTE
        answer = self.made.answer(StatusAnswer(status="good"), produced_at=at)
        return Embedded(
            certificates=(self.made.ca,), crls=(self.made.crl(this_update=at, next_update=at + DAY),), answers=(answer,)
        )

    @property
    def trust(self) -> Evidence:
        """Return the two anchors, and nothing about anybody's status."""
        return Evidence(anchors=(self.made.ca,), stamp_anchors=(self.authority.certificate,))

    def file(self, name: str, content: bytes) -> Path:
        """Write a file."""
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def stamped_pdf(self) -> bytes:
        """Return a PDF at level B-LT."""
        card = HolderCard(self.made)
        kept = self.kept.joined(
            Embedded(crls=(crl(TSA_CA, this_update=self.now - MINUTE, next_update=self.now + DAY),))
        )
        return keep_in_pdf(sign_pdf(pdf(), card, moment=self.now - MINUTE, timestamper=self.authority), kept)

    def stamped_cms(self) -> bytes:
        """Return a CMS at level B-LT."""
        card = HolderCard(self.made)
        return keep_in_cms(sign_cms(CONTENT, card, moment=self.now - MINUTE, timestamper=self.authority), self.kept)


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """Return today."""
    now = real_moment().replace(microsecond=0)
    made = hierarchy(shift=timedelta(days=(now - ISSUED).days - 1))
    return Day(tmp_path, now, made, TestAuthority(at=now, begins=now - DAY, ends=now + 30 * DAY))


def run(*words: str | Path) -> tuple[int, str]:
    """Run a program; return its status and all it said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _token(message: bytes) -> tuple[bytes, bytes]:
    (signer,) = cms.ContentInfo.load(message)["content"]["signer_infos"]
    (token,) = find_cms_attribute_iter(signer["unsigned_attrs"], "signature_time_stamp_token")
    return token.dump(), signer["signature"].native


def test_pdfsig_and_qpdf_accept_a_pdf_with_time_stamp_and_evidence(day: Day) -> None:
    """The appended store leaves the signature valid and the file sound."""
    document = day.stamped_pdf()
    status, said = run("qpdf", "--check", day.file("signed.pdf", document))

    assert "Signature is Valid." in _pdfsig(day.folder, document)
    assert (status, "No syntax or stream encoding errors found" in said) == (0, True)
    report = verify_pdf(document, policies={day.made.profiles.policy(day.made.kind)}, evidence=day.trust, at=day.now)
    assert report.indication is Indication.TOTAL_PASSED


def test_pyhankos_own_validation_accepts_the_level(day: Day) -> None:
    """Signature, time-stamp, paths and status in require mode, by what the document's store holds and nothing else."""
    reader = PdfFileReader(io.BytesIO(day.stamped_pdf()))
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [asn1_x509.Certificate.load(der) for der in (day.made.ca, TSA_CA.der)],
            "allow_fetching": False,
            "revocation_mode": "require",
        }
    )
    status = asyncio.run(async_validate_pdf_signature(reader.embedded_signatures[0], context))

    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert status.timestamp_validity.timestamp == day.now


def test_openssl_verifies_a_cms_by_the_list_inside(day: Day) -> None:
    """It finds the list in SignedData.crls; without it there is none."""
    trust = day.file("ca.pem", pem.armor("CERTIFICATE", day.made.ca))
    words = ("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-content", day.file("content", CONTENT))
    options = ("-CAfile", trust, "-purpose", "any", "-cades", "-crl_check", "-out", day.folder / "out")
    plain = sign_cms(CONTENT, HolderCard(day.made), moment=day.now - MINUTE)
    status, said = run(*words, "-in", day.file("kept", day.stamped_cms()), *options)
    without, why = run(*words, "-in", day.file("plain", plain), *options)

    assert status == 0, said
    assert without != 0
    assert "unable to get certificate CRL" in why


def test_openssl_finds_the_answer_taken_out_of_the_document_good(day: Day) -> None:
    """From the PDF's store and from the CMS: byte for byte the responder's."""
    from_pdf = read_pdf(day.stamped_pdf()).embedded.answers
    from_cms = read_cms_evidence(cms.ContentInfo.load(day.stamped_cms())["content"]).answers
    trust = day.file("ca.pem", pem.armor("CERTIFICATE", day.made.ca))
    status, said = run(
        *("openssl", "ocsp", "-respin", day.file("answer", from_pdf[0]), "-issuer", trust, "-CAfile", trust),
        *("-serial", str(HOLDER_SERIAL), "-no_nonce"),
    )

    assert from_pdf == from_cms == day.kept.answers
    assert status == 0
    assert "Response verify OK" in said
    assert f"{HOLDER_SERIAL}: good" in said


def test_openssl_verifies_the_time_stamp_over_the_signature(day: Day) -> None:
    """`openssl ts -verify` over the signature value, and not over another."""
    token, value = _token(day.stamped_cms())
    words = ("openssl", "ts", "-verify", "-token_in", "-in", day.file("token", token))
    trust = ("-CAfile", day.file("tsa-ca.pem", pem.armor("CERTIFICATE", TSA_CA.der)))

    assert "Verification: OK" in run(*words, "-data", day.file("value", value), *trust)[1]
    assert "Verification: OK" not in run(*words, "-data", day.file("other", value + b"!"), *trust)[1]


def test_a_time_stamp_of_openssl_is_accepted_here(day: Day) -> None:
    """A real authority's program answers our request; the accuracy it states makes the proven moment later."""
    private = key(day.authority.label).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    day.file("tsa.key", private)
    day.file("tsa.pem", pem.armor("CERTIFICATE", day.authority.certificate))
    day.file("serial", b"01")
    configuration = day.file("tsa.cnf", _CONFIGURATION.format(folder=day.folder).encode())

    def exchange(url: str, request: bytes) -> bytes:
        assert url == "http://tsa.example/"
        query, reply = day.file("query", request), day.folder / "reply"
        status, said = run("openssl", "ts", "-reply", "-config", configuration, "-queryfile", query, "-out", reply)
        assert status == 0, said
        return reply.read_bytes()

    authority = Authority(
        url="http://tsa.example/", entropy=lambda count: hashlib.sha256(b"n").digest()[:count], exchange=exchange
    )
    message = keep_in_cms(sign_cms(CONTENT, HolderCard(day.made), moment=day.now, timestamper=authority), day.kept)
    token, value = _token(message)
    at = real_moment() + MINUTE
    judged = judge_stamp(token, stamped=value, evidence=day.trust, at=at, rules=StatusRules())
    policies = {day.made.profiles.policy(day.made.kind)}
    report = verify_cms(message, content=CONTENT, policies=policies, evidence=day.trust, at=at)

    assert judged.problem is None
    assert judged.by is not None
    assert day.now < judged.by <= at + timedelta(seconds=1)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.signatures[0].proven == judged.by
