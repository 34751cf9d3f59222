"""The line over HTTPS: one POST an envelope, under the municipality's own client certificate."""

import http.client
from collections.abc import Callable
from contextlib import closing
from typing import Final

from openjpki.desk.carrier import MAX_MESSAGE, AuthorityUnreachable
from openjpki.desk.tls import ClientFiles

PATH: Final = "/desk/1"
"""Where the authority takes envelopes; the number is the form's version."""
ENVELOPE_TYPE: Final = "application/vnd.openjpki.envelope+json"
REPLY_TYPE: Final = "application/vnd.openjpki.reply+json"
SECONDS: Final = 30.0
"""How long a read or the connection may take: an issue with its three commits and a signature takes well under one."""


class HttpsLine:
    """Reaches the authority at a host and port; `files_of` gives each municipality's certificate."""

    def __init__(
        self, host: str, port: int, files_of: Callable[[str], ClientFiles], *, seconds: float = SECONDS
    ) -> None:
        self._host = host
        self._port = port
        self._files_of = files_of
        self._seconds = seconds

    def exchange(self, municipality: str, wire: bytes) -> bytes:
        """Send an envelope and return the reply; whatever is not a whole reply raises `AuthorityUnreachable`."""
        try:
            context = self._files_of(municipality).context()
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)
            with closing(connection):
                return _post(connection, wire)
        except (OSError, http.client.HTTPException) as error:
            raise AuthorityUnreachable from error


def _post(connection: http.client.HTTPSConnection, wire: bytes) -> bytes:
    connection.request("POST", PATH, wire, {"Content-Type": ENVELOPE_TYPE, "Connection": "close"})
    response = connection.getresponse()
    if response.status != http.client.OK or response.headers.get_content_type() != REPLY_TYPE:
        raise AuthorityUnreachable
    if response.length is None or response.length > MAX_MESSAGE:
        raise AuthorityUnreachable
    return response.read()
