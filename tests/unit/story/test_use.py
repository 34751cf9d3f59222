import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from openjpki.documents.gather import ResponderUnreachable
from openjpki.site.settings import ROLES
from openjpki.story import cast, counter, use
from openjpki.story.stage import Stage
from openjpki.story.telling import StoryWentWrong
from tests.support.story import Telling, fresh_stage

pytestmark = pytest.mark.django_db(databases=ROLES)

Chapter = Callable[[Stage], None]


def report(story: Telling, name: str) -> dict[str, Any]:
    """Return a report that the story left."""
    found = json.loads((story.told.home / "story" / "reports" / f"{name}.json").read_bytes())
    assert isinstance(found, dict)
    return found


def words(story: Telling, name: str) -> tuple[str | None, ...]:
    """Return the verdict of a report, why, and what OCSP and the list say."""
    found = report(story, name)
    status = found["signatures"][0]["status"]
    return (found["indication"], found["sub_indication"], status["ocsp"]["says"], status["crl"]["says"])


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("signed-1", ("TOTAL-PASSED", None, "good", "good")),
        ("signed-1-on-the-day-of-the-move", ("TOTAL-PASSED", None, "good", "good")),
        ("signed-1-after-the-move", ("INDETERMINATE", "REVOKED_NO_POE", "revoked", "revoked")),
        ("signed-2", ("TOTAL-PASSED", None, "good", "good")),
        ("login-1", ("TOTAL-PASSED", None, "good", "good")),
        ("login-2", ("TOTAL-PASSED", None, "good", "good")),
        ("login-3", ("TOTAL-PASSED", None, "good", "good")),
        ("login-4", ("TOTAL-FAILED", "EXPIRED", "good", "crl.after-expiry")),
    ],
)
def test_what_verifiers_saw_on_each_day(story: Telling, name: str, verdict: tuple[str | None, ...]) -> None:
    """Passed while it stands, undecided once revoked without proof of time, failed once expired (R-3.6, R-5.3, R-3.10).

    A filing with its document, and a log-in, as a verifier judges them (R-8.3, R-8.4; S-04, S-05).
    """
    assert words(story, name) == verdict


def test_one_changed_byte_fails(story: Telling) -> None:
    """The altered file differs in one byte from the signed one, and its hash says so (ETSI EN 319 102-1 §5.2.7; R-0.3, S-03)."""
    folder = story.told.home / "story"
    signed, altered = ((folder / f"{name}.pdf").read_bytes() for name in ("signed-1", "signed-1-altered"))
    found = report(story, "signed-1-altered")

    assert sum(one != other for one, other in zip(signed, altered, strict=True)) == 1
    assert (found["indication"], found["sub_indication"]) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_a_login_tells_nothing_about_the_person(story: Telling) -> None:
    """Proof, certificate and report of a login carry no name, address or birth date (R-0.4)."""
    folder = story.told.home / "story"
    certificate = x509.load_der_x509_certificate((folder / "certificates" / "login-1-authentication.cer").read_bytes())
    names = {attribute.oid.dotted_string for attribute in certificate.subject}
    told = (folder / "reports" / "login-1.json").read_text(encoding="utf-8")

    assert names == {"2.5.4.3", "2.5.4.6"}
    assert report(story, "login-1")["signatures"][0]["attributes"] is None
    assert not any(word in told for word in (cast.NAME, "高橋", cast.FIRST_ADDRESS, "1994-11-22"))


def test_a_signature_shows_the_four_attributes(story: Telling) -> None:
    """Whoever verifies a signature learns name, address, birth date and sex (R-0.3, R-8.3; S-03)."""
    attributes = report(story, "signed-2")["signatures"][0]["attributes"]

    assert attributes["name"] == "高橋　さくら"
    assert attributes["address"] == cast.SECOND_ADDRESS
    assert attributes["birth_date"] == "1994-11-22"


def reached(stage: Stage, *told: Chapter) -> None:
    """Tell the chapters up to the one of the test."""
    for chapter in told:
        chapter(stage)


def unreachable(url: str, _request: bytes) -> bytes:
    """Reach no responder."""
    raise ResponderUnreachable(url=url, reason="nobody there")


def test_a_pin_that_should_be_wrong_and_is_not(tmp_path: Path) -> None:
    """The mistyped PIN must cost a try: for a resident who chose that very PIN the chapter says it went wrong (R-6.2)."""
    with fresh_stage(tmp_path, pins=cast.Pins(signature="WRONG0", authentication="7309")) as stage:
        reached(stage, counter.ceremony, counter.first_issue)

        with pytest.raises(StoryWentWrong, match="four tries are left of five"):
            use.sign(stage)


@pytest.mark.parametrize(
    ("before", "chapter"),
    [
        ((), use.sign),
        ((), use.log_in),
        ((), use.last_day),
    ],
    ids=["sign", "log in", "last day"],
)
def test_without_a_status_nothing_passes(tmp_path: Path, before: Sequence[Chapter], chapter: Chapter) -> None:
    """A responder that cannot be reached is not taken for a good answer: the story stops there."""
    with fresh_stage(tmp_path, transport=unreachable) as stage:
        reached(stage, counter.ceremony, counter.first_issue, *before)

        with pytest.raises(StoryWentWrong, match="the verifier says"):
            chapter(stage)


def test_a_certificate_that_stands_is_not_expired(tmp_path: Path) -> None:
    """The last step would notice a login that still works."""
    with fresh_stage(tmp_path) as stage:
        reached(stage, counter.ceremony, counter.first_issue, use.sign)

        with pytest.raises(StoryWentWrong, match="Expired"):
            use.expired(replace(stage, plan=replace(stage.plan, expired=stage.plan.logged_in)))


def test_a_file_that_nobody_revoked_shows_no_revocation(tmp_path: Path) -> None:
    """The day after a move that did not happen, the check of the revocation does not hold (R-5.3)."""
    with fresh_stage(tmp_path) as stage:
        reached(stage, counter.ceremony, counter.first_issue, use.sign)

        with pytest.raises(StoryWentWrong, match="both say revoked"):
            use.noticed(stage)
