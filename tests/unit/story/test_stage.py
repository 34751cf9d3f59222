import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.card.terminal import WrongPin
from openjpki.documents.gather import read_trust
from openjpki.documents.indications import Indication
from openjpki.documents.verify import verify_pdf
from openjpki.rules.kinds import CertificateKind
from openjpki.site.settings import ROLES
from openjpki.story import cast, counter
from openjpki.story.stage import AUTHENTICATION, SIGNATURE, json_bytes, random_pins
from openjpki.story.telling import Said
from openjpki.window.entries import CertificateEntry
from tests.support.authority import CountedEntropy
from tests.support.story import Telling, fresh_stage

pytestmark = pytest.mark.django_db(databases=ROLES)

STEP = Said("場面", "a step")
PDF_REPORTS = ("signed-1", "signed-1-altered", "signed-1-on-the-day-of-the-move", "signed-1-after-the-move", "signed-2")


def numbers(folder: Path) -> list[int]:
    """Return the numbers of the lists in a public folder (RFC 5280 §5.2.3)."""
    lists = [x509.load_der_x509_crl(path.read_bytes()) for path in sorted((folder / "crl").iterdir())]
    return [one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for one in lists]


def test_a_step_begins_at_a_japanese_hour_with_the_lists_of_that_day(tmp_path: Path) -> None:
    """The clock goes to the hour, and before anything happens the authority has published (R-5.25)."""
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)
        before = numbers(stage.house.home.public)
        stage.begin(date(2020, 4, 1), 20, STEP, 15)

        assert stage.clock() == datetime(2020, 4, 1, 11, 15, tzinfo=UTC)
        assert stage.clock().tzinfo is UTC
        assert stage.narrator.step.title == STEP
        assert numbers(stage.house.home.public) == [number + 1 for number in before]


def test_no_step_begins_before_the_one_before(tmp_path: Path) -> None:
    """The clock of the story never goes back."""
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)

        with pytest.raises(ValueError, match="lies before"):
            stage.begin(stage.plan.ceremony, 8, STEP)
        assert len(stage.narrator.steps) == 1


def test_what_is_kept_is_private_and_noted(tmp_path: Path) -> None:
    """A file of the story is readable by its owner only, and named in the step that left it."""
    with fresh_stage(tmp_path) as stage:
        stage.begin(stage.plan.issued, 10, STEP)
        path = stage.keep("a/b.cer", b"DER")

        assert path.read_bytes() == b"DER"
        assert path.stat().st_mode & 0o777 == 0o600
        assert stage.narrator.step.artefacts == ["story/a/b.cer"]


def test_the_newest_certificates_are_what_the_clerk_sees(story: Telling) -> None:
    """After the life both kinds have one newest certificate; the two of the renewal, which ended together."""
    with_clerk = {entry.kind: entry for entry in newest(story)}

    assert set(with_clerk) == set(CertificateKind)
    assert {entry.expires for entry in with_clerk.values()} == {date(2026, 11, 22)}


def newest(story: Telling) -> list[CertificateEntry]:
    """Return the newest certificate of each kind, as Minato's clerk knows them."""
    resident = story.house.window.residents.show(cast.MINATO_CLERK, cast.RESIDENT_CODE)
    return list({entry.kind: entry for entry in resident.certificates}.values())


@pytest.mark.parametrize("name", PDF_REPORTS)
def test_the_evidence_left_behind_gives_the_same_verdict_again(story: Telling, name: str) -> None:
    """Document, evidence and moment are kept together: whoever judges them later, without a network, finds the same."""
    folder = story.told.home / "story"
    kept = json.loads((folder / "reports" / f"{name}.json").read_bytes())
    document = "signed-1-altered" if name == "signed-1-altered" else name[: len("signed-1")]
    again = verify_pdf(
        (folder / f"{document}.pdf").read_bytes(),
        policies=[story.house.profiles.policy(SIGNATURE)],
        evidence=read_trust(folder / "evidence" / name),
        at=datetime.fromisoformat((folder / "evidence" / name / "moment").read_text(encoding="ascii").strip()),
    ).as_data()

    assert (again["indication"], again["sub_indication"]) == (kept["indication"], kept["sub_indication"])
    assert again["at"] == kept["at"]
    assert again["signatures"][0]["certificate"] == kept["signatures"][0]["certificate"]


@pytest.mark.parametrize(("name", "hour"), [("login-3", "2026-11-22T14:59:00Z"), ("login-4", "2026-11-22T15:01:00Z")])
def test_the_moment_of_the_evidence_is_in_utc(story: Telling, name: str, hour: str) -> None:
    """One minute before and one after midnight in Japan, written as UTC."""
    moment = story.told.home / "story" / "evidence" / name / "moment"

    assert moment.read_text(encoding="ascii") == f"{hour}\n"


def test_a_login_is_judged_for_its_own_challenge(tmp_path: Path) -> None:
    """Two logins answer two challenges: no proof is like the other, and each passes."""
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)
        counter.first_issue(stage)
        reports = [stage.log_in(name) for name in ("one", "two")]
        proofs = [json.loads((stage.folder / f"{name}-proof.json").read_bytes()) for name in ("one", "two")]

        assert [report.indication for report in reports] == [Indication.TOTAL_PASSED] * 2
        assert proofs[0]["signature"] != proofs[1]["signature"]
        assert (stage.folder / "certificates" / "one-authentication.cer").read_bytes() == stage.certificates(
            cast.WAKABA_CLERK
        )[AUTHENTICATION].certificate


def test_a_signature_needs_the_residents_pin(tmp_path: Path) -> None:
    """Whoever does not know the PIN signs nothing, and no file is left (R-6.2)."""
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)
        counter.first_issue(stage)
        stranger = replace(stage, pins=cast.Pins(signature="GUESS1", authentication="0000"))

        with pytest.raises(WrongPin):
            stranger.sign("forged")
        assert not (stage.folder / "forged.pdf").exists()


def test_random_pins_differ() -> None:
    """Nobody chose the PINs: other entropy gives others."""
    source = CountedEntropy()

    assert random_pins(source) != random_pins(source)


def test_json_is_readable() -> None:
    """Reports are written for people too: indented, Japanese as it is."""
    assert json_bytes({"name": "髙橋"}).decode() == '{\n  "name": "髙橋"\n}'
