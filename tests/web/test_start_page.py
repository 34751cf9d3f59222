from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from io import BytesIO
from threading import Thread
from typing import Any
from unicodedata import normalize

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from openjpki.site.start_page import render
from tests.support.browser import Browser, Page, chromium
from tests.support.looks import CUT_OFF, TOO_FAINT
from tests.support.start_page import demo_page, empty_page

pytestmark = [pytest.mark.web, pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The strictest policy that lets the page be seen: no script at all, styles and pictures from the server only."""

PAGES: dict[str, Callable[[], str]] = {
    "/ja": lambda: render(demo_page("ja")),
    "/en": lambda: render(demo_page("en")),
    "/empty-ja": lambda: render(empty_page("ja")),
    "/empty-en": lambda: render(empty_page("en")),
    "/404": lambda: render_to_string("404.html"),
    "/500": lambda: render_to_string("500.html"),
}
KINDS = {"css": "text/css", "svg": "image/svg+xml"}

# The spacing that a reader may set for themself (WCAG 2.2, 1.4.12).
READERS_SPACING = """
(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }'
    + ' p { margin-bottom: 2em !important; }');
  document.adoptedStyleSheets = [sheet];
})()
"""


class Pages(BaseHTTPRequestHandler):
    """Serves the rendered pages and their static files with the policy."""

    def do_GET(self) -> None:
        """Answer with a page, a static file, or 404."""
        path = self.path.partition("?")[0]
        if path in PAGES:
            self._answer("text/html; charset=utf-8", PAGES[path]().encode())
        elif path.startswith("/static/site/"):
            name = path.rpartition("/")[2]
            self._answer(
                KINDS[name.rpartition(".")[2]], (files("openjpki.site") / "static" / "site" / name).read_bytes()
            )
        else:
            self.send_error(404)

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  -- the base class's name
        """Keep quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the pages on a free loopback port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of this file."""
    program = chromium()
    assert program is not None
    with Browser(program) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a fresh tab."""
    tab = browser.page()
    yield tab
    tab.close()


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_has_nothing_to_complain_about(page: Page, address: str, path: str) -> None:
    """No console message, no failed load, no violation of a policy without scripts and inline styles."""
    page.open(address + path)

    assert page.problems() == []
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Noto Sans JP"')


def test_a_violation_would_be_noticed(page: Page, address: str) -> None:
    """The check above can fail: a script that the policy forbids is reported."""
    page.open(address + "/ja")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {src: '/x.js'}))")

    assert any("Content Security Policy" in problem for problem in page.problems())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (768, 1), (1121, 1), (1280, 2), (1280, 4)])
def test_nothing_is_lost_on_narrow_screens_and_at_zoom(
    page: Page, address: str, path: str, width: int, zoom: float
) -> None:
    """From 320 px, and at 200 % and 400 % zoom, no text is cut off and nobody scrolls sideways (WCAG 2.2, 1.4.4, 1.4.10)."""
    page.resize(width, zoom=zoom)
    page.open(address + path)

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("path", ["/ja", "/en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_readers_may_widen_the_spacing(page: Page, address: str, path: str, width: int) -> None:
    """With the spacing of WCAG 2.2, 1.4.12 nothing is cut off; wide tables may then scroll with the page."""
    page.resize(width)
    page.open(address + path)
    page.evaluate(READERS_SPACING)

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") != "normal"
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_text_stands_out_from_its_background(page: Page, address: str, path: str, width: int) -> None:
    """Every text has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3, level AA)."""
    page.resize(width)
    page.open(address + path)
    found = page.evaluate(TOO_FAINT)

    assert found["seen"] > 5
    assert found["faint"] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_a_screen_reader_finds_landmarks_headings_and_tables(page: Page, address: str, width: int) -> None:
    """The accessibility tree keeps its landmarks, and tables stay tables when their rows are drawn as blocks."""
    page.resize(width)
    page.open(address + "/ja")
    nodes = page.accessibility()
    roles = [role for role, _ in nodes]

    assert [roles.count(role) for role in ("banner", "navigation", "main", "contentinfo")] == [1, 1, 1, 1]
    assert ("heading", "OpenJPKI サンドボックス") in nodes
    assert {"どのような仕組みか", "まちと住民", "認証局と失効情報", "最後の物語", "次に試すこと"} <= {
        name for role, name in nodes if role == "region"
    }
    assert {name for role, name in nodes if role == "table"} == {
        "架空の市区町村",
        "カード sakura: 電子証明書",
        "カード ichiro: 電子証明書",
        "失効リスト（CRL）",
    }
    assert ("columnheader", "有効期限") in nodes
    assert ("rowheader", "利用者証明用") in nodes
    assert ("cell", "失効") in nodes


def test_the_keyboard_reaches_everything_in_sight(page: Page, address: str) -> None:
    """Tab begins with the skip link, visits every link in the order of the page, and always shows where it is."""
    page.stand_still()
    page.open(address + "/ja")
    count = page.evaluate("document.querySelectorAll('a').length")
    visited = []
    for _ in range(count):
        page.press("Tab", 9)
        visited.append(
            page.evaluate(
                """(() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
                return [[...document.querySelectorAll('a')].indexOf(at), style.outlineStyle, parseFloat(style.outlineWidth),
                box.width > 1 && box.top >= 0 && box.bottom <= innerHeight]; })()"""
            )
        )

    assert visited == [[index, "solid", 4, True] for index in range(count)]


def test_the_skip_link_leads_past_the_opening(page: Page, address: str) -> None:
    """Enter on the skip link moves the focus to the content."""
    page.open(address + "/ja")
    page.press("Tab", 9)
    page.press("Enter", 13)

    assert page.evaluate("document.activeElement.id") == "content"


def test_one_click_selects_a_whole_command(page: Page, address: str) -> None:
    """A command is copied whole, without a script."""
    page.open(address + "/en")
    command = "document.querySelector('.command code')"
    page.evaluate(f"{command}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
    x, y = page.evaluate(f"(box => [box.left + 20, box.top + 5])({command}.getBoundingClientRect())")
    page.click(x, y)

    assert page.evaluate("getSelection().toString()") == page.evaluate(f"{command}.textContent")


def test_it_prints_without_its_navigation(page: Page, address: str) -> None:
    """On paper there are no links to jump by, the tables keep their heads, and files show their addresses."""
    page.open(address + "/ja")
    printed = PdfReader(BytesIO(page.pdf()))
    # Some typefaces map common characters to their look-alikes among the Kangxi radicals.
    text = normalize("NFKC", "".join("".join(sheet.extract_text().split()) for sheet in printed.pages))

    assert 1 < len(printed.pages) < 8
    assert "このページの内容" not in text
    assert "English" not in text
    assert "発行番号" in text
    assert "/files/story/application-signed.pdf" in text
