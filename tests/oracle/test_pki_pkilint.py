"""What pkilint's PKIX rules say of our certificates, lists and answers: nothing that is not explained here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.lint.external import explained
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import HOLDER_SERIAL, ISSUED, hierarchy

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

NOT_SELF_SIGNED_YET = "pkix.authority_key_identifier_extension_absent"
"""Explained only as long as a CA's certificate is not signed."""

REVOKED = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.AFFILIATION_CHANGED)


def findings(linter: str, folder: Path, *documents: bytes, options: tuple[str, ...] = ()) -> set[str]:
    """Run one of pkilint's programs over DER documents; return the codes of all findings."""
    paths = [folder / f"{position}.der" for position, _ in enumerate(documents)]
    for path, document in zip(paths, documents, strict=True):
        path.write_bytes(document)
    program = (sys.executable, "-W", "ignore", "-m", f"pkilint.bin.{linter}", "lint", *options)
    arguments = ("-s", "ALL", "-f", "JSON", "--document-format", "DER", *map(str, paths))
    run = subprocess.run([*program, *arguments], capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    results = json.loads(run.stdout)["results"]
    assert len(results) > 10, "the linter has run its rules"
    return {finding["code"] for result in results for finding in result["finding_descriptions"]}


EXPECTED = {profile: explained(profile) - {NOT_SELF_SIGNED_YET} for profile in Profile}
"""Every finding there may be, and is, in a certificate of each profile: the product's own table."""


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize("profile", Profile)
def test_certificates_have_only_explained_findings(profile: Profile, algorithm: KeyAlgorithm, tmp_path: Path) -> None:
    """RFC 5280: each profile, each algorithm, exactly the findings that are expected."""
    kind = profile.ca_kind or profile.holder_kind or CertificateKind.SIGNATURE
    made = hierarchy(kind, algorithm)
    certificate = made.ca if profile.ca_kind else made.holder if profile.holder_kind else made.responder

    assert findings("lint_pkix_cert", tmp_path, certificate) == EXPECTED[profile]


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize("kind", CertificateKind)
def test_lists_have_no_finding(kind: CertificateKind, algorithm: KeyAlgorithm, tmp_path: Path) -> None:
    """RFC 5280 §5: with lines of every reason, and empty."""
    made = hierarchy(kind, algorithm)
    entries = [
        RevokedEntry(serial=serial, revoked_at=ISSUED, reason=reason)
        for serial, reason in enumerate(RevocationReason, start=HOLDER_SERIAL)
    ]

    for crl in (made.crl(*entries), made.crl()):
        assert findings("lint_crl", tmp_path, crl, options=("-t", "CRL", "-p", "PKIX")) == set()


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize(
    "status", [StatusAnswer(status="good"), StatusAnswer(status="unknown"), REVOKED], ids=lambda each: each.status
)
def test_answers_have_no_finding(status: StatusAnswer, algorithm: KeyAlgorithm, tmp_path: Path) -> None:
    """RFC 6960 §4.2: each status, with a nonce."""
    made = hierarchy(CertificateKind.SIGNATURE, algorithm)

    assert findings("lint_ocsp_response", tmp_path, made.answer(status, nonce=b"n" * 32)) == set()


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize("subject", ["holder", "responder"])
def test_issuer_and_subject_fit_together(subject: str, algorithm: KeyAlgorithm, tmp_path: Path) -> None:
    """RFC 5280 §4: names, key identifiers and validity of a certificate and its CA's."""
    made = hierarchy(CertificateKind.SIGNATURE, algorithm)
    expected = EXPECTED[Profile.SIGNATURE if subject == "holder" else Profile.OCSP_RESPONDER]

    assert findings("lint_pkix_signer_signee_cert_chain", tmp_path, made.ca, getattr(made, subject)) <= expected


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    """The second opinion is one: under the other hierarchy's CA the names do not fit."""
    made, other = hierarchy(), hierarchy(CertificateKind.AUTHENTICATION)

    found = findings("lint_pkix_signer_signee_cert_chain", tmp_path, other.ca, made.holder)
    assert found - EXPECTED[Profile.SIGNATURE]
