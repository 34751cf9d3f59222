"""What relying parties that nobody here wrote see of good, revoked and unknown: Java's PKIX validator, GnuTLS, OpenSSL.

docs/divergences.md tells in the programs' own words what each cannot digest.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import AOBA, DAY, HOLDER_SERIAL, HOUR, ISSUED, WAKABA, Hierarchy, hierarchy
from tests.support.programs import run

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

EACH = [(kind, algorithm) for kind in CertificateKind for algorithm in KeyAlgorithm]
REVOKED_AT = ISSUED + timedelta(minutes=30)
MOMENT = int((ISSUED + HOUR + timedelta(minutes=20)).timestamp())
GOOD, UNKNOWN = StatusAnswer(status="good"), StatusAnswer(status="unknown")
RELYING_PARTY = Path(__file__).parent / "java" / "RelyingParty.java"
UNDETERMINED = "refused UNDETERMINED_REVOCATION_STATUS"


def entry(reason: RevocationReason) -> RevokedEntry:
    """Return the holder's line in a list."""
    return RevokedEntry(serial=HOLDER_SERIAL, revoked_at=REVOKED_AT, reason=reason)


def revoked(reason: RevocationReason) -> StatusAnswer:
    """Return the same as an answer."""
    return StatusAnswer(status="revoked", revoked_at=REVOKED_AT, reason=reason)


@dataclass
class Questions:
    """What Java is asked, all in one run, and what it should say."""

    folder: Path
    lines: list[str] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)

    def ask(self, made: Hierarchy, what: str, expected: str, *evidence: tuple[str, bytes], words: str = "") -> None:
        """Put one question about the holder of a hierarchy; `words` are more of it: "strict", "whole"."""
        label = f"{made.kind.value}/{made.algorithm.value}/{what}"
        files = [f"{kind}={self._file(content)}" for kind, content in evidence]
        policy = made.profiles.policy(made.kind)
        asked = [label, self._file(made.ca), self._file(made.holder), str(MOMENT), policy, *files, words]
        self.lines.append(" ".join(map(str, asked)).rstrip())
        self.expected[label] = expected

    def _file(self, content: bytes) -> Path:
        path = self.folder / str(len(list(self.folder.iterdir())))
        path.write_bytes(content)
        return path

    def told(self) -> dict[str, str]:
        """Let Java answer; a verdict is cut to its first words, as long as what is expected."""
        said = run("java", RELYING_PARTY, typed="\n".join(self.lines) + "\n")
        assert said.status == 0, said.text
        return dict(line.split(" ", 1) for line in said.out.splitlines())


def test_java_sees_what_lists_and_answers_say(tmp_path: Path) -> None:
    """Java's PKIX validator: good; revoked with reason and moment; undetermined by another town's or generation's list, or unknown."""
    questions = Questions(tmp_path)
    at = int(REVOKED_AT.timestamp())
    for each in EACH:
        made, other = hierarchy(*each), hierarchy(*each, ca_position=3)
        moved = entry(RevocationReason.AFFILIATION_CHANGED)
        elsewhere = ("crl", made.crl(municipality=AOBA))
        questions.ask(made, "list", "good", ("crl", made.crl()))
        questions.ask(made, "lists", f"revoked AFFILIATION_CHANGED {at}", elsewhere, ("crl", made.crl(moved)))
        questions.ask(made, "other-town", UNDETERMINED, elsewhere)
        questions.ask(made, "other-generation", UNDETERMINED, ("crl", other.crl()))
        questions.ask(made, "nothing", UNDETERMINED)
        questions.ask(made, "answer", "good", ("ocsp", made.answer(GOOD)))
        questions.ask(made, "unknown", UNDETERMINED, ("ocsp", made.answer(UNKNOWN)))
        by_sha_256 = made.answer(GOOD, hash_name="sha256")
        questions.ask(made, "sha-256", "refused UNSPECIFIED OCSP response does not include", ("ocsp", by_sha_256))
        critical = "refused INVALID_POLICY critical policy qualifiers present"
        questions.ask(made, "qualifier", critical, ("crl", made.crl()), words="strict")
    made = hierarchy()
    for reason in RevocationReason:
        verdict = f"revoked {reason.name} {at}"
        questions.ask(made, f"list-{reason.value}", verdict, ("crl", made.crl(entry(reason))))
        questions.ask(made, f"answer-{reason.value}", verdict, ("ocsp", made.answer(revoked(reason))))
    told = questions.told()

    assert {label: said[: len(questions.expected[label])] for label, said in told.items()} == questions.expected


def test_java_asks_about_the_cas_certificate_too(tmp_path: Path) -> None:
    """With the CA's certificate in the path: determined with the list of its own certificate beside the city's, and not without."""
    questions = Questions(tmp_path)
    at = int(REVOKED_AT.timestamp())
    gone = RevokedEntry(serial=1, revoked_at=REVOKED_AT, reason=RevocationReason.CA_COMPROMISE)
    for each in EACH:
        made = hierarchy(*each)
        own, city, elsewhere = made.crl(municipality=None), made.crl(), made.crl(municipality=AOBA)
        moved = made.crl(entry(RevocationReason.AFFILIATION_CHANGED))
        for what, expected, lists in (
            ("both", "good", (own, city)),
            ("revoked", f"revoked AFFILIATION_CHANGED {at}", (own, moved)),
            ("ca-gone", f"revoked CA_COMPROMISE {at}", (made.crl(gone, municipality=None), city)),
            ("city-alone", UNDETERMINED, (city,)),
            ("own-alone", UNDETERMINED, (own,)),
            ("other-town", UNDETERMINED, (own, elsewhere)),
        ):
            questions.ask(made, what, expected, *(("crl", one) for one in lists), words="whole")
    told = questions.told()

    assert {label: said[: len(questions.expected[label])] for label, said in told.items()} == questions.expected


@pytest.fixture(params=list(KeyAlgorithm), ids=lambda each: each.value)
def today(request: pytest.FixtureRequest) -> Hierarchy:
    """Return a hierarchy that was issued in the last two days: GnuTLS knows the real moment alone."""
    shift = (datetime.now(UTC) - ISSUED).days - 1
    return hierarchy(CertificateKind.SIGNATURE, request.param, shift=shift * DAY)


def pem(path: Path, *certificates: bytes) -> Path:
    """Write certificates as PEM."""
    loaded = [x509.load_der_x509_certificate(one) for one in certificates]
    path.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in loaded))
    return path


def lists_pem(path: Path, *lists: bytes) -> Path:
    """Write lists as PEM."""
    loaded = [x509.load_der_x509_crl(one) for one in lists]
    path.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in loaded))
    return path


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize(
    "status", [GOOD, UNKNOWN, revoked(RevocationReason.KEY_COMPROMISE)], ids=lambda one: one.status
)
def test_gnutls_verifies_each_answer(today: Hierarchy, status: StatusAnswer, hash_name: str, tmp_path: Path) -> None:
    """GnuTLS `ocsptool`: delegation, signature and times hold; status and moment are read; its 3.7 prints no reason."""
    answer, ca = tmp_path / "answer.der", pem(tmp_path / "ca.pem", today.ca)
    answer.write_bytes(today.answer(status, produced_at=datetime.now(UTC), hash_name=hash_name))
    said = run("ocsptool", "--verify-response", "--load-response", answer, "--load-trust", ca)

    assert said.status == 0, said.text
    assert "Verifying OCSP Response: Success." in said.out
    assert f"Certificate Status: {status.status}" in said.out
    assert ("Revocation time: Mon Jan 05 03:34:05 UTC 2026" in said.out) is (status.status == "revoked")
    assert "eason" not in said.out


def test_gnutls_refuses_a_look_alikes_answer(today: Hierarchy, tmp_path: Path) -> None:
    """A CA of the same names and another key did not delegate this responder."""
    answer = tmp_path / "answer.der"
    answer.write_bytes(today.answer(GOOD, produced_at=datetime.now(UTC)))
    other = hierarchy(today.kind, today.algorithm, ca_position=3, shift=today.shift)
    trust = pem(tmp_path / "ca.pem", other.ca)
    said = run("ocsptool", "--verify-response", "--load-response", answer, "--load-trust", trust)

    assert "Verifying OCSP Response: Success." not in said.out
    assert "not trusted" in said.out


def test_gnutls_takes_any_towns_list_for_the_issuers(today: Hierarchy, tmp_path: Path) -> None:
    """GnuTLS 3.7 reads no issuingDistributionPoint: another town's list, without the holder, passes for all there is."""
    now = datetime.now(UTC)
    since, until = now - HOUR, now + DAY
    moved = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=now - 2 * HOUR, reason=RevocationReason.SUPERSEDED)
    holder, ca = pem(tmp_path / "holder.pem", today.holder), pem(tmp_path / "ca.pem", today.ca)
    own, elsewhere = (
        today.crl(moved, this_update=since, next_update=until),
        today.crl(municipality=AOBA, this_update=since, next_update=until),
    )
    verdicts = []
    for lists in ((elsewhere,), (elsewhere, own)):
        given = lists_pem(tmp_path / "lists.pem", *lists)
        said = run(
            *("certtool", "--verify", "--infile", holder, "--load-ca-certificate", ca),
            *("--load-crl", given),
        )
        verdicts.append("revoked" if "revoked" in said.out else "trusted" if "is trusted" in said.out else said.text)

    assert verdicts == ["trusted", "revoked"]


@pytest.mark.parametrize("each", EACH, ids=lambda each: f"{each[0].value}-{each[1].value}")
def test_openssl_finds_the_right_list_among_all(each: tuple[CertificateKind, KeyAlgorithm], tmp_path: Path) -> None:
    """`openssl verify -crl_check` over both generations' lists of both towns: right city, wrong city, wrong generation."""
    made, other = hierarchy(*each), hierarchy(*each, ca_position=3)
    trust, holder = pem(tmp_path / "trust.pem", other.ca, made.ca), pem(tmp_path / "holder.pem", made.holder)
    moved = entry(RevocationReason.AFFILIATION_CHANGED)
    of_others = [one.crl(moved, municipality=town) for one, town in ((other, WAKABA), (other, AOBA), (made, AOBA))]
    said = {}
    for name, lists in {
        "good": [*of_others, made.crl()],
        "revoked": [*of_others, made.crl(moved)],
        "wrong city": of_others[2:],
        "wrong generation": of_others[:1],
    }.items():
        given = lists_pem(tmp_path / "lists.pem", *lists)
        done = run(
            *("openssl", "verify", "-CAfile", trust, "-crl_check", "-CRLfile", given),
            *("-attime", str(MOMENT), holder),
        )
        found = re.search(r"error \d+ at 0 depth lookup: (.*)", done.text)
        said[name] = found[1] if found else "OK"

    assert said == {
        "good": "OK",
        "revoked": "certificate revoked",
        "wrong city": "different CRL scope",
        "wrong generation": "unable to get certificate CRL",
    }


@pytest.mark.parametrize("each", EACH, ids=lambda each: f"{each[0].value}-{each[1].value}")
def test_openssl_looks_for_a_list_of_every_certificate(
    each: tuple[CertificateKind, KeyAlgorithm], tmp_path: Path
) -> None:
    """`openssl verify -crl_check_all`, as nginx's `ssl_crl`: it wants the list of the CA's own certificate, in any order.

    It takes it for no holder's list, so a city's list that is missing stays missing.
    """
    made = hierarchy(*each)
    trust, holder = pem(tmp_path / "trust.pem", made.ca), pem(tmp_path / "holder.pem", made.holder)
    gone = RevokedEntry(serial=1, revoked_at=REVOKED_AT, reason=RevocationReason.CA_COMPROMISE)
    own, city = made.crl(municipality=None), made.crl()
    moved, elsewhere = made.crl(entry(RevocationReason.AFFILIATION_CHANGED)), made.crl(municipality=AOBA)
    said = {}
    for name, lists in {
        "good": (elsewhere, city, own),
        "revoked": (elsewhere, moved, own),
        "city alone": (city,),
        "own alone": (own,),
        "wrong city": (elsewhere, own),
        "CA gone": (city, made.crl(gone, municipality=None)),
    }.items():
        for order, ordered in (("", lists), (" reversed", lists[::-1])):
            given = lists_pem(tmp_path / "lists.pem", *ordered)
            done = run(
                *("openssl", "verify", "-CAfile", trust, "-crl_check_all", "-CRLfile", given),
                *("-attime", str(MOMENT), holder),
            )
            found = re.search(r"error \d+ at (\d depth) lookup: (.*)", done.text)
            said[name + order] = f"{found[1]}: {found[2]}" if found else "OK"

    expected = {
        "good": "OK",
        "revoked": "0 depth: certificate revoked",
        "city alone": "1 depth: different CRL scope",
        "own alone": "0 depth: different CRL scope",
        "wrong city": "0 depth: different CRL scope",
        "CA gone": "1 depth: certificate revoked",
    }
    assert said == {f"{name}{order}": words for name, words in expected.items() for order in ("", " reversed")}
