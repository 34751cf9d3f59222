from http import HTTPStatus

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.statements import approval_of, signature_text
from openjpki.site.operators.visitors import Visitor
from openjpki.site.settings import ROLES
from tests.support.authority import CARD
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.support.pages import HOST, Pages, hidden, text_of

pytestmark = pytest.mark.django_db(databases=ROLES)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://{HOST}"},
        {"Origin": "https://127.0.0.1:9999"},
        {"Origin": None, "Sec_Fetch_Site": "cross-site"},
        {"Origin": None, "Sec_Fetch_Site": "same-site"},
        {"Origin": None, "Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": None, "Sec_Fetch_Site": None},
    ],
    ids=str,
)
def test_a_form_of_another_site_does_nothing(pages: Pages, headers: dict[str, str | None]) -> None:
    """The browser shows its certificate to whoever makes it ask; where the form came from decides (T-103)."""
    number = pages.operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    browser = pages.browser(TANAKA)
    line = signature_text(pages.operators.keys[TANAKA].sign(approval_of(pages.operators.operation.statement(number))))
    reply = browser.send(browser.see(f"/acts/{number}"), f"/acts/{number}/approve", {"signature": line}, **headers)

    assert reply.status is HTTPStatus.FORBIDDEN
    assert "operators.form-refused" in text_of(reply)
    (row,) = pages.operators.operation.acts()
    assert row.approver_1_id is None
    assert Entry.objects.using("authority").get(verb="operator.refused").actor == f"operator:{TANAKA}"


def test_one_header_of_the_two_is_enough(pages: Pages) -> None:
    """Older browsers say less."""
    browser = pages.browser()
    for left_out in ({"Origin": None}, {"Sec_Fetch_Site": None}):
        reply = browser.send(browser.see("/phone"), "/phone/caller", {"card-number": CARD}, **left_out)
        assert reply.status is HTTPStatus.OK


def test_a_token_is_of_one_browser_one_address_and_one_door(pages: Pages) -> None:
    """Another operator's, another form's, a changed one, none: nothing is done (T-103)."""
    sato, tanaka = pages.browser(SATO), pages.browser(TANAKA)
    own = hidden(sato.see("/phone"), "/phone/caller")
    others = hidden(tanaka.see("/phone"), "/phone/caller")
    again = hidden(pages.browser(SATO).see("/phone"), "/phone/caller")

    fields: dict[str, str | list[str]] = {"card-number": CARD}
    for token in (others["token"], again["token"], f"{own['token']}0", "", "あ"):
        reply = sato.post("/phone/caller", fields | {"token": token})
        assert (reply.status, "operators.form-refused" in text_of(reply)) == (HTTPStatus.FORBIDDEN, True)
    assert sato.post("/phone/stop", fields | {"token": own["token"]}).status is HTTPStatus.FORBIDDEN
    assert sato.post("/phone/caller", fields | own).status is HTTPStatus.OK


def test_a_visitor_shows_no_key() -> None:
    """What is printed for debugging gives no form away."""
    visitor = Visitor(name=SATO, form_key=b"secret")

    assert "secret" not in repr(visitor)
    assert visitor.token("/a") != visitor.token("/b")
