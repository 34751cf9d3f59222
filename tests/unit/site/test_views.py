from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from openjpki.audit.models import Entry
from openjpki.site import wiring
from openjpki.site.settings import ROLES
from openjpki.site.views import POLICY
from openjpki.site.web import application_over
from openjpki.story import cast
from openjpki.window.verbs import Verb
from tests.support.story import Telling
from tests.unit.site.test_start_page import Outline

pytestmark = pytest.mark.django_db(databases=ROLES)


@pytest.fixture
def client(story: Telling) -> Client:
    """Return a browser at the story's house, on loopback."""
    application_over(story.house)
    return Client(SERVER_NAME="127.0.0.1")


def body(response: HttpResponseBase) -> bytes:
    """Return the body, read to its end: this closes the file that it may come from."""
    return response.getvalue() if isinstance(response, HttpResponse | StreamingHttpResponse) else b""


def status(client: Client, path: str) -> int:
    """Return the status of an address whose body can be read."""
    response = client.get(path)
    body(response)
    return response.status_code


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", None, "ja"),
        ("", "ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "en"),
        ("?lang=en", "ja", "en"),
        ("?lang=ja", "en", "ja"),
        ("?lang=fr", "en", "en"),
    ],
)
def test_the_page_speaks_the_language_asked_for(
    client: Client, query: str, accepted: str | None, language: str
) -> None:
    """The link decides, then the browser's first language; Japanese if nobody says anything."""
    headers = {} if accepted is None else {"Accept-Language": accepted}
    outline = Outline(client.get(f"/{query}", headers=headers).content.decode())

    assert outline.elements[0] == ("html", {"lang": language})
    assert cast.NAME in outline.text


def test_the_page_runs_no_script_and_is_not_kept(client: Client) -> None:
    """A strict content security policy, no caching, no framing, no guessing of types."""
    response = client.get("/")

    assert response["Content-Security-Policy"] == POLICY
    assert "script" not in POLICY
    assert "default-src 'none'" in POLICY
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_to_head_nobody_is_shown(client: Client) -> None:
    """The headers of the page without its length; no register is read, and none is recorded as read."""

    def looks() -> int:
        return Entry.objects.using("window").filter(verb=Verb.RESIDENTS_LISTED.value).count()

    before, page = looks(), client.get("/")
    seen = looks()
    head = client.head("/")

    assert (head.status_code, head.getvalue() if head.streaming else head.content) == (200, b"")
    shown = dict(page.headers)
    del shown["Content-Length"]
    assert dict(head.headers) == shown
    assert before < seen == looks()


def test_every_link_of_the_page_leads_somewhere(client: Client) -> None:
    """Files of the story, certificates, lists, style: what the page offers is there."""
    outline = Outline(client.get("/?lang=en").content.decode())
    links = {link for link in (*outline.values("href"), *outline.values("src")) if not link.startswith("#")}
    broken = {link for link in links if status(client, f"/{link}" if link[0] == "?" else link) != 200}

    assert broken == set()
    assert len(links) > 40
    for part in ("/ca/signature-2.pem", "/ca/signature-2.cer", "/story/signed-1.pdf", "/story/transcript.json"):
        assert part in links


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("signed-1.pdf", "application/pdf"),
        ("transcript.json", "application/json"),
        ("certificates/ca-signature-1.cer", "application/pkix-cert"),
        ("evidence/signed-1/crl/signature-1-99201.crl", "application/pkix-crl"),
        ("evidence/signed-1/answer.ocsp", "application/octet-stream"),
    ],
)
def test_a_file_of_the_story_is_sent_as_what_it_is(
    client: Client, story: Telling, name: str, content_type: str
) -> None:
    """Bytes as the story left them, under their registered type (RFC 2585 §4)."""
    response = client.get(f"/story/{name}")

    assert response["Content-Type"] == content_type
    assert body(response) == (story.told.home / "story" / name).read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "certificates",
        "no-such-file",
        "../secret",
        "../authority/passphrase",
        "certificates/../../openjpki.json",
        "%2e%2e/secret",
        "..%2fsecret",
        "/etc/passwd",
        "%2fetc/passwd",
        "escape/hostname",
        "link-to-secret",
        "nul%00",
        "a" * 300,
        "signed-1.pdf/x",
    ],
)
def test_nothing_outside_the_storys_folder_can_be_had(client: Client, story: Telling, name: str) -> None:
    """No dots, no absolute path, no link leads out; what is not a file is not found, however strange its name."""
    folder = story.told.home / "story"
    for link, target in (("escape", Path("/etc")), ("link-to-secret", story.told.home / "secret")):
        if not (folder / link).is_symlink():
            (folder / link).symlink_to(target)

    assert client.get(f"/story/{name}").status_code == 404


@pytest.mark.parametrize("name", ["signature-1", "authentication-2"])
def test_a_ca_certificate_comes_as_pem_too(client: Client, name: str) -> None:
    """The same certificate in the form that OpenSSL's -CAfile reads (RFC 7468 §5)."""
    pem = client.get(f"/ca/{name}.pem")
    der = client.get(f"/ca/{name}.cer")

    assert pem["Content-Type"] == "application/x-pem-file"
    assert x509.load_pem_x509_certificate(pem.content).public_bytes(Encoding.DER) == der.content


@pytest.mark.parametrize(
    "path",
    ["/ca/signature-3.pem", "/ca/signature.pem", "/ca/-1.pem", "/nowhere"],
)
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    """Unknown addresses answer 404, in both languages."""
    response = client.get(path)

    assert response.status_code == 404
    assert "見つかりません" in response.content.decode()
    assert "Back to the start page" in response.content.decode()


@pytest.mark.parametrize("path", ["no.css", "../views.py", "%2e%2e/views.py", "/etc/passwd", ""])
def test_only_the_pages_own_style_is_sent(client: Client, path: str) -> None:
    """Static files come from one folder of the package and nowhere else."""
    assert status(client, f"/static/{path}") in {400, 404}
    assert status(client, "/static/site/house.css") == 200


@pytest.mark.parametrize("path", ["/", "/story/signed-1.pdf", "/ca/signature-1.pem"])
def test_the_pages_are_read_only(client: Client, path: str) -> None:
    """The sandbox's pages can be read and nothing else; HEAD is reading."""
    assert client.post(path).status_code == 405
    assert client.delete(path).status_code == 405
    head = client.head(path)

    assert head.status_code == 200
    assert body(head) == b""


def test_another_host_name_is_not_answered(client: Client) -> None:
    """A page on another name cannot ask through the reader's browser (DNS rebinding)."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_page_without_a_house_is_a_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is invented: without a house there is no page."""
    monkeypatch.setattr(wiring, "_standing", [])

    with pytest.raises(IndexError):
        client.get("/")
