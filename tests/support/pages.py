"""The operators' pages without a socket: a house whose operators have browsers, and what they see and send."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from openjpki.authority.control import browser_certificates
from openjpki.authority.control.operator_keys import OperatorKey
from openjpki.site import wiring
from openjpki.site.clock import real_moment
from openjpki.site.entropy import entropy
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.operators.door import OperatorDoor
from openjpki.site.operators.server import PageReply, PageRequest
from tests.support.authority import Scene
from tests.support.operators import SATO, Operators

HOST = "127.0.0.1:8784"
PASSPHRASE = b"correct horse battery"


def packed(name: str, key: OperatorKey, *, age: timedelta = timedelta(), days: int = 1) -> bytes:
    """Return what an operator imports into a browser, made so long ago."""
    return browser_certificates.made(name, key, real_moment() - age, days=days, passphrase=PASSPHRASE)


def shown(name: str, key: OperatorKey, *, age: timedelta = timedelta()) -> bytes:
    """Return the certificate that an operator's browser shows, DER."""
    _, certificate, _ = pkcs12.load_key_and_certificates(packed(name, key, age=age), PASSPHRASE)
    assert certificate is not None
    return certificate.public_bytes(Encoding.DER)


@dataclass
class Browser:
    """One operator's browser at the door."""

    door: OperatorDoor
    certificate: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> PageReply:
        """Ask for a page."""
        headers = {"Host": HOST, "Accept-Language": "ja"} | self.headers
        request = PageRequest(certificate=self.certificate, method="GET", path=path, headers=headers)
        return self.door.receive(request)

    def see(self, path: str) -> str:
        """Return a page that must be there."""
        reply = self.get(path)
        assert reply.status is HTTPStatus.OK, (path, reply.status, text_of(reply))
        return reply.body.decode()

    def post(self, path: str, fields: dict[str, str | list[str]], **headers: str | None) -> PageReply:
        """Send a form as a browser does; a header that is None is left out."""
        usual = {
            "Host": HOST,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
            "Sec-Fetch-Site": "same-origin",
        }
        changed = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(fields, doseq=True).encode()
        sent = {name: value for name, value in changed.items() if value is not None}
        return self.door.receive(
            PageRequest(certificate=self.certificate, method="POST", path=path, headers=sent, body=body)
        )

    def send(self, page: str, address: str, fields: dict[str, str | list[str]], **headers: str | None) -> PageReply:
        """Send the form of a page that goes to an address, with its hidden fields."""
        return self.post(address, hidden(page, address) | fields, **headers)


@dataclass
class Pages:
    """The door over a house, and its operators."""

    scene: Scene
    house: House
    operators: Operators
    door: OperatorDoor

    @classmethod
    def over(cls, folder: Path) -> "Pages":
        """Make a home in a folder with a `Scene`'s authority, in which Hanako has a card with both certificates."""
        home = Home.create(folder / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
        scene = Scene(folder).open()
        scene.with_both()
        house = replace(House.of(home, scene.clock), authority=scene.authority)
        house.authority.publish_crls()
        wiring.install(house)
        return cls(
            scene, house, Operators(house.authority).enrolled(), OperatorDoor(clock=real_moment, entropy=entropy)
        )

    def browser(self, name: str = SATO) -> Browser:
        """Return the browser of an operator."""
        return Browser(self.door, shown(name, self.operators.keys[name]))


def hidden(page: str, address: str) -> dict[str, str | list[str]]:
    """Return the hidden fields of the form on a page that goes to an address."""
    form = page.partition(f'action="{address}"')[2].partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def text_of(reply: PageReply) -> str:
    """Return what a reply says, without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", reply.body.decode(errors="replace")))
