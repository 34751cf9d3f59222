import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from pypdf import PdfReader

from openjpki.audit.models import Entry
from openjpki.documents.gather import ResponderUnreachable, Transport, http_transport
from openjpki.documents.sign import NotAPdf
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.place import HomeInUse, HomeNotEmpty, locked
from openjpki.site.server import Listener, listening
from openjpki.site.settings import ROLES
from openjpki.story.life import DocumentSigned, over_http, own_document, tell
from openjpki.story.telling import StoryWentWrong
from tests.support.story import PINS, SETTINGS, TODAY, Stand, Telling, empty_databases, telling

pytestmark = pytest.mark.django_db(databases=ROLES)


@contextmanager
def deaf(_house: House) -> Iterator[Transport]:
    """Let no verifier reach a responder."""

    def ask(url: str, _request: bytes) -> bytes:
        raise ResponderUnreachable(url=url, reason="nobody there")

    yield ask


def transcript(home: Path) -> dict[str, object]:
    """Read what the story wrote down."""
    found = json.loads((home / "story" / "transcript.json").read_bytes())
    assert isinstance(found, dict)
    return found


def test_a_whole_life_is_told(story: Telling) -> None:
    """Thirteen steps from the first key to the day after expiry, every check of them held (R-0.1; S-01)."""
    told = story.told

    assert told.steps == 13
    assert told.checks == sum(line.startswith("    ✓ ") for line in story.lines) > 30
    assert [line[:7] for line in story.lines if line.startswith("[")] == [f"[{n:2}/13]" for n in range(1, 14)]
    assert told.facts["born"] == "1994-11-22"
    assert (told.facts["first_day"], told.facts["last_day"]) == ("2016-11-24", "2026-11-23")


def test_the_transcript_says_what_was_said(story: Telling) -> None:
    """Every sentence and check that a person heard stands in the transcript, in both languages; every file exists."""
    found = transcript(story.told.home)
    steps = found["steps"]
    assert isinstance(steps, list)
    heard = {line.strip().removeprefix("✓ ") for line in story.lines}

    assert {said["en"] for step in steps for said in (*step["told"], *step["checked"])} <= heard
    assert all(said["ja"] != said["en"] for step in steps for said in (step["title"], *step["told"], *step["checked"]))
    assert all((story.told.home / name).is_file() for step in steps for name in step["artefacts"])
    assert sum(len(step["checked"]) for step in steps) == story.told.checks


def test_the_moments_of_the_story_go_forward(story: Telling) -> None:
    """Steps follow each other in time, and so do the acts of each role's record: nothing is recorded before the past."""
    steps = transcript(story.told.home)["steps"]
    assert isinstance(steps, list)
    moments = [datetime.fromisoformat(step["at"]) for step in steps]

    assert moments == sorted(set(moments))
    assert moments[-1] - moments[0] > timedelta(days=3640)
    for alias in ("authority", "window"):
        recorded = list(Entry.objects.using(alias).order_by("pk").values_list("recorded_at", flat=True))

        assert recorded == sorted(recorded)
        assert moments[0] - timedelta(days=1) < recorded[0] <= recorded[-1] <= moments[-1] + timedelta(days=1)


def test_the_signature_pin_is_nowhere(story: Telling) -> None:
    """The resident's PIN stands in no file of the home, in no row of a database, in no line that was said (R-6.1)."""
    secret = PINS.signature

    assert secret not in "".join(story.lines)
    assert not [path for path in story.told.home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    for alias in ROLES:
        assert secret not in connections[alias].creation.serialize_db_to_string()


def test_every_file_of_the_story_is_private(story: Telling) -> None:
    """What the story leaves can be read by its owner only."""
    assert {path.stat().st_mode & 0o077 for path in (story.told.home / "story").rglob("*") if path.is_file()} == {0}


def test_the_document_is_a_pdf_of_our_own() -> None:
    """Without another, the resident signs a form of four pages."""
    assert own_document().startswith(b"%PDF-")


def test_the_signed_pdf_still_reads(story: Telling) -> None:
    """A signature is appended: the pages are the same four."""
    signed = PdfReader(story.told.home / "story" / "signed-2.pdf")

    assert len(signed.pages) == 4


@pytest.mark.parametrize("signed", [True, False], ids=["signed already", "no PDF"])
def test_a_document_that_cannot_be_told_of_replaces_nothing(story: Telling, signed: bool) -> None:  # noqa: FBT001  -- a parameter
    """A document is looked at first: an earlier story stays until the next can be told."""
    before = transcript(story.told.home)
    document = (story.told.home / "story" / "signed-1.pdf").read_bytes() if signed else b"no PDF"

    with pytest.raises(DocumentSigned if signed else NotAPdf):
        tell(
            story.told.home,
            today=TODAY,
            document=document,
            language="en",
            say=story.lines.append,
            settings=SETTINGS,
            web=Stand(),
        )
    assert transcript(story.told.home) == before


def test_a_home_that_is_no_storys_is_not_replaced(tmp_path: Path) -> None:
    """A sandbox made by `init` is somebody's; the story goes elsewhere."""
    made = Home.create(tmp_path / "home", Settings(purpose="sandbox"))

    with pytest.raises(HomeNotEmpty):
        telling(tmp_path / "home")
    assert Home.open(tmp_path / "home") == made


def test_a_home_that_is_being_served_is_not_replaced(story: Telling) -> None:
    """Whoever shows the story keeps it."""
    with locked(story.told.home, exclusive=False), pytest.raises(HomeInUse):
        telling(story.told.home)
    assert transcript(story.told.home)["format"] == 1


def test_a_story_that_goes_wrong_says_where_and_can_be_told_again(tmp_path: Path) -> None:
    """With no responder to ask the third step's verification does not hold; the next story replaces what was left."""
    home = tmp_path / "home"
    empty_databases()
    with pytest.raises(StoryWentWrong) as caught:
        tell(
            home,
            today=TODAY,
            document=own_document(),
            language="ja",
            say=lambda _: None,
            settings=SETTINGS,
            web=deaf,
        )

    assert (caught.value.data["step"], caught.value.data["title_en"]) == (3, "A PDF is signed at home")
    assert Home.open(home).settings.purpose == "story"
    assert not (home / "story" / "transcript.json").exists()
    empty_databases()
    assert telling(home, language="ja").told.steps == 13
    assert [path.name for path in (home / "cards").iterdir() if path.suffix == ".card"] == ["sakura.card"]


def test_over_http_the_views_answer_at_the_held_port(story: Telling) -> None:
    """The way to the responders is HTTP at the port that the story holds; while it is told, that port answers."""
    with listening(0) as listener, over_http(listener)(story.house) as transport:
        url = f"http://127.0.0.1:{listener.port}/ocsp/signature"

        assert transport is http_transport
        with pytest.raises(ResponderUnreachable, match=r"503|404|500|HTTP"):
            transport(url.replace("signature", "no-such-ca"), b"")


def test_a_held_port_is_not_given_away() -> None:
    """From before the home is made until the end of the story, the port in the certificates is the story's."""
    with listening(0) as listener:
        assert isinstance(listener, Listener)
        with listening(listener.port) as other:
            assert other.port != listener.port


def test_the_last_lists_are_fresh(story: Telling) -> None:
    """Whoever looks at the home afterwards finds lists of its last morning (R-5.25)."""
    published = sorted((story.told.home / "authority" / "public" / "crl").iterdir())

    assert len(published) == 12
    assert story.house.clock() == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
