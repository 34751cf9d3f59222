"""The signing process as every other process sees it: `SigningKeys` without a key."""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from openjpki.authority.signing.callers import user_at, user_number
from openjpki.authority.signing.guard import IssuerUnknown
from openjpki.authority.signing.keys import (
    KeyExists,
    KeyMissing,
    PassphraseMissing,
    TokenUnavailable,
    TooOpen,
    WrongPassphrase,
)
from openjpki.authority.signing.line import (
    LIST_PATIENCE,
    PATIENCE,
    Answer,
    Failed,
    Find,
    Key,
    Line,
    LineBroken,
    Make,
    Question,
    Sign,
    Signed,
    SignList,
    address,
    answers,
)
from openjpki.authority.signing.purpose import NotToBeSigned
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.certificate import LintRefused
from openjpki.pki.crl import ListUnsound
from openjpki.pki.keys import StreamSigner

_A = TypeVar("_A", Key, Signed)
_FAILURES: dict[str, type[Failure]] = {
    failure.code: failure
    for failure in (
        IssuerUnknown,
        KeyExists,
        KeyMissing,
        LintRefused,
        ListUnsound,
        NotToBeSigned,
        PassphraseMissing,
        TokenUnavailable,
        TooOpen,
        WrongPassphrase,
    )
}
"""What the keeper of the keys may say: it is raised here as if the keys were here."""


class SignerSilent(Failure):
    """The signing process does not answer."""

    code = "authority.signing.silent"
    kind = Kind.UNAVAILABLE
    ja = "署名プロセスが応答しません({reason})。`openjpki serve signer` が動いているか確認してください。"
    en = "The signing process does not answer ({reason}). See that `openjpki serve signer` runs."


class SignerStrange(Failure):
    """Another user than the signing process's listens at its socket: what it would answer is worth nothing."""

    code = "authority.signing.strange"
    kind = Kind.UNAVAILABLE
    ja = "署名プロセスのソケットで、別の利用者(番号{found}、本来は{expected})のプロセスが待ち受けています。何も送っていません。"
    en = "A process of another user (number {found} instead of {expected}) listens at the signing process's socket. Nothing was sent to it."


class RemoteKeys:
    """`SigningKeys` in the signing process whose socket is in a folder. A connection is made for each question.

    `keeper` is the user as whom it runs, by name or number; empty: this process's own.
    """

    def __init__(self, folder: Path, keeper: str = "") -> None:
        self._folder = folder
        self._keeper = keeper
        self._signers: dict[str, RemoteSigner] = {}

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Have a key pair made; raises what its keeper raises, and `SignerSilent`."""
        return self.ask(Make(prefix, algorithm), Key).name

    def signer(self, name: str) -> StreamSigner:
        """Return the signer of a key; raises what its keeper raises, and `SignerSilent`."""
        if name not in self._signers:
            self._signers[name] = RemoteSigner(self, name, self.ask(Find(name), Key).public_key)
        return self._signers[name]

    def ask(self, question: Question, expected: type[_A], pieces: Iterable[bytes] = ()) -> _A:
        """Return the answer of the kind that is expected; raises as `signer` does, `NotToBeSigned` and `ListUnsound`.

        `pieces` are those of the list that a `SignList` is about.
        """
        answer = self._asked(question, pieces)
        if isinstance(answer, expected):
            return answer
        known = _FAILURES.get(answer.code) if isinstance(answer, Failed) else None
        if not isinstance(answer, Failed) or known is None or known.fields() - answer.data.keys():
            raise SignerSilent(reason="an answer of another version")
        raise known(**answer.data)

    def _asked(self, question: Question, pieces: Iterable[bytes]) -> Answer:
        """A list that is refused is refused while it comes: its keeper hangs up then, and the answer lies there."""
        of_a_list = isinstance(question, SignList)
        with self._line(LIST_PATIENCE if of_a_list else PATIENCE) as line:
            line.send(question)
            if of_a_list:
                with suppress(BrokenPipeError, ConnectionResetError):
                    line.send_pieces(pieces)
            return line.receive(answers)

    @contextmanager
    def _line(self, seconds: float) -> Iterator[Line]:
        try:
            with socket.socket(socket.AF_UNIX) as connected, address(self._folder) as place:
                connected.settimeout(PATIENCE)
                connected.connect(place)
                self._hold_keeper(user_at(connected))
                yield Line(connected, seconds)
        except (OSError, LineBroken) as error:
            raise SignerSilent(reason=type(error).__name__) from error

    def _hold_keeper(self, found: int) -> None:
        """Raise `SignerStrange` before a word is said to another user than the keeper; `UserUnknown`."""
        expected = user_number(self._keeper) if self._keeper else os.geteuid()
        if found != expected:
            raise SignerStrange(found=found, expected=expected)


class RemoteSigner:
    """A `StreamSigner` whose key is in the signing process."""

    def __init__(self, keys: RemoteKeys, name: str, public_key: bytes) -> None:
        self._keys = keys
        self._name = name
        self.public_key = public_key
        self.algorithm = KeyAlgorithm.of(public_key)

    def sign(self, to_be_signed: bytes) -> bytes:
        """Return the signature over the hash of `to_be_signed`; raises as `RemoteKeys.ask` does."""
        return self._keys.ask(Sign(self._name, to_be_signed), Signed).signature

    def sign_stream(self, pieces: Iterable[bytes]) -> bytes:
        """Return the signature over a list: nothing else is this long. Raises as `RemoteKeys.ask` does."""
        return self._keys.ask(SignList(self._name), Signed, pieces).signature
