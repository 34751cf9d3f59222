import re

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from openjpki.pki.ocsp_answer import error_answer
from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from openjpki.site.watching import figures, upkeep_notes
from openjpki.site.watching.metrics import CERTIFICATES_KEPT_SECONDS, Measures, word
from openjpki.site.watching.upkeep_notes import Notes

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)
ERROR = error_answer("try_later")


def samples(measures: Measures) -> dict[tuple[str, ...], float]:
    """Return name and label values → value of everything that is told, as Prometheus reads it."""
    families = text_string_to_metric_families(measures.text().decode())
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_the_figures_of_a_home_are_told(settled: House) -> None:
    """Certificates by kind and state, orders by age, outbox, lists by partition, record: each with a fixed set of labels."""
    told = samples(Measures(settled))

    for kind in CertificateKind:
        for state in set(CertificateState) - {CertificateState.EXPIRED}:
            assert told["openjpki_certificates", kind.value, state.value] == 0
    assert told["openjpki_open_orders", "older"] == 0
    assert told["openjpki_outbox_waiting",] == told["openjpki_outbox_oldest_seconds",] == 0
    assert told["openjpki_crl_number", "signature-1", "99201"] == 1
    assert told["openjpki_crl_next_update_seconds", "signature-1", "99201"] == 25 * 3600
    assert told["openjpki_crl_age_seconds", "authentication-1", "99202"] == 0
    assert told["openjpki_audit_rows", "window"] >= told["openjpki_audit_unsealed", "window"] > 0
    assert told["openjpki_audit_unsealed_oldest_seconds", "staff"] == 0
    assert told["openjpki_audit_last_seal_timestamp_seconds", "authority"] == 0
    assert told["openjpki_outbox_refused",] == told["openjpki_outbox_paused",] == 0
    assert told["openjpki_card_sessions_open",] == 0
    assert told["openjpki_databases_answer",] == 1
    assert told["openjpki_upkeep_last_success_timestamp_seconds",] == 0


def test_requests_and_answers_are_counted(settled: House) -> None:
    """By view, method and status; answers by what they say, with the time they took."""
    measures = Measures(settled)
    measures.request("ocsp", "POST", 200)
    measures.request("none", "BREW", 404)
    measures.answer(ERROR, 0.004)
    measures.answer(None, 3.0)
    told = samples(measures)

    assert told["openjpki_requests_total", "POST", "200", "ocsp"] == 1
    assert told["openjpki_requests_total", "other", "404", "none"] == 1
    assert told["openjpki_ocsp_answers_total", "try_later"] == 1
    assert told["openjpki_ocsp_answers_total", "unavailable"] == 1
    assert told["openjpki_ocsp_seconds_bucket", "0.005"] == 1
    assert told["openjpki_ocsp_seconds_bucket", "+Inf"] == told["openjpki_ocsp_seconds_count",] == 2


def test_the_upkeep_of_another_process_is_told(settled: House) -> None:
    """Rounds run where `serve` began, and are told where requests are answered."""
    upkeep_notes.keep(settled.home.path, Notes(rounds=5, failures=2, succeeded_at="2026-11-27T12:00:00+00:00"))
    told = samples(Measures(settled))

    assert told["openjpki_upkeep_rounds_total",] == 5
    assert told["openjpki_upkeep_failures_total",] == 2
    assert told["openjpki_upkeep_last_success_timestamp_seconds",] == 1795780800


def test_all_certificates_are_not_counted_at_every_scrape(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one count that grows with the table is kept for some minutes."""
    asked: list[float] = []
    moment = [0.0]

    def count() -> dict[tuple[str, str], int]:
        asked.append(moment[0])
        return {}

    monkeypatch.setattr(figures, "certificates", count)
    measures = Measures(settled, clock=lambda: moment[0])
    for at in (1.0, CERTIFICATES_KEPT_SECONDS, CERTIFICATES_KEPT_SECONDS + 2):
        moment[0] = at
        measures.text()

    assert asked == [1.0, CERTIFICATES_KEPT_SECONDS + 2]


def test_a_silent_database_leaves_the_rest(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process counted is told all the same, and that the figures are missing."""

    def silent(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(figures, "outbox", silent)
    told = samples(Measures(settled))

    assert told["openjpki_databases_answer",] == 0
    assert ("openjpki_outbox_waiting",) not in told
    assert ("openjpki_crl_number", "signature-1", "99201") in told


def test_no_metric_names_a_person(settled: House) -> None:
    """Names, codes and card numbers are in no line; nothing is Japanese."""
    text = Measures(settled).text().decode()

    assert text.isascii()
    assert not re.search(r"\b\d{11}\b|\b\d{15}\b", text)


def test_an_answer_is_one_word() -> None:
    """An error of the responder is told by its own word (RFC 6960 §4.2.1)."""
    assert word(ERROR) == "try_later"
    assert word(error_answer("malformed_request")) == "malformed_request"
