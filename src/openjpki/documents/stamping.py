"""Ask a time-stamp authority (RFC 3161) for a token over a signature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from asn1crypto import cms, core, tsp

from openjpki.documents.exchange import TIME_STAMP, NoExchange, post
from openjpki.errors import Failure, Kind

NONCE_BYTES = 8
"""A token's nonce tells that it was made for this request (RFC 3161 §2.4.1); 64 bits, as authorities accept."""
TIMEOUT = 15.0
"""Seconds for one whole exchange: an authority signs once for it."""
_GRANTED = frozenset({"granted", "granted_with_mods"})

Exchange = Callable[[str, bytes], bytes]
"""Takes a time-stamp request to a URL and brings back the response's bytes; raises `AuthorityUnreachable`."""


class AuthorityUnreachable(Failure):
    """The time-stamp authority gave nothing that can be looked at."""

    code = "sign.tsa-unreachable"
    kind = Kind.UNAVAILABLE
    ja = "時刻認証局 {url} から応答を得られません({reason})。署名していません。"
    en = "The time-stamp authority {url} gave no answer ({reason}). Nothing was signed."


class StampRefused(Failure):
    """The authority answered with something else than a token for this request."""

    code = "sign.stamp-refused"
    kind = Kind.UNAVAILABLE
    ja = "時刻認証局 {url} がタイムスタンプを発行しませんでした({reason})。署名した文書は作っていません。"
    en = "The time-stamp authority {url} gave no time-stamp ({reason}). No signed document was made."


class Timestamper(Protocol):
    """Whoever gives time-stamp tokens: an authority over HTTP, or a test's."""

    def stamp(self, digest_name: str, digest: bytes) -> bytes:
        """Return a token (a CMS ContentInfo, DER) over a digest ("sha256", "sha384"); it is judged by the caller."""
        ...


def http_exchange(url: str, request: bytes, *, seconds: float = TIMEOUT) -> bytes:
    """Post a time-stamp request; raises `AuthorityUnreachable`."""
    try:
        return post(TIME_STAMP, url, request, seconds=seconds)
    except NoExchange as error:
        raise AuthorityUnreachable(url=url, reason=error) from error


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A `Timestamper` behind a URL. Raises what the exchange raises, and `StampRefused`."""

    url: str
    entropy: Callable[[int], bytes]
    exchange: Exchange = http_exchange

    def stamp(self, digest_name: str, digest: bytes) -> bytes:
        """Ask for a token, and take only one for this digest and this request."""
        nonce = int.from_bytes(self.entropy(NONCE_BYTES), "big")
        imprint = {"hash_algorithm": {"algorithm": digest_name}, "hashed_message": digest}
        request = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True})
        answer = self.exchange(self.url, request.dump())
        try:
            status, token, told = _read(answer)
        except Exception as error:  # hostile bytes raise whatever they like in the parser
            raise StampRefused(url=self.url, reason=type(error).__name__) from error
        if status not in _GRANTED:
            raise StampRefused(url=self.url, reason=status)
        if told != (digest, nonce):
            raise StampRefused(url=self.url, reason="not an answer to this request")
        return token


class _Response(core.Sequence):  # type: ignore[misc]  # the library has no types
    """TimeStampResp (RFC 3161 §2.4.2): a refusal has no token, which the library's own class demands."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


def _read(answer: bytes) -> tuple[str, bytes, tuple[bytes, int | None]]:
    """Return the status, the token (DER), and the digest and nonce that the token repeats."""
    response = _Response.load(answer, strict=True)
    status = str(response["status"]["status"].native)
    if status not in _GRANTED:
        return status, b"", (b"", None)
    token = response["time_stamp_token"]
    info = token["content"]["encap_content_info"]["content"].parsed
    return status, token.dump(), (info["message_imprint"]["hashed_message"].native, info["nonce"].native)
