import ssl
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from django.db import DatabaseError

from openjpki.site.operators import room as module
from openjpki.site.operators.room import OperatorRoom
from openjpki.site.server import LOOPBACK
from openjpki.site.settings import ROLES
from tests.support.operators import SATO
from tests.support.pages import PASSPHRASE, Pages, packed

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_a_homes_pages_are_answered_over_https(pages: Pages, tmp_path: Path) -> None:
    """Each request in a thread that lets go of its databases; the server shows a certificate of the pages' own CA."""
    private, certificate, _ = pkcs12.load_key_and_certificates(packed(SATO, pages.operators.keys[SATO]), PASSPHRASE)
    assert isinstance(private, EllipticCurvePrivateKey)
    assert certificate is not None
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "sato.pem").write_bytes(key + certificate.public_bytes(Encoding.PEM))
    room = OperatorRoom(pages.house)
    context = ssl.create_default_context(cafile=str(room.ca.certificate))
    context.load_cert_chain(tmp_path / "sato.pem")
    with room.server(0).answering() as server:
        for path in ("/", "/acts", "/static/site/operators.css"):
            connection = HTTPSConnection(LOOPBACK, server.port, context=context, timeout=20)
            connection.request("GET", path)
            assert connection.getresponse().status == 200


def test_a_silent_database_is_a_broken_line(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a connection is hung up on, and nothing more."""
    assert [name for name, _ in module._operators()] == sorted(pages.operators.keys)

    def silent() -> None:
        raise DatabaseError

    monkeypatch.setattr(module, "present_ones", silent)
    with pytest.raises(ConnectionError):
        module._operators()
