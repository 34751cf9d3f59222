"""The sandbox's own pages: the start page, and the files the last story left."""

from http import HTTPStatus
from ssl import DER_cert_to_PEM_cert

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from openjpki.authority.generations.issuers import NoSuchIssuer, named
from openjpki.errors import Language
from openjpki.site.reading import start_page
from openjpki.site.start_page import render
from openjpki.site.wiring import current
from openjpki.window.shapes import resident_code_is_well_formed

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The pages need no script, no form and nothing from elsewhere."""
TYPES = {
    ".pdf": "application/pdf",
    ".cer": "application/pkix-cert",
    ".crl": "application/pkix-crl",
    ".json": "application/json",
}
"""What the story leaves; other files are bytes."""


@require_safe
def start(request: HttpRequest) -> HttpResponseBase:
    """Show the sandbox: its city, cards, certificates, CAs, lists, responders and the last story.

    Reading a person's record is an act that is written down. To HEAD nobody is shown: no register is opened for it, and the
    length of the page, which stands and falls with who is on it, is not told.
    """
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type="text/html; charset=utf-8", headers=headers)
    page = start_page(current(), _language(request), address=f"http://{request.get_host()}", after=_after(request))
    return HttpResponse(render(page), status=HTTPStatus.OK, headers=headers)


@require_safe
def story_file(request: HttpRequest, name: str) -> FileResponse:  # noqa: ARG001  -- Django's signature
    """Send a file of the last story; nothing outside its folder can be named."""
    folder = current().home.story.resolve()
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise Http404
    except (OSError, ValueError) as error:  # a name too long for the file system, or with a NUL in it
        raise Http404 from error
    content_type = TYPES.get(path.suffix, "application/octet-stream")
    return FileResponse(path.open("rb"), content_type=content_type)


@require_safe
def ca_pem(request: HttpRequest, issuer: str) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Send a CA certificate as PEM, the one form that OpenSSL's `-CAfile` reads."""
    try:
        certificate = bytes(named(issuer).certificate)
    except NoSuchIssuer as error:
        raise Http404 from error
    return HttpResponse(DER_cert_to_PEM_cert(certificate), content_type="application/x-pem-file")


def _after(request: HttpRequest) -> str:
    """Return behind which resident code the list begins; what is no code begins at the start."""
    asked = request.GET.get("after", "")
    return asked if resident_code_is_well_formed(asked) else ""


def _language(request: HttpRequest) -> Language:
    asked = request.GET.get("lang", "")
    if asked not in {"ja", "en"}:
        asked = "ja" if request.headers.get("Accept-Language", "ja").startswith("ja") else "en"
    return "ja" if asked == "ja" else "en"
