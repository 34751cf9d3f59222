import re
from http import HTTPStatus

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.control.controlled import for_issuer
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.statements import approval_of, signature_text
from openjpki.authority.models import Card, Certificate, LegalClock, PhoneHold
from openjpki.rules.kinds import CardState
from openjpki.rules.phone_hold import ALWAYS
from openjpki.site.operators import acts
from openjpki.site.operators.views import ROOMS
from openjpki.site.settings import ROLES
from tests.support.authority import CARD, HANAKO, RESIDENT
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.support.pages import Browser, Pages, text_of

pytestmark = pytest.mark.django_db(databases=ROLES)
CONTENT = {"operator": SUZUKI}
ASKED: dict[str, str | list[str]] = {"asked": [question.value for question in ALWAYS]}
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠々]")


def verbs(actor: str) -> list[str]:
    """Return what an actor's rows of the record say."""
    rows = Entry.objects.using("authority").filter(actor=actor).order_by("pk")
    return [row.verb for row in rows]


def signature(pages: Pages, number: int, name: str) -> str:
    """Return the line that `approve --offline` shows to an operator."""
    return signature_text(pages.operators.keys[name].sign(approval_of(pages.operators.operation.statement(number))))


def approve(browser: Browser, number: int, line: str) -> tuple[HTTPStatus, str]:
    """Paste a line into the form of an act, and return status and text of the answer."""
    address = f"/acts/{number}/approve"
    reply = browser.send(browser.see(f"/acts/{number}"), address, {"signature": line})
    return reply.status, text_of(reply)


def test_every_page_is_drawn_in_both_languages(pages: Pages) -> None:
    """Real HTML: one heading, a name for every field and table; no English page has Japanese but names; nothing is kept."""
    number = pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)
    browser = pages.browser()
    for path in ["/", "/acts", f"/acts/{number}", "/phone", "/phone/stopped", "/verifiers", "/notices"]:
        for language in ("ja", "en"):
            reply = browser.get(f"{path}?lang={language}")
            page = reply.body.decode()

            assert reply.status is HTTPStatus.OK, path
            assert f'<html lang="{language}">' in page
            assert page.count("<h1>") == 1
            assert page.count("<table") == page.count("<caption")
            assert len(re.findall(r"<(?:textarea|input(?! type=.hidden))", page)) == page.count("<label")
            assert (reply.headers["Cache-Control"], reply.headers["Content-Language"]) == ("no-store", language)
            assert "<script" not in page
            assert " style=" not in page
            other = re.sub(r'<a class="language".*?</a>', "", page)
            found = JAPANESE.search(other)
            assert bool(found) == (language == "ja"), (path, found and other[found.start() - 80 : found.end() + 20])
            assert re.search(r'aria-current="page">.+?</a>', page)


def test_the_state_is_that_of_the_command_line(pages: Pages) -> None:
    """Checks by their stable names, generations, lists of every partition, journal, and what waits."""
    pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)
    page = pages.browser().see("/?lang=en")

    for said in ("databases", "upkeep", "signature-1", "authentication-1", "99201", "99202"):
        assert said in page
    assert page.count("state-sound") >= 4
    assert re.search(r'Acts that wait</th><td[^>]*class="number">1<', page)


def test_an_act_is_shown_whole_and_its_statement_given(pages: Pages) -> None:
    """What the command line shows, and the very bytes that are signed."""
    number = pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)
    browser = pages.browser(TANAKA)
    (row,) = pages.operators.operation.acts()
    page = browser.see(f"/acts/{number}")
    given = browser.get(f"/acts/{number}/statement")

    for said in (
        "operator-removal",
        SUZUKI,
        SATO,
        row.digest,
        f"approve --offline act-{number}.json --operator {TANAKA}",
    ):
        assert said in page
    assert given.body == bytes(row.statement)
    assert given.headers["Content-Disposition"] == f'attachment; filename="act-{number}.json"'
    for missing in ("/acts/9", "/acts/9/statement", "/acts/1234567890", "/other"):
        assert browser.get(missing).status is HTTPStatus.NOT_FOUND


def test_an_approval_is_a_signature_by_whom_the_line_proves(pages: Pages) -> None:
    """The same code as the command line's decides: by this person, for this act, once (T-102)."""
    number, other = (pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT) for _ in range(2))
    tanaka = pages.browser(TANAKA)

    for line, code in (
        ("?", "authority.approvals.signature-malformed"),
        (signature(pages, number, SATO), "authority.approvals.signature-wrong"),
        (signature(pages, other, TANAKA), "authority.approvals.signature-wrong"),
    ):
        status, said = approve(tanaka, number, line)
        assert (status, code in said) == (HTTPStatus.FORBIDDEN, True)
    line = signature(pages, number, TANAKA)
    assert approve(tanaka, number, line)[0] is HTTPStatus.SEE_OTHER
    assert verbs(f"operator:{TANAKA}") == ["operator.refused"] * 3 + ["act.approved"]
    page = tanaka.see(f"/acts/{number}?taken=1")
    assert "承認を受け付けました" in page
    assert "authority.approvals.approved-before" in page
    assert 'name="signature"' not in page
    status, said = approve(pages.browser(SATO), number, signature(pages, number, SATO))
    assert status is HTTPStatus.SEE_OTHER
    assert f"carry-out {number}" in tanaka.see(f"/acts/{number}")
    assert "1" in text_of(tanaka.get("/acts"))


def test_who_may_not_approve_reads_why(pages: Pages) -> None:
    """The proposer of a change has no form, and a form that is sent all the same is refused."""
    number = pages.operators.propose(ActKind.TERMINATION, for_issuer("signature-1"))
    sato = pages.browser(SATO)
    page = sato.see(f"/acts/{number}?lang=en")

    assert "authority.approvals.own-proposal" in page
    assert "<form" not in page
    assert (
        sato.post(f"/acts/{number}/approve", {"signature": signature(pages, number, SATO)}).status
        is HTTPStatus.FORBIDDEN
    )
    assert sato.post("/acts/9/approve", {}).status is HTTPStatus.NOT_FOUND


def looked_up(browser: Browser, **fields: str) -> str:
    """Look a caller up, and return the page."""
    sent: dict[str, str | list[str]] = {name.replace("_", "-"): value for name, value in fields.items()}
    return browser.send(browser.see("/phone"), "/phone/caller", sent).body.decode()


def test_a_caller_is_looked_up_and_that_is_recorded(pages: Pages) -> None:
    """By card number or resident code; the register's values are shown to be compared, and no answer is asked for (R-5.20)."""
    browser = pages.browser()
    for page in (looked_up(browser, card_number=CARD), looked_up(browser, resident_code=f" {RESIDENT} ")):
        for said in (HANAKO.name, HANAKO.address, CARD):
            assert said in page
        assert len(re.findall(r'type="checkbox"', page)) == 6
        assert "required" in page
    assert verbs(f"phone:{SATO}") == ["person.read"] * 2
    for fields in ({}, {"card_number": CARD, "resident_code": RESIDENT}, {"resident_code": "1"}, {"card_number": "?"}):
        assert "operators.nobody-named" in looked_up(browser, **fields)
    assert "authority.card-unknown" in looked_up(browser, card_number="999999999999999")
    assert HANAKO.name not in looked_up(browser, card_number="999999999999999")


def test_a_card_is_stopped_at_its_holders_word(pages: Pages) -> None:
    """Only after the questions; what ended, and what happens next, is said; the list has it (R-5.8, R-5.20)."""
    browser = pages.browser()
    page = looked_up(browser, card_number=CARD)
    half = browser.send(page, "/phone/stop", {"asked": ["name", "nonsense"]})

    assert "authority.phone.questions-unasked" in text_of(half)
    assert HANAKO.name in text_of(half)
    assert not PhoneHold.objects.exists()
    done = browser.send(page, "/phone/stop", ASKED)
    assert done.status is HTTPStatus.OK
    assert "窓口が、一時停止を記録" in text_of(done)
    assert Card.objects.get().state == CardState.SUSPENDED.value
    assert sorted(Certificate.objects.values_list("kind", "state")) == [
        ("authentication", "held"),
        ("signature", "revoked"),
    ]
    again = browser.send(page, "/phone/stop", ASKED)
    assert "止める電子証明書はありませんでした" in text_of(again)
    hold = PhoneHold.objects.get()
    assert (hold.operator, hold.asked) == (SATO, ["name", "address", "birth-date"])
    assert CARD in browser.see("/phone/stopped?lang=en")
    assert verbs(f"phone:{SATO}")[-1] == "phone-stops.read"


def test_a_card_that_is_not_there_is_not_stopped(pages: Pages) -> None:
    """Whatever stands in the hidden field (R-5.20)."""
    browser = pages.browser()
    page = looked_up(browser, card_number=CARD)
    for asked in (ASKED, {"asked": ["name"]}):
        reply = browser.send(page, "/phone/stop", {"card-number": "0", **asked})
        assert "authority.card-unknown" in text_of(reply)


def test_what_writes_takes_a_form_and_what_shows_takes_none(pages: Pages) -> None:
    """A link cannot approve, and a form cannot be sent to a page."""
    browser = pages.browser()
    pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)

    for path in ("/acts/1/approve", "/phone/caller", "/phone/stop"):
        assert browser.get(path).status is HTTPStatus.METHOD_NOT_ALLOWED
    for path in ("/", "/acts", "/acts/1", "/phone", "/phone/stopped"):
        assert browser.post(path, {}).status is HTTPStatus.METHOD_NOT_ALLOWED


def test_a_clock_that_went_back_is_told_and_not_a_fault(pages: Pages) -> None:
    """What cannot be written down is not shown."""
    browser = pages.browser()
    LegalClock.objects.update(reached_at=pages.scene.clock().replace(year=2040))

    reply = browser.get("/phone/stopped")
    assert reply.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert "authority.clock-went-back" in text_of(reply)
    stopped = browser.send(browser.see("/phone"), "/phone/caller", {"card-number": CARD})
    assert "authority.clock-went-back" in text_of(stopped)


def test_acts_are_listed_newest_first_and_go_on(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is bounded, and the next one a link away."""
    monkeypatch.setattr(acts, "PAGE", 2)
    for _ in range(3):
        pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)
    browser = pages.browser()
    first, rest = browser.see("/acts"), browser.see("/acts?before=2")

    assert re.findall(r'href="/acts/(\d)\?', first) == ["3", "2"]
    assert "before=2" in first
    assert re.findall(r'href="/acts/(\d)\?', rest) == ["1"]
    assert "before=" not in rest
    assert re.findall(r'href="/acts/(\d)\?', browser.see("/acts?before=x")) == ["3", "2"]


def test_the_pages_lead_to_each_other(pages: Pages) -> None:
    """Every link of every page leads somewhere, static files included."""
    browser = pages.browser()
    pages.operators.propose(ActKind.OPERATOR_REMOVAL, CONTENT)
    links = set()
    for path in ("/", "/acts", "/acts/1", "/phone", "/phone/stopped", "/verifiers", "/notices"):
        links |= set(re.findall(r'(?:href|src)="([^"#]+)"', browser.see(path)))

    assert len(links) > len(ROOMS)
    assert [link for link in links if browser.get(link.replace("&amp;", "&")).status is not HTTPStatus.OK] == []
