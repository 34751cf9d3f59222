"""Metrics in Prometheus' text form: what this process counted, and figures of the home at the moment of asking.

No label has a value that a stranger can choose: views, states, issuers and municipalities are ours.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from cryptography.x509 import ocsp
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.site.clock import real_moment
from openjpki.site.house import House
from openjpki.site.watching import figures, logs, upkeep_notes

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds: an answer from memory takes one millisecond, a signature a few, a busy database up to its patience."""
CERTIFICATES_KEPT_SECONDS = 300.0
"""How long the count of all certificates is kept: it alone grows with the table."""
STORED = tuple(state for state in CertificateState if state is not CertificateState.EXPIRED)
"""Expiry is derived at a moment and stored nowhere (R-3.10)."""
UNAVAILABLE = "unavailable"
OTHER_METHOD = "other"
METHODS = frozenset({"GET", "HEAD", "POST"})
Rows = Iterator[Metric]


class Measures:
    """What one process counts, with the figures of its house."""

    def __init__(self, house: House, clock: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._clock = clock
        self._counted: tuple[float, Mapping[tuple[str, str], int]] | None = None
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "openjpki_requests",
            "Requests answered, by view, method and status.",
            ["view", "method", "status"],
            registry=self.registry,
        )
        self._answers = Counter(
            "openjpki_ocsp_answers",
            "OCSP answers, by the first certificate's status or the error.",
            ["status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "openjpki_ocsp_seconds",
            "Time from an OCSP question to its answer.",
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.registry.register(self)

    def request(self, view: str, method: str, status: int) -> None:
        """Count a request; a method that is none of ours is counted as "other"."""
        self._requests.labels(view, method if method in METHODS else OTHER_METHOD, str(status)).inc()

    def answer(self, der: bytes | None, seconds: float) -> None:
        """Count an OCSP answer, None if there was none, and how long it took."""
        self._answers.labels(UNAVAILABLE if der is None else word(der)).inc()
        self._seconds.observe(seconds)

    def describe(self) -> list[Metric]:
        """Name nothing in advance: the databases are asked only when somebody asks for the metrics."""
        return []

    def collect(self) -> Rows:
        """Yield the figures; what a silent database cannot tell is left out, and said to be so."""
        answers = True
        for part in self._parts():
            try:
                yield from list(part(self._house.clock()))
            except DatabaseError:
                answers = False
        yield GaugeMetricFamily("openjpki_databases_answer", "1 if every figure could be read, else 0.", float(answers))
        yield from self._upkeep()
        dropped = CounterMetricFamily("openjpki_log_fields_dropped", "Fields that were not allowed into a log line.")
        dropped.add_metric([], logs.dropped_fields)
        yield dropped

    def _parts(self) -> tuple[Callable[[datetime], Rows], ...]:
        return (self._certificates, self._orders, self._outbox, self._lists, self._card_sessions, self._audit)

    def text(self) -> bytes:
        """Return all of it in Prometheus' text form."""
        return generate_latest(self.registry)

    def _certificates(self, _: datetime) -> Rows:
        now = self._clock()
        if self._counted is None or now - self._counted[0] > CERTIFICATES_KEPT_SECONDS:
            self._counted = (now, figures.certificates())
        told = "Certificates by kind and stored state; counted anew every few minutes."
        family = GaugeMetricFamily("openjpki_certificates", told, labels=["kind", "state"])
        for kind in CertificateKind:
            for state in STORED:
                family.add_metric([kind.value, state.value], self._counted[1].get((kind.value, state.value), 0))
        yield family

    def _orders(self, now: datetime) -> Rows:
        family = GaugeMetricFamily("openjpki_open_orders", "Orders that are not at an end, by age.", labels=["age"])
        for age, count in figures.open_orders(now).items():
            family.add_metric([age], count)
        yield family

    def _outbox(self, now: datetime) -> Rows:
        found = figures.outbox(now)
        yield GaugeMetricFamily("openjpki_outbox_waiting", "Messages that wait for the authority.", found.waiting)
        told = "Age of the oldest of them; 0 if none waits."
        yield GaugeMetricFamily("openjpki_outbox_oldest_seconds", told, found.oldest_seconds)
        told = "Of these, messages that the authority answered and did not take."
        yield GaugeMetricFamily("openjpki_outbox_refused", told, found.refused)
        told = "Municipalities that the authority does not answer at the moment."
        yield GaugeMetricFamily("openjpki_outbox_paused", told, found.paused)

    def _lists(self, now: datetime) -> Rows:
        labels = ["issuer", "municipality"]
        number = GaugeMetricFamily(
            "openjpki_crl_number", "Number of the newest list; 0 if there is none.", labels=labels
        )
        age = GaugeMetricFamily("openjpki_crl_age_seconds", "Since the newest list's thisUpdate.", labels=labels)
        left = GaugeMetricFamily(
            "openjpki_crl_next_update_seconds", "Until its nextUpdate; negative once past.", labels=labels
        )
        for one in figures.lists(now):
            place = [one.issuer, one.municipality]
            number.add_metric(place, one.number)
            age.add_metric(place, one.age_seconds)
            left.add_metric(place, one.left_seconds)
        yield from (number, age, left)

    def _audit(self, _: datetime) -> Rows:
        labels = ["role"]
        rows = GaugeMetricFamily("openjpki_audit_rows", "Number of the last row of a role's record.", labels=labels)
        unsealed = GaugeMetricFamily("openjpki_audit_unsealed", "Rows that wait for the next seal.", labels=labels)
        oldest = GaugeMetricFamily(
            "openjpki_audit_unsealed_oldest_seconds", "Age of the oldest of them; 0 if none waits.", labels=labels
        )
        sealed = GaugeMetricFamily(
            "openjpki_audit_last_seal_timestamp_seconds", "Real moment of the last seal; 0 if none.", labels=labels
        )
        for role, found in figures.records(real_moment()).items():
            rows.add_metric([role], found.rows)
            unsealed.add_metric([role], found.unsealed)
            oldest.add_metric([role], found.oldest_seconds)
            sealed.add_metric([role], found.sealed_at)
        yield from (rows, unsealed, oldest, sealed)

    def _card_sessions(self, _: datetime) -> Rows:
        told = "Sessions with cards that are under way, or were cut off."
        yield GaugeMetricFamily("openjpki_card_sessions_open", told, figures.card_sessions())

    def _upkeep(self) -> Rows:
        notes = upkeep_notes.read(self._house.home.path)
        rounds = CounterMetricFamily("openjpki_upkeep_rounds", "Rounds of upkeep since `serve` began.")
        rounds.add_metric([], notes.rounds)
        failures = CounterMetricFamily("openjpki_upkeep_failures", "Rounds that failed.")
        failures.add_metric([], notes.failures)
        yield from (rounds, failures)
        moment = datetime.fromisoformat(notes.succeeded_at).timestamp() if notes.succeeded_at else 0.0
        told = "Real moment of the last round that did its work; 0 if none did."
        yield GaugeMetricFamily("openjpki_upkeep_last_success_timestamp_seconds", told, moment)


def word(der: bytes) -> str:
    """Return what an OCSP answer says in one word: the first certificate's status, or the responder's error."""
    read = ocsp.load_der_ocsp_response(der)
    if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return read.response_status.name.lower()
    return next(iter(read.responses)).certificate_status.name.lower()
