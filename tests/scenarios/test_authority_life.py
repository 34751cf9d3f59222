"""One life at the authority, judged by openssl: it asks over HTTP and reads the public folder, and knows nothing of us."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from openjpki.authority import wiring
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind, CertificateState, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.keys import PooledKeys
from tests.unit.authority import invariants

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.django_db(databases=["authority"], transaction=True),
    pytest.mark.urls("openjpki.authority.urls"),
]


TWENTY_YEARS = str(20 * 366 * 24 * 3600)
"""openssl holds an answer's times against the real clock alone; this leeway lets the scene's moment differ from it."""


def openssl(*arguments: str | Path) -> str:
    """Run openssl and return everything it says."""
    run = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


class Verifier:
    """A party outside: a folder of its own, openssl, and the authority's addresses."""

    def __init__(self, scene: Scene, folder: Path, server: str) -> None:
        self._scene, self._folder, self._server = scene, folder, server

    def _pem(self, name: str, der: bytes, tool: str = "x509") -> Path:
        source, target = self._folder / f"{name}.der", self._folder / f"{name}.pem"
        source.write_bytes(der)
        openssl(tool, "-inform", "DER", "-in", source, "-out", target)
        return target

    def by_list(self, issued: CertificateIssued, kind: CertificateKind, municipality: str) -> str:
        """Verify the path with the partition's list, at the authority's moment; return the verdict in a word or two."""
        public = self._scene.folder / "public"
        said = openssl(
            "verify",
            *("-CAfile", self._pem("ca", (public / "ca" / f"{kind.value}-1.cer").read_bytes()), "-x509_strict"),
            *("-crl_check", "-CRLfile"),
            self._pem("list", (public / "crl" / f"{kind.value}-1-{municipality}.crl").read_bytes(), "crl"),
            *("-attime", self._moment()),
            self._pem("holder", issued.certificate),
        )
        words = ("certificate revoked", "certificate has expired", "CRL has expired", "OK")
        return next((word for word in words if word in said), said)

    def by_answer(self, issued: CertificateIssued, kind: CertificateKind) -> str:
        """Ask for the status over HTTP; return openssl's line about it."""
        ca, holder = self._pem("ca", issued.issuer_certificate), self._pem("holder", issued.certificate)
        url = f"{self._server}/ocsp/{kind.value}"
        about = ("-issuer", ca, "-cert", holder, "-CAfile", ca, "-url", url)
        said = openssl("ocsp", *about, "-attime", self._moment(), "-validity_period", TWENTY_YEARS)
        assert "Response verify OK" in said, said
        return next(line for line in said.splitlines() if line.startswith(str(holder))).partition(": ")[2]

    def _moment(self) -> str:
        return str(int(self._scene.clock().timestamp()))


@pytest.mark.parametrize("algorithm", list(KeyAlgorithm), ids=lambda algorithm: algorithm.value)
def test_issued_moved_reissued_renewed_expired(
    tmp_path: Path, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, algorithm: KeyAlgorithm
) -> None:
    """Issue, move, re-issue, renewal and expiry, each as openssl sees it by list and by answer (R-3.1, R-3.3, R-5.3)."""
    source = PooledKeys()
    scene = Scene(tmp_path, algorithm=algorithm, key_source=source).open()
    scene.card_keys = source
    monkeypatch.setattr(wiring, "_installed", [scene.authority])
    folder = tmp_path / "verifier"
    folder.mkdir()
    verifier = Verifier(scene, folder, live_server.url)

    scene.with_card()
    authentication, signature = scene.issue(AUTHENTICATION), scene.issue(SIGNATURE)
    scene.authority.publish_crls()
    assert verifier.by_list(signature, SIGNATURE, "99201") == "OK"
    assert verifier.by_answer(signature, SIGNATURE) == "good"
    assert verifier.by_answer(authentication, AUTHENTICATION) == "good"

    scene.at(date(2028, 7, 3)).expect(ReportAccepted, scene.arrival())
    scene.authority.publish_crls()
    assert verifier.by_list(signature, SIGNATURE, "99201") == "OK"
    scene.at(date(2028, 7, 4), 0).authority.publish_crls()
    assert verifier.by_list(signature, SIGNATURE, "99201") == "certificate revoked"
    assert verifier.by_answer(signature, SIGNATURE) == "revoked"
    assert verifier.by_list(authentication, AUTHENTICATION, "99201") == "OK"

    reissued = scene.at(date(2028, 7, 5)).issue(SIGNATURE, Procedure.REISSUE, municipality="99202")
    assert (reissued.expires, reissued.because) == (date(2030, 6, 10), "authentication-expiry")
    scene.authority.publish_crls()
    assert verifier.by_list(reissued, SIGNATURE, "99202") == "OK"

    scene.at(date(2030, 3, 11))
    scene.issue(AUTHENTICATION, Procedure.RENEWAL, municipality="99202")
    renewed = scene.issue(SIGNATURE, Procedure.RENEWAL, municipality="99202")
    assert renewed.expires == date(2035, 6, 10)
    scene.authority.publish_crls()
    assert verifier.by_list(reissued, SIGNATURE, "99202") == "certificate revoked"
    assert verifier.by_answer(renewed, SIGNATURE) == "good"

    scene.clock.advance_to(datetime(2035, 6, 10, 14, 59, 58, tzinfo=UTC))  # openssl leaves out notAfter's own second
    scene.authority.publish_crls()
    assert verifier.by_list(renewed, SIGNATURE, "99202") == "OK"
    scene.clock.advance_to(datetime(2035, 6, 10, 15, 0, 0, tzinfo=UTC))
    scene.authority.publish_crls()
    assert verifier.by_list(renewed, SIGNATURE, "99202") == "certificate has expired"
    assert verifier.by_answer(renewed, SIGNATURE) == "good"
    assert [one.state for one in scene.records(municipality="99202") if one.serial == renewed.serial][-1] is (
        CertificateState.EXPIRED
    )
    invariants.check()
