"""The responder's metrics in Prometheus' text form, at a port of their own on loopback that no proxy publishes.

The workers count in memory that they share (`responding.tally`); the store is looked at when somebody asks. No label names
a certificate, a holder or an asker.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from openjpki.authority.responding.answering import Word
from openjpki.authority.responding.form import Head
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.tally import BUCKETS, Counted, counted
from openjpki.authority.responding.view import NotSure
from openjpki.site.home import Home
from openjpki.site.server import Listener

Numbers = Sequence[int] | ctypes.Array[ctypes.c_uint64]

REFUSED = (Word.SIGNATURE_REQUIRED, Word.NOT_REGISTERED)
"""What is said to whoever may not ask (setting `ocsp_requesters`)."""
_SOURCE = {False: "live", True: "kept"}


class ResponderMeasures:
    """What the workers counted, with the figures of their store."""

    def __init__(self, numbers: Numbers, store: StatusFile, clock: Callable[[], datetime]) -> None:
        self._numbers, self._store, self._clock = numbers, store, clock
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def describe(self) -> list[Metric]:
        """Name nothing in advance: the store is looked at only when somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        both = counted(self._numbers)
        yield from (_answers(both), _refused(both), _times(both))
        yield from self._of_store()

    def text(self) -> bytes:
        """Return all of it in Prometheus' text form."""
        return generate_latest(self.registry)

    def _of_store(self) -> Iterator[Metric]:
        now = self._clock()
        head, sure = Head(), 0.0
        with suppress(NotSure):
            head = self._store.head()
            self._store.look(now)
            sure = 1.0
        yield GaugeMetricFamily("openjpki_responder_store_sure", "1 if the store is of now, else 0: tryLater.", sure)
        told = "Of the last journal entry in the store; 0 if there is none."
        yield GaugeMetricFamily("openjpki_responder_store_position", told, head.position)
        if head.complete_at:
            told = "How far the store lags behind the journal: since the moment up to which it has everything."
            yield GaugeMetricFamily("openjpki_responder_store_lag_seconds", told, now.timestamp() - head.complete_at)


def _answers(both: Sequence[Counted]) -> Metric:
    told = "Answers, by what they say of the first certificate or the error, signed for the question or said again."
    family = CounterMetricFamily("openjpki_responder_answers", told, labels=["status", "source"])
    for one in both:
        for word, count in one.answers.items():
            family.add_metric([word.value, _SOURCE[one.kept]], count)
    return family


def _refused(both: Sequence[Counted]) -> Metric:
    told = "Questions of those who may not ask."
    family = CounterMetricFamily("openjpki_responder_requesters_refused", told)
    family.add_metric([], sum(one.answers[word] for one in both for word in REFUSED))
    return family


def _times(both: Sequence[Counted]) -> Metric:
    told = "Time from a question to its answer, inside the worker."
    family = HistogramMetricFamily("openjpki_responder_seconds", told, labels=["source"])
    for one in both:
        bounds = (*(str(bound) for bound in BUCKETS), "+Inf")
        so_far = [sum(one.times[: number + 1]) for number in range(len(bounds))]
        family.add_metric([_SOURCE[one.kept]], list(zip(bounds, so_far, strict=True)), one.seconds)
    return family


@contextmanager
def measured(home: Home, port: int | None, numbers: Numbers) -> Iterator[int | None]:
    """Answer `GET /metrics` on a port of loopback while the block runs, None for nowhere; raises `PortTaken`."""
    from openjpki.site.responding import store_of

    if port is None:
        yield None
        return
    measures = ResponderMeasures(numbers, store_of(home), home.clock())
    listener = Listener(port)
    try:
        with listener.answering(_application(measures)):
            yield listener.port
    finally:
        listener.close()


def _application(measures: ResponderMeasures) -> Callable[..., Any]:
    """Return the WSGI application that tells the measures."""

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] != "/metrics":
            status, kind, body = HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b""
        elif environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            status, kind, body = HTTPStatus.METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", b""
        else:
            status, kind, body = HTTPStatus.OK, CONTENT_TYPE_LATEST, measures.text()
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return application
