"""What stands at an HTTP address, read to a bound and no further; redirections are not followed."""

import http.client
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

from openjpki.errors import Failure, Kind
from openjpki.pki.crl_reading import MOST_CRL_BYTES

SECONDS: Final = 30.0
"""How long the connection or a read may take."""
MOST_SERVED_BYTES: Final = MOST_CRL_BYTES
"""Of one thing that is served: lists are the largest."""
_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class BadServedAddress(Failure):
    """`--served` is no address."""

    code = "check.bad-address"
    kind = Kind.USAGE
    ja = "--served は http:// か https:// で始まる、パスの付かないアドレスです(例 http://127.0.0.1:8480)。"
    en = "--served is an address that begins with http:// or https:// and has no query (such as http://127.0.0.1:8480)."


class NotServed(Exception):
    """Nothing came, or something too large or other than success."""


def address(text: str) -> str:
    """Return an address without a slash at its end; raises `BadServedAddress`."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in _CONNECTIONS and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
        parts = urlsplit("")
    if not sound or parts.query or parts.fragment or parts.username:
        raise BadServedAddress
    return text.rstrip("/")


def fetched(url: str, *, body: bytes | None = None, content_type: str = "") -> bytes:
    """GET an address, or POST a body to it; raises `NotServed`."""
    parts = urlsplit(url)
    connection = _CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        with closing(connection):
            headers = {"Content-Type": content_type} if body is not None else {}
            connection.request("GET" if body is None else "POST", parts.path, body, headers)
            response = connection.getresponse()
            content: bytes = response.read(MOST_SERVED_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NotServed(type(error).__name__) from error
    if response.status != http.client.OK:
        raise NotServed(str(response.status))
    if len(content) > MOST_SERVED_BYTES:
        message = "too large"
        raise NotServed(message)
    return content
