"""What a monitor asks: is the process alive, can the home do its work, and how much of what there is."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from openjpki.site.watching.health import look
from openjpki.site.watching.wiring import measures
from openjpki.site.wiring import current


@require_safe
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /healthz`: the process answers. No database is asked: a restart would not mend one."""
    return _unkept(JsonResponse({"alive": True}))


@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /readyz`: 200 if the home can do its work, 503 if not, with every check's finding."""
    health = look(current())
    status = HTTPStatus.OK if health.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return _unkept(JsonResponse(health.as_data(), status=status))


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /metrics` in Prometheus' text form."""
    counts = measures()
    if counts is None:
        raise Http404
    return _unkept(HttpResponse(counts.text(), content_type=CONTENT_TYPE_LATEST))


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
