"""Status, lists and CA certificates over HTTP. A view reads, asks the authority once, and answers bytes.

Under `status_access = "registered"` only CA certificates are public (R-5.24): the rest is at the verifiers' door.
"""

from datetime import timedelta
from http import HTTPStatus

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from openjpki.authority.authority import Authority
from openjpki.authority.generations.issuers import NoSuchIssuer, named
from openjpki.authority.models import Issuer
from openjpki.authority.publishing.freshness import kept_for, validators
from openjpki.authority.publishing.lists import ListFolder, ListMissing
from openjpki.authority.publishing.publication import newest_list
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
def crl(request: HttpRequest, issuer: str, municipality: str) -> HttpResponseBase:
    """Answer `GET /crl/<issuer>/<municipality>.crl` with the newest list of the partition, in pieces.

    Its validators are its SHA-256 and its thisUpdate (RFC 9110 §8.8): who has the list already is told so.
    """
    try:
        authority = current()
        if not _is_public(authority):
            return _at_the_door()
        return _list(request, authority, _issuer(issuer), municipality)
    except Failure:
        return _unavailable()


class _ListResponse(FileResponse):
    block_size = 64 * 1024


def _list(request: HttpRequest, authority: Authority, issuer: Issuer, municipality: str) -> HttpResponseBase:
    newest = newest_list(issuer, municipality)
    if newest is None:
        raise Http404
    folder = ListFolder.of(authority.lists, issuer, municipality)
    told = HttpResponse(content_type=CRL)
    told["Content-Length"] = str(newest.length)
    for name, value in validators(newest).items():
        told[name] = value
    told["Cache-Control"] = kept_for(newest, authority.clock(), whose="public")
    answered = get_conditional_response(request, told["ETag"], int(newest.this_update.timestamp()), told) or told
    if answered is not told or request.method == "HEAD":
        return answered
    try:
        file = folder.open(newest)
    except ListMissing:
        after = newest_list(issuer, municipality)
        if after is None or after.pk == newest.pk:
            raise
        return _list(request, authority, issuer, municipality)  # a newer one has just taken its place
    response = _ListResponse(file, content_type=CRL, filename=f"{folder.partition}.crl")
    for name, value in told.items():
        response[name] = value
    return response


@require_safe
def ca_certificate(request: HttpRequest, issuer: str) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Answer `GET /ca/<kind>-<generation>.cer`."""
    return _bytes(bytes(_issuer(issuer).certificate), CERTIFICATE, CA_MAX_AGE)


def _answer(question: bytes, kind: str) -> HttpResponse:
    if kind not in [member.value for member in CertificateKind]:
        raise Http404
    try:
        authority = current()
        if not _is_public(authority):
            return _at_the_door()
        answered: Answered = authority.answer_status(question, CertificateKind(kind))
    except Failure:
        return _unavailable()
    response = HttpResponse(answered.der, content_type=RESPONSE)
    response["Cache-Control"] = cache_control(answered, authority.clock())
    return response


def _is_public(authority: Authority) -> bool:
    return authority.policy.status_access == "public"


def _at_the_door() -> HttpResponse:
    """Refuse without a word about what is asked: whether it exists is for those who may ask."""
    response = HttpResponse(status=HTTPStatus.FORBIDDEN)
    response["Cache-Control"] = "no-store"
    return response


def _issuer(name: str) -> Issuer:
    try:
        return named(name)
    except NoSuchIssuer as error:
        raise Http404 from error


def _bytes(content: bytes, content_type: str, keep: timedelta) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = f"max-age={int(keep.total_seconds())}, public, no-transform, must-revalidate"
    return response


def _unavailable() -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Cache-Control"] = "no-store"
    return response
