"""Cards for tests: images made by hand, as only a factory may, and an authority's end of the channel without an authority."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from openjpki.card import administration as commands
from openjpki.card.administration import Greeting
from openjpki.card.apdu import CommandApdu, ResponseApdu
from openjpki.card.connection import Connection
from openjpki.card.image import CardImage, Container, KeySlot
from openjpki.card.keys import PrivateKey, to_pkcs8
from openjpki.card.keyset import KeySet, diversified
from openjpki.card.personalisation import personalise
from openjpki.card.pins import PinName
from openjpki.card.secure_channel import HostEnd, SessionKeys
from openjpki.card.status import SW
from openjpki.rules.kinds import CertificateKind

MASTER = bytes(range(32))
CHALLENGE = bytes.fromhex("0011223344556677")


def keys_of(number: str) -> KeySet:
    """Return the administration keys of a test card."""
    return diversified(MASTER, number)


def blank_card(
    number: str = "400000012719843",
    municipality: str = "99201",
    expires: date = date(2035, 2, 17),
    entropy: Callable[[int], bytes] = bytes,
) -> CardImage:
    """Return a blank card under the tests' master key."""
    return personalise(number=number, municipality=municipality, expires=expires, keys=keys_of(number), entropy=entropy)


def with_certificate(
    image: CardImage, kind: CertificateKind, key: PrivateKey, certificate: bytes, issuer: bytes
) -> CardImage:
    """Return the image with a key and its certificate in use."""
    slot = KeySlot(private_key=to_pkcs8(key), certificate=certificate, issuer=issuer)
    return image.with_keys(kind, Container(active=slot))


def with_pin(image: CardImage, name: PinName, pin: str) -> CardImage:
    """Return the image with a PIN set and all its tries."""
    return image.with_pin(name, image.pins[name].holding(pin.encode(), image.salt_of(name)))


class Refused(Exception):
    """The card refused a command of a session; the status word."""


@dataclass
class Host:
    """Opens a channel to a card and has commands carried out in it, as the authority does."""

    connection: Connection
    keys: KeySet
    challenge: bytes = CHALLENGE

    def do(self, *plain: CommandApdu) -> list[bytes]:
        """Carry commands out in a session of their own; return what they answered; raise `Refused`."""
        session = self.open()
        return [self.ask(session, command) for command in plain]

    def open(self) -> HostEnd:
        """Select the application and authenticate both sides."""
        self.plain(commands.select())
        greeting = Greeting.from_bytes(self.plain(commands.initialize_update(self.challenge)).data)
        keys = SessionKeys.of(self.keys, self.challenge, greeting.challenge)
        assert greeting.cryptogram == keys.card_cryptogram()
        end = HostEnd(keys)
        self.plain(end.authenticate(commands.external_authenticate(keys.host_cryptogram())))
        return end

    def ask(self, end: HostEnd, command: CommandApdu) -> bytes:
        """Seal a command, have it carried out, open the answer."""
        sealed, moment = end.seal(command)
        return moment.open(self.plain(sealed)).data

    def plain(self, command: CommandApdu) -> ResponseApdu:
        """Pass a command as it is and fetch all of its answer; raise `Refused`."""
        answer = ResponseApdu.from_bytes(self.connection.transmit(bytes(command)))
        data = answer.data
        while answer.sw & 0xFF00 == SW.MORE_DATA:
            answer = ResponseApdu.from_bytes(self.connection.transmit(bytes(commands.get_response())))
            data += answer.data
        if not answer.ok:
            status = f"{answer.sw:04X}"
            raise Refused(status)
        return ResponseApdu(answer.sw, data)
