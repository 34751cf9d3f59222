"""The desk in front of a test's authority: keys in memory, two lines to one gate, and hands that seal wrongly."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from django.db import connections

from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.desk.gate import Gate, GateTerms
from openjpki.desk.carrier import decode_reply, encode
from openjpki.desk.envelope import Envelope, encode_envelope, signed_bytes, signer_of
from openjpki.desk.https import HttpsLine
from openjpki.desk.https_server import DeskServer
from openjpki.desk.keys import DeskKey
from openjpki.desk.messages import Refused, Reply, Request
from openjpki.desk.mutual_tls import Bounds
from openjpki.desk.sealing import InProcessLine, Line, Sealed, Sealer
from openjpki.desk.tls import ClientFiles, server_context
from openjpki.site.clock import real_moment
from openjpki.site.private import write_private
from tests.support.authority import CountedEntropy, Scene

SENT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
"""Where the transport clock of these tests stands."""
LOOPBACK = "127.0.0.1"


@dataclass
class TransportClock:
    """The transport clock of a test, which stands until it is turned."""

    now: datetime = SENT

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Keys:
    """The private keys of every signer; one that is asked for the first time is enrolled, unless told otherwise."""

    scene: Scene
    clock: Callable[[], datetime]
    keys: dict[tuple[str, str], DeskKey] = field(default_factory=dict)

    def key_of(self, municipality: str, signer: str) -> DeskKey:
        """Return a signer's key, enrolled."""
        key = self.made(municipality, signer)
        self.scene.authority.introduce(municipality, signer, key.public_key, at=self.clock())
        return key

    def made(self, municipality: str, signer: str) -> DeskKey:
        """Return a signer's key, which nobody has enrolled yet if it is new."""
        return self.keys.setdefault((municipality, signer), DeskKey.generate())


class Desk:
    """A gate, the keys, the two clocks, and a line to it."""

    def __init__(self, scene: Scene, terms: GateTerms | None = None) -> None:
        self.scene = scene
        self.clock = TransportClock()
        self.entropy = CountedEntropy()
        self.gate = Gate(scene.authority, clock=self.clock, terms=terms)
        self.keys = Keys(scene, self.clock)
        self.line: Line = InProcessLine(self.receive)
        self.sealer = Sealer(self.keys, clock=self.clock, entropy=self.entropy)

    def receive(self, peer: str, wire: bytes) -> bytes:
        """Take an envelope at the gate."""
        return self.gate.receive(peer, wire)

    @property
    def carrier(self) -> Sealed:
        """Return the carrier of an honest window."""
        return Sealed(self.sealer, self.line)

    def seal(
        self,
        request: Request,
        *,
        key: DeskKey | None = None,
        signer: str | None = None,
        municipality: str = "",
        sent_at: datetime | None = None,
        nonce: bytes | None = None,
    ) -> Envelope:
        """Return an envelope, honest but for what is said otherwise."""
        sender = municipality or request.municipality
        who = signer_of(request) if signer is None else signer
        at, number, message = sent_at or self.clock(), nonce or self.entropy(16), encode(request)
        by = key or self.keys.key_of(sender, who)
        return Envelope(
            municipality=sender,
            signer=who,
            nonce=number,
            sent_at=at,
            message=message,
            signature=by.sign(signed_bytes(sender, who, number, at, message)),
        )

    def post(self, envelope: Envelope | bytes, *, peer: str = "99201") -> Reply:
        """Send an envelope, or any bytes, as a peer."""
        wire = envelope if isinstance(envelope, bytes) else encode_envelope(envelope)
        return decode_reply(self.line.exchange(peer, wire))

    def refusal(self, envelope: Envelope | bytes, *, peer: str = "99201") -> str:
        """Send what must be refused, and return the code."""
        reply = self.post(envelope, peer=peer)
        assert isinstance(reply, Refused), reply
        return reply.code


def tampered(envelope: Envelope, **changes: object) -> Envelope:
    """Return the envelope with other fields under the same signature."""
    return msgspec.structs.replace(envelope, **changes)


@dataclass
class Ends:
    """The files of both ends over HTTPS, made by one CA in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.ca = DeskCa(self.folder, write_private)
        self.folder.mkdir(exist_ok=True)
        self.ca.found(real_moment())

    def line(self, port: int, *, shown_as: str = "", seconds: float = 30.0) -> HttpsLine:
        """Return a line that shows each municipality's certificate, or one stolen one for all of them."""

        def files(municipality: str) -> ClientFiles:
            shown = shown_as or municipality
            (self.folder / shown).mkdir(exist_ok=True)
            return self.ca.client_files(self.folder / shown, shown, real_moment())

        return HttpsLine(LOOPBACK, port, files, seconds=seconds)

    @contextmanager
    def serving(self, receive: Callable[[str, bytes], bytes], bounds: Bounds | None = None) -> Iterator[int]:
        """Serve at a free port while the block runs."""

        def in_a_thread(peer: str, wire: bytes) -> bytes:
            try:
                return receive(peer, wire)
            finally:
                connections.close_all()

        context = server_context(self.ca.server_file(real_moment()), self.ca.certificate)
        server = DeskServer((LOOPBACK, 0), context, in_a_thread, bounds=bounds or Bounds())
        with server.answering():
            yield server.port
