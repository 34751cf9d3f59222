"""Status, lists and CA certificates over HTTP. A view reads, asks the authority once, and answers bytes."""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from openjpki.authority.authority import Authority
from openjpki.authority.issuers import NoSuchIssuer, named
from openjpki.authority.models import Issuer
from openjpki.authority.publication import newest_list
from openjpki.authority.responding.answering import Answered
from openjpki.authority.responding.transport import REQUEST, RESPONSE, cache_control, question_in
from openjpki.authority.wiring import current
from openjpki.errors import Failure
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind

CRL = "application/pkix-crl"
CERTIFICATE = "application/pkix-cert"
"""RFC 2585 §4."""

CA_MAX_AGE = timedelta(days=1)
"""A CA certificate never changes; a day bounds how long a withdrawn one lingers in caches."""


@csrf_exempt
@require_POST
def ocsp_post(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer `POST /ocsp/<kind>` (RFC 6960 §A.1); the body is read to its bound and no further."""
    if request.content_type != REQUEST:
        return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return _answer(request.read(MOST_REQUEST_BYTES + 1), kind)


@require_safe
def ocsp_get(request: HttpRequest, kind: str, encoded: str) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /ocsp/<kind>/<base64 of the DER>` (RFC 6960 §A.1)."""
    return _answer(question_in(encoded), kind)


@require_safe
def crl(request: HttpRequest, issuer: str, municipality: str) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /crl/<issuer>/<municipality>.crl` with the newest list of the partition."""
    newest = newest_list(_issuer(issuer), municipality)
    if newest is None:
        raise Http404
    try:
        authority = current()
    except Failure:
        return _unavailable()
    return _bytes(bytes(newest.crl), CRL, _until(authority, newest.next_update))


@require_safe
def ca_certificate(request: HttpRequest, issuer: str) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /ca/<kind>-<generation>.cer`."""
    return _bytes(bytes(_issuer(issuer).certificate), CERTIFICATE, CA_MAX_AGE)


def _answer(question: bytes, kind: str) -> HttpResponse:
    if kind not in [member.value for member in CertificateKind]:
        raise Http404
    try:
        authority = current()
        answered: Answered = authority.answer_status(question, CertificateKind(kind))
    except Failure:
        return _unavailable()
    response = HttpResponse(answered.der, content_type=RESPONSE)
    response["Cache-Control"] = cache_control(answered, authority.clock())
    return response


def _issuer(name: str) -> Issuer:
    try:
        return named(name)
    except NoSuchIssuer as error:
        raise Http404 from error


def _until(authority: Authority, next_update: datetime) -> timedelta:
    """Return how long a cache may keep it: never beyond nextUpdate, whatever the cache's own clock says."""
    return max(timedelta(0), next_update - authority.clock())


def _bytes(content: bytes, content_type: str, keep: timedelta) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    seconds = int(keep.total_seconds())
    response["Cache-Control"] = f"max-age={seconds}, public, no-transform, must-revalidate" if seconds else "no-store"
    return response


def _unavailable() -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Cache-Control"] = "no-store"
    return response
