import json
import shlex
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import openjpki
from openjpki.audit.models import Entry
from openjpki.errors import Language
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, LifeEvent, RevocationReason
from openjpki.rules.lifecycle import CardEvent
from openjpki.site import reading
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.reading import start_page
from openjpki.site.seeding import seed
from openjpki.site.settings import ROLES
from openjpki.site.start_page import CardEntry, StartPage
from openjpki.story import cast, counter
from tests.support.story import Telling, empty_databases, fresh_stage
from tests.unit.site.test_wiring import house

pytestmark = pytest.mark.django_db(databases=ROLES)


def the_card(page: StartPage) -> CardEntry:
    """Return the only card on the page."""
    (card,) = page.cards
    return card


@pytest.fixture
def home_of_story(story: Telling, tmp_path: Path) -> House:
    """Return the story's house with a story folder of the test's own, to be spoilt at will."""
    home = replace(story.house.home, path=tmp_path)
    (tmp_path / "story").mkdir()
    return replace(story.house, home=home)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_resident_is_shown_where_they_live_now(story: Telling, language: Language) -> None:
    """Who moved away is not shown there any more: one row for one person, in the city of today."""
    page = start_page(story.house, language)

    assert [(one.code, one.name, one.municipality) for one in page.residents] == [
        (cast.RESIDENT_CODE, cast.NAME, "みなと市")
    ]
    assert [(one.name, one.residents) for one in page.municipalities] == [("若葉市", 0), ("みなと市", 1)]
    assert page.language == language
    assert page.other_language_href == ("?lang=en" if language == "ja" else "?lang=ja")
    assert page.version == openjpki.__version__


def test_the_card_is_shown_by_its_name_with_every_certificate(story: Telling) -> None:
    """What it was ever given, oldest first, each with how it ended; the files of the story can be had."""
    card = the_card(start_page(story.house, "en"))
    signature = [one for one in card.certificates if one.kind is CertificateKind.SIGNATURE]

    assert card.name == cast.CARD
    assert (card.state, card.expires) == (CardState.EXPIRED, date(2026, 11, 22))
    assert [one.state for one in signature] == [
        CertificateState.REVOKED,
        CertificateState.SUPERSEDED,
        CertificateState.EXPIRED,
    ]
    assert (signature[0].ended, signature[0].reason) == (date(2018, 4, 12), RevocationReason.AFFILIATION_CHANGED)
    assert (signature[2].ended, signature[2].reason) == (None, None)
    assert all((story.told.home / one.href[1:]).is_file() for one in card.certificates)


def test_expiry_is_derived_from_the_day(tmp_path: Path) -> None:
    """Through the last second of the last day it is valid; nothing has to happen for it to be over (R-3.6, R-3.10)."""
    expected = {
        datetime(2021, 11, 22, 14, 59, 59, tzinfo=UTC): (CardState.ACTIVE, CertificateState.VALID),
        datetime(2021, 11, 22, 15, 0, tzinfo=UTC): (CardState.ACTIVE, CertificateState.EXPIRED),
        datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC): (CardState.ACTIVE, CertificateState.EXPIRED),
        datetime(2026, 11, 22, 15, 0, tzinfo=UTC): (CardState.EXPIRED, CertificateState.EXPIRED),
    }
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)
        counter.first_issue(stage)
        shown = {
            moment: the_card(start_page(replace(stage.house, clock=SteppedClock(moment)), "ja")) for moment in expected
        }

    assert {moment: card.state for moment, card in shown.items()} == {
        moment: card for moment, (card, _) in expected.items()
    }
    assert {moment: {one.state for one in card.certificates} for moment, card in shown.items()} == {
        moment: {certificate} for moment, (_, certificate) in expected.items()
    }


def test_what_ended_before_it_expired_stays_ended(tmp_path: Path) -> None:
    """A revoked certificate does not become an expired one, an abolished card neither (R-3.10)."""
    with fresh_stage(tmp_path) as stage:
        counter.ceremony(stage)
        counter.first_issue(stage)
        number = stage.house.cards.look(cast.CARD).number
        stage.house.window.cards.change(
            cast.WAKABA_CLERK,
            resident_code=cast.RESIDENT_CODE,
            card_number=number,
            event=CardEvent.ABOLISH,
            cause=LifeEvent.CARD_RETURNED,
        )
        shown = the_card(start_page(replace(stage.house, clock=SteppedClock(datetime(2040, 1, 1, tzinfo=UTC))), "ja"))

    assert shown.state is CardState.ABOLISHED
    assert {one.state for one in shown.certificates} == {CertificateState.REVOKED}


def test_authorities_and_lists_are_those_of_the_folder(story: Telling) -> None:
    """Fingerprints are of the published files; every CA's newest list of every city is there with its number."""
    page = start_page(story.house, "en")
    public = story.house.home.public
    prints = {
        f"/ca/{path.name}": sha256(path.read_bytes()).hexdigest().upper() for path in (public / "ca").glob("*.cer")
    }

    assert {one.files[0].href: one.fingerprint.replace(":", "") for one in page.authorities} == prints
    assert [(one.kind.value, one.generation) for one in page.authorities] == [
        ("authentication", 1),
        ("signature", 1),
        ("authentication", 2),
        ("signature", 2),
    ]
    assert len(page.revocation_lists) == 12
    assert len({one.href for one in page.revocation_lists}) == 12
    assert all(one.this_update == page.now < one.next_update for one in page.revocation_lists)


def test_the_responders_command_names_the_newest_ca(story: Telling) -> None:
    """The line asks the address in the certificates and trusts the PEM file that the page offers for download."""
    page = start_page(story.house, "en")
    offered = {file.href.rpartition("/")[2] for one in page.authorities for file in one.files}

    assert {one.kind for one in page.responders} == set(CertificateKind)
    for responder in page.responders:
        assert f"-CAfile {responder.kind.value}-2.pem" in responder.command
        assert f"{responder.kind.value}-2.pem" in offered
        assert responder.url == story.house.profiles.ocsp_url(responder.kind)
        assert responder.url in responder.command


def test_the_command_goes_where_the_page_is_served(story: Telling) -> None:
    """`serve --port` answers elsewhere than certificates say: the line asks there, and the address shown stays theirs."""
    for responder in start_page(story.house, "en", address="http://127.0.0.1:9999").responders:
        assert responder.url == story.house.profiles.ocsp_url(responder.kind)
        assert responder.command.endswith(f"-url http://127.0.0.1:9999/ocsp/{responder.kind.value}")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_story_is_told_in_the_readers_language(story: Telling, language: Language) -> None:
    """Each step of the transcript, without the many files of evidence."""
    told = start_page(story.house, language).story
    steps = json.loads((story.told.home / "story" / "transcript.json").read_bytes())["steps"]

    assert told is not None
    assert [step.title for step in told.steps] == [step["title"][language] for step in steps]
    assert told.steps[0].sentences == tuple(said[language] for said in steps[0]["told"])
    assert told.steps[0].outcomes == tuple(said[language] for said in steps[0]["checked"])
    links = [link for step in told.steps for link in step.artefacts]
    assert "signed-1.pdf" in [link.text for link in links]
    assert not any("evidence" in link.href for link in links)
    assert all((story.told.home / link.href[1:]).is_file() for link in links)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"steps": [{}]}',
        b'{"steps": 1}',
        b'{"steps": [{"at": "yesterday"}]}',
        b'{"steps": ["x"]}',
    ],
)
def test_a_transcript_that_is_not_ours_is_no_story(home_of_story: House, content: bytes | None) -> None:
    """The page is shown without a story if there is none, or one that cannot be read."""
    if content is not None:
        (home_of_story.home.story / "transcript.json").write_bytes(content)

    assert start_page(home_of_story, "ja").story is None


def test_what_cannot_be_downloaded_has_no_link(home_of_story: House) -> None:
    """Certificates that no story left, and a signed file that is not there, are not offered."""
    page = start_page(home_of_story, "ja")

    assert {one.href for one in the_card(page).certificates} == {""}
    assert not any("verify" in command.line for command in page.next_commands)


def test_what_to_try_next_can_be_typed(story: Telling) -> None:
    """Each command names this home; a signature to verify is offered where there is one."""
    lines = [command.line for command in start_page(story.house, "en").next_commands]

    assert f"openjpki card list --home {story.told.home}" in lines
    assert f"openjpki verify {story.told.home}/story/signed-2.pdf --home {story.told.home}" in lines


def test_a_home_with_a_blank_in_its_name_stays_one_argument(home_of_story: House) -> None:
    """The commands are safe to paste, whatever the folder is called."""
    blank = replace(home_of_story.home, path=home_of_story.home.path / "my home")

    assert any(
        shlex.split(command.line)[-1] == str(blank.path)
        for command in start_page(replace(home_of_story, home=blank), "en").next_commands
    )


def test_a_card_image_that_cannot_be_read_is_shown_by_its_number(story: Telling) -> None:
    """A damaged image does not take the page down; the register still knows the card."""
    path = story.house.home.cards / f"{cast.CARD}.card"
    content = path.read_bytes()
    number = story.house.cards.look(cast.CARD).number
    try:
        path.write_bytes(b"damaged")
        assert the_card(start_page(story.house, "ja")).name == number
    finally:
        path.write_bytes(content)


def test_a_new_sandbox_has_residents_and_no_card(tmp_path: Path) -> None:
    """Before anything happens: two cities, eight residents, two CAs, no story; an unshifted clock is not remarked on."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    seed(made)
    page = start_page(made, "ja")

    assert [one.residents for one in page.municipalities] == [5, 3]
    assert (page.cards, page.story, page.clock_shifted) == ((), None, False)
    assert len(page.authorities) == 2


def test_residents_are_shown_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody is on exactly one page, whatever city they live in; the city's figure counts all."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    seed(made)
    everybody = [one.code for one in start_page(made, "ja").residents]
    assert start_page(made, "ja").further_href == ""
    monkeypatch.setattr(reading, "PAGE", 2)
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = start_page(made, "ja", after=after)
        assert [one.residents for one in page.municipalities] == [5, 3]
        seen += [one.code for one in page.residents]
        if not page.further_href:
            break
        after = page.further_href.removeprefix("?lang=ja&after=").removesuffix("#residents")

    assert sorted(seen) == sorted(everybody)
    assert len(seen) == len(set(seen)) == 8


def test_whom_a_page_shows_is_written_down_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at a resident is recorded, city by city and to the person; a page that shows nobody records nothing."""
    empty_databases()
    made = house(tmp_path)
    made.furnish()
    seed(made)
    rows = Entry.objects.using("window").filter(verb="residents.listed").order_by("pk")
    assert not rows.exists(), "to make a sandbox nobody is looked at"
    monkeypatch.setattr(reading, "PAGE", 4)

    page = start_page(made, "ja")
    shown = Counter(one.municipality for one in page.residents)
    named = {f"register:{city.code}": shown[city.name] for city in MUNICIPALITIES if shown[city.name]}
    assert {row.subject: row.data["residents"] for row in rows} == named
    assert {row.actor for row in rows} == {"start-page"}

    recorded = rows.count()
    assert start_page(made, "ja", after="99999999999").residents == ()
    assert rows.count() == recorded


def test_a_shifted_clock_is_shown(tmp_path: Path) -> None:
    """A sandbox that lives in another time says so."""
    made = house(tmp_path)
    settings: Any = replace(made.home.settings, clock_shift_seconds=86_400)
    page = start_page(
        replace(
            made,
            home=replace(made.home, settings=settings),
            clock=SteppedClock(made.clock() + timedelta(days=1)),
        ),
        "ja",
    )

    assert page.clock_shifted
    assert page.now == made.clock() + timedelta(days=1)


def test_lists_are_shown_once_there_are_any(tmp_path: Path) -> None:
    """Between the ceremony and the first publication there is a CA and no list."""
    with fresh_stage(tmp_path) as stage:
        stage.house.authority.ceremony()

        assert start_page(stage.house, "ja").revocation_lists == ()
