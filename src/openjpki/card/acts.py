"""What the authority can have a card do inside their channel. Each effect is durable before it is answered."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from openjpki.card.administration import KIND_CODES, LAST_PART, NO_PIN, PIN_CODES, AdminIns, KeyForm, Status
from openjpki.card.apdu import CommandApdu
from openjpki.card.certificate import MAX_CERTIFICATE
from openjpki.card.image import MUNICIPALITY_DIGITS, CardImage, Container, KeySlot
from openjpki.card.keys import PrivateKey, hold_sound, prove, to_pkcs8
from openjpki.card.memory import Memory, Steps
from openjpki.card.pins import CodeKind, PinName
from openjpki.card.proof import order_proof_input
from openjpki.card.status import SW, Refusal
from openjpki.rules.kinds import CertificateKind, PinKind

MakeKey = Callable[[KeyForm], PrivateKey]
"""Makes a key pair of a form: inside the card, as far as anything outside can tell."""
MAX_STORED = 2 + 2 * MAX_CERTIFICATE
"""Bytes that STORE CERTIFICATE, or WRITE ATTRIBUTES, may bring in all its parts."""

_KINDS = {code: kind for kind, code in KIND_CODES.items()}
_PINS = {code: pin for pin, code in PIN_CODES.items()}
_SET_WITH: Mapping[PinKind, frozenset[PinName]] = {PinKind.RESIDENT_RECORD: frozenset({CodeKind.COMMON})}
"""For the holder the PIN of the resident record is one; the card keeps it in two applications (C myna-card)."""
_DAY = "%Y%m%d"
_HAND_OVER_DIGITS = MUNICIPALITY_DIGITS + 8
_MAX_ORDER_ID = 64
"""Bytes of the order's number that a new key is made for; ours have 36."""


@dataclass(frozen=True)
class _Parts:
    """What STORE CERTIFICATE or WRITE ATTRIBUTES brought so far."""

    about: CertificateKind | None
    """None: the attributes."""
    count: int
    content: bytes


class Acts:
    """The acts of one session: parts that were not completed are lost with it."""

    def __init__(self, memory: Memory, make_key: MakeKey | None) -> None:
        self._memory = memory
        self._make_key = make_key
        self._parts: _Parts | None = None
        self._acts: Mapping[int, Callable[[CommandApdu], Steps[bytes]]] = {
            AdminIns.GENERATE_KEY: self._generate,
            AdminIns.PROVE: self._prove,
            AdminIns.STORE_CERTIFICATE: self._store,
            AdminIns.READ_BACK: self._read_back,
            AdminIns.ACTIVATE: self._activate,
            AdminIns.DISCARD: self._discard,
            AdminIns.STATUS: self._status,
            AdminIns.ALLOW_PIN_SET: self._allow_pin_set,
            AdminIns.SET_HAND_OVER_DATA: self._set_hand_over_data,
            AdminIns.WRITE_ATTRIBUTES: self._write_attributes,
        }

    def carry_out(self, command: CommandApdu) -> Steps[bytes]:
        """Do what an opened command asks and return its answer; raise `Refusal`, having changed nothing."""
        act = self._acts.get(command.ins)
        if act is None:
            raise Refusal(SW.INSTRUCTION_NOT_SUPPORTED)
        return (yield from act(command))

    def _generate(self, command: CommandApdu) -> Steps[bytes]:
        """GENERATE KEY: the shadow key is durable before its public half is told; an unfinished one is replaced."""
        kind = _kind(command)
        if command.p2 not in set(KeyForm):
            raise Refusal(SW.WRONG_P1_P2)
        container = self._container(kind)
        if container.shadow is not None and container.shadow.certificate is not None:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        if self._make_key is None:
            raise Refusal(SW.FUNCTION_NOT_SUPPORTED)
        private_key = to_pkcs8(self._make_key(KeyForm(command.p2)))
        hold_sound(private_key)
        slot = KeySlot(private_key=private_key)
        yield from self._keep(kind, replace(container, shadow=slot))
        return slot.public_key

    def _prove(self, command: CommandApdu) -> Steps[bytes]:
        """PROVE: sign, with the shadow key, a text that only an order for it can be."""
        kind = _kind(command)
        municipality, order_id = command.data[:MUNICIPALITY_DIGITS], command.data[MUNICIPALITY_DIGITS:]
        named = municipality.isdigit() and 1 <= len(order_id) <= _MAX_ORDER_ID
        if not named or not all(ord("!") <= octet <= ord("~") for octet in order_id):
            raise Refusal(SW.WRONG_DATA)
        shadow = self._shadow(kind)
        number = self._memory.image.number
        message = order_proof_input(order_id.decode(), municipality.decode(), number, kind, shadow.public_key)
        yield from ()
        return prove(shadow.private_key, message)

    def _store(self, command: CommandApdu) -> Steps[bytes]:
        """STORE CERTIFICATE: parts in order, then one durable change; a waiting certificate is not replaced."""
        kind = _KINDS.get(command.p1 & ~LAST_PART)
        if kind is None:
            raise Refusal(SW.WRONG_P1_P2)
        content = self._gathered(command, kind)
        if content is not None:
            yield from self._load(kind, content)
        return b""

    def _write_attributes(self, command: CommandApdu) -> Steps[bytes]:
        """WRITE ATTRIBUTES: parts in order, then both files in one durable change; the same again is no write."""
        if command.p1 & ~LAST_PART:
            raise Refusal(SW.WRONG_P1_P2)
        content = self._gathered(command, None)
        if content is not None:
            yield from self._write(content)
        return b""

    def _gathered(self, command: CommandApdu, about: CertificateKind | None) -> bytes | None:
        """Return all that the parts brought, once the last has come."""
        begun, self._parts = self._parts if command.p2 else _Parts(about, 0, b""), None
        if begun is None or (begun.about, begun.count) != (about, command.p2):
            raise Refusal(SW.WRONG_P1_P2)
        content = begun.content + command.data
        if len(content) > MAX_STORED:
            raise Refusal(SW.WRONG_LENGTH)
        if command.p1 & LAST_PART:
            return content
        self._parts = _Parts(about, begun.count + 1, content)
        return None

    def _write(self, content: bytes) -> Steps[None]:
        image, size = self._memory.image, 2 + int.from_bytes(content[:2])
        if image.face is None:
            raise Refusal(SW.FILE_NOT_FOUND)
        try:
            written = image.face.with_attributes(content[2:size], content[size:])
        except ValueError:
            raise Refusal(SW.WRONG_DATA) from None
        if written != image.face:
            yield from self._commit(replace(image, face=written))

    def _load(self, kind: CertificateKind, content: bytes) -> Steps[None]:
        size = 2 + int.from_bytes(content[:2])
        shadow = self._shadow(kind)
        try:
            loaded = replace(shadow, certificate=content[2:size], issuer=content[size:])
        except ValueError:
            raise Refusal(SW.WRONG_DATA) from None
        if loaded == shadow:
            return
        if shadow.certificate is not None:
            raise Refusal(SW.CONDITIONS_NOT_SATISFIED)
        yield from self._keep(kind, replace(self._container(kind), shadow=loaded))

    def _read_back(self, command: CommandApdu) -> Steps[bytes]:
        """READ BACK: the certificate in the shadow slot as it is durable."""
        yield from ()
        return self._certificate(_kind(command))

    def _activate(self, command: CommandApdu) -> Steps[bytes]:
        """ACTIVATE: new key and certificate take the place of the old in one durable change, if it is the one meant."""
        kind = _kind(command)
        if not hmac.compare_digest(sha256(self._certificate(kind)).digest(), command.data):
            raise Refusal(SW.REFERENCE_NOT_FOUND)
        yield from self._keep(kind, Container(active=self._shadow(kind)))
        return b""

    def _discard(self, command: CommandApdu) -> Steps[bytes]:
        """DISCARD: empty the shadow slot; what is in use stays, and nothing to discard is no fault."""
        kind = _kind(command)
        container = self._container(kind)
        if container.shadow is not None:
            yield from self._keep(kind, replace(container, shadow=None))
        return b""

    def _status(self, command: CommandApdu) -> Steps[bytes]:
        """STATUS: digests of what waits and what is in use."""
        yield from ()
        return bytes(Status.of(self._memory.image, _kind(command)))

    def _allow_pin_set(self, command: CommandApdu) -> Steps[bytes]:
        """ALLOW PIN SET: the permission waits, durably, for the holder's typing. It gives no try back by itself.

        About no PIN it takes back the permissions to set one anew; what a new card permits, a PIN that was never set, may
        still be set once. A card with a face permits that of the text application by no word but this one (R-6.5).
        """
        pin, image = _PINS.get(command.p1), self._memory.image
        if pin is None and command.p1 != NO_PIN:
            raise Refusal(SW.WRONG_P1_P2)
        by_this_alone = frozenset() if image.face is None else frozenset({PinKind.CARD_FACE_ENTRY})
        never_set = {name for name in image.permitted - by_this_alone if image.pins[name].digest is None}
        allowed = image.permitted | {pin} | _SET_WITH.get(pin, frozenset()) if pin else never_set
        permitted = frozenset(allowed)
        if permitted != image.permitted:
            yield from self._commit(replace(image, permitted=permitted))
        return b""

    def _set_hand_over_data(self, command: CommandApdu) -> Steps[bytes]:
        """SET HAND-OVER DATA: municipality and last day; the same again is no write."""
        image, data = self._memory.image, command.data
        try:
            municipality, day = data[:MUNICIPALITY_DIGITS].decode("ascii"), data[MUNICIPALITY_DIGITS:].decode("ascii")
            after = replace(image, municipality=municipality, expires=date.fromisoformat(day))
        except ValueError:
            raise Refusal(SW.WRONG_DATA) from None
        if len(data) != _HAND_OVER_DIGITS or f"{after.expires:{_DAY}}" != day:
            raise Refusal(SW.WRONG_DATA)
        if after != image:
            yield from self._commit(after)
        return b""

    def _container(self, kind: CertificateKind) -> Container:
        return self._memory.image.keys[kind]

    def _shadow(self, kind: CertificateKind) -> KeySlot:
        shadow = self._container(kind).shadow
        if shadow is None:
            raise Refusal(SW.REFERENCE_NOT_FOUND)
        return shadow

    def _certificate(self, kind: CertificateKind) -> bytes:
        certificate = self._shadow(kind).certificate
        if certificate is None:
            raise Refusal(SW.REFERENCE_NOT_FOUND)
        return certificate

    def _keep(self, kind: CertificateKind, container: Container) -> Steps[None]:
        yield from self._commit(self._memory.image.with_keys(kind, container))

    def _commit(self, image: CardImage) -> Steps[None]:
        yield from self._memory.commit(image, administered=True)


def _kind(command: CommandApdu) -> CertificateKind:
    kind = _KINDS.get(command.p1)
    if kind is None:
        raise Refusal(SW.WRONG_P1_P2)
    return kind
