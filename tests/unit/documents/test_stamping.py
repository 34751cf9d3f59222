from collections.abc import Callable

import pytest
from asn1crypto import tsp

from openjpki.documents.stamping import Authority, AuthorityUnreachable, StampRefused, http_exchange
from tests.unit.documents.stamps import AUTHORITY

DIGEST = bytes(range(32))
URL = "http://127.0.0.1:9/tsa"


def _entropy(count: int) -> bytes:
    return bytes(range(1, count + 1))


def _authority(exchange: Callable[[str, bytes], bytes]) -> Authority:
    return Authority(url=URL, entropy=_entropy, exchange=exchange)


def test_a_request_asks_for_the_certificate_and_has_a_nonce() -> None:
    """RFC 3161 §2.4.1; the token is the authority's, as it came."""
    asked: list[tsp.TimeStampReq] = []

    def exchange(url: str, request: bytes) -> bytes:
        asked.append(tsp.TimeStampReq.load(request))
        assert url == URL
        answer: bytes = AUTHORITY.respond(asked[0]).dump()
        return answer

    token = _authority(exchange).stamp("sha256", DIGEST)

    (request,) = asked
    assert request["nonce"].native == int.from_bytes(_entropy(8), "big")
    assert request["cert_req"].native is True
    assert request["message_imprint"]["hashed_message"].native == DIGEST
    assert tsp.ContentInfo.load(token)["content_type"].native == "signed_data"


def _refusing(url: str, request: bytes) -> bytes:
    assert url.encode() not in request
    return bytes.fromhex("30053003020102")


def _to_another_request(url: str, request: bytes) -> bytes:
    assert url.encode() not in request
    answer: bytes = AUTHORITY.respond(AUTHORITY.request("sha256", DIGEST)).dump()
    return answer


def _over_something_else(url: str, request: bytes) -> bytes:
    asked = tsp.TimeStampReq.load(request)
    asked["message_imprint"]["hashed_message"] = url.encode().ljust(32)
    answer: bytes = AUTHORITY.respond(asked).dump()
    return answer


@pytest.mark.parametrize(
    "exchange",
    [_refusing, _to_another_request, _over_something_else, lambda url, request: url.encode() + request],
    ids=["rejection", "no-nonce", "other-digest", "junk"],
)
def test_what_is_no_token_for_this_request_is_refused(exchange: Callable[[str, bytes], bytes]) -> None:
    """RFC 3161 §2.2: status, digest and nonce are held against the request."""
    with pytest.raises(StampRefused):
        _authority(exchange).stamp("sha256", DIGEST)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://127.0.0.1:1/", "http://["])
def test_an_authority_that_is_not_there_is_told(url: str) -> None:
    """Nothing was signed: it is asked before the card."""
    with pytest.raises(AuthorityUnreachable):
        http_exchange(url, b"request")
