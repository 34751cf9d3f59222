"""What parties that nobody here wrote say of what a story leaves: OpenSSL, GnuTLS, poppler, qpdf and pkilint."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from openjpki.pki import oids
from openjpki.pki.lint.external import explained
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import ISSUED, hierarchy
from tests.support.lint import findings
from tests.support.programs import Finished, openjpki, run
from tests.support.stories import LATER, NOW, SIGNATURE_PIN, Gathered, Story, authority_key, load, shared, subject_key

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
POLICIES = {SIGNATURE: oids.TEST_SIGNATURE_POLICY, AUTHENTICATION: oids.TEST_AUTHENTICATION_POLICY}
OK, REVOKED, EXPIRED = "OK", "certificate revoked", "certificate has expired"

VERDICTS = {
    "signed-1": OK,
    "signed-1-altered": OK,
    "login-1": OK,
    "signed-1-on-the-day-of-the-move": OK,
    "signed-1-after-the-move": REVOKED,
    "login-2": OK,
    "signed-2": OK,
    "login-3": OK,
    "login-4": EXPIRED,
}
"""What becomes of each signer's certificate at the moment when the story's service provider looked at it."""

BEFORE_THE_MOVE = ("signed-1", "login-1", "signed-1-on-the-day-of-the-move")


@pytest.fixture(scope="session", params=[NOW, LATER])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return each shared story."""
    return shared(tmp_path_factory, request.param)


@pytest.fixture(scope="session")
def story_now(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return the story whose last day is today."""
    return shared(tmp_path_factory, NOW)


@pytest.fixture(scope="session")
def story_later(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return the story whose renewed certificates are valid now."""
    return shared(tmp_path_factory, LATER)


@pytest.fixture(params=VERDICTS)
def gathered(request: pytest.FixtureRequest, story: Story) -> Gathered:
    """Return each piece of evidence of each story."""
    return story.gathered(request.param)


# --- as the programs want it --------------------------------------------------------------------------------------


def pem(folder: Path, *ders: Path | bytes) -> Path:
    """Write certificates and lists as one PEM file."""
    target = folder / f"{len(list(folder.iterdir()))}.pem"
    with target.open("wb") as file:
        for der in ders:
            content = der if isinstance(der, bytes) else der.read_bytes()
            if isinstance(der, Path) and der.suffix == ".crl":
                file.write(x509.load_der_x509_crl(content).public_bytes(Encoding.PEM))
            else:
                file.write(x509.load_der_x509_certificate(content).public_bytes(Encoding.PEM))
    return target


def at(moment: datetime) -> tuple[str, str]:
    """Return openssl's option for a moment."""
    return "-attime", str(int(moment.timestamp()))


def required(kind: CertificateKind) -> tuple[str, ...]:
    """Return openssl's options for a required policy."""
    return "-policy", POLICIES[kind], "-explicit_policy"


def openssl_verify(gathered: Gathered, folder: Path, *options: str | Path, trusted: Path | None = None) -> Finished:
    """Let openssl verify a signer's path strictly, with the CRLs of the day and all CA certificates of the day."""
    return run(
        *("openssl", "verify", "-x509_strict", "-check_ss_sig", "-crl_check", *at(gathered.moment)),
        *("-CAfile", trusted or pem(folder, *gathered.authorities), "-CRLfile", pem(folder, *gathered.lists)),
        *(options or required(gathered.kind)),
        pem(folder, gathered.signer),
    )


def look_alike(story: Story, kind: CertificateKind, moment: datetime, folder: Path) -> Path:
    """Return a CA certificate that bears the story's CA's names, is valid at the moment, and is somebody else's."""
    shift = timedelta(days=(moment - ISSUED).days - 1)
    return pem(folder, hierarchy(kind, story.algorithm, ca_position=3, shift=shift).ca)


# --- certificates -------------------------------------------------------------------------------------------------


def test_the_table_names_all_evidence(story: Story) -> None:
    """Nothing that the story gathers goes unasked here."""
    assert {gathered.name for gathered in story.all_gathered} == set(VERDICTS)


def test_openssl_agrees_with_the_story(gathered: Gathered, tmp_path: Path) -> None:
    """Path, policy and CRL at each moment of the story: valid, revoked after the move, expired in the end."""
    said = openssl_verify(gathered, tmp_path)

    assert VERDICTS[gathered.name] in said.text
    assert (said.status == 0) is (VERDICTS[gathered.name] == OK)
    assert said.text.count("error ") == (0 if said.status == 0 else 2), "one reason, and the line that sums it up"


@pytest.mark.parametrize("name", ["signed-1", "login-1"])
def test_openssl_refuses_another_policy(story: Story, name: str, tmp_path: Path) -> None:
    """The two certificates of a card stand under two policies, and neither passes for the other."""
    gathered = story.gathered(name)
    other = AUTHENTICATION if gathered.kind is SIGNATURE else SIGNATURE
    said = openssl_verify(gathered, tmp_path, *required(other))

    assert said.status != 0
    assert "no explicit policy" in said.text


@pytest.mark.parametrize("name", ["signed-1", "login-3"])
def test_openssl_refuses_a_look_alike(story: Story, name: str, tmp_path: Path) -> None:
    """A CA certificate of the same names and another key vouches for nobody."""
    gathered = story.gathered(name)
    other = look_alike(story, gathered.kind, gathered.moment, tmp_path)
    said = openssl_verify(gathered, tmp_path, *required(gathered.kind), trusted=other)

    assert said.status != 0
    assert "unable to get local issuer certificate" in said.text


def test_gnutls_reads_every_certificate(story: Story) -> None:
    """GnuTLS names no error in any certificate; each ends with a day in Japan (R-3.6)."""
    certificates = sorted((story.folder / "certificates").iterdir())

    for path in certificates:
        said = run("certtool", "--certificate-info", "--inder", "--infile", path)

        assert said.status == 0, said.text
        assert re.search(r"Not After: .* 14:59:59 UTC", said.out), said.out
        assert "O=JPKI-TEST,C=JP" in said.out
        assert "rror" not in said.text, said.text
    assert len(certificates) >= 4 + 5


@pytest.mark.parametrize("name", ["signed-2", "login-3"])
def test_gnutls_trusts_what_is_valid_now(story_later: Story, name: str, tmp_path: Path) -> None:
    """GnuTLS knows the real moment only: at it, the renewed certificates are trusted, and under a look-alike they are not."""
    gathered = story_later.gathered(name)
    verify = ("certtool", "--verify", "--infile", pem(tmp_path, gathered.signer), "--load-ca-certificate")
    said = run(*verify, pem(tmp_path, gathered.issuer))
    other = run(*verify, look_alike(story_later, gathered.kind, datetime.now(UTC), tmp_path))

    assert "Chain verification output: Verified. The certificate is trusted." in said.out
    assert "NOT trusted" in other.out


@pytest.mark.parametrize("name", ["signed-1", "login-1"])
def test_gnutls_finds_nothing_but_age_in_the_rest(story: Story, name: str, tmp_path: Path) -> None:
    """The first certificates have expired by now; nothing else is wrong with them."""
    gathered = story.gathered(name)
    authority = pem(tmp_path, gathered.issuer)
    said = run("certtool", "--verify", "--infile", pem(tmp_path, gathered.signer), "--load-ca-certificate", authority)

    (verdict,) = re.findall(r"Chain verification output: (.*\S)", said.out)
    assert verdict == "Not verified. The certificate is NOT trusted. The certificate chain uses expired certificate."


# --- OCSP ---------------------------------------------------------------------------------------------------------


def test_openssl_believes_every_answer(gathered: Gathered, tmp_path: Path) -> None:
    """RFC 6960: signed by a delegate who was valid then, about this certificate; expiry is no revocation (R-3.10)."""
    issuer = pem(tmp_path, gathered.issuer)
    said = run(
        # The answers are older than openssl's clock, which no option sets: the period allows for it.
        *("openssl", "ocsp", "-respin", gathered.answer, "-no_nonce", "-validity_period", "1000000000"),
        *("-issuer", issuer, "-cert", pem(tmp_path, gathered.signer), "-CAfile", issuer, *at(gathered.moment)),
    )
    revoked = VERDICTS[gathered.name] == REVOKED

    assert said.status == 0, said.text
    assert "Response verify OK" in said.text
    assert ("Reason: affiliationChanged" in said.out) is revoked
    assert re.search(rf"\.pem: {'revoked' if revoked else 'good'}$", said.out, re.MULTILINE), said.out
    assert "WARNING" not in said.text


def test_openssl_refuses_an_answer_about_another_issuer(story: Story, tmp_path: Path) -> None:
    """The second generation's answer is not signed by a delegate of the first: the names are the same, the keys are not."""
    gathered = story.gathered("signed-2")
    first = pem(tmp_path, gathered.folder / "ca" / "signature-1.cer")
    said = run("openssl", "ocsp", "-respin", gathered.answer, "-CAfile", first, *at(gathered.moment))

    assert "Response Verify Failure" in said.text


# --- lists --------------------------------------------------------------------------------------------------------


def issuer_of(path: Path) -> Path:
    """Return the CA certificate that stands beside a list, by its generation."""
    kind, generation, _ = path.stem.split("-")
    return path.parents[1] / "ca" / f"{kind}-{generation}.cer"


def revoked_in(path: Path, work: Path) -> dict[int, str]:
    """Return serial and reason of each line, as openssl reads them, of a list whose signature it has verified."""
    with_authority = ("-CAfile", pem(work, issuer_of(path)))
    said = run("openssl", "crl", "-inform", "DER", "-in", path, *with_authority, "-verify", "-noout", "-text")

    assert said.status == 0, said.text
    assert "verify OK" in said.err
    found = re.findall(r"Serial Number: ([0-9A-F]+)\n.*\n(?:.*CRL entry extensions:\n.*\n +(.*)\n)?", said.out)
    assert len(found) == said.out.count("Serial Number:")
    return {int(serial, 16): reason for serial, reason in found}


def all_lists(folder: Path, work: Path) -> dict[str, dict[int, str]]:
    """Return what every list of a folder says, by its name."""
    return {path.stem: revoked_in(path, work) for path in sorted((folder / "crl").glob("*.crl"))}


def serial(story: Story, name: str) -> int:
    """Return the serial of a signer's certificate."""
    return load(story.gathered(name).signer).serial_number


@pytest.mark.parametrize("name", BEFORE_THE_MOVE)
def test_openssl_finds_every_list_empty_before_the_move(story: Story, name: str, tmp_path: Path) -> None:
    """Nothing is revoked until the day after the move, and the lists of that day are signed nevertheless."""
    said = all_lists(story.gathered(name).folder, tmp_path)

    assert len(said) == 6
    assert not any(said.values())


def test_openssl_finds_the_move_in_the_list_of_the_issuing_city_only(story: Story, tmp_path: Path) -> None:
    """R-5.3, R-5.25: the signature certificate stands in Wakaba's list as affiliation changed, and nothing in another."""
    said = all_lists(story.gathered("signed-1-after-the-move").folder, tmp_path)

    assert said.pop("signature-1-99201") == {serial(story, "signed-1"): "Affiliation Changed"}
    assert len(said) == 5
    assert not any(said.values())


def test_openssl_finds_the_renewed_ones_superseded(story: Story, tmp_path: Path) -> None:
    """R-1.10: each old certificate stands as superseded in the list of the city that issued it, and nowhere else."""
    moved, login = serial(story, "signed-1"), serial(story, "login-1")
    said = all_lists(story.gathered("signed-2").folder, tmp_path)

    assert said.pop("signature-1-99201") == {moved: "Affiliation Changed"}
    assert said.pop("authentication-1-99201") == {login: "Superseded"}
    (reason,) = said.pop("signature-1-99202").values()
    assert reason == "Superseded"
    assert len(said) == 9
    assert not any(said.values())


def test_openssl_never_finds_the_expired_in_a_list(story: Story, tmp_path: Path) -> None:
    """R-3.10: the certificates that ran to their end are in no list, and the last lists have let go of all others.

    RFC 5280 §3.3: an entry stays until it was on one list after its certificate's end. A CA that is past its own end
    signs no list any more.
    """
    expired = {serial(story, "signed-2"), serial(story, "login-4")}
    gathered = story.gathered("login-4")
    last_evening, last = all_lists(story.gathered("login-3").folder, tmp_path), all_lists(gathered.folder, tmp_path)
    public = all_lists(story.public, tmp_path)
    signing = {path.stem for path in gathered.lists if load(issuer_of(path)).not_valid_after_utc > gathered.moment}

    assert any(last_evening.values())
    assert len(signing) in {6, 12}
    for said in (last, public):
        assert len(said) == 12
        assert not any(said[name] for name in signing)
    for said in (last_evening, last, public):
        assert not any(expired & lines.keys() for name, lines in said.items() if "-2-" in name)


def test_openssl_tells_the_generations_apart(story: Story, tmp_path: Path) -> None:
    """Both generations bear one name; a list of the second does not verify under the key of the first."""
    said = run(
        *("openssl", "crl", "-inform", "DER", "-in", story.public / "crl" / "signature-2-99202.crl", "-verify"),
        *("-CAfile", pem(tmp_path, story.public / "ca" / "signature-1.cer"), "-noout"),
    )

    assert "verify failure" in said.err


def test_gnutls_reads_every_list(story: Story) -> None:
    """GnuTLS finds the same serials; it prints the issuingDistributionPoint, which it does not know, unread."""
    wanted = load(story.gathered("signed-1").signer).serial_number
    folder = story.gathered("signed-1-after-the-move").folder / "crl"
    for path in sorted(folder.iterdir()):
        said = run("certtool", "--crl-info", "--inder", "--infile", path)
        serials = [int(found, 16) for found in re.findall(r"Serial Number \(hex\): ([0-9a-f]+)", said.out)]

        assert serials == ([wanted] if path.stem == "signature-1-99201" else [])
        assert "Unknown extension 2.5.29.28 (critical)" in said.out


def test_gnutls_verifies_fresh_lists(story_now: Story, tmp_path: Path) -> None:
    """GnuTLS knows the real moment only: the lists that the story's authority publishes now satisfy it."""
    home = story_now.copied(tmp_path / "home")
    assert openjpki("authority", "publish", "--home", home.home).status == 0
    pems = tmp_path / "pems"
    pems.mkdir()
    verified = []
    for path in sorted((home.public / "crl").glob("*-2-*.crl")):
        said = run(
            *("certtool", "--verify-crl", "--infile", pem(pems, path)),
            *("--load-ca-certificate", pem(pems, issuer_of(path))),
        )
        verified.append("Verification output: Verified. The certificate is trusted." in said.out)

    assert verified == [True] * 6


def test_gnutls_finds_nothing_but_age_in_old_lists(story: Story, tmp_path: Path) -> None:
    """A list of the story's past has a good signature and is out of date."""
    path = story.gathered("signed-1-after-the-move").folder / "crl" / "signature-1-99201.crl"
    with_authority = ("--load-ca-certificate", pem(tmp_path, issuer_of(path)))
    said = run("certtool", "--verify-crl", "--infile", pem(tmp_path, path), *with_authority)

    (verdict,) = re.findall(r"Verification output: (.*\S)", said.out)
    assert "The revocation or OCSP data are old and have been superseded." in verdict
    assert "signature" not in verdict


# --- signed documents ---------------------------------------------------------------------------------------------


def cms_and_content(pdf: Path, folder: Path) -> tuple[Path, Path]:
    """Cut the CMS object and the bytes that it signs out of a PDF by its ByteRange (ISO 32000-1 §12.8.1)."""
    document = pdf.read_bytes()
    (found,) = re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", document)
    first, length, second, rest = map(int, found)
    padded = bytes.fromhex(document[first + length + 1 : second - 1].decode("ascii"))
    size = 4 + int.from_bytes(padded[2:4])
    cms, content = folder / "signature.p7s", folder / "content"
    cms.write_bytes(padded[:size])
    content.write_bytes(document[first : first + length] + document[second : second + rest])

    assert second + rest == len(document), "the signature covers the file to its end"
    assert not padded[size:].strip(b"\0")
    return cms, content


def cms_verify(cms: Path, content: Path, gathered: Gathered, folder: Path) -> Finished:
    """Let openssl verify a detached CAdES signature with the path, the policy and the CRL of that day."""
    return run(
        *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", content),
        *("-CAfile", pem(folder, *gathered.authorities, *gathered.lists), "-crl_check", "-purpose", "any"),
        *required(SIGNATURE),
        *at(gathered.moment),
        *("-out", folder / "out"),
    )


@pytest.mark.parametrize("name", ["signed-1", "signed-2"])
def test_openssl_verifies_the_signature_in_the_document(story: Story, name: str, tmp_path: Path) -> None:
    """The CMS object of each signed PDF holds over its ByteRange: signature, signer, path, policy and CRL."""
    cms, content = cms_and_content(story.folder / f"{name}.pdf", tmp_path)
    said = cms_verify(cms, content, story.gathered(name), tmp_path)

    assert said.status == 0, said.text
    assert "CAdES Verification successful" in said.err


def test_openssl_sees_the_altered_byte(story: Story, tmp_path: Path) -> None:
    """One byte of the document is another, and the signature holds no more."""
    cms, content = cms_and_content(story.folder / "signed-1-altered.pdf", tmp_path)
    said = cms_verify(cms, content, story.gathered("signed-1-altered"), tmp_path)

    assert said.status != 0
    assert "verification failure" in said.err


def test_openssl_refuses_the_signature_after_the_move(story: Story, tmp_path: Path) -> None:
    """The same signature with the evidence of the day after: the signer's certificate is revoked."""
    cms, content = cms_and_content(story.folder / "signed-1.pdf", tmp_path)
    said = cms_verify(cms, content, story.gathered("signed-1-after-the-move"), tmp_path)

    assert said.status != 0
    assert REVOKED in said.err


def test_openssl_verifies_a_file_signed_on_the_command_line(story: Story, tmp_path: Path) -> None:
    """`openjpki sign --format cms` with the story's card: a detached CAdES signature over any file."""
    home = story.copied(tmp_path / "home").home
    letter, out = tmp_path / "letter.txt", tmp_path / "letter.p7s"
    letter.write_text("見本の申立書\n", encoding="utf-8")
    signed = openjpki(
        *("sign", letter, "--format", "cms", "--card", "sakura", "--out", out, "--home", home, "--pin-stdin"),
        typed=f"{SIGNATURE_PIN}\n",
    )
    assert signed.status == 0, signed.text
    gathered = story.gathered("login-3")
    said = cms_verify(out, letter, gathered, tmp_path)
    letter.write_text("別の申立書\n", encoding="utf-8")
    other = cms_verify(out, letter, gathered, tmp_path)

    assert said.status == 0, said.text
    assert "CAdES Verification successful" in said.err
    assert other.status != 0


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trust database of NSS without anybody in it: pdfsig would look for the user's own."""
    folder = tmp_path_factory.mktemp("nss")
    assert run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password").status == 0
    return folder


@pytest.mark.parametrize("name", ["signed-1", "signed-2"])
def test_poppler_finds_the_signature_valid(story: Story, name: str, nobody: Path) -> None:
    """pdfsig: a valid PAdES signature over the whole file. It judges the certificate by its own trust only."""
    said = run("pdfsig", "-nssdir", f"sql:{nobody}", "-no-ocsp", story.folder / f"{name}.pdf")

    assert said.status == 0, said.text
    assert said.out.count("Signature #") == 1
    assert "Signature Validation: Signature is Valid." in said.out
    assert "Total document signed" in said.out
    assert "Signature Type: ETSI.CAdES.detached" in said.out


def test_poppler_finds_the_altered_document_invalid(story: Story, nobody: Path) -> None:
    """pdfsig: the digest does not match."""
    said = run("pdfsig", "-nssdir", f"sql:{nobody}", "-nocert", story.folder / "signed-1-altered.pdf")

    assert "Signature Validation: Digest Mismatch." in said.out
    assert "Signature is Valid" not in said.out


def test_poppler_sees_only_trust_missing_in_a_valid_certificate(story_later: Story, nobody: Path) -> None:
    """Of a certificate that is valid now, pdfsig says no more than that its issuer is not in the trust database."""
    said = run("pdfsig", "-nssdir", f"sql:{nobody}", "-no-ocsp", story_later.folder / "signed-2.pdf")

    assert "Certificate Validation: Certificate issuer isn't Trusted." in said.out


def test_qpdf_finds_every_document_sound(story: Story) -> None:
    """No syntax error in what was signed, nor in the signed files (`qpdf --check`)."""
    documents = sorted(story.folder.glob("*.pdf"))
    for document in documents:
        said = run("qpdf", "--check", document)

        assert said.status == 0, said.text
        assert "No syntax or stream encoding errors found" in said.out
    assert {document.stem for document in documents} == {"application", "signed-1", "signed-1-altered", "signed-2"}


# --- pkilint ------------------------------------------------------------------------------------------------------


def distinct(paths: Iterator[Path]) -> list[Path]:
    """Return each content once: evidence repeats itself."""
    return sorted({path.read_bytes(): path for path in paths}.values())


def test_pkilint_explains_every_certificate(story: Story, tmp_path: Path) -> None:
    """RFC 5280: CAs, holders and the OCSP responders' delegates have no other finding than the explained."""
    holders = distinct((story.folder / "certificates").glob("*.cer"))
    delegates = {
        delegate.public_bytes(Encoding.DER)
        for gathered in story.all_gathered
        for delegate in ocsp.load_der_ocsp_response(gathered.answer.read_bytes()).certificates
    }
    for position, delegate in enumerate(sorted(delegates)):
        (tmp_path / f"{position}.cer").write_bytes(delegate)
    found = findings("lint_pkix_cert", [*holders, *sorted(tmp_path.glob("*.cer"))])

    assert len(delegates) >= 3
    assert len(holders) == 4 + 5
    assert set().union(*found.values()) <= explained(Profile.SIGNATURE)
    assert all(codes == explained(Profile.OCSP_RESPONDER) for path, codes in found.items() if path.parent == tmp_path)


def test_pkilint_finds_nothing_in_the_lists(story: Story) -> None:
    """RFC 5280 §5: every list that was ever published in the story."""
    lists = distinct(story.folder.glob("evidence/*/crl/*.crl"))

    assert len(lists) > 20
    assert not any(findings("lint_crl", lists, "-t", "CRL", "-p", "PKIX").values())


def test_pkilint_finds_nothing_in_the_answers(story: Story) -> None:
    """RFC 6960 §4.2: every answer that a verifier got."""
    answers = [gathered.answer for gathered in story.all_gathered]

    assert not any(findings("lint_ocsp_response", answers).values())


def test_every_signer_is_issued_by_the_generation_of_its_day(story: Story) -> None:
    """The evidence holds what the programs above were asked with: the second generation issued what was renewed."""
    issuers = {gathered.name: gathered.issuer.stem for gathered in story.all_gathered}

    assert {name for name, issuer in issuers.items() if issuer.endswith("-2")} == {"signed-2", "login-3", "login-4"}
    for gathered in story.all_gathered:
        assert authority_key(load(gathered.signer)) == subject_key(load(gathered.issuer))
