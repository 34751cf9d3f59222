"""Each way in which a signed document can be wrong, its verdict and its exit status, on what the story left."""

import io
import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from openjpki.card.imagefile import from_bytes
from openjpki.cli.main import main
from openjpki.documents.sign import sign_pdf
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import DAY, HOUR, ISSUED, Hierarchy, hierarchy
from tests.support.programs import openjpki
from tests.support.stories import COUNTER, LATER, NOW, SIGNATURE_PIN, Gathered, Story, load, shared
from tests.unit.documents.world import updated

pytestmark = pytest.mark.slow

SIGNATURE = CertificateKind.SIGNATURE


@dataclass(frozen=True)
class Verdict:
    """What `openjpki verify --json` answered."""

    status: int
    report: dict[str, Any]

    @property
    def words(self) -> tuple[int, str, str | None]:
        """Return exit status, indication and sub-indication."""
        return self.status, self.report["indication"], self.report["sub_indication"]

    @property
    def codes(self) -> set[str]:
        """Return the codes of all findings."""
        found = [*self.report["findings"], *(one for each in self.report["signatures"] for one in each["findings"])]
        return {finding["code"] for finding in found}


@dataclass(frozen=True)
class Verifier:
    """A service provider with a folder of trust, that judges at a moment."""

    trust: Path
    moment: datetime
    capture: pytest.CaptureFixture[str] = field(repr=False)

    def judge(self, document: bytes, *, moment: datetime | None = None) -> Verdict:
        """Judge a document by the command line, in this process."""
        path = self.trust / "document.pdf"
        path.write_bytes(document)
        at = (moment or self.moment).strftime("%Y-%m-%dT%H:%M:%SZ")
        status = main(["verify", str(path), "--trust", str(self.trust), "--at", at, "--json"])
        said = self.capture.readouterr()
        assert said.err == ""
        return Verdict(status, json.loads(said.out))


@dataclass(frozen=True)
class Verifiers:
    """Makes verifiers who have the story's evidence, or another's, in a folder that a test may change."""

    story: Story
    folder: Path
    capture: pytest.CaptureFixture[str] = field(repr=False)

    def __call__(self, name: str) -> Verifier:
        """Return a verifier who has what was gathered under a name, at the moment when it was."""
        gathered = self.story.gathered(name)
        folder = Path(shutil.copytree(gathered.folder, self.folder / f"{len(list(self.folder.iterdir()))}"))
        return Verifier(folder, gathered.moment, self.capture)

    def document(self, name: str) -> bytes:
        """Return a PDF of the story."""
        return (self.story.folder / f"{name}.pdf").read_bytes()

    def gathered(self, name: str) -> Gathered:
        """Return a piece of the story's evidence."""
        return self.story.gathered(name)


@pytest.fixture(params=[NOW, LATER])
def verifiers(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Verifiers:
    """Return verifiers for each shared story."""
    return Verifiers(shared(tmp_path_factory, request.param), tmp_path, capsys)


@dataclass(frozen=True)
class Hand:
    """A `DocumentSigner` over a key outside its card, which can claim any time."""

    certificate: bytes
    key: PrivateKeyTypes = field(repr=False)
    chain: tuple[bytes, ...] = ()

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest, as the card does."""
        hashed = Prehashed({"sha256": SHA256(), "sha384": SHA384()}[digest_name])
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), hashed)
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        return self.key.sign(digest, ec.ECDSA(hashed))


def hand_of_the_card(story: Story) -> Hand:
    """Take the renewed signature key out of the card's file: its holder may write any time into a signature."""
    slot = from_bytes((story.home / "cards" / "sakura.card").read_bytes()).keys[SIGNATURE].active
    assert slot is not None
    assert slot.certificate is not None
    return Hand(slot.certificate, serialization.load_der_private_key(slot.private_key, None))


def look_alike(story: Story, moment: datetime) -> Hierarchy:
    """Return a CA that bears the names of the story's, with a holder of its own, for some days before the moment."""
    return hierarchy(SIGNATURE, story.algorithm, ca_position=3, shift=timedelta(days=(moment - ISSUED).days - 2))


# --- the document -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["signed-1", "signed-2"])
def test_the_document_as_it_was_signed_passes(verifiers: Verifiers, name: str) -> None:
    """The first line of the table: everything holds, exit 0, on both sources of status."""
    verdict = verifiers(name).judge(verifiers.document(name))

    assert verdict.words == (0, "TOTAL-PASSED", None)
    assert verdict.codes == set()


def test_one_byte_changed_fails(verifiers: Verifiers) -> None:
    """The story's altered document: its content is not what was signed."""
    verdict = verifiers("signed-1-altered").judge(verifiers.document("signed-1-altered"))

    assert verdict.words == (1, "TOTAL-FAILED", "HASH_FAILURE")
    assert verdict.codes == {"verify.hash"}


def test_one_byte_changed_fails_wherever_it_is(verifiers: Verifiers) -> None:
    """In the text, in the update that bears the signature, in the signature and its certificate, at the very end.

    One copy of something is in the file that no verdict rests on: the CA certificate, which must be known beforehand.
    """
    document, verifier = verifiers.document("signed-1"), without(verifiers("signed-1"), "signer.cer")
    copy = document.lower().index(verifiers.gathered("signed-1").issuer.read_bytes().hex().encode())
    signature = range(copy - 400, len(document), 101)  # the update that bears the signature, to the end of the file
    places = [*range(0, copy, copy // 20), *signature, len(document) - 2]
    passed = []
    for place in places:
        altered = bytearray(document)
        altered[place] ^= 1
        verdict = verifier.judge(bytes(altered))
        if verdict.status not in {1, 3} or verdict.report["indication"] == "TOTAL-PASSED":
            passed.append(place)

    assert len(signature) > 100
    assert all(copy <= place < copy + 2 * 1600 for place in passed), passed


def test_a_page_added_after_signing_fails(verifiers: Verifiers) -> None:
    """An incremental update leaves the signed bytes as they are, and shows a page that nobody signed."""
    document = verifiers.document("signed-1")
    extended = updated(document)
    assert extended.startswith(document)
    pages = [IncrementalPdfFileWriter(io.BytesIO(each)).root["/Pages"]["/Count"] for each in (document, extended)]
    verdict = verifiers("signed-1").judge(extended)

    assert pages[1] == pages[0] + 1
    assert verdict.words == (1, "TOTAL-FAILED", "FORMAT_FAILURE")
    assert verdict.codes == {"verify.altered-after-signing"}


def test_a_document_without_a_signature_fails(verifiers: Verifiers) -> None:
    """What was never signed is no valid signature of anybody."""
    verdict = verifiers("signed-1").judge(verifiers.document("application"))

    assert verdict.words == (1, "TOTAL-FAILED", "FORMAT_FAILURE")
    assert verdict.codes == {"verify.no-signature"}


# --- whose certificate --------------------------------------------------------------------------------------------


def test_a_certificate_of_a_look_alike_is_not_trusted(verifiers: Verifiers) -> None:
    """A CA of the same names signs certificate, list and answer: its key is not the one that is trusted."""
    gathered = verifiers.gathered("signed-2")
    false = look_alike(verifiers.story, gathered.moment)
    signer = Hand(false.holder, false.holder_signer._private_key, chain=(false.ca,))
    signed = sign_pdf(verifiers.document("application"), signer, moment=gathered.moment)
    verifier = verifiers("signed-2")
    (verifier.trust / "crl" / "false.crl").write_bytes(false.crl(this_update=gathered.moment - HOUR))
    verdict = verifier.judge(signed)
    (verifier.trust / "ca" / "false.cer").write_bytes(false.ca)
    trusting = verifier.judge(signed)

    assert load(gathered.issuer).subject == load(verifier.trust / "ca" / "false.cer").subject
    assert verdict.words == (3, "INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")
    assert "verify.no-chain" in verdict.codes
    assert verdict.report["signatures"][0]["attributes"] is None, "whom it names, nobody vouches for"
    assert trusting.words == (0, "TOTAL-PASSED", None), "it is well made: nothing but the trusted key tells them apart"


def test_a_list_of_a_look_alike_is_no_status(verifiers: Verifiers) -> None:
    """A forged empty list cannot hide a revocation: it does not count, and nothing else is there."""
    gathered = verifiers.gathered("signed-1-after-the-move")
    verifier = verifiers(gathered.name)
    (verifier.trust / "answer.ocsp").unlink()
    false = look_alike(verifiers.story, gathered.moment)
    (verifier.trust / "crl" / "signature-1-99201.crl").write_bytes(
        false.crl(this_update=gathered.moment - HOUR, next_update=gathered.moment + DAY)
    )
    verdict = verifier.judge(verifiers.document("signed-1"))

    assert verdict.words == (3, "INDETERMINATE", "TRY_LATER")
    assert verdict.codes == {"verify.status-unknown"}


# --- when ---------------------------------------------------------------------------------------------------------


def test_a_revoked_certificate_leaves_it_open_when_it_was_signed(verifiers: Verifiers) -> None:
    """After the move: the signature claims to be older than the revocation, and nothing proves it."""
    verdict = verifiers("signed-1-after-the-move").judge(verifiers.document("signed-1"))

    assert verdict.words == (3, "INDETERMINATE", "REVOKED_NO_POE")
    assert verdict.codes == {"verify.revoked"}
    assert verdict.report["signatures"][0]["status"]["reason"] == "affiliation_changed"


def test_a_signature_after_the_revocation_fails(lab: Path, tmp_path: Path) -> None:
    """A card goes on signing after its certificate was revoked; whoever verifies it says no (R-5.1)."""
    home = Path(shutil.copytree(lab, tmp_path / "home"))
    letter, out = tmp_path / "letter.txt", tmp_path / "letter.p7s"
    letter.write_text("見本", encoding="utf-8")
    common = ("--home", home)
    asked = ("--event", "request", "--kind", "signature", "--document", "drivers-licence")
    revoked = openjpki("window", "revoke", *COUNTER, *asked, *common)
    signed = openjpki(
        *("sign", letter, "--format", "cms", "--card", "taro", "--out", out, "--pin-stdin", *common),
        typed=f"{SIGNATURE_PIN}\n",
    )
    published = openjpki("authority", "publish", *common)
    verdict = openjpki("verify", out, "--content", letter, "--offline", "--json", *common)

    assert (revoked.status, signed.status, published.status) == (0, 0, 0), (revoked.text, signed.text)
    assert (verdict.status, verdict.json["sub_indication"]) == (1, "REVOKED")


def test_an_expired_certificate_leaves_it_open_when_it_was_signed(verifiers: Verifiers) -> None:
    """A day after its end, nothing proves that the signature is older; the status is still good (R-3.10)."""
    document, last = verifiers.document("signed-2"), verifiers.gathered("login-4")
    verdict = verifiers("login-4").judge(document)
    signer = load(verifiers.gathered("signed-2").signer)

    assert signer.not_valid_after_utc < last.moment
    assert verdict.words == (3, "INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    assert "verify.expired" in verdict.codes


def test_a_signature_after_the_end_fails(verifiers: Verifiers) -> None:
    """The card signs also when its certificate has expired; the signature's own time says so."""
    last = verifiers.gathered("login-4")
    signed = sign_pdf(verifiers.document("application"), hand_of_the_card(verifiers.story), moment=last.moment)
    verdict = verifiers("login-4").judge(signed)

    assert verdict.words == (1, "TOTAL-FAILED", "EXPIRED")
    assert "verify.signed-after-expiry" in verdict.codes


def test_the_last_second_is_inside_and_the_next_is_not(verifiers: Verifiers) -> None:
    """R-3.6: validity runs through 23:59:59 in Japan."""
    hand = hand_of_the_card(verifiers.story)
    document = sign_pdf(
        verifiers.document("application"), hand, moment=verifiers.gathered("login-3").moment - timedelta(minutes=1)
    )
    end = load(verifiers.gathered("signed-2").signer).not_valid_after_utc
    verifier = verifiers("login-3")

    assert f"{end:%H:%M:%S}" == "14:59:59"
    assert verifier.judge(document, moment=end).words == (0, "TOTAL-PASSED", None)
    assert verifier.judge(document, moment=end + timedelta(seconds=1)).words[0] == 3


def test_a_certificate_that_is_not_valid_yet_fails(verifiers: Verifiers) -> None:
    """A signature that claims a time before its certificate began contradicts itself, then and later."""
    gathered = verifiers.gathered("signed-2")
    begins = load(gathered.signer).not_valid_before_utc
    signed = sign_pdf(
        verifiers.document("application"), hand_of_the_card(verifiers.story), moment=begins - timedelta(days=1)
    )
    then = verifiers("signed-2").judge(signed, moment=begins - timedelta(hours=20))
    later = verifiers("signed-2").judge(signed)

    assert then.words == (1, "TOTAL-FAILED", "NOT_YET_VALID")
    assert {"verify.signed-before-validity"} <= then.codes
    assert later.words == (1, "TOTAL-FAILED", "NOT_YET_VALID")


def test_a_signature_of_the_future_is_not_believed(verifiers: Verifiers) -> None:
    """The signed document at a moment before its certificate began: neither is valid, nothing is certain."""
    begins = load(verifiers.gathered("signed-2").signer).not_valid_before_utc
    verdict = verifiers("signed-2").judge(verifiers.document("signed-2"), moment=begins - timedelta(days=1))

    assert verdict.words[:2] == (3, "INDETERMINATE")
    assert {"verify.claimed-time-ahead", "verify.not-yet-valid"} <= verdict.codes


# --- status evidence ----------------------------------------------------------------------------------------------


def without(verifier: Verifier, *names: str) -> Verifier:
    """Take evidence away."""
    for name in names:
        for path in verifier.trust.glob(name):
            path.unlink()
    return verifier


def test_no_list_and_no_answer_is_no_status(verifiers: Verifiers) -> None:
    """Absence is never good: without any evidence the verdict waits."""
    verdict = without(verifiers("signed-1"), "crl/*", "answer.ocsp").judge(verifiers.document("signed-1"))
    status = verdict.report["signatures"][0]["status"]

    assert verdict.words == (3, "INDETERMINATE", "TRY_LATER")
    assert verdict.codes == {"verify.status-unknown"}
    assert (status["ocsp"]["says"], status["crl"]["says"]) == ("absent", "absent")


def test_the_list_of_another_city_is_no_status(verifiers: Verifiers) -> None:
    """R-5.25: the certificate's own list is missing; Minato's says nothing about Wakaba's certificates."""
    verifier = without(verifiers("signed-1"), "crl/*-99201.crl", "answer.ocsp")
    verdict = verifier.judge(verifiers.document("signed-1"))

    assert verdict.words == (3, "INDETERMINATE", "TRY_LATER")
    assert len(list((verifier.trust / "crl").iterdir())) == 4


@pytest.mark.parametrize(
    ("taken", "used"), [(("crl/*",), "ocsp"), (("answer.ocsp",), "crl")], ids=["answer alone", "list alone"]
)
def test_one_source_is_enough(verifiers: Verifiers, taken: tuple[str, ...], used: str) -> None:
    """Either source passes, with a remark that names the one that was missing."""
    verdict = without(verifiers("signed-1"), *taken).judge(verifiers.document("signed-1"))
    status = verdict.report["signatures"][0]["status"]

    assert verdict.words == (0, "TOTAL-PASSED", None)
    assert verdict.codes == {"verify.one-status-source"}
    assert status[used]["says"] == "good"


@pytest.mark.parametrize(
    ("taken", "hours", "says"),
    [
        (("answer.ocsp",), 48, {"ocsp": "absent", "crl": "crl.stale"}),
        (("crl/*",), 2, {"ocsp": "ocsp.stale", "crl": "absent"}),
        ((), 48, {"ocsp": "ocsp.stale", "crl": "crl.stale"}),
    ],
    ids=["list", "answer", "both"],
)
def test_stale_evidence_is_no_status(
    verifiers: Verifiers, taken: tuple[str, ...], hours: int, says: dict[str, str]
) -> None:
    """After nextUpdate neither a list nor an answer is evidence."""
    verifier = without(verifiers("signed-1"), *taken)
    verdict = verifier.judge(verifiers.document("signed-1"), moment=verifier.moment + timedelta(hours=hours))
    status = verdict.report["signatures"][0]["status"]

    assert verdict.words == (3, "INDETERMINATE", "TRY_LATER")
    assert {source: status[source]["says"] for source in says} == says


def test_a_stale_list_beside_a_good_answer_passes(verifiers: Verifiers) -> None:
    """The answer of the day carries the verdict alone, with a remark about the old list."""
    verifier = without(verifiers("signed-1-on-the-day-of-the-move"), "crl/*")
    for path in verifiers.gathered("signed-1").lists:
        shutil.copy(path, verifier.trust / "crl")
    verdict = verifier.judge(verifiers.document("signed-1"))

    assert verdict.words == (0, "TOTAL-PASSED", None)
    assert verdict.codes == {"verify.one-status-source"}
    assert verdict.report["signatures"][0]["status"]["crl"]["says"] == "crl.stale"
