import json
import ssl
from datetime import date
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from openjpki.rules.verifiers import VerifierEvent
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.server import LOOPBACK
from openjpki.site.settings import ROLES
from tests.support.authority import OPENED
from tests.support.story import empty_databases
from tests.support.verifiers import registration, request_of

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def test_a_registered_verifier_is_answered_over_https(tmp_path: Path) -> None:
    """A home's room registers, certifies and answers, each question in a thread that lets go of its database (R-5.24)."""
    empty_databases()
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    house = House.of(home, SteppedClock(OPENED))
    house.furnish()
    room = house.verifiers()
    room.register(registration("bank", since=date(2026, 1, 5)), approved_by="paper-1")
    key = ec.generate_private_key(ec.SECP256R1())
    issued = room.certify("bank", request_of(key))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "bank.pem").write_bytes(private + issued.certificate)
    context = ssl.create_default_context(cadata=issued.trust.decode())
    context.load_cert_chain(tmp_path / "bank.pem")

    def asked(port: int) -> tuple[int, object]:
        connection = HTTPSConnection(LOOPBACK, port, context=context, timeout=10)
        question = json.dumps({"kind": "signature", "serials": [1]})
        connection.request("POST", "/v1/status", question, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    with room.server(0).answering() as server:
        status, told = asked(server.port)
        room.move("bank", VerifierEvent.SUSPEND)
        suspended, _ = asked(server.port)
    assert (status, suspended) == (200, 403)
    assert "unknown" in json.dumps(told)
    assert [one.row.code for one in room.all()] == ["bank"]
    assert room.one("bank").certificates[0].fingerprint == issued.fingerprint
