"""Measures OpenJPKI beside a peer that does the same work, in the same run, and prints medians and their ratio.

`make bench`, or `python bench/run.py [--rounds N]`. The figures are for the machine they were made on; the ratios
travel better. Nothing here is a test.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cards import card_rows
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from lists import ENTRIES, MOST_EXTRA, extra_memory, list_rows
from ocsp import ocsp_rows
from orders import order_rows
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from tokens import token_rows

from openjpki.documents.evidence import Evidence
from openjpki.documents.sign import sign_pdf
from openjpki.documents.status import OcspEvidence
from openjpki.documents.verify import verify_pdf
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.story.life import own_document
from tests.support.hierarchy import ISSUED, Hierarchy, hierarchy
from tests.support.postgres import ServerUnavailable
from tests.support.token import TokenMissing

REVOKED = 20_000
"""Entries of the list; a municipality's partition is expected to hold about 12,000 (R-8.10)."""


GOOD = StatusAnswer(status="good")


@dataclass(frozen=True)
class Row:
    """One comparison: what is done, by us and by a peer."""

    work: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object]


class PoolSigner:
    """A `DocumentSigner` over a key in memory."""

    def __init__(self, made: Hierarchy) -> None:
        self.certificate = made.holder
        self.chain: Sequence[bytes] = (made.ca,)
        self._key = made.holder_signer._private_key  # noqa: SLF001  -- a bench may hold the key that a card would

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Return the RSA signature over a digest."""
        assert digest_name == "sha256"
        assert isinstance(self._key, rsa.RSAPrivateKey)
        return self._key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


def rows() -> list[Row]:
    """Return the comparisons that this machine can make."""
    made = hierarchy(CertificateKind.SIGNATURE)
    reason = RevocationReason.AFFILIATION_CHANGED
    entries = [
        RevokedEntry(serial=serial, revoked_at=ISSUED, reason=reason) for serial in range(10_000, 10_000 + REVOKED)
    ]
    signer = PoolSigner(made)
    moment = ISSUED + timedelta(minutes=90)
    document = own_document()
    signed = sign_pdf(document, signer, moment=moment)
    evidence = Evidence(
        anchors=(made.ca,), crls=(made.crl(),), ocsp=(OcspEvidence(answer=made.answer(GOOD), certificate=made.holder),)
    )
    policy = made.profiles.policy(made.kind)
    theirs = their_pdf(made, document)

    def verify() -> None:
        report = verify_pdf(signed, policies=[policy], evidence=evidence, at=moment)
        assert report.kind is None, report.as_data()

    found = [
        Row(
            f"sign a list of {REVOKED} entries", "cryptography's builder", lambda: made.crl(*entries), their_list(made)
        ),
        Row(
            "sign an OCSP answer",
            "the bare RSA signature",
            lambda: made.answer(GOOD),
            lambda: made.responder_signer.sign(b"x" * 200),
        ),
        Row(
            "sign our PDF (PAdES B-B)",
            "pyHanko, in-memory key",
            lambda: sign_pdf(document, signer, moment=moment),
            theirs,
        ),
    ]
    if shutil.which("pdfsig"):
        folder = Path(tempfile.mkdtemp())
        (folder / "signed.pdf").write_bytes(signed)
        command = ["pdfsig", "-nocert", str(folder / "signed.pdf")]
        found.append(
            Row(
                "verify it: all of path, OCSP, CRL",
                "pdfsig -nocert (a process)",
                verify,
                lambda: subprocess.run(command, check=True, capture_output=True),
            )
        )
    return found


def their_pdf(made: Hierarchy, document: bytes) -> Callable[[], object]:
    """Return the same signature by the library's own signer."""
    key = made.holder_signer._private_key  # noqa: SLF001  -- the peer signs with the same key
    encoded = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    simple = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(made.holder),
        signing_key=PrivateKeyInfo.load(encoded),
        cert_registry=SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(made.ca)]),
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )

    def sign() -> object:
        return signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(document)), meta, signer=simple)

    return sign


def their_list(made: Hierarchy) -> Callable[[], object]:
    """Return the same list through the library's own builder."""
    issuer = x509.load_der_x509_certificate(made.ca)
    key = made.ca_signer._private_key  # noqa: SLF001  -- the peer signs with the same key

    def build() -> bytes:
        builder = x509.CertificateRevocationListBuilder(
            issuer.subject, ISSUED + timedelta(hours=1), ISSUED + timedelta(days=1)
        )
        for serial in range(10_000, 10_000 + REVOKED):
            revoked = x509.RevokedCertificateBuilder(serial, ISSUED, [])
            reason = x509.CRLReason(x509.ReasonFlags.affiliation_changed)
            builder = builder.add_revoked_certificate(revoked.add_extension(reason, critical=False).build())
        return builder.sign(key, hashes.SHA256()).tbs_certlist_bytes

    return build


def median(work: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of a piece of work."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def authority_rows(stack: ExitStack, rounds: int) -> list[tuple[str, str, Callable[[], object], Callable[[], object]]]:
    """Return what is measured of the authority where PostgreSQL and SoftHSM2 are."""
    found = []
    try:
        found += order_rows(stack, rounds)
        found += token_rows()
    except (ServerUnavailable, TokenMissing) as missing:
        print(f"Not measured: {missing}", file=sys.stderr)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"| work | ours, ms | peer | peer, ms | ours / peer |\n|---|---|---|---|---|  <!-- medians of {rounds} -->")
    with ExitStack() as stack:
        more = (*authority_rows(stack, rounds), *list_rows(stack), *card_rows(stack), *ocsp_rows(stack))
        for row in (*rows(), *(Row(*one) for one in more)):
            ours, theirs = median(row.ours, rounds), median(row.theirs, rounds)
            line = (row.work, f"{ours * 1000:.1f}", row.peer, f"{theirs * 1000:.1f}", f"{ours / theirs:.2f}")
            print(f"| {' | '.join(line)} |", flush=True)
    print(
        f"\nA list of {ENTRIES} entries takes {extra_memory():.1f} MB more memory than one of a single entry; at most {MOST_EXTRA}."
    )


if __name__ == "__main__":
    main()
