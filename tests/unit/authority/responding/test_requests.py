import pytest

from openjpki.authority.responding.requests import MOST_FIELDS, BadHead, read_head


def head(*lines: str) -> bytes:
    """Return the head of a request."""
    return "\r\n".join(lines).encode("latin-1")


def test_a_head_is_read() -> None:
    """RFC 9112 §3: what the responder needs of a request, and nothing of the rest."""
    read = read_head(
        head(
            "POST /ocsp/signature?a=b HTTP/1.1",
            "Host: a",
            "Content-Length: 17 ",
            "Content-Type: Application/OCSP-Request; q=1",
            "Connection: x, Close",
            "Expect: 100-Continue",
            "If-None-Match: *",
            "X-Empty:",
        )
    )

    assert (read.method, read.path, read.length) == ("POST", "/ocsp/signature", 17)
    assert (read.content_type, read.if_none_match) == ("application/ocsp-request", "*")
    assert (read.keep_alive, read.old, read.expects) == (False, False, True)


@pytest.mark.parametrize(
    ("line", "fields", "kept"),
    [
        ("GET / HTTP/1.1", ("host: a",), True),
        ("GET / HTTP/1.0", (), False),
        ("GET / HTTP/1.0", ("connection: Keep-Alive",), True),
        ("GET / HTTP/1.1", ("host: a", "connection: keep-alive", "connection: close"), False),
    ],
)
def test_whether_the_connection_is_kept(line: str, fields: tuple[str, ...], *, kept: bool) -> None:
    """RFC 9112 §9.3: by default since HTTP/1.1, before it where both say so; several fields are one."""
    assert read_head(head(line, *fields)).keep_alive is kept


@pytest.mark.parametrize(
    ("target", "path"),
    [("http://a.example/ocsp/signature", "/ocsp/signature"), ("HTTPS://a/x%2Fy?z", "/x%2Fy"), ("//MA==", "//MA==")],
)
def test_the_path_of_an_address(target: str, path: str) -> None:
    """RFC 9112 §3.2: origin form and absolute form are taken, escapes as they came."""
    assert read_head(head(f"GET {target} HTTP/1.1", "host: a")).path == path


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("GET /",), 400),
        (("GET  / HTTP/1.1", "host: a"), 400),
        (("GET / HTTP/2.0", "host: a"), 400),
        (("get / HTTP/1.1", "host: a"), 400),
        (("GET a.example HTTP/1.1", "host: a"), 400),
        (("OPTIONS * HTTP/1.1", "host: a"), 400),
        (("GET http://a HTTP/1.1", "host: a"), 400),
        (("GET / HTTP/1.1",), 400),
        (("GET / HTTP/1.1", "host: a", "host: b"), 400),
        (("GET / HTTP/1.1", "host : a"), 400),
        (("GET / HTTP/1.1", "host: a", " folded: b"), 400),
        (("GET / HTTP/1.1", "host: a\nx: y"), 400),
        (("GET / HTTP/1.1", "host: a\rx: y"), 400),
        (("GET / HTTP/1.1", "host: a", "x: \0"), 400),
        (("GET / HTTP/1.1", "host: a", ""), 400),
        (("POST / HTTP/1.1", "host: a", "content-length: +1"), 400),
        (("POST / HTTP/1.1", "host: a", "content-length: 1, 1"), 400),
        (("POST / HTTP/1.1", "host: a", "content-length:"), 400),
        (("POST / HTTP/1.1", "host: a", "content-length: 1", "Content-Length: 1"), 400),
        (("POST / HTTP/1.1", "host: a", "content-length: 1", "transfer-encoding: chunked"), 400),
        (("POST / HTTP/1.1", "host: a", "transfer-encoding: chunked"), 411),
        (("GET / HTTP/1.1", "host: a", *["x: y"] * MOST_FIELDS), 431),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(lines: tuple[str, ...], status: int) -> None:
    """RFC 9112 §11.2: between a proxy and a responder that read one head differently, a request could be smuggled."""
    with pytest.raises(BadHead) as refused:
        read_head(head(*lines))

    assert refused.value.status == status


def test_a_long_head_is_read_alike() -> None:
    """A head that is not remembered says the same."""
    line, long = "GET / HTTP/1.1", "x: " + "y" * 600

    assert read_head(head(line, "host: a", long)) == read_head(head(line, "host: a"))
