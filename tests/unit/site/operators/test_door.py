from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import DatabaseError

from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operator_keys import OperatorKey
from openjpki.site.operators import door
from openjpki.site.operators.server import PageReply
from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.support.pages import Browser, Pages, shown, text_of

pytestmark = pytest.mark.django_db(databases=ROLES)


def refused(reply: PageReply) -> str:
    """Return the code of a refusal, which shows nothing of the pages."""
    assert reply.status is HTTPStatus.FORBIDDEN
    assert "<nav" not in reply.body.decode()
    assert reply.headers["Cache-Control"] == "no-store"
    return text_of(reply).split()[-1]


def test_who_is_no_operator_sees_nothing(pages: Pages) -> None:
    """No certificate, a stranger's, one in another's name, one that has ended, a removed operator's (T-100, T-101)."""
    keys = pages.operators.keys
    wrong = {
        b"": "authority.operators.browser-certificate-refused",
        shown(SATO, OperatorKey.generate()): "authority.operators.browser-certificate-refused",
        shown(SATO, keys[TANAKA]): "authority.operators.browser-certificate-refused",
        shown(SATO, keys[SATO], age=timedelta(days=1, minutes=1)): "authority.operators.browser-certificate-over",
    }
    for certificate, code in wrong.items():
        assert refused(Browser(pages.door, certificate).get("/")) == code
    suzuki = pages.browser(SUZUKI)
    assert suzuki.get("/").status is HTTPStatus.OK
    pages.operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    assert refused(suzuki.get("/")) == "authority.operators.browser-certificate-refused"


def test_no_header_says_who_somebody_is(pages: Pages) -> None:
    """The name on the page is that of the certificate (T-100)."""
    browser = pages.browser(TANAKA)
    browser.headers = {"openjpki.operator": SATO, "Openjpki-Operator": SATO, "X-SSL-Client": SATO}

    assert f"<strong>{TANAKA}</strong>" in browser.see("/phone")


def test_every_answer_has_the_strict_policy(pages: Pages) -> None:
    """A page, a refusal, what is not there: no script, no frame, nothing kept; a style may be kept by nobody else."""
    browser = pages.browser()
    for reply in (browser.get("/"), browser.get("/nowhere"), Browser(pages.door, b"").get("/")):
        assert reply.headers["Content-Security-Policy"] == door.POLICY
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Frame-Options"] == "DENY"
    assert "script" not in door.POLICY
    assert "'unsafe" not in door.POLICY
    assert browser.get("/static/site/house.css").headers["Content-Type"] == "text/css"
    assert browser.get("/static/%2e%2e/operators/door.py").status is HTTPStatus.BAD_REQUEST
    assert "Content-Length" not in browser.get("/").headers


def test_another_host_is_no_address_of_ours(pages: Pages) -> None:
    """Names that a web site points at this machine are refused (DNS rebinding, T-103)."""
    browser = pages.browser()
    browser.headers = {"Host": "evil.example"}

    assert browser.get("/").status is HTTPStatus.BAD_REQUEST


def test_a_register_that_is_silent_knows_nobody(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the database no operator can be known, and none is believed."""

    def silent(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(door, "admitted", silent)
    reply = pages.browser().get("/")

    assert reply.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert "operators.register-silent" in text_of(reply)
