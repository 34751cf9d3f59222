import json
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from openjpki.site import views
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import wiring
from openjpki.site.watching.logs import install
from openjpki.site.watching.middleware import Watch
from openjpki.site.web import application_over
from tests.unit.site.watching.test_logs import PIN
from tests.unit.site.watching.test_metrics import samples

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what stands on standard error, line by line."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def client(settled: House) -> Client:
    """Return a browser whose faults are answered, not raised."""
    application_over(settled)
    install()
    return Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)


def test_a_request_is_one_line_without_its_address(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """View, method, status, time: neither path nor query nor body."""
    client.get(f"/?lang=en&pin={PIN}")
    client.get(f"/no/such/{PIN}")
    client.post(f"/ocsp/signature?{PIN}", PIN.encode(), content_type="application/ocsp-request")
    everything = lines(capsys)
    said = [line for line in everything if line["event"] == "request"]

    assert PIN not in str(everything)
    assert [(line["view"], line["method"], line["status"]) for line in said] == [
        ("start", "GET", 200),
        ("none", "GET", 404),
        ("ocsp", "POST", 200),
    ]
    assert len({line["request"] for line in said}) == 3
    assert all(line["milliseconds"] > 0 for line in said)


def test_requests_and_answers_are_counted(client: Client, settled: House) -> None:
    """By the same measures that `/metrics` tells."""
    client.post("/ocsp/signature", b"x", content_type="application/ocsp-request")
    client.post("/ocsp/signature", b"x", content_type="text/plain")
    measures = wiring.measures()
    assert measures is not None
    told = samples(measures)

    assert told["openjpki_ocsp_answers_total", "malformed_request"] == 1
    assert told["openjpki_ocsp_answers_total", "unavailable"] == 1
    assert told["openjpki_requests_total", "POST", "200", "ocsp"] == 1
    assert settled.home.path.exists()


def test_a_failing_request_is_told_without_what_it_said(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it happened and its kind, under the request's name: no value of the fault, no trace of Django's beside it."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError(PIN)

    monkeypatch.setattr(views, "start_page", fail)
    answer = client.get(f"/?pin={PIN}")
    said = [line for line in lines(capsys) if line["event"] in {"library", "request"}]
    faults = [line for line in said if "fault" in line]

    assert answer.status_code == 500
    assert [line["source"] for line in faults] == ["django.request"]
    assert faults[0]["fault"].endswith("ValueError\n")
    assert {line["request"] for line in said} == {faults[0]["request"]}
    assert said[-1]["level"] == "error"
    assert PIN not in str(said)


def test_nobody_need_count(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without measures there is still a line; an odd method is told as another."""
    monkeypatch.setattr(wiring, "_installed", [])
    install()

    def answer(_: HttpRequest) -> HttpResponseBase:
        return HttpResponse()

    Watch(answer)(RequestFactory().generic("BREW", "/"))

    assert lines(capsys)[0]["method"] == "other"


def test_a_story_is_not_interrupted_by_lines(settled: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Only a process that logs writes lines: a command's standard error is for its person."""
    application_over(settled)
    Client(SERVER_NAME="127.0.0.1").get("/healthz")

    assert capsys.readouterr().err == ""
