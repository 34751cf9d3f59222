from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from asn1crypto import tsp

from openjpki.documents.currency import BadSkew
from openjpki.documents.longterm import SignerRevoked, SignerStatusUnknown, StampUnfit
from openjpki.documents.stamping import AuthorityUnreachable
from openjpki.errors import Failure, Kind
from openjpki.pki.crl import RevokedEntry
from openjpki.rules.kinds import RevocationReason
from openjpki.site.clock import real_moment
from tests.support.hierarchy import HOLDER_SERIAL
from tests.support.http import served
from tests.unit.cli.signing import Place, codes, make_place, run, sign, signed_pdf
from tests.unit.documents.stamps import TestAuthority
from tests.unit.documents.world import pdf


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a home whose authority published, with the card "taro"."""
    return make_place(tmp_path)


class _TimeStamps(BaseHTTPRequestHandler):
    """A time-stamp authority over HTTP that counts its tokens (RFC 3161 §3.4)."""

    authority: TestAuthority
    given: int

    def do_POST(self) -> None:
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        type(self).given += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(self.authority.respond(asked).dump())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def tsa(place: Place) -> Iterator[str]:
    """Serve an authority of today that this home trusts; return its address."""
    now = real_moment().replace(microsecond=0)
    _TimeStamps.given = 0
    _TimeStamps.authority = TestAuthority(at=now, begins=now - timedelta(days=1), ends=now + timedelta(days=30))
    folder = place.home / "authority" / "public" / "tsa"
    folder.mkdir()
    (folder / "tsa.cer").write_bytes(_TimeStamps.authority.certificate)
    with served(_TimeStamps) as address:
        yield f"{address}/tsa"


def without_lists(place: Place) -> None:
    """Leave the verifier its CA certificates and nothing else."""
    for path in (place.home / "authority" / "public" / "crl").glob("*.crl"):
        path.unlink()


@pytest.mark.parametrize("form", ["pdf", "cms"])
def test_evidence_goes_with_the_document(place: Place, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """--with-evidence: level B-B all the same, and offline a verifier needs the CA certificate only."""
    file, out = place.file("in.pdf", pdf()), place.path("out")
    answer = sign(place, monkeypatch, file, "--format", form, "--with-evidence", "--out", out)
    without_lists(place)
    content = ("--content", file) if form == "cms" else ()
    verdict = run(place, "verify", out, *content, "--offline")

    assert (answer.data["level"], answer.data["evidence"]) == ("B-B", {"crls": 1, "ocsp": 0})
    assert verdict.kind is None
    assert codes(verdict) == ["verify.one-status-source"]
    assert verdict.data["signatures"][0]["proven_to_exist_by"] is None


@pytest.mark.parametrize("form", ["pdf", "cms"])
@pytest.mark.parametrize(("level", "evidence"), [("B-T", 0), ("B-LT", 1)])
def test_a_time_stamp_is_got_over_http(
    place: Place, monkeypatch: pytest.MonkeyPatch, tsa: str, form: str, level: str, evidence: int
) -> None:
    """B-T and B-LT: tried before the card, then over the signature; the verifier shows what it proves."""
    file, out = place.file("in.pdf", pdf()), place.path("out")
    answer = sign(place, monkeypatch, file, "--format", form, "--level", level, "--tsa", tsa, "--out", out)
    content = ("--content", file) if form == "cms" else ()
    verdict = run(place, "verify", out, *content, "--offline")
    japanese = run(place, "verify", out, *content, "--offline", language="ja").lines

    assert (answer.data["level"], answer.data["evidence"]["crls"]) == (level, evidence)
    assert _TimeStamps.given >= 2
    assert verdict.kind is None
    assert verdict.data["signatures"][0]["proven_to_exist_by"] is not None
    assert any("遅くともこの時までに署名" in line for line in japanese)


def test_a_revocation_after_the_time_stamp_is_told_and_passes(
    place: Place, monkeypatch: pytest.MonkeyPatch, tsa: str
) -> None:
    """Revoked a while later: with the time-stamp valid, without it open."""
    file, stamped, plain = place.file("in.pdf", pdf()), place.path("stamped"), place.path("plain")
    sign(place, monkeypatch, file, "--format", "pdf", "--level", "B-LT", "--tsa", tsa, "--out", stamped)
    sign(place, monkeypatch, file, "--format", "pdf", "--out", plain)
    revoked_at, later = real_moment() + timedelta(hours=1), real_moment() + timedelta(days=2)
    entry = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=revoked_at, reason=RevocationReason.SUPERSEDED)
    place.publish(entry, age=timedelta(days=-1, hours=-12))
    at = ("--at", later.strftime("%Y-%m-%dT%H:%M:%SZ"))
    verdict = run(place, "verify", stamped, *at)

    assert verdict.kind is None
    assert "verify.revoked-later" in codes(verdict)
    assert run(place, "verify", plain, *at).kind is Kind.INDETERMINATE


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (without_lists, SignerStatusUnknown),
        (
            lambda place: place.publish(
                RevokedEntry(
                    serial=HOLDER_SERIAL,
                    revoked_at=real_moment() - timedelta(hours=2),
                    reason=RevocationReason.SUPERSEDED,
                )
            ),
            SignerRevoked,
        ),
        (lambda place: (place.home / "authority" / "public" / "tsa" / "tsa.cer").unlink(), StampUnfit),
    ],
    ids=["no-status", "revoked", "untrusted-authority"],
)
def test_what_would_not_hold_is_not_signed(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    tsa: str,
    spoil: Callable[[Place], object],
    refusal: type[Failure],
) -> None:
    """Told before the card signs; nothing is written, and no second time-stamp is asked for."""
    spoil(place)
    words = ("--format", "pdf", "--level", "B-LT", "--tsa", tsa, "--offline", "--out", place.path("out"))
    with pytest.raises(refusal):
        sign(place, monkeypatch, place.file("in.pdf", pdf()), *words)

    assert _TimeStamps.given == 1
    assert not (place.folder / "out").exists()


def test_an_authority_that_is_not_there_costs_no_signature(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4."""
    words = ("--format", "cms", "--level", "B-T", "--tsa", "http://127.0.0.1:1/", "--out", place.path("out"))
    with pytest.raises(AuthorityUnreachable) as told:
        sign(place, monkeypatch, place.file("in.txt", b"text"), *words)

    assert told.value.kind is Kind.UNAVAILABLE


def test_the_choices_of_the_verifier_are_options(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tolerated skew within its bound, and the rule for nonces."""
    signed_pdf(place, monkeypatch)

    assert run(place, "verify", place.path("out.pdf"), "--skew", "0", "--nonce", "optional").kind is None
    with pytest.raises(BadSkew):
        run(place, "verify", place.path("out.pdf"), "--skew", "901")
