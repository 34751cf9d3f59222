"""What openssl says of our certificates, lists and answers, and what we say of its requests."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.ocsp import OcspRequest, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import AOBA, DAY, EXPIRES, HOLDER_SERIAL, HOUR, ISSUED, Hierarchy, hierarchy

pytestmark = pytest.mark.oracle

MOMENT = ISSUED + 2 * HOUR
MOVED = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=ISSUED + HOUR, reason=RevocationReason.AFFILIATION_CHANGED)
EACH = [(kind, algorithm) for algorithm in KeyAlgorithm for kind in CertificateKind]


@dataclass(frozen=True)
class Said:
    """What a run of openssl said, and whether it was content."""

    text: str
    content: bool


def openssl(*arguments: str | Path) -> Said:
    """Run openssl."""
    run = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return Said(run.stdout + run.stderr, run.returncode == 0)


@dataclass(frozen=True)
class Folder:
    """A hierarchy's certificates as PEM files."""

    made: Hierarchy
    path: Path

    def pem(self, name: str, der: bytes, tool: str = "x509") -> Path:
        """Write a file as openssl wants it."""
        source, target = self.path / f"{name}.der", self.path / f"{name}.pem"
        source.write_bytes(der)
        assert openssl(tool, "-inform", "DER", "-in", source, "-out", target).content
        return target

    @property
    def ca(self) -> Path:
        """Write the CA certificate."""
        return self.pem("ca", self.made.ca)

    @property
    def holder(self) -> Path:
        """Write the holder's certificate."""
        return self.pem("holder", self.made.holder)

    def verify(self, *options: str | Path, moment: datetime = MOMENT, policy: str | None = None) -> Said:
        """Let openssl verify the holder's path at a moment, with the policy required."""
        return openssl(
            "verify",
            *("-CAfile", self.ca, "-x509_strict", "-check_ss_sig", "-attime", str(int(moment.timestamp()))),
            *("-policy", policy or self.made.profiles.policy(self.made.kind), "-explicit_policy"),
            *options,
            self.holder,
        )


@pytest.fixture(params=EACH, ids=lambda each: f"{each[0].value}-{each[1].value}")
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """Return each hierarchy in a folder of its own."""
    return Folder(hierarchy(*request.param), tmp_path)


def test_openssl_verifies_the_path_with_policy_and_list(folder: Folder) -> None:
    """The path holds under strict rules, with the policy required and the municipality's list checked."""
    crl = folder.pem("crl", folder.made.crl(), "crl")

    said = folder.verify("-crl_check", "-CRLfile", crl)
    assert said.content, said.text


@pytest.mark.parametrize("purpose", ["smimesign", "sslclient"])
def test_openssl_sees_what_each_certificate_is_for(folder: Folder, purpose: str) -> None:
    """Only the authentication certificate's usage is client authentication; the signature's is not limited to it."""
    signature = folder.made.kind is CertificateKind.SIGNATURE

    assert folder.verify("-purpose", purpose).content is (signature or purpose == "sslclient")


def test_openssl_refuses_another_policy(folder: Folder) -> None:
    """The production policy is not what the sandbox issues."""
    said = folder.verify(policy="1.2.392.200149.8.5.1.1.20")

    assert not said.content
    assert "no explicit policy" in said.text


def test_openssl_sees_the_revocation(folder: Folder) -> None:
    """A certificate on its list is revoked."""
    crl = folder.pem("crl", folder.made.crl(MOVED), "crl")
    said = folder.verify("-crl_check", "-CRLfile", crl)

    assert not said.content
    assert "certificate revoked" in said.text


def test_openssl_refuses_the_list_of_another_municipality(folder: Folder) -> None:
    """The issuingDistributionPoint is critical and matched: another partition is no list for this certificate."""
    crl = folder.pem("crl", folder.made.crl(municipality=AOBA), "crl")
    said = folder.verify("-crl_check", "-CRLfile", crl)

    assert not said.content
    assert "different CRL scope" in said.text


def test_openssl_refuses_a_stale_list(folder: Folder) -> None:
    """After the next update a list is no evidence."""
    crl = folder.pem("crl", folder.made.crl(), "crl")
    said = folder.verify("-crl_check", "-CRLfile", crl, moment=MOMENT + 2 * DAY)

    assert not said.content
    assert "CRL has expired" in said.text


def test_openssl_ends_validity_with_the_japanese_day(folder: Folder) -> None:
    """R-3.1: valid to 23:59:59 Japanese time. openssl counts that second itself as past; RFC 5280 §4.1.2.5 does not."""
    assert folder.verify(moment=EXPIRES - timedelta(seconds=1)).content
    assert "certificate has expired" in folder.verify(moment=EXPIRES.replace(hour=15, minute=0, second=0)).text


def test_openssl_refuses_a_look_alike(folder: Folder) -> None:
    """A CA of the same names under another key verifies nothing."""
    look_alike = hierarchy(folder.made.kind, folder.made.algorithm, ca_position=3)
    other = folder.pem("other", look_alike.ca)

    assert not openssl("verify", "-CAfile", other, "-attime", str(int(MOMENT.timestamp())), folder.holder).content


def test_openssl_prints_the_profile(folder: Folder) -> None:
    """Names, dates, usages and addresses as openssl reads them."""
    text = openssl("x509", "-in", folder.holder, "-noout", "-text", "-nameopt", "utf8,sep_comma_plus").text

    assert "Issuer: C=JP,O=JPKI-TEST,OU=JPKI for " in text
    assert "OU=Not issued by J-LIS" in text
    assert "Not After : Feb 17 14:59:59 2030 GMT" in text
    assert "X509v3 Certificate Policies: critical" in text
    assert "CPS: http://www.jpki.go.jp/cps.html" in text
    assert "CN = Wakaba-shi CRLDP" in text
    assert f"OCSP - URI:{folder.made.profiles.ocsp_url(folder.made.kind)}" in text
    if folder.made.kind is CertificateKind.SIGNATURE:
        assert "Digital Signature, Non Repudiation" in text
        assert "othername: 1.2.392.200149.8.5.5.1::見本　太郎" in text
        assert "Subject: C=JP,L=Mihon-ken,L=Wakaba-shi,CN=" in text
    else:
        assert "TLS Web Client Authentication" in text
        assert "Subject Alternative Name" not in text
        assert "Subject: C=JP,CN=" in text


def test_openssl_verifies_the_list(folder: Folder) -> None:
    """The list's signature is the CA's, its number and reason are readable."""
    crl = folder.pem("crl", folder.made.crl(MOVED, number=12), "crl")
    said = openssl("crl", "-in", crl, "-CAfile", folder.ca, "-verify", "-noout", "-text")

    assert "verify OK" in said.text
    assert "Version 2 (0x1)" in said.text
    assert "X509v3 Issuing Distribution Point: critical" in said.text
    assert "Affiliation Changed" in said.text
    assert f"Serial Number: {HOLDER_SERIAL:04X}" in said.text


def asked(folder: Folder, *options: str | Path) -> tuple[OcspRequest, Path]:
    """Let openssl write a request about the holder, and read it."""
    request = folder.path / "request.der"
    about = ("-issuer", folder.ca, *options, "-cert", folder.holder)
    assert openssl("ocsp", *about, "-reqout", request).content
    return parse_request(request.read_bytes()), request


def answered(folder: Folder, request: OcspRequest, *statuses: StatusAnswer, at: datetime) -> Path:
    """Write our answer to a request."""
    answer = folder.path / "answer.der"
    made = folder.made
    answer.write_bytes(
        build_answer(
            request=request,
            statuses=statuses,
            responder_certificate=made.responder,
            issuer=made.ca,
            signer=made.responder_signer,
            produced_at=at,
            this_update=at,
            next_update=at + HOUR,
        )
    )
    return answer


@pytest.fixture(params=list(KeyAlgorithm), ids=lambda each: each.value)
def today(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """Return a hierarchy that was issued in the last two days, for programs that only know the real time."""
    shift = (datetime.now(UTC) - ISSUED).days - 1
    return Folder(hierarchy(CertificateKind.SIGNATURE, request.param, shift=shift * DAY), tmp_path)


@pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
@pytest.mark.parametrize(
    ("status", "word"),
    [
        (StatusAnswer(status="good"), "good"),
        (StatusAnswer(status="unknown"), "unknown"),
        (
            StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.AFFILIATION_CHANGED),
            "revoked",
        ),
    ],
    ids=["good", "unknown", "revoked"],
)
def test_openssl_asks_and_believes_our_answer(today: Folder, digest: str, status: StatusAnswer, word: str) -> None:
    """A request made by openssl is read here; our answer satisfies it: signer, delegation, nonce, identifier, time."""
    request, path = asked(today, digest, "-nonce")
    answer = answered(today, request, status, at=datetime.now(UTC))
    said = openssl("ocsp", "-respin", answer, "-reqin", path, "-issuer", today.ca, "-CAfile", today.ca, "-resp_text")

    assert request.nonce
    assert request.items[0].serial == HOLDER_SERIAL
    assert request.items[0].hash_name == digest.removeprefix("-")
    assert "Response verify OK" in said.text
    assert f"Cert Status: {word}" in said.text
    assert "Nonce" in said.text
    assert "WARNING" not in said.text
    assert "Nonce Verify error" not in said.text


def test_openssl_matches_the_status_to_its_certificate(today: Folder) -> None:
    """Without a nonce, the certificate and its revocation as openssl sums them up."""
    request, path = asked(today, "-no_nonce")
    status = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.KEY_COMPROMISE)
    answer = answered(today, request, status, at=datetime.now(UTC))
    said = openssl(
        "ocsp", "-no_nonce", "-respin", answer, "-issuer", today.ca, "-cert", today.holder, "-CAfile", today.ca
    )

    assert path.exists()
    assert request.nonce is None
    assert f"{today.holder}: revoked" in said.text
    assert "Reason: keyCompromise" in said.text
    assert "Revocation Time: Jan  5 03:04:05 2026 GMT" in said.text


def test_openssl_refuses_the_answer_of_a_look_alike(today: Folder) -> None:
    """An answer under a CA of the same names and another key is not believed."""
    request, path = asked(today)
    made = today.made
    fake = hierarchy(made.kind, made.algorithm, ca_position=3, shift=made.shift)
    answer = answered(Folder(fake, today.path), request, StatusAnswer(status="unknown"), at=datetime.now(UTC))
    said = openssl("ocsp", "-respin", answer, "-reqin", path, "-issuer", today.ca, "-CAfile", today.pem("ca", made.ca))

    assert "Response Verify Failure" in said.text


def test_openssl_reads_several_items(today: Folder) -> None:
    """A request about several certificates is answered one by one."""
    ca = today.ca
    second = today.pem("second", today.made.holder_with(7))
    path = today.path / "request.der"
    assert openssl("ocsp", "-issuer", ca, "-cert", today.holder, "-cert", second, "-reqout", path).content
    request = parse_request(path.read_bytes())
    answer = answered(today, request, StatusAnswer(status="good"), StatusAnswer(status="unknown"), at=datetime.now(UTC))
    said = openssl("ocsp", "-respin", answer, "-reqin", path, "-CAfile", ca, "-resp_text")

    assert [item.serial for item in request.items] == [HOLDER_SERIAL, 7]
    assert "Response verify OK" in said.text
    assert said.text.count("Cert Status: ") == 2


def test_openssl_reads_a_signed_request(today: Folder) -> None:
    """RFC 6960 §4.1.2: a signed request is read like another; its signature is passed over."""
    from cryptography.hazmat.primitives import serialization

    key = today.path / "key.pem"
    private = today.made.holder_signer._private_key
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    request, _ = asked(today, "-signer", today.holder, "-signkey", key)

    assert request.items[0].is_of(today.made.ca)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("malformed_request", "malformedrequest (1)"),
        ("try_later", "trylater (3)"),
        ("unauthorized", "unauthorized (6)"),
    ],
)
def test_openssl_reads_our_errors(today: Folder, kind: str, word: str) -> None:
    """RFC 6960 §2.3: an error is one word, unsigned."""
    answer = today.path / "answer.der"
    answer.write_bytes(error_answer(kind))  # type: ignore[arg-type]  # one row of the table

    assert f"Responder Error: {word}" in openssl("ocsp", "-respin", answer, "-noverify").text
