"""The secure channel between authority and card: SCP03 in its S8 form at security level 33 (docs/card-administration.md).

GlobalPlatform Card Specification Amendment D: mutual authentication with a pseudo-random card challenge, and from then on
every command encrypted and chained by its MAC, every answer encrypted and bound to its command. What was altered, left
out, repeated or re-ordered on the way does not open. Both ends are here; neither knows how the bytes travel.
"""

import hmac
from dataclasses import dataclass, field, replace
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from openjpki.card.apdu import SHORT_MAX, CommandApdu, ResponseApdu
from openjpki.card.keyset import KeySet, cmac, derive
from openjpki.errors import Failure, Kind

CHALLENGE_SIZE = 8
MAC_SIZE = 8
COUNTER_SIZE = 3
MAX_COUNTER = 2 ** (8 * COUNTER_SIZE) - 1
"""The last session of a card: its counter never turns over."""
SECURITY_LEVEL = 0x33
"""C-MAC, C-DECRYPTION, R-MAC and R-ENCRYPTION: the only level of this channel."""
SECURED = 0x84
"""Class byte of a command with GlobalPlatform secure messaging."""
BLOCK = 16
MAX_PLAIN = (SHORT_MAX - MAC_SIZE) // BLOCK * BLOCK - 1
"""Bytes of plain data that fit a short command once padded, encrypted and followed by its MAC: 239."""

_CARD_CRYPTOGRAM, _HOST_CRYPTOGRAM, _CARD_CHALLENGE, _S_ENC, _S_MAC, _S_RMAC = 0x00, 0x01, 0x02, 0x04, 0x06, 0x07
"""Derivation constants (Amendment D table 4-1)."""
_PAD = b"\x80"
_RESPONSE = 1 << 127
"""The first bit of the counter block says that an answer is encrypted, not a command (§6.2.7)."""


class ChannelBroken(Failure):
    """What came back was not made by the card for this command, or by nobody's card of this number."""

    code = "card.channel.broken"
    kind = Kind.REFUSED
    ja = "カードの応答を確認できません。途中で書き換えられたか、別のカードの応答です。カードを置き直して、もう一度行ってください。"
    en = "The card's answer does not verify: it was altered on its way, or comes from another card. Put the card back and try again."


def card_challenge(keys: KeySet, counter: int, aid: bytes) -> bytes:
    """Return the card's challenge of one session: it comes from the counter, which never repeats (§6.2.2.1)."""
    return _derived(keys.enc, _CARD_CHALLENGE, CHALLENGE_SIZE, counter.to_bytes(COUNTER_SIZE) + aid)


@dataclass(frozen=True, kw_only=True)
class SessionKeys:
    """The keys of one session, and the cryptograms by which each side shows that it has them. `repr` shows none."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    rmac: bytes = field(repr=False)
    context: bytes = field(repr=False)

    @classmethod
    def of(cls, keys: KeySet, host_challenge: bytes, card_challenge: bytes) -> Self:
        """Derive them from the card's static keys and both challenges (§6.2.1)."""
        context = host_challenge + card_challenge
        size = len(keys.enc)
        return cls(
            enc=_derived(keys.enc, _S_ENC, size, context),
            mac=_derived(keys.mac, _S_MAC, size, context),
            rmac=_derived(keys.mac, _S_RMAC, size, context),
            context=context,
        )

    def card_cryptogram(self) -> bytes:
        """Return what the card shows in its answer to INITIALIZE UPDATE."""
        return _derived(self.mac, _CARD_CRYPTOGRAM, MAC_SIZE, self.context)

    def host_cryptogram(self) -> bytes:
        """Return what the authority shows in EXTERNAL AUTHENTICATE."""
        return _derived(self.mac, _HOST_CRYPTOGRAM, MAC_SIZE, self.context)


class Sealing:
    """What both ends advance together: the MAC chaining value and the number of commands."""

    def __init__(self, keys: SessionKeys) -> None:
        self._keys = keys
        self._chaining = bytes(BLOCK)
        self._count = 0

    def mac(self, command: CommandApdu, data: bytes) -> bytes:
        """Return the MAC of a command with these data, final but for the MAC itself, and chain it (§6.2.4)."""
        length = len(data) + MAC_SIZE
        lc = b"\0" + length.to_bytes(2) if command.extended else length.to_bytes(1)
        header = bytes((command.cla, command.ins, command.p1, command.p2))
        self._chaining = cmac(self._keys.mac, self._chaining + header + lc + data)
        return self._chaining[:MAC_SIZE]

    def encrypt(self, data: bytes) -> bytes:
        """Return a command's data encrypted; no data stay no data, but count (§6.2.6)."""
        self._count += 1
        return _encrypted(self._keys.enc, data, self._count) if data else data

    def decrypt(self, data: bytes) -> bytes:
        """Return a command's data; raise ValueError if they are not ours."""
        self._count += 1
        return _decrypted(self._keys.enc, data, self._count) if data else data

    def moment(self) -> "Moment":
        """Return what an answer to the present command is bound to."""
        return Moment(self._keys, self._chaining, self._count)


@dataclass(frozen=True)
class Moment:
    """One command's place in a session: its answer opens here and nowhere else."""

    keys: SessionKeys = field(repr=False)
    chaining: bytes = field(repr=False)
    count: int

    def seal(self, answer: ResponseApdu) -> ResponseApdu:
        """Return the card's answer encrypted and with its MAC; a refusal bears neither (§6.2.5)."""
        if not answer.ok:
            return answer
        data = _encrypted(self.keys.enc, answer.data, _RESPONSE | self.count) if answer.data else b""
        return replace(answer, data=data + self._mac(data, answer.sw))

    def open(self, answer: ResponseApdu) -> ResponseApdu:
        """Return what the card answered; raises `ChannelBroken`. A refusal is returned as it came: it binds nobody."""
        if not answer.ok:
            return ResponseApdu(answer.sw)
        data, mac = answer.data[:-MAC_SIZE], answer.data[-MAC_SIZE:]
        if not hmac.compare_digest(mac, self._mac(data, answer.sw)):
            raise ChannelBroken
        try:
            plain = _decrypted(self.keys.enc, data, _RESPONSE | self.count) if data else b""
        except ValueError as error:
            raise ChannelBroken from error
        return ResponseApdu(answer.sw, plain)

    def _mac(self, data: bytes, sw: int) -> bytes:
        return cmac(self.keys.rmac, self.chaining + data + sw.to_bytes(2))[:MAC_SIZE]


class HostEnd:
    """The authority's end: it seals commands, all at once if it likes, and opens each answer where it belongs."""

    def __init__(self, keys: SessionKeys) -> None:
        self._sealing = Sealing(keys)

    def authenticate(self, command: CommandApdu) -> CommandApdu:
        """Return EXTERNAL AUTHENTICATE, whose data are the host cryptogram, with its MAC: it is not encrypted."""
        return _with_mac(command, self._sealing)

    def seal(self, command: CommandApdu) -> tuple[CommandApdu, Moment]:
        """Return a command as it travels, and where its answer opens. Data beyond a short command need `extended`."""
        ready = replace(command, cla=SECURED, data=self._sealing.encrypt(command.data))
        return _with_mac(ready, self._sealing), self._sealing.moment()


class CardEnd:
    """The card's end. A command that does not open ends the session: the caller forgets this object."""

    def __init__(self, keys: SessionKeys) -> None:
        self._sealing = Sealing(keys)

    def authenticated(self, command: CommandApdu) -> bytes:
        """Return the host cryptogram of EXTERNAL AUTHENTICATE; raise ValueError unless its MAC is right."""
        return self._checked(command)

    def open(self, command: CommandApdu) -> tuple[CommandApdu, Moment]:
        """Return the plain command, and what seals its answer; raise ValueError unless it is the host's next one."""
        data = self._sealing.decrypt(self._checked(command))
        extended = command.extended and bool(data or command.le)
        return replace(command, data=data, extended=extended), self._sealing.moment()

    def _checked(self, command: CommandApdu) -> bytes:
        """Return what stands before the MAC of a command."""
        data, mac = command.data[:-MAC_SIZE], command.data[-MAC_SIZE:]
        if not hmac.compare_digest(mac, self._sealing.mac(command, data)):
            raise ValueError(_NOT_OURS)
        return data


_NOT_OURS = "not sealed by the other end of this channel"


def _with_mac(command: CommandApdu, sealing: Sealing) -> CommandApdu:
    return replace(command, data=command.data + sealing.mac(command, command.data))


def _derived(key: bytes, constant: int, size: int, context: bytes) -> bytes:
    return derive(key, constant.to_bytes(12), context, size * 8)


def _encrypted(key: bytes, data: bytes, count: int) -> bytes:
    padded = data + _PAD + bytes(-(len(data) + 1) % BLOCK)
    encryptor = Cipher(AES(key), CBC(_icv(key, count))).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def _decrypted(key: bytes, data: bytes, count: int) -> bytes:
    decryptor = Cipher(AES(key), CBC(_icv(key, count))).decryptor()
    padded = decryptor.update(data) + decryptor.finalize()
    plain, mark, filler = padded.rpartition(_PAD)
    if not mark or any(filler):
        raise ValueError(_NOT_OURS)
    return plain


def _icv(key: bytes, count: int) -> bytes:
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305  -- one block: the counter (Amendment D §6.2.6)
    return encryptor.update(count.to_bytes(BLOCK)) + encryptor.finalize()
