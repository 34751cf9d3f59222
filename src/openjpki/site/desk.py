"""The desk of one home: whose keys seal what the windows send, over which line, and where the authority takes it."""

from django.db import connections

from openjpki.authority.authority import Authority
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.desk.gate import Gate
from openjpki.desk.carrier import Carrier
from openjpki.desk.https import HttpsLine
from openjpki.desk.https_server import DeskServer
from openjpki.desk.keys import DeskKey
from openjpki.desk.sealing import InProcessLine, Line, Sealed, Sealer
from openjpki.desk.tls import ClientFiles, server_context
from openjpki.site.clock import real_moment
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.private import create_private, write_private
from openjpki.site.server import LOOPBACK
from openjpki.window.desk_keys import KeyFolder


class DeskRoom:
    """The two ends of the desk, as this home has them.

    In a sandbox anybody may be an officer, so a key is made and enrolled when an officer first acts: the composition root
    stands for the paper on which a municipality names its officers to the authority. A signer whose key was revoked
    stays out until `renew`.
    """

    def __init__(self, home: Home, authority: Authority, gate: Gate) -> None:
        self._home = home
        self._authority = authority
        self.gate = gate
        self.keys = KeyFolder(home.path / "window" / "desk", create=create_private, replace=write_private)
        self._ca = DeskCa(home.path / "authority" / "desk-ca", write_private)
        self._introduced: set[bytes] = set()

    def key_of(self, municipality: str, signer: str) -> DeskKey:
        """Return the key of a signer, whom the authority knows from now on unless it was told to forget them."""
        key = self.keys.key_of(municipality, signer)
        if key.public_key not in self._introduced:
            self._authority.introduce(municipality, signer, key.public_key, at=real_moment())
            self._introduced.add(key.public_key)
        return key

    def renew(self, municipality: str, signer: str) -> None:
        """Make a new key for a signer and let the authority take it in place of any before; also of a revoked one."""
        key = self.keys.new_key(municipality, signer)
        self._authority.readmit(municipality, signer, key.public_key, at=real_moment())

    def carrier(self) -> Carrier:
        """Return the carrier of this home's windows: sealed, within the process or over HTTPS as its settings say."""
        port = self._home.settings.desk_port
        line: Line = HttpsLine(LOOPBACK, port, self.client_files) if port else InProcessLine(self.gate.receive)
        return Sealed(Sealer(self, clock=real_moment, entropy=entropy), line)

    def client_files(self, municipality: str) -> ClientFiles:
        """Return what a municipality shows and trusts over HTTPS."""
        folder = self.keys.folder_of(municipality)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._ca.client_files(folder, municipality, real_moment())

    def server(self, port: int) -> DeskServer:
        """Return the authority's end over HTTPS, which has taken its port; raises `DeskPortTaken`."""
        context = server_context(self._ca.server_file(real_moment()), self._ca.certificate)
        return DeskServer((LOOPBACK, port), context, self._receive)

    def _receive(self, peer: str, wire: bytes) -> bytes:
        """Take an envelope in a thread of its own, and let go of the thread's connection to the database."""
        try:
            return self.gate.receive(peer, wire)
        finally:
            connections.close_all()
