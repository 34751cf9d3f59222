"""The administration master key of all cards: one encrypted file, from which each card's keys are derived by its number.

So is each person's individual number, from the resident code. AES-256-GCM under a key that scrypt (RFC 7914) makes of
the CA keys' passphrase. The master key never leaves this module.
"""

from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from openjpki.authority.durable import PRIVATE, write_whole
from openjpki.authority.signing.keys import KeyMissing, WrongPassphrase, read_passphrase, read_secret
from openjpki.card.codes import check_digit
from openjpki.card.keyset import KEY_SIZE, KeySet, derive, diversified

NAME = "card-administration"
_HEADER = b"openjpki card administration key 1\n"
_SALT_SIZE, _NONCE_SIZE = 16, 12
_NUMBER_LABEL = b"openjpki individual number"
_HIGH, _LOW, _ROUNDS = 10**5, 10**6, 4
_SCRYPT_COST = 2**14
"""With r = 8: 16 MiB and some 40 ms, once in a process."""


class CardKeys:
    """The keys of every card of this authority; the file is opened at the first use and its key kept in memory."""

    def __init__(self, file: Path, passphrase_file: Path) -> None:
        self._file = file
        self._passphrase_file = passphrase_file
        self._master = b""

    def of(self, card_number: str) -> KeySet:
        """Return a card's administration keys; raises `KeyMissing`, `WrongPassphrase`, `PassphraseMissing`, `TooOpen`."""
        if not self._master:
            self._master = self._open()
        return diversified(self._master, card_number)

    def individual_number_of(self, resident_code: str) -> str:
        """Return the individual number of a person, which nobody finds the resident code by; raises as `of` does.

        Two persons never get the same one: eleven digits become eleven others in four rounds, each of which adds to one
        half what the master key makes of the other (a Feistel network). The twelfth is the check digit.
        """
        if not self._master:
            self._master = self._open()
        high, low = divmod(int(resident_code), _LOW)
        for turn in range(_ROUNDS // 2):
            high = (high + self._mixed(2 * turn, low)) % _HIGH
            low = (low + self._mixed(2 * turn + 1, high)) % _LOW
        digits = f"{high * _LOW + low:011}"
        return digits + check_digit(digits)

    def _mixed(self, turn: int, half: int) -> int:
        return int.from_bytes(derive(self._master, _NUMBER_LABEL, bytes((turn,)) + half.to_bytes(4), 64))

    def create(self, entropy: Callable[[int], bytes]) -> None:
        """Make a new master key; one that is there is never overwritten."""
        if self._file.exists():
            return
        salt, nonce = entropy(_SALT_SIZE), entropy(_NONCE_SIZE)
        sealed = self._cipher(salt).encrypt(nonce, entropy(KEY_SIZE), _HEADER)
        write_whole(self._file, _HEADER + salt + nonce + sealed, PRIVATE)

    def _open(self) -> bytes:
        try:
            content = read_secret(self._file)
        except FileNotFoundError:
            raise KeyMissing(name=NAME) from None
        body = content.removeprefix(_HEADER)
        salt, rest = body[:_SALT_SIZE], body[_SALT_SIZE:]
        try:
            return self._cipher(salt).decrypt(rest[:_NONCE_SIZE], rest[_NONCE_SIZE:], _HEADER)
        except (InvalidTag, ValueError) as error:
            raise WrongPassphrase(name=NAME) from error

    def _cipher(self, salt: bytes) -> AESGCM:
        passphrase = read_passphrase(self._passphrase_file)
        return AESGCM(Scrypt(salt=salt, length=KEY_SIZE, n=_SCRYPT_COST, r=8, p=1).derive(passphrase))
