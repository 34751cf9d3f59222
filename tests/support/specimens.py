"""Everything that the builders sign in tests, by its shape: one specimen of each is linted by others when the run is over.

A shape is the structure of a certificate, a list or an answer with its values left out: object identifiers, flags and
reasons stay, of everything else the type and a class of lengths, of a number its sign. A test that makes something wrong says so by
`@pytest.mark.wrong_on_purpose`; whatever else is signed counts.

`--specimens shapes` collects one of each shape, `--specimens all` every one that differs (`make test-all`), `off` nothing.
"""

import hashlib
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

CHOICES: Final = ("off", "shapes", "all")
MARK: Final = "wrong_on_purpose"
MOST: Final = 16 * 1024
"""Bytes of what is looked at under `shapes`: longer lists have more lines, and no other ones."""
MOST_OF_ALL: Final = 1024 * 1024
"""The same under `all`."""
ENOUGH: Final = 32
"""Things of one kind, algorithm and length whose shapes a process looks at under `shapes`: beyond them it costs more than it finds."""
_SEQUENCE, _BY_KEY, _BY_NAME = 0x30, 0xA2, 0xA1
_TYPES: Final = {_SEQUENCE: "", _BY_KEY: "answer", _BY_NAME: "answer", 0xA0: "certificate", 0x02: "list"}
"""What the first thing of a to-be-signed structure says: version [0], a version, a responder's id."""
_CLASSES: Final = (0, 1, 2, 4, 8, 20, 64, 127, 255, 65535)
_CONSTRUCTED: Final = 0x20
_WHOLE: Final = frozenset({0x01, 0x05, 0x06, 0x0A})
"""BOOLEAN, NULL, OBJECT IDENTIFIER and ENUMERATED count with their values."""
_FLAGS: Final = 3
"""Octets of a BIT STRING that are flags, such as a key's usage."""
_MANY: Final = 4
"""More siblings than this are a list: each shape among them counts once."""


def add_option(parser: pytest.Parser) -> None:
    """Add `--specimens`."""
    parser.addoption("--specimens", choices=CHOICES, default="off", help="lint everything that is signed in tests")


def kind_of(to_be_signed: bytes) -> str:
    """Return "certificate", "list" or "answer" by how a to-be-signed structure begins, "unknown" for anything else."""
    with suppress(IndexError):
        if to_be_signed[0] == _SEQUENCE:
            start, _ = _content(to_be_signed, 0)
            return _TYPES.get(to_be_signed[start]) or "unknown"
    return "unknown"


def shape(encoded: bytes) -> bytes:
    """Return the shape of DER; raises IndexError for bytes that end too soon."""
    return b"".join(_shapes(encoded, 0, len(encoded)))


def _shapes(data: bytes, start: int, end: int) -> list[bytes]:
    found = []
    while start < end:
        tag = data[start]
        begin, stop = _content(data, start)
        head = bytes((tag, begin - start))
        if tag & _CONSTRUCTED:
            inner = _shapes(data, begin, stop)
            if len(inner) > _MANY:
                inner = sorted(set(inner)) if tag == _SEQUENCE and len(set(inner)) < len(inner) else inner
            found.append(b"".join((head, b"(", *inner, b")")))
        else:
            found.append(head + _primitive(tag, data[begin:stop]))
        start = stop
    return found


def _primitive(tag: int, content: bytes) -> bytes:
    if tag in _WHOLE or (tag == 0x03 and len(content) <= _FLAGS):
        return content
    if tag == 0x04 and len(content) > 1 and _is_one(content):
        return b"[" + b"".join(_shapes(content, 0, len(content))) + b"]"
    length = b"%d" % next((most for most in _CLASSES if len(content) <= most), 0)
    if tag == 0x02 and content:
        return length + (b"-" if content[0] & 0x80 else b"0" if content[0] == 0 else b"+")
    return length + (b"a" if tag == 0x0C and content.isascii() else b"")


def _is_one(content: bytes) -> bool:
    """Tell whether the content of an OCTET STRING is one DER value, as of an extension."""
    if content[0] not in {_SEQUENCE, 0x02, 0x03, 0x04, 0x05, 0x0A}:
        return False
    try:
        return _content(content, 0)[1] == len(content) and (content[0] != _SEQUENCE or bool(shape(content)))
    except IndexError:
        return False


def _content(data: bytes, start: int) -> tuple[int, int]:
    """Return where the content of the value at a place begins and ends; raises IndexError."""
    first = data[start + 1]
    begin = start + 2
    if first & 0x80:
        begin += first & 0x7F
        first = int.from_bytes(data[start + 2 : begin])
    if begin + first > len(data):
        raise IndexError
    return begin, begin + first


class Specimens:
    """The plugin: it stands between the builders and their signatures, in each process of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self.choice: str = config.getoption("specimens")
        given = getattr(config, "workerinput", {}).get("specimens")
        self.is_main = given is None
        self.folder = Path(given or tempfile.mkdtemp(prefix="openjpki-specimens-"))
        self.test = "before the first test"
        self.wrong = False
        self.count = 0
        self._seen: set[bytes] = set()
        self._like: Counter[tuple[str, bytes, int]] = Counter()
        self._restore: list[Callable[[], None]] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where the specimens go."""
        node.workerinput["specimens"] = str(self.folder)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Take the builders' signatures from now on: coverage measures already what this imports."""
        from openjpki.pki import keys

        self.stand_between(keys)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Note whose things are signed from now on, and whether they are wrong on purpose."""
        self.test = item.nodeid
        self.wrong = item.get_closest_marker(MARK) is not None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Lint what was collected, when all workers are done; a finding fails the run."""
        for restore in self._restore:
            restore()
        if not self.is_main:
            return
        from tests.support.specimen_lint import look

        said = look(self.folder)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            for line in said.lines:
                reporter.write_line(line, red=bool(said.findings))
        if said.findings:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        else:
            shutil.rmtree(self.folder)

    def stand_between(self, keys: ModuleType) -> None:
        """Wrap the one place where something is signed, wherever it was imported already."""
        proven, proven_stream = keys.proven, keys.proven_stream

        def noted(signer: Any, to_be_signed: bytes, public_key: bytes) -> bytes:
            signature: bytes = proven(signer, to_be_signed, public_key)
            self.take(to_be_signed, signer.algorithm.identifier, signature)
            return signature

        def noted_stream(signer: Any, pieces: Iterable[bytes], public_key: bytes) -> bytes:
            kept = Kept(self.most)
            signature: bytes = proven_stream(signer, kept.through(pieces), public_key)
            self.take(kept.content, signer.algorithm.identifier, signature)
            return signature

        self._put(proven, noted)
        self._put(proven_stream, noted_stream)

    @property
    def most(self) -> int:
        """Return how long a thing may be that is looked at."""
        return MOST_OF_ALL if self.choice == "all" else MOST

    def take(self, to_be_signed: bytes, algorithm: bytes, signature: bytes) -> None:
        """Keep a specimen, unless one of its shape is kept already, or its test makes wrong things."""
        if self.wrong or not to_be_signed or len(to_be_signed) > self.most:
            return
        self.count += 1
        kind = kind_of(to_be_signed)
        like = (kind, algorithm, len(to_be_signed))
        self._like[like] += 1
        if self.choice == "shapes" and self._like[like] > ENOUGH:
            return
        of = to_be_signed if self.choice == "all" or kind == "unknown" else shape(to_be_signed)
        digest = hashlib.sha256(of + algorithm).digest()
        if digest in self._seen:
            return
        self._seen.add(digest)
        self._keep(f"{digest.hex()[:32]}.{kind}", whole(kind, to_be_signed, algorithm, signature))

    def _keep(self, name: str, content: bytes) -> None:
        """Write a specimen, and whose it is; another worker may have been first."""
        with suppress(FileExistsError), (self.folder / name).open("xb") as file:
            file.write(content)
            (self.folder / f"{name}.test").write_text(self.test, encoding="utf-8")

    def _put(self, old: Callable[..., bytes], new: Callable[..., bytes]) -> None:
        """Put a function in another's place in every module of ours that has it."""
        name = old.__name__
        for module in [module for place, module in sys.modules.items() if place.startswith("openjpki")]:
            if getattr(module, name, None) is old:
                setattr(module, name, new)
                self._restore.append(partial(setattr, module, name, old))


class Kept:
    """What passed of a stream, as long as it is not too long."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._length = 0

    def through(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the pieces on."""
        for piece in pieces:
            self._length += len(piece)
            if self._length <= self._most:
                self._parts.append(bytes(piece))
            yield piece

    @property
    def content(self) -> bytes:
        """Return all of it; nothing if it was too long."""
        return b"".join(self._parts) if self._length <= self._most else b""


def whole(kind: str, to_be_signed: bytes, algorithm: bytes, signature: bytes) -> bytes:
    """Return the signed thing, DER; an answer without the responder's certificate, which is a specimen of its own."""
    from openjpki.pki import der

    signed = der.sequence(to_be_signed, algorithm, der.bit_string(signature))
    if kind != "answer":
        return signed
    basic = der.object_identifier("1.3.6.1.5.5.7.48.1.1")
    return der.sequence(
        der.integer(0, der.ENUMERATED), der.tlv(der.context(0), der.sequence(basic, der.octet_string(signed)))
    )
