"""Each way in which a certificate's status can be missing or wrong: the verdict, its reason, the finding, the exit status.

Only one kind of evidence is there in most lines, so that nothing else can carry the verdict. What passes in this file
stands beside what fails by one second or one bit.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import core
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openjpki.cli.main import main
from openjpki.documents.currency import NonceRule, StatusRules
from openjpki.documents.evidence import Embedded, Evidence
from openjpki.documents.gather import MAX_ANSWER, ask_responders, http_transport
from openjpki.documents.keep import keep_in_cms, keep_in_pdf
from openjpki.documents.report import Report
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.status import OcspEvidence
from openjpki.documents.verify import verify_cms, verify_pdf
from openjpki.pki.ocsp import parse_request
from openjpki.pki.ocsp_answer import error_answer
from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Ca,
    Card,
    Holder,
    PrivateKey,
    ca_name,
    crl,
    der,
    evidence,
    key,
    ocsp_answer,
    partition,
    pdf,
    usage,
)

SECOND, SKEW = timedelta(seconds=1), timedelta(minutes=5)
DOCUMENT = sign_pdf(pdf(), Card(), moment=SIGNED)
CONTENT = b"content"
MESSAGE = sign_cms(CONTENT, Card(), moment=SIGNED)
LOOK_ALIKE = Ca(label="look-alike", claims_key_of=SIGN_CA)
GENERATION = Ca(label="second-generation")
GOOD, REVOKED_AT = ocsp.OCSPCertStatus.GOOD, NOW - timedelta(days=1)
PASSED = (0, "TOTAL-PASSED", None)
WAITS = (3, "INDETERMINATE", "TRY_LATER")
REVOKED = (1, "TOTAL-FAILED", "REVOKED")


# --- evidence, right but for one thing ----------------------------------------------------------------------------


@cache
def delegate(
    ca: Ca = SIGN_CA,
    *,
    signs_for: bool = True,
    no_check: bool = True,
    begins: datetime = BEGINS,
    ends: datetime = ENDS,
    signed_by: str | None = None,
) -> x509.Certificate:
    """Return a responder's certificate, right but for what is said."""
    private = key("ocsp-sign")
    purpose = ExtendedKeyUsageOID.OCSP_SIGNING if signs_for else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OCSP responder")]))
        .issuer_name(ca_name(ca.unit))
        .public_key(private.public_key())
        .serial_number(99)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier(ca.key_identifier.digest, None, None), critical=False)
    )
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(ca.private if signed_by is None else key(signed_by), hashes.SHA256())


def answer(
    *,
    by: x509.Certificate | None = None,
    by_key: PrivateKey | None = None,
    about: Holder = HOLDER,
    issuer: Ca = SIGN_CA,
    this_update: datetime = NOW - SKEW,
    next_update: datetime | None = NOW + timedelta(minutes=10),
) -> bytes:
    """Return an answer that says good, as another program makes it."""
    shown = by or delegate()
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303  -- CertID hash (RFC 5019 §2.1.1)
            cert_status=GOOD,
            this_update=this_update,
            next_update=next_update,
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, shown)
        .certificates([shown])
    )
    private = by_key or key("ocsp-sign")
    return produced(
        builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.DER), this_update, private
    )


def produced(made: bytes, at: datetime, private: PrivateKey) -> bytes:
    """Return an answer as if it was made at a moment: the library that made it writes the real one."""
    outer = asn1_ocsp.OCSPResponse.load(made)
    basic = outer["response_bytes"]["response"].parsed
    basic["tbs_response_data"]["produced_at"] = at
    data = basic["tbs_response_data"].dump(force=True)
    assert isinstance(private, rsa.RSAPrivateKey)
    basic["signature"] = private.sign(data, padding.PKCS1v15(), hashes.SHA256())
    outer["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    encoded: bytes = outer.dump(force=True)
    return encoded


def refusal(kind: str) -> bytes:
    """Return an answer that is none (RFC 6960 §2.3)."""
    return error_answer(kind)  # type: ignore[arg-type]  # the words of the protocol


def broken(signed: bytes) -> bytes:
    """Turn a bit of an answer's signature, which stands before the certificate."""
    changed = bytearray(signed)
    changed[signed.index(der(delegate())) - 20] ^= 1
    return bytes(changed)


def scoped(*, number: int = 7, **changes: object) -> bytes:
    """Return a list of the holder's partition with another scope, or another kind of list."""
    fields: dict[str, object] = {
        "full_name": [partition(SIGN_CA.unit)],
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    delta = changes.pop("delta", None)
    this_update, next_update = changes.pop("this_update", NOW - timedelta(hours=12)), NOW + timedelta(hours=12)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca_name(SIGN_CA.unit))
        .last_update(this_update)  # type: ignore[arg-type]  # a moment
        .next_update(next_update)
        .add_extension(x509.AuthorityKeyIdentifier(SIGN_CA.key_identifier.digest, None, None), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.IssuingDistributionPoint(**(fields | changes)), critical=True)  # type: ignore[arg-type]  # the tests' own keywords
    )
    if delta is not None:
        builder = builder.add_extension(x509.DeltaCRLIndicator(6), critical=True)
    return builder.sign(SIGN_CA.private, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def revoking(
    at: datetime = REVOKED_AT, reason: x509.ReasonFlags = x509.ReasonFlags.superseded, **times: datetime
) -> bytes:
    """Return a list that names the holder's certificate."""
    return crl(revoked=[(HOLDER.serial, at, reason)], **times)  # type: ignore[arg-type]  # this_update, next_update


# --- the judge ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What the command said."""

    words: tuple[int, str, str | None]
    codes: frozenset[str]
    says: dict[str, str]


@dataclass(frozen=True)
class Verifier:
    """`openjpki verify` with a folder of trust, at the moment."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def __call__(
        self,
        crls: Sequence[bytes],
        answers: Sequence[bytes],
        *,
        document: bytes = DOCUMENT,
        options: Sequence[str] = (),
    ) -> Verdict:
        """Judge by these lists and answers, and nothing else."""
        (self.folder / "sign.cer").write_bytes(SIGN_CA.der)
        for number, one in enumerate(crls):
            (self.folder / f"{number}.crl").write_bytes(one)
        for number, one in enumerate(answers):
            (self.folder / f"{number}.ocsp").write_bytes(one)
        (self.folder / "document.pdf").write_bytes(document)
        at = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
        words = ["verify", str(self.folder / "document.pdf"), "--trust", str(self.folder), "--at", at, "--json"]
        status = main([*words, *options])
        report = json.loads(self.capture.readouterr().out)
        (signature,) = report["signatures"]
        found = [finding["code"] for finding in (*report["findings"], *signature["findings"])]
        says = {source: signature["status"][source]["says"] for source in ("ocsp", "crl")}
        return Verdict((status, report["indication"], report["sub_indication"]), frozenset(found), says)


@pytest.fixture
def verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verifier:
    """Return a verifier with an empty folder."""
    return Verifier(tmp_path, capsys)


ANSWERS = {
    "unknown to the responder": (ocsp_answer(unknown=True), "unknown"),
    "over since a second": (answer(next_update=NOW - SECOND), "ocsp.stale"),
    "without an end": (answer(next_update=None), "ocsp.stale"),
    "eleven days old and good for a year": (
        answer(this_update=NOW - timedelta(days=11), next_update=NOW + timedelta(days=365)),
        "ocsp.stale",
    ),
    "a second beyond the skew": (
        answer(this_update=NOW + SKEW + SECOND, next_update=NOW + 2 * SKEW),
        "ocsp.not-yet-valid",
    ),
    "tryLater": (refusal("try_later"), "ocsp.no-answer"),
    "unauthorized": (refusal("unauthorized"), "ocsp.no-answer"),
    "malformedRequest": (refusal("malformed_request"), "ocsp.no-answer"),
    "internalError": (refusal("internal_error"), "ocsp.no-answer"),
    "of another CA's responder": (answer(by=delegate(GENERATION)), "ocsp.wrong-responder"),
    "of a responder whose certificate is over": (answer(by=delegate(ends=NOW - SECOND)), "ocsp.wrong-responder"),
    "of a responder whose certificate has not begun": (answer(by=delegate(begins=NOW)), "ocsp.wrong-responder"),
    "of a responder without OCSPSigning": (answer(by=delegate(signs_for=False)), "ocsp.wrong-responder"),
    "of a responder without ocsp-nocheck": (answer(by=delegate(no_check=False)), "ocsp.wrong-responder"),
    "of a self-made responder of the same names": (answer(by=delegate(signed_by="thief")), "ocsp.wrong-responder"),
    "of the holder": (answer(by=HOLDER.certificate, by_key=HOLDER.private), "ocsp.wrong-responder"),
    "about another serial": (answer(about=Holder(serial=4712)), "ocsp.wrong-certificate"),
    "about another issuer's key": (answer(issuer=GENERATION), "ocsp.wrong-certificate"),
    "with a broken signature": (broken(answer()), "pki.signature-invalid"),
    "of no bytes that mean anything": (b"junk", "ocsp.malformed-answer"),
}
LISTS = {
    "over since a second": (crl(next_update=NOW - SECOND), "crl.stale"),
    "eleven days old and good for a year": (
        crl(this_update=NOW - timedelta(days=11), next_update=NOW + timedelta(days=365)),
        "crl.stale",
    ),
    "a second beyond the skew": (crl(this_update=NOW + SKEW + SECOND), "crl.not-yet-valid"),
    "of another municipality": (crl(point=partition("elsewhere")), "crl.wrong-partition"),
    "of another generation of the CA": (crl(GENERATION), "crl.wrong-issuer"),
    "of a look-alike": (crl(LOOK_ALIKE), "pki.signature-invalid"),
    "of another key": (crl(signed_by=key("thief")), "pki.signature-invalid"),
    "of changes only": (scoped(delta=True), "crl.malformed"),
    "of other issuers too": (scoped(indirect_crl=True), "crl.wrong-partition"),
    "of some reasons": (
        scoped(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
        "crl.wrong-partition",
    ),
    "of CAs": (scoped(only_contains_ca_certs=True), "crl.wrong-partition"),
    "of attribute certificates": (
        scoped(full_name=None, only_contains_attribute_certs=True),
        "crl.wrong-partition",
    ),
}


@pytest.mark.parametrize(("piece", "word"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_alone_that_does_not_hold_is_no_status(verify: Verifier, piece: bytes, word: str) -> None:
    """RFC 6960 §3.2: unknown, late, early, refused, by the wrong one, about another one, forged."""
    verdict = verify([], [piece])

    assert verdict.words == WAITS
    assert verdict.codes == {"verify.status-unknown"}
    assert verdict.says == {"ocsp": word, "crl": "absent"}


@pytest.mark.parametrize(("piece", "word"), LISTS.values(), ids=LISTS)
def test_a_list_alone_that_does_not_hold_is_no_status(verify: Verifier, piece: bytes, word: str) -> None:
    """RFC 5280 §6.3.3: late, early, of others, of a part, forged."""
    verdict = verify([piece], [])

    assert verdict.words == WAITS
    assert verdict.codes == {"verify.status-unknown"}
    assert verdict.says == {"ocsp": "absent", "crl": word}


@pytest.mark.parametrize(
    ("crls", "answers"),
    [
        ([], [answer(next_update=NOW)]),
        ([], [answer(this_update=NOW + SKEW)]),
        ([], [answer(this_update=NOW - timedelta(days=10), next_update=NOW)]),
        ([crl(next_update=NOW)], []),
        ([crl(this_update=NOW + SKEW)], []),
        ([crl(this_update=NOW - timedelta(days=10), next_update=NOW)], []),
        ([], [answer(by=delegate(ends=NOW))]),
    ],
)
def test_the_last_second_counts(verify: Verifier, crls: list[bytes], answers: list[bytes]) -> None:
    """Both ends are included: nextUpdate, the tolerated skew, the ten days, the responder's certificate."""
    verdict = verify(crls, answers)

    assert verdict.words == PASSED
    assert verdict.codes == {"verify.one-status-source"}


@pytest.mark.parametrize(("ahead", "words"), [(60, PASSED), (61, WAITS)])
def test_the_skew_is_a_setting_and_works_one_way(verify: Verifier, ahead: int, words: tuple[object, ...]) -> None:
    """--skew forgives a clock that runs ahead; no skew lengthens the life of evidence."""
    early = [crl(this_update=NOW + timedelta(seconds=ahead))]

    assert verify(early, [], options=["--skew", "60"]).words == words
    assert verify([crl(next_update=NOW - SECOND)], [], options=["--skew", "900"]).words == WAITS


@pytest.mark.parametrize("skew", ["-1", "901", "99999999999999999999"])
def test_a_skew_out_of_bounds_is_wrong_usage(verify: Verifier, skew: str) -> None:
    """Fifteen minutes at most."""
    (verify.folder / "document.pdf").write_bytes(DOCUMENT)
    words = ["verify", str(verify.folder / "document.pdf"), "--trust", str(verify.folder), "--offline"]

    assert main([*words, "--skew", skew]) == 2


def test_a_huge_answer_is_refused_before_it_is_read(verify: Verifier) -> None:
    """Going on without it could change verdicts."""
    (verify.folder / "huge.ocsp").write_bytes(bytes(MAX_ANSWER + 1))
    (verify.folder / "document.pdf").write_bytes(DOCUMENT)
    status = main(["verify", str(verify.folder / "document.pdf"), "--trust", str(verify.folder), "--offline"])

    assert status == 2


# --- one piece against another ------------------------------------------------------------------------------------

LATER = NOW - timedelta(hours=1)
AGAINST = {
    "good answer, revoking list": ([revoking()], [answer()], REVOKED),
    "good list, revoking answer": ([crl()], [ocsp_answer(revoked_at=REVOKED_AT)], REVOKED),
    "good answer, revoking list that is over": (
        [
            revoking(
                this_update=NOW - timedelta(days=3), next_update=NOW - timedelta(days=2), at=NOW - timedelta(days=4)
            )
        ],
        [answer()],
        REVOKED,
    ),
    "good list, revoking answer that is over": (
        [crl()],
        [
            ocsp_answer(
                revoked_at=REVOKED_AT, this_update=NOW - timedelta(hours=3), next_update=NOW - timedelta(hours=2)
            )
        ],
        REVOKED,
    ),
    "good answer, list of a time to come that revokes earlier": (
        [revoking(this_update=LATER + 2 * SKEW)],
        [answer()],
        REVOKED,
    ),
    "good list, answer that knows nothing": ([crl()], [ocsp_answer(unknown=True)], WAITS),
    "good answer, older good answer, revoking answer": (
        [],
        [answer(), answer(this_update=NOW - timedelta(hours=1)), ocsp_answer(revoked_at=REVOKED_AT)],
        REVOKED,
    ),
    "two lists, the later with a lower number": (
        [scoped(number=8, this_update=NOW - timedelta(hours=2)), scoped(number=7, this_update=LATER)],
        [],
        WAITS,
    ),
    "two lists, the later with a lower number, and one revokes": (
        [scoped(number=8, this_update=NOW - timedelta(hours=2)), revoking(this_update=LATER)],
        [answer()],
        REVOKED,
    ),
    "a list over of a higher number, an earlier time forged to be later": (
        [crl(next_update=NOW - SECOND), scoped(number=6, this_update=LATER)],
        [],
        WAITS,
    ),
}


@pytest.mark.parametrize(("crls", "answers", "words"), AGAINST.values(), ids=AGAINST)
def test_the_worse_word_wins(
    verify: Verifier, crls: list[bytes], answers: list[bytes], words: tuple[int, str, str]
) -> None:
    """A revocation is for ever, whoever tells it and whenever; the responder's "unknown" stands against a list."""
    assert verify(crls, answers).words == words


def test_numbers_that_go_back_are_told(verify: Verifier) -> None:
    """And a good answer still carries the verdict, with the remark."""
    back = [scoped(number=8, this_update=NOW - timedelta(hours=2)), scoped(number=7, this_update=LATER)]
    verdict = verify(back, [answer()])

    assert verdict.words == PASSED
    assert verdict.says["crl"] == "crl.number-went-back"


@pytest.mark.parametrize("number", [8, 9])
def test_numbers_that_stay_or_rise_are_right(verify: Verifier, number: int) -> None:
    """The daily life of lists: the same one again, and the next one."""
    lists = [scoped(number=8, this_update=NOW - timedelta(hours=2)), scoped(number=number, this_update=LATER)]

    assert verify(lists, []).words == PASSED


def test_a_hold_that_was_lifted_does_not_count_for_ever(verify: Verifier) -> None:
    """RFC 5280 §5.3.1: a hold alone may end; old evidence of it is no more than old."""
    hold = x509.ReasonFlags.certificate_hold
    old = revoking(
        NOW - timedelta(days=4), hold, this_update=NOW - timedelta(days=3), next_update=NOW - timedelta(days=2)
    )

    assert verify([old], [answer()]).words == PASSED
    assert verify([revoking(reason=hold)], [answer()]).words == REVOKED


# --- what the document carries ------------------------------------------------------------------------------------

KEPT = Embedded(crls=(crl(),), answers=(answer(),))
OLD = Embedded(
    crls=(crl(this_update=NOW - timedelta(days=3), next_update=NOW - timedelta(days=2)),),
    answers=(answer(this_update=NOW - timedelta(hours=3), next_update=NOW - timedelta(hours=2)),),
)
FORGED = Embedded(certificates=(LOOK_ALIKE.der,), crls=(crl(LOOK_ALIKE),), answers=(answer(by=delegate(LOOK_ALIKE)),))
CARRIED = {"whole": (KEPT, PASSED), "stripped": (Embedded(), WAITS), "older": (OLD, WAITS), "forged": (FORGED, WAITS)}


@pytest.mark.parametrize(("kept", "words"), CARRIED.values(), ids=CARRIED)
def test_evidence_in_a_pdf_is_judged_like_any_other(
    verify: Verifier, kept: Embedded, words: tuple[int, str, str | None]
) -> None:
    """The security store is signed by nobody: it may be stripped, replaced by an older one or made up."""
    assert verify([], [], document=keep_in_pdf(DOCUMENT, kept)).words == words


@pytest.mark.parametrize(("kept", "words"), CARRIED.values(), ids=CARRIED)
def test_evidence_in_a_cms_is_judged_like_any_other(kept: Embedded, words: tuple[int, str, str | None]) -> None:
    """SignedData.crls is signed by nobody either."""
    message = keep_in_cms(MESSAGE, kept)
    report = verify_cms(message, content=CONTENT, policies={SIGN_POLICY}, evidence=evidence(crls=[], ocsp=[]), at=NOW)

    assert words_of(report) == words


def test_a_revocation_outside_wins_over_good_evidence_inside(verify: Verifier) -> None:
    """Whoever signs after the revocation may keep yesterday's good list."""
    assert verify([revoking()], [], document=keep_in_pdf(DOCUMENT, KEPT)).words == REVOKED


# --- a responder over the wire ------------------------------------------------------------------------------------


def words_of(report: Report) -> tuple[int, str, str | None]:
    """Return exit status, indication and sub-indication."""
    reason = report.sub_indication
    status = 0 if report.kind is None else int(report.kind.value)
    return status, report.indication.value, None if reason is None else reason.value


class _Responder(BaseHTTPRequestHandler):
    """Answers by its path, over HTTP."""

    def do_POST(self) -> None:
        nonce = parse_request(self.rfile.read(int(self.headers["Content-Length"]))).nonce
        self.send_response(302 if self.path == "/moved" else 503 if self.path == "/busy" else 200)
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "application/ocsp-response")
        self.send_header("Location", "/right")
        self.end_headers()
        made = {
            "/other-nonce": ocsp_answer(nonce=b"0" * 32),
            "/no-nonce": ocsp_answer(),
            "/revoked-no-nonce": ocsp_answer(revoked_at=REVOKED_AT),
            "/huge": ocsp_answer(nonce=nonce) + bytes(MAX_ANSWER),
            "/nothing": b"",
        }
        self.wfile.write(made.get(self.path, ocsp_answer(nonce=nonce)))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Serve on loopback and return the address."""
    server = HTTPServer(("127.0.0.1", 0), _Responder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(
    served: str, path: str, *, crls: Sequence[bytes] = (), rules: StatusRules | None = None
) -> tuple[tuple[int, str, str | None], str]:
    """Verify with the responder at a path; return the verdict and what OCSP says."""
    known = ask_responders(
        Evidence(anchors=(SIGN_CA.der,), crls=tuple(crls)),
        [HOLDER.der],
        transport=lambda _, request: http_transport(served + path, request, seconds=5),
        entropy=bytes,
    )
    report = verify_pdf(DOCUMENT, policies={SIGN_POLICY}, evidence=known, at=NOW, rules=rules or StatusRules())
    (signature,) = report.signatures
    assert signature.status is not None
    return words_of(report), signature.status.ocsp.word


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/moved", "ocsp.unreachable"),
        ("/busy", "ocsp.unreachable"),
        ("/page", "ocsp.unreachable"),
        ("/huge", "ocsp.unreachable"),
        ("/nothing", "ocsp.malformed-answer"),
        ("/other-nonce", "ocsp.wrong-nonce"),
        ("/no-nonce", "ocsp.wrong-nonce"),
    ],
)
def test_a_responder_that_does_not_answer_rightly_is_no_status(served: str, path: str, word: str) -> None:
    """A redirect, a failure, a page, too much, nothing, a replay."""
    assert asked(served, path) == (WAITS, word)
    assert asked(served, path, crls=[crl()])[0] == PASSED, "the list of the day carries the verdict alone"
    assert asked(served, path, crls=[revoking()])[0] == REVOKED


def test_a_right_responder_passes(served: str) -> None:
    """The counterpart: everything else is the same."""
    assert asked(served, "/right") == (PASSED, "good")


def test_nobody_there_is_no_status() -> None:
    """A closed port."""
    assert asked("http://127.0.0.1:1", "/right") == (WAITS, "ocsp.unreachable")


def test_a_missing_nonce_is_forgiven_only_where_the_setting_says_so(served: str) -> None:
    """RFC 5019 responders store their answers; another nonce is a replay under any setting (RFC 9654 §2.1)."""
    optional = StatusRules(nonce=NonceRule.OPTIONAL)

    assert asked(served, "/no-nonce", rules=optional) == (PASSED, "good")
    assert asked(served, "/other-nonce", rules=optional) == (WAITS, "ocsp.wrong-nonce")


def test_a_revocation_counts_even_without_the_nonce(served: str) -> None:
    """It may be an old answer, and a revocation does not age: the good list of this morning knows less."""
    assert asked(served, "/revoked-no-nonce", crls=[crl()]) == (REVOKED, "revoked")


def test_an_answer_that_is_asked_for_once_does_not_count_for_another() -> None:
    """Evidence about one certificate is silent about the other, even in the same collection."""
    other = OcspEvidence(answer=ocsp_answer(), certificate=Holder(serial=4712).der)
    report = verify_pdf(DOCUMENT, policies={SIGN_POLICY}, evidence=evidence(crls=[], ocsp=[other]), at=NOW)

    assert words_of(report) == WAITS
