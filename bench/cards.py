"""Signatures by a card, beside the bare RSA signature by the same key: in this process, and through PC/SC and vpcd."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

from openjpki.card.connection import Connection
from openjpki.card.keys import from_pkcs8
from openjpki.card.terminal import DIGEST_INFO, JpkiTerminal
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.pcsc import LIBRARY, LibraryMissing, PcscService
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind
from openjpki.site.home import Home, Settings
from tests.support.room import READERS, Room, RoomUnavailable
from tests.unit.card.cards import AUTHENTICATION_PIN, ordinary

Work = Callable[[], object]
SIGNATURES = 200
"""Signatures of one measurement."""
AUTHENTICATION = CertificateKind.AUTHENTICATION
_INPUT = DIGEST_INFO["sha256"] + bytes(32)
_SIGN = bytes.fromhex("802A0097") + bytes((len(_INPUT),)) + _INPUT + b"\0"
"""COMPUTE DIGITAL SIGNATURE with the authentication key, over a DigestInfo."""
_DEBIANS = "/usr/lib/python3/dist-packages/smartcard"


def card_rows(stack: ExitStack) -> list[tuple[str, str, Work, Work]]:
    """Return what can be measured here; without pcscd, vpcd and pyscard the card in this process alone.

    The cards are in their readers until the stack ends.
    """
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    home = Home.create(folder / "home", Settings(purpose="sandbox"))
    store = CardStore(home.cards)
    for name in ("here", "there"):
        store.create(name, ordinary())
    peer, raw = "the bare RSA signature", _bare()
    here = stack.enter_context(InProcessReader(store).insert("here"))
    rows = [(f"{SIGNATURES} signatures by a card", peer, _signing(here), raw)]
    try:
        service, reader = _plugged(stack, home, folder)
    except (RoomUnavailable, LibraryMissing) as error:
        print(f"Not measured through PC/SC: {error}", file=sys.stderr)
        return rows

    def cycles() -> None:
        for _ in range(SIGNATURES):
            with service.connect(reader) as card:
                _show_pin(card)
                _sign(card)

    def signatures() -> None:
        with service.connect(reader) as card:
            _show_pin(card)
            for _ in range(SIGNATURES):
                _sign(card)

    rows.append((f"{SIGNATURES} signatures through PC/SC and vpcd", peer, signatures, raw))
    rows.append((f"{SIGNATURES} times connect, PIN, sign, disconnect there", peer, cycles, raw))
    return rows


def _plugged(stack: ExitStack, home: Home, folder: Path) -> tuple[PcscService, str]:
    """Return a private PC/SC service with a card in it, and the card's reader; raises what is missing."""
    room = Room()
    stack.callback(room.close)
    stack.enter_context(room.plugged(home.path, "there"))
    os.environ |= room.environment
    if importlib.util.find_spec(LIBRARY.partition(".")[0]) is None and Path(_DEBIANS).exists():
        (folder / "library").mkdir()
        (folder / "library" / "smartcard").symlink_to(_DEBIANS)
        sys.path.append(str(folder / "library"))
    return stack.enter_context(PcscService()), READERS[0]


def _bare() -> Work:
    slot = ordinary().keys[AUTHENTICATION].active
    assert slot is not None
    key = from_pkcs8(slot.private_key)
    assert isinstance(key, rsa.RSAPrivateKey)

    def signatures() -> None:
        for _ in range(SIGNATURES):
            key.sign(_INPUT, padding.PKCS1v15(), NoDigestInfo())

    return signatures


def _signing(card: Connection) -> Work:
    _show_pin(card)

    def signatures() -> None:
        for _ in range(SIGNATURES):
            _sign(card)

    return signatures


def _show_pin(card: Connection) -> None:
    JpkiTerminal(card).verify_pin(AUTHENTICATION, AUTHENTICATION_PIN.encode())


def _sign(card: Connection) -> None:
    assert card.transmit(_SIGN).endswith(b"\x90\0")
