import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from django.template.backends.django import DjangoTemplates

from openjpki.errors import Language
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CertificateState
from openjpki.site.start_page import TEMPLATE, StartPage, ocsp_command, parts_of, render, written_time
from tests.support.start_page import CARD_OF_THE_STORY, demo_page, empty_page

VOID = {"meta", "link", "img", "wbr", "br"}
LANGUAGES: tuple[Language, ...] = ("ja", "en")


class Outline(HTMLParser):
    """Reads a page into the facts that the tests ask for; an element closed out of turn is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.headings: list[int] = []
        self.captions: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; a void one is not kept open."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.captions.append("")

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Gather the text, and that of captions apart."""
        self.text += data
        if "caption" in self._open:
            self.captions[-1] += data

    def values(self, attribute: str) -> list[str]:
        """Return an attribute's values over the whole page."""
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


@pytest.mark.parametrize(
    ("day", "japanese", "english"),
    [
        (date(2026, 11, 23), ("令和8年（2026年）", "11月23日（月）"), ("2026-11-23", "(Mon)")),
        (date(2019, 5, 1), ("令和元年（2019年）", "5月1日（水）"), ("2019-05-01", "(Wed)")),
        (date(1872, 1, 7), ("1872年1月7日（日）",), ("1872-01-07", "(Sun)")),  # without an era there is nothing to part
    ],
)
def test_a_day_is_told_as_everywhere_in_parts(day: date, japanese: tuple[str, ...], english: tuple[str, ...]) -> None:
    """One form in every room; a line breaks behind the year, or before the weekday. A birth date has no weekday."""
    assert parts_of(day, "ja") == japanese
    assert parts_of(day, "en") == english
    assert "".join(parts_of(day, "ja")) == spoken(day, "ja")
    assert " ".join(parts_of(day, "en")) == spoken(day, "en")
    assert parts_of(day, "en", weekday=False) == (day.isoformat(),)


def test_a_moment_is_shown_as_the_japanese_wall_clock() -> None:
    """UTC+9 without exception: 15:00 UTC is midnight in Japan."""
    assert written_time(datetime(2026, 11, 22, 15, 0, tzinfo=UTC)) == "00:00"


def test_the_ocsp_command_is_safe_to_paste() -> None:
    """A file name with a blank or a shell's own signs stays one argument."""
    command = ocsp_command(issuer_file="my ca.pem", certificate_file="$(x).cer", url="http://127.0.0.1:8780/ocsp")

    assert command == (
        "openssl ocsp -issuer 'my ca.pem' -CAfile 'my ca.pem' \\\n  -cert '$(x).cer' -url http://127.0.0.1:8780/ocsp"
    )


def test_the_states_are_counted_in_the_order_of_a_life() -> None:
    """The opening counts certificates by state, from prepared to expired, and leaves out what there is none of."""
    page = demo_page()
    story_only = replace(page, residents=page.residents[:1])

    assert story_only.cards == (CARD_OF_THE_STORY,)
    assert story_only.certificate_states == (
        (CertificateState.REVOKED, 1),
        (CertificateState.SUPERSEDED, 2),
        (CertificateState.EXPIRED, 2),
    )
    assert empty_page().certificate_states == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [demo_page, empty_page])
def test_the_page_is_well_formed_and_accessible(make: Callable[[Language], StartPage], language: Language) -> None:
    """Structure a screen reader relies on: language, one h1, no skipped level, landmarks, captions, sound references."""
    outline = Outline(render(make(language)))
    tags = Counter(tag for tag, _ in outline.elements)
    ids = outline.values("id")

    assert outline.elements[0] == ("html", {"lang": language})
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert (tags["header"], tags["nav"], tags["main"], tags["footer"]) == (1, 1, 1, 1)
    assert all(outline.captions)
    assert all("scope" in attributes for tag, attributes in outline.elements if tag == "th")
    assert len(ids) == len(set(ids))
    assert set(outline.values("aria-labelledby")) <= set(ids)
    assert {href[1:] for href in outline.values("href") if href.startswith("#")} <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_needs_no_script_and_no_inline_style(language: Language) -> None:
    """A strict content security policy can forbid both."""
    outline = Outline(render(demo_page(language)))

    assert not {"script", "style"} & {tag for tag, _ in outline.elements}
    assert not [
        name for _, attributes in outline.elements for name in attributes if name == "style" or name[:2] == "on"
    ]
    assert all(href.startswith(("/", "#")) for href in outline.values("href"))
    assert all(source.startswith("/static/") for source in outline.values("src"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_the_context_is_shown(language: Language) -> None:
    """Residents, cards, serials, fingerprints, lists, responders, story and commands all reach the reader."""
    page = demo_page(language)
    text = Outline(render(page)).text
    shown = (
        *(municipality.code for municipality in page.municipalities),
        *(resident.name for resident in page.residents),
        *(resident.code for resident in page.residents),
        *(card.name for card in page.cards),
        *(authority.fingerprint for authority in page.authorities),
        *(authority.subject for authority in page.authorities),
        *(str(revocation_list.number) for revocation_list in page.revocation_lists),
        *(responder.command for responder in page.responders),
        *(command.line for command in page.next_commands),
        *("".join(parts_of(resident.birth_date, language, weekday=False)) for resident in page.residents),
    )

    assert page.story is not None
    assert [part for part in shown if part not in text] == []
    for step in page.story.steps:
        assert all(part in text for part in (step.title, *step.sentences, *step.outcomes, *step.rules))


def test_every_file_can_be_reached() -> None:
    """Each certificate, list and artefact of the context has its link."""
    page = demo_page()
    assert page.story is not None
    assert page.story.transcript is not None
    links = Outline(render(page)).values("href")
    expected = {
        *(certificate.href for card in page.cards for certificate in card.certificates if certificate.href),
        *(file.href for authority in page.authorities for file in authority.files),
        *(revocation_list.href for revocation_list in page.revocation_lists),
        *(artefact.href for step in page.story.steps for artefact in step.artefacts),
        page.story.transcript.href,
        page.other_language_href,
    }

    assert expected <= set(links)
    assert "" not in links


def test_a_certificate_that_only_expired_shows_no_revocation() -> None:
    """Expiry is not revocation: without a day of revocation the page says so."""
    page = demo_page("en")
    card = replace(CARD_OF_THE_STORY, certificates=CARD_OF_THE_STORY.certificates[-1:])
    resident = replace(page.residents[0], cards=(card,))
    text = Outline(render(replace(page, residents=(resident,), story=None))).text

    assert "Expired" in text
    assert "Not revoked" in text


def test_a_revocation_without_a_reason_shows_its_day_alone() -> None:
    """A CRL entry may lack a reason (RFC 5280 §5.3.1)."""
    page = demo_page("en")
    certificate = replace(CARD_OF_THE_STORY.certificates[0], reason=None)
    resident = replace(page.residents[0], cards=(replace(CARD_OF_THE_STORY, certificates=(certificate,)),))
    text = Outline(render(replace(page, residents=(resident,), story=None))).text

    assert "2018-04-12" in text
    assert "Affiliation changed" not in text


def test_an_empty_home_says_what_to_do() -> None:
    """Before the story: no resident, no story, and the command that brings both; a shifted clock says so."""
    text = Outline(render(empty_page("en"))).text

    assert text.count("openjpki story") == 2
    assert "No resident is registered yet" in text
    assert "shifted from the real date and time" in text
    assert "What to try next" not in text


def test_what_people_wrote_stays_text() -> None:
    """A name from a CSV file can carry no markup into the page."""
    page = demo_page()
    html = render(replace(page, residents=(replace(page.residents[2], name="<script>alert(1)</script>"),)))

    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [demo_page, empty_page])
def test_the_template_asks_for_nothing_the_context_lacks(
    make: Callable[[Language], StartPage], language: Language
) -> None:
    """A misspelt field would be drawn as nothing; here it would show."""
    strict = DjangoTemplates(
        {"NAME": "strict", "DIRS": [], "APP_DIRS": True, "OPTIONS": {"string_if_invalid": "MISSING(%s)"}}
    )

    assert "MISSING(" not in strict.get_template(TEMPLATE).render({"page": make(language)})


@pytest.mark.parametrize(("name", "code"), [("404.html", "見つかりません"), ("500.html", "表示できませんでした")])
def test_the_error_pages_need_no_context(name: str, code: str) -> None:
    """Django draws them without the page's values, so they speak both languages at once."""
    engine = DjangoTemplates({"NAME": "plain", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}})
    outline = Outline(engine.get_template(name).render({}))

    assert code in outline.text
    assert "Back to the start page" in outline.text
    assert outline.headings == [1, 2]
    assert ("div", {"lang": "en"}) in outline.elements


def test_the_pages_values_show_no_resident() -> None:
    """A home's register may be imported from a file: names, codes and birth dates stay out of every `repr`."""
    page = demo_page()
    shown = repr(page)

    assert page.residents
    for resident in page.residents:
        assert not any(datum in shown for datum in (resident.code, resident.name, repr(resident.birth_date)))
