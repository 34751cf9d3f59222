from datetime import timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import wiring
from openjpki.site.web import application_over
from tests.unit.site.watching.test_health import advance

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


@pytest.fixture
def client(settled: House) -> Client:
    """Return a monitor at the house."""
    application_over(settled)
    return Client(SERVER_NAME="127.0.0.1")


def test_a_process_that_answers_is_alive(client: Client, settled: House) -> None:
    """Whatever else is wrong: a restart mends no database."""
    advance(settled, timedelta(days=5))
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert answer["Cache-Control"] == "no-store"


def test_a_home_is_ready_or_says_why_not(client: Client, settled: House) -> None:
    """200 with every finding, or 503 with the same."""
    sound = client.get("/readyz")
    advance(settled, timedelta(days=5))
    late = client.get("/readyz")

    assert (sound.status_code, sound.json()["ready"]) == (200, True)
    assert (late.status_code, late.json()["ready"]) == (503, False)
    assert late.json()["checks"]["lists"]["sound"] is False
    assert "見本" not in sound.content.decode()


def test_metrics_can_be_parsed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Prometheus' text form; a process that counts nothing has none."""
    answer = client.get("/metrics")

    assert answer["Content-Type"].startswith("text/plain")
    assert len(list(text_string_to_metric_families(answer.content.decode()))) > 15
    monkeypatch.setattr(wiring, "_installed", [])
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_monitor_changes_nothing(client: Client, path: str) -> None:
    """They are read only."""
    assert client.post(path).status_code == 405
