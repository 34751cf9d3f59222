"""The operators' pages of one home: their server's certificate, whom they know, and what they show."""

from collections.abc import Sequence

from django.db import DatabaseError, connections

from openjpki.authority.control.operators import present_ones
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.site import wiring
from openjpki.site.clock import real_moment
from openjpki.site.entropy import entropy
from openjpki.site.house import House
from openjpki.site.operators.door import OperatorDoor
from openjpki.site.operators.server import OperatorServer, PageReply, PageRequest, Trust
from openjpki.site.private import write_private
from openjpki.site.server import LOOPBACK


class OperatorRoom:
    """The pages over a house."""

    def __init__(self, house: House) -> None:
        self.ca = DeskCa(house.home.path / "authority" / "operators-ca", write_private, line="operators")
        self._door = OperatorDoor(clock=real_moment, entropy=entropy)
        wiring.install(house)

    def server(self, port: int) -> OperatorServer:
        """Return the pages' server, which has taken its port; raises `PortTaken`."""
        return OperatorServer((LOOPBACK, port), Trust(self.ca.server_file, _operators, real_moment), self._receive)

    def _receive(self, request: PageRequest) -> PageReply:
        """Answer in a thread of its own, and let go of the thread's connections to the databases."""
        try:
            return self._door.receive(request)
        finally:
            connections.close_all()


def _operators() -> Sequence[tuple[str, bytes]]:
    """Return name and key of each operator, and let go of the connection; raises `ConnectionError`."""
    try:
        return [(one.name, bytes(one.public_key)) for one in present_ones()]
    except DatabaseError as error:
        raise ConnectionError from error
    finally:
        connections["authority"].close()
