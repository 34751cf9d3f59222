"""The operators' pages in a real browser, over TLS, with a certificate that an operator made."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from openjpki.authority.control.controlled import for_issuer
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.statements import approval_of, signature_text
from openjpki.authority.models import Card
from openjpki.authority.verifiers.proposals import content_for
from openjpki.rules.kinds import CardState
from openjpki.site.operators.room import OperatorRoom
from openjpki.site.settings import ROLES
from tests.support.authority import CARD
from tests.support.browser import Browser, BrowserError, Page, chromium
from tests.support.looks import CUT_OFF, TOO_FAINT
from tests.support.operators import SATO, SUZUKI, TANAKA, script
from tests.support.pages import PASSPHRASE, Pages, packed
from tests.support.verifiers import registration

TOOLS = (chromium(), shutil.which("certutil"), shutil.which("pk12util"))
pytestmark = [
    pytest.mark.web,
    pytest.mark.skipif(None in TOOLS, reason="Chromium or the tools of NSS are not installed"),
    pytest.mark.django_db(databases=ROLES, transaction=True),
]
PICTURES = os.environ.get("OPENJPKI_PICTURES", "")
"""A folder: where it is named, each page is drawn into it, for people to look at."""
PATHS = ("/", "/acts", "/acts/1", "/acts/2", "/phone", "/phone/stopped", "/verifiers", "/notices", "/nowhere")


def imported(home: Path, trust: Path, packed_key: bytes) -> None:
    """Give a browser's home the pages' CA and an operator's certificate, as a person imports them."""
    database = f"sql:{home / '.pki' / 'nssdb'}"
    (home / ".pki" / "nssdb").mkdir(parents=True)
    (home / "sato.p12").write_bytes(packed_key)
    for command in (
        ["certutil", "-N", "--empty-password", "-d", database],
        ["certutil", "-A", "-t", "C,,", "-n", "pages", "-i", str(trust), "-d", database],
        ["pk12util", "-i", str(home / "sato.p12"), "-W", PASSPHRASE.decode(), "-K", "", "-d", database],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Return pages with something on each of them."""
    made = Pages.over(tmp_path)
    house = made.house
    text = script(house.authority, ("signature", 2, "2026-06-01T00:00"))
    made.operators.propose(ActKind.KEY_CEREMONY, {"script": text}, by=TANAKA)
    made.operators.propose(ActKind.MASS_REVOCATION, for_issuer("signature-1"))
    made.operators.carried_out(ActKind.VERIFIER_REGISTRATION, content_for(registration("bank")))
    return made


@pytest.fixture
def site(pages: Pages) -> Iterator[str]:
    """Serve the pages, and return their address."""
    with OperatorRoom(pages.house).server(0).answering() as server:
        yield f"https://127.0.0.1:{server.port}"


@pytest.fixture
def page(pages: Pages, site: str, tmp_path: Path) -> Iterator[Page]:
    """Open a tab of Sato's browser."""
    trust = OperatorRoom(pages.house).ca.certificate
    imported(tmp_path / "browser", trust, packed(SATO, pages.operators.keys[SATO]))
    program = chromium()
    assert program is not None
    with Browser(program, home=tmp_path / "browser", shows_certificate=[site]) as running:
        yield running.page()


def pictured(page: Page, name: str) -> None:
    """Draw a page, where pictures are wanted."""
    if PICTURES:
        page.screenshot(Path(PICTURES) / f"{name}.png")


def looks_right(page: Page, where: str) -> None:
    """Hold a page to what everybody must be able to read: nothing cut off, contrast, no complaint of the browser."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where
    assert page.evaluate(CUT_OFF) == [], where
    found = page.evaluate(TOO_FAINT)
    assert (found["seen"] > 5, found["faint"]) == (True, []), where


def test_every_page_can_be_read(page: Page, site: str) -> None:
    """At 320 px and wide, in both languages: nothing is cut off, text stands out, and the policy is kept (WCAG 2.2)."""
    for path in PATHS:
        for language in ("ja", "en"):
            page.open(f"{site}{path}?lang={language}")
            for width in (320, 1280):
                page.resize(width)
                where = f"{path.strip('/').replace('/', '-') or 'state'}-{language}-{width}"
                pictured(page, where)
                looks_right(page, where)
    assert [said for said in page.problems() if "404" not in said] == []


def test_an_operator_approves_and_stops_a_card(pages: Pages, page: Page, site: str) -> None:
    """By keyboard and form alone, without a script: what was pasted is taken, what was asked is recorded (R-5.20)."""
    page.open(f"{site}/acts/2?lang=ja")
    line = signature_text(pages.operators.keys[SATO].sign(approval_of(pages.operators.operation.statement(2))))
    sent(page, "#signature", line)
    assert page.evaluate("location.search") == "?lang=ja&taken=1"
    assert "承認を受け付けました" in page.evaluate("document.body.innerText")
    pictured(page, "approved")
    assert [one.pk for one in pages.operators.operation.acts() if one.approver_1_id == SATO] == [2]

    page.open(f"{site}/phone?lang=en")
    sent(page, "#card-number", CARD)
    assert "Hold the caller" in page.evaluate("document.body.innerText")
    for width in (320, 1280):
        page.resize(width)
        looks_right(page, "caller")
        pictured(page, f"caller-{width}")
    pressed(page)  # the browser itself asks for what must be ticked
    assert page.evaluate("location.pathname") == "/phone/caller"
    page.evaluate("document.querySelectorAll('[required]').forEach(one => one.click())")
    submitted(page)
    assert "The card is stopped" in page.evaluate("document.body.innerText")
    looks_right(page, "done")
    pictured(page, "done")
    assert Card.objects.get().state == CardState.SUSPENDED.value
    page.open(f"{site}/phone/stopped")
    assert CARD in page.evaluate("document.body.innerText")
    pictured(page, "stopped")
    assert page.problems() == []


def sent(page: Page, field: str, text: str) -> None:
    """Type into a field, and send its form."""
    page.evaluate(f"document.querySelector('{field}').focus()")
    page.call("Input.insertText", text=text)
    submitted(page)


def pressed(page: Page) -> None:
    """Press the button of the form by the keyboard."""
    page.evaluate("document.querySelector('main form button').focus()")
    page.press("Enter", 13, text="\r")


def submitted(page: Page) -> None:
    """Press the button, and wait for the page that answers."""
    page.forget_loads()
    pressed(page)
    page.wait_until_loaded()


def test_the_browser_of_a_removed_operator_sees_nothing(pages: Pages, site: str, tmp_path: Path) -> None:
    """At once: the line is refused, or, if TLS has not heard of it yet, every page (T-101)."""
    trust = OperatorRoom(pages.house).ca.certificate
    imported(tmp_path / "removed", trust, packed(SUZUKI, pages.operators.keys[SUZUKI]))
    pages.operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    program = chromium()
    assert program is not None
    with Browser(program, home=tmp_path / "removed", shows_certificate=[site]) as running:
        tab = running.page()
        try:
            tab.open(site)
        except BrowserError:
            return  # TLS itself has heard of it
        assert "authority.operators.browser-certificate-refused" in tab.evaluate("document.body.innerText")
