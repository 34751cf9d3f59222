"""What is fuzzed: each target takes any bytes, does with them what a foreign program could, and raises if something is broken.

The bytes are read as a script, so that what the fuzzer changes is a talk and not only its last command:

    first byte    which card, and which of its switches
    then          00..F7  a command of so many bytes
                  F8 hi lo a command of that many bytes
                  F9      the power is taken away and given back
                  FA n    the power fails at write n/2 of the next command, before it is durable (n even) or after
                  FB      the authority opens a session                      (target `channel`)
                  FC n    the authority sends its command n, sealed          (target `channel`)
                  FD n    the same with one bit of it changed on the way     (target `channel`)
                  other   nothing
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from openjpki.card import administration as commands
from openjpki.card.administration import KeyForm
from openjpki.card.apdu import CommandApdu, MalformedApdu
from openjpki.card.card import Card
from openjpki.card.image import CardImage
from openjpki.card.secure_channel import HostEnd
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.dialogues import playbook
from tests.fuzz.watch import Watch
from tests.support.cards import Host, Refused, keys_of
from tests.unit.card.cards import FORMS, Keys, blank, certificate_for, issuer, stored

_LONG, _POWER, _CUT, _OPEN, _SEALED, _SPOILED = 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD
_TALK = 40
"""Commands of one script at most: a comparison of a PIN takes two milliseconds."""
_SWITCHES = (
    CardSettings(),
    CardSettings(locked_status=SW.BLOCKED, no_key_status=SW.CONDITIONS_NOT_SATISFIED),
    CardSettings(reselect_clears=False),
    CardSettings(extended_length=False, ecdsa_signature="raw"),
)


@dataclass(frozen=True)
class Step:
    """One instruction of a script."""

    word: int
    """One of the words above, or -1 for a command."""
    value: int = 0
    command: bytes = b""


def steps(script: bytes) -> Iterator[Step]:
    """Read a script's instructions; whatever bytes there are, they say something."""
    at = 0
    for _ in range(_TALK):
        if at >= len(script):
            return
        word, at = script[at], at + 1
        if word <= _LONG:
            size = word
            if word == _LONG:
                size, at = int.from_bytes(script[at : at + 2]), at + 2
            yield Step(-1, command=script[at : at + size])
            at += size
        elif word in {_CUT, _SEALED, _SPOILED}:
            yield Step(word, script[at] if at < len(script) else 0)
            at += 1
        else:
            yield Step(word)


def command(apdu: bytes) -> bytes:
    """Return the instruction that sends a command."""
    return bytes((len(apdu),)) + apdu if len(apdu) < _LONG else bytes((_LONG,)) + len(apdu).to_bytes(2) + apdu


def card(script: bytes) -> int:
    """Talk to a card as any program may; return how many commands it was sent."""
    first, rest = script[:1] or b"\0", script[1:]
    image = _CARDS[first[0] % len(_CARDS)]()
    switches = _SWITCHES[first[0] // len(_CARDS) % len(_SWITCHES)]
    watch = Watch(image, lambda durable: Card(durable, switches))
    for step in steps(rest):
        _plain(watch, step)
    return watch.commands


def channel(script: bytes) -> int:
    """Talk to a card that the authority administers, with somebody between them; return how many commands it was sent."""
    first, rest = script[:1] or b"\0", script[1:]
    keys = Keys()
    watch = Watch(
        _CARDS[first[0] % len(_CARDS)](),
        lambda durable: Card(durable, make_key=lambda form: keys.generate(FORMS[form])),
    )
    authority = _Authority(watch)
    for step in steps(rest):
        if step.word == _OPEN:
            authority.open()
        elif step.word in {_SEALED, _SPOILED}:
            authority.send(step.value, spoiled=step.word == _SPOILED)
        else:
            _plain(watch, step)
    return watch.commands


TARGETS: Mapping[str, Callable[[bytes], int]] = {"card": card, "channel": channel}


def seeds(target: str) -> list[bytes]:
    """Return scripts to begin with: every dialogue of `tests/dialogues`, and for the channel each command of the authority."""
    talks = [_dialogue(playbook.read(path)) for path in sorted(Path(playbook.FOLDER).glob(f"*{playbook.SUFFIX}"))]
    if target == "card":
        return talks
    acts = [bytes((n % len(_CARDS), _OPEN, word, n)) for n in range(_TALK) for word in (_SEALED, _SPOILED)]
    whole = bytes((0, _OPEN)) + b"".join(bytes((_SEALED, n)) for n in range(_TALK))
    return [*acts, whole, bytes((3,)) + whole[1:], *talks[:3]]


def _dialogue(book: playbook.Playbook) -> bytes:
    """Return a dialogue as a script on the card it is written for."""
    names = ("blank", "ordinary", "p384", "holder")
    script = bytearray((names.index(book.card),))
    for line in book.lines:
        if line.word == ">>":
            script += command(bytes.fromhex(line.rest))
        elif line.word == "power":
            script.append(_POWER)
    return bytes(script)


def _plain(watch: Watch, step: Step) -> None:
    if step.word == _POWER:
        watch.power_on_again()
    elif step.word == _CUT:
        watch.cut_at(step.value // 2 % 3, before=step.value % 2 == 0)
    elif step.word == -1:
        watch.transmit(step.command)


class _Authority:
    """The authority's end, whose sealed commands somebody may spoil on their way."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._session: HostEnd | None = None

    def open(self) -> None:
        """Open a session; none is open where the card's power failed or it has been asked too often."""
        self._session = None
        try:
            self._session = Host(self, keys_of(self._watch.durable.number)).open()
        except (Refused, MalformedApdu, ValueError):
            return

    def transmit(self, apdu: bytes) -> bytes:
        """Pass a command of the authority: a `Connection`; raise ValueError where no answer came."""
        return self._watch.administered(apdu)

    def send(self, number: int, *, spoiled: bool) -> None:
        """Seal a command and send it; spoiled on its way it is refused, changes nothing, and ends the session."""
        if self._session is None:
            return
        acts = _acts(self._watch.durable)
        sealed, _ = self._session.seal(acts[number % len(acts)])
        apdu = bytearray(bytes(sealed))
        if not spoiled:
            self.transmit(bytes(apdu))
            return
        before = self._watch.durable
        apdu[number % (len(apdu) - 1)] ^= 1 << number % 8
        answer, self._session = self.transmit(bytes(apdu)), None
        if self._watch.durable is not before or answer == SW.SUCCESS.to_bytes(2):
            message = "a spoiled command was carried out"
            raise AssertionError(message)


def _acts(image: CardImage) -> list[CommandApdu]:
    """Return commands of the authority that suit a card, in the order of an issue: what is sent out of it is to be refused."""
    acts: list[CommandApdu] = []
    for kind in CertificateKind:
        shadow = image.keys[kind].shadow
        certificate = certificate_for(shadow.public_key) if shadow is not None else issuer()
        loaded = shadow.certificate if shadow is not None else None
        acts += [
            commands.generate_key(kind, KeyForm.RSA_2048),
            commands.prove(kind, "fuzzed", "99201"),
            *commands.store_certificate(kind, certificate, issuer()),
            commands.read_back(kind),
            commands.activate(kind, sha256(loaded or b"").digest()),
            commands.status(kind),
            commands.discard(kind),
        ]
    return [*acts, commands.allow_pin_set(PinKind.SIGNATURE), commands.take_back_pin_sets()]


_CARDS: tuple[Callable[[], CardImage], ...] = (
    blank,
    lambda: stored("ordinary"),
    lambda: stored("p384"),
    lambda: stored("holder"),
)
