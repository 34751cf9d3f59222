"""A card under watch: whatever it is sent, and whenever its power fails, what must never happen is looked for after each command."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from openjpki.card.apdu import CommandApdu, Ins, MalformedApdu
from openjpki.card.card import Card
from openjpki.card.face import FaceKey
from openjpki.card.image import CardImage
from openjpki.card.imagefile import from_bytes, to_bytes
from openjpki.card.keys import from_pkcs8
from openjpki.card.memory import carry_out
from openjpki.card.pins import PIN_NAMES, PinName
from openjpki.card.status import SW, tries_in
from openjpki.rules.kinds import CertificateKind

KNOWN = frozenset(SW)
_MAX_ANSWER = 65536 + 2
_SECRET = 32
"""Bytes of a private key that are looked for in answers: no 32 bytes are answered by chance."""


class Broken(AssertionError):
    """The card did what a card never does."""


class PowerFailed(Exception):
    """The watch pulled the card's power at a write."""


class Watch:
    """Holds a powered card and what is durable of it; raises `Broken` at the command after which something is wrong.

    `power` makes a powered card of an image. Sealed commands of the authority may change more (`administered`).
    """

    def __init__(self, image: CardImage, power: Callable[[CardImage], Card]) -> None:
        self.durable = image
        self.commands = 0
        """How many commands the card was sent."""
        self._power = power
        self._card = power(image)
        self._secrets = _secrets(image)
        self._cut: tuple[int, bool] | None = None
        self._writes = 0

    def cut_at(self, write: int, *, before: bool) -> None:
        """Let the power fail at a coming write of the next command, before or after it is durable."""
        self._cut = (write, before)

    def power_on_again(self) -> None:
        """Take the power away and give it back."""
        self._cut = None
        self._card = self._power(self.durable)

    def transmit(self, apdu: bytes) -> bytes:
        """Pass a command and look at what came of it; an answer without data or status after a power failure is b""."""
        return self._watched(apdu, administered=False)

    def administered(self, apdu: bytes) -> bytes:
        """Pass a command that the authority sealed: it may change keys and permissions, but no PIN."""
        return self._watched(apdu, administered=True)

    def _watched(self, apdu: bytes, *, administered: bool) -> bytes:
        before = self.durable
        self.commands += 1
        self._writes = 0
        try:
            answer = carry_out(self._card.receive(apdu), self._keep)
        except PowerFailed:
            answer = b""
            self.power_on_again()
        self._cut = None
        if answer:
            self._answered(apdu, answer)
        self._changed(apdu, before, answer, administered=administered)
        return answer

    def _keep(self, image: CardImage) -> None:
        if self._cut == (self._writes, True):
            raise PowerFailed
        self.durable = image
        self._writes += 1
        if self._cut == (self._writes - 1, False):
            raise PowerFailed

    def _answered(self, apdu: bytes, answer: bytes) -> None:
        """Hold the answer to the table of status words, and its data to what may leave a card."""
        sw = int.from_bytes(answer[-2:])
        more = sw & 0xFF00 == SW.MORE_DATA
        _demand(len(answer) <= _MAX_ANSWER, "an answer of a length that no APDU has")
        _demand(sw in KNOWN or tries_in(sw) is not None or more, f"a status word of no table: {sw:04X}")
        _demand(len(answer) == 2 or sw == SW.SUCCESS or more, "data beside a refusal")
        if apdu[1:2] == bytes((Ins.READ_BINARY,)) and sw == SW.SUCCESS and apdu[:1] == b"\0":
            _demand(len(answer) > 2, "a read without data")
        _demand(not any(secret in answer for secret in self._secrets), "a private key was answered")

    def _changed(self, apdu: bytes, before: CardImage, answer: bytes, *, administered: bool) -> None:
        """Hold what became durable to what this command may change."""
        after = self.durable
        if after is before:
            return
        for name in PIN_NAMES:
            self._pin(name, apdu, before, answer)
        self._secrets |= _secrets(after)
        _demand(after.challenges >= before.challenges, "a challenge counter fell")
        _demand(after.channel.counter >= before.channel.counter, "a channel counter fell")
        _demand(from_bytes(to_bytes(after)) == after, "what is durable is no whole card")
        if not administered:
            as_it_was = replace(
                after,
                pins=before.pins,
                challenges=before.challenges,
                channel=before.channel,
                permitted=before.permitted,
            )
            _demand(as_it_was == before, "a command of an application changed what it may not")
            _demand(after.permitted <= before.permitted, "a command of an application gave a permission")

    def _pin(self, name: PinName, apdu: bytes, before: CardImage, answer: bytes) -> None:
        """A try comes back by the PIN itself or by a PIN that was set, and by nothing else (R-6.2)."""
        was, now = before.pins[name], self.durable.pins[name]
        _demand(now.limit == was.limit, "the limit of tries changed")
        if now == was:
            return
        data = _data(apdu)
        salt = before.salt_of(name)
        if now.digest != was.digest:
            _demand(now.matches(data, salt), "a PIN was set that nobody sent")
            _demand(not answer or answer == SW.SUCCESS.to_bytes(2), "a PIN was set by a refused command")
        elif now.tries > was.tries:
            _demand(was.tries > 0, "a locked PIN was unlocked")
            _demand(was.matches(data, salt), "a try was given back")
        else:
            _demand(now.tries == was.tries - 1, "one comparison spent more than one try")


def _demand(truth: bool, otherwise: str) -> None:  # noqa: FBT001  # reads as `assert`, which a fuzzer's optimised run would drop
    if not truth:
        raise Broken(otherwise)


def _data(apdu: bytes) -> bytes:
    try:
        return CommandApdu.from_bytes(apdu).data
    except MalformedApdu:
        return b""


def _secrets(image: CardImage) -> frozenset[bytes]:
    """Return a piece of each private key on a card."""
    in_use = [image.key_in_use(name) for name in (*CertificateKind, *FaceKey)]
    shadows = [image.keys[kind].shadow for kind in CertificateKind]
    keys = [*in_use, *(slot.private_key for slot in shadows if slot is not None)]
    return frozenset(secret_in(key) for key in keys if key is not None)


@cache
def secret_in(key: bytes) -> bytes:
    """Return octets of a PKCS#8 key that are its secret: of an elliptic one the end is the public point (RFC 5915 §3)."""
    loaded = from_pkcs8(key)
    if isinstance(loaded, ec.EllipticCurvePrivateKey):
        return loaded.private_numbers().private_value.to_bytes(loaded.key_size // 8)[:_SECRET]
    return key[-2 * _SECRET : -_SECRET]
