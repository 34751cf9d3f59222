"""The verifiers' room of one home: their register and CA, their door, and the telephone desk, as the commands use them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connections

from openjpki.authority import phone_hold
from openjpki.authority.acts import phone_at
from openjpki.authority.authority import Authority
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.models import Consent, PhoneHold, Verifier, VerifierCertificate
from openjpki.authority.moments import moment
from openjpki.authority.verifiers import consents
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.door import DoorReply, DoorRequest, VerifierDoor
from openjpki.authority.verifiers.register import Issued, Registration
from openjpki.authority.verifiers.server import VerifierServer
from openjpki.desk.tls import server_context
from openjpki.rules.phone_hold import Question
from openjpki.rules.verifiers import VerifierEvent
from openjpki.site.clock import real_moment
from openjpki.site.home import Home
from openjpki.site.private import write_private
from openjpki.site.server import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A verifier with its certificates, newest first."""

    row: Verifier
    certificates: tuple[VerifierCertificate, ...]


class VerifierRoom:
    """The acts, each at the moment of this home's clocks."""

    def __init__(self, home: Home, authority: Authority) -> None:
        self._authority = authority
        self._ca = DeskCa(home.path / "authority" / "verifiers-ca", write_private, line="verifiers")
        self._door = VerifierDoor(authority, clock=real_moment)

    # --- the register ------------------------------------------------------------------------------------------------

    def register(self, registration: Registration, *, approved_by: str = "") -> Entry:
        """Enter a verifier."""
        row = verifiers.register(self._authority, registration, moment(self._authority), approved_by=approved_by)
        return _entry(row)

    def certify(self, code: str, request: bytes) -> Issued:
        """Make a client certificate from a request, PEM."""
        return verifiers.certify(self._authority, self._ca, code, request, moment(self._authority), now=real_moment())

    def revoke(self, code: str, fingerprint: str) -> Entry:
        """End one of a verifier's certificates, at once."""
        at = moment(self._authority)
        row = verifiers.revoke_certificate(self._authority, code, fingerprint, at, now=real_moment()).verifier
        return _entry(row)

    def move(self, code: str, event: VerifierEvent) -> Entry:
        """Suspend, resume or end a registration."""
        return _entry(verifiers.move(self._authority, code, event, moment(self._authority), now=real_moment()))

    def all(self) -> list[Entry]:
        """Return all who were ever registered."""
        return [_entry(row) for row in verifiers.verifiers()]

    def one(self, code: str) -> Entry:
        """Return one; raises `VerifierUnknown`."""
        return _entry(verifiers.verifier(code))

    def server(self, port: int) -> VerifierServer:
        """Return the verifiers' door, which has taken its port; raises `VerifierPortTaken`."""
        context = server_context(self._ca.server_file(real_moment()), self._ca.certificate)
        return VerifierServer((LOOPBACK, port), context, self._receive)

    # --- the telephone desk ------------------------------------------------------------------------------------------

    def stop(
        self, operator: str, asked: Collection[Question], *, card_number: str, resident_code: str
    ) -> phone_hold.Stopped:
        """Stop a card, named by its number or as the one of a resident."""
        number = card_number or phone_hold.card_in_use(resident_code)
        return phone_hold.stop(self._authority, number, asked, operator, moment(self._authority))

    def stopped(self) -> list[PhoneHold]:
        """Return the calls that a municipality has not said it knows of."""
        return phone_hold.phone_holds()

    def consents(self, operator: str, resident_code: str) -> list[Consent]:
        """Return a holder's consents, for the holder who calls."""
        return consents.consents_of(resident_code, phone_at(moment(self._authority), operator))

    def withdraw(self, operator: str, consent_id: str) -> Consent:
        """Take a consent back at the holder's word."""
        return consents.withdraw(self._authority, consent_id, phone_at(moment(self._authority), operator))

    def _receive(self, fingerprint: str, request: DoorRequest) -> DoorReply:
        """Answer in a thread of its own, and let go of the thread's connection to the database."""
        try:
            return self._door.receive(fingerprint, request)
        finally:
            connections.close_all()


def _entry(row: Verifier) -> Entry:
    return Entry(row=row, certificates=tuple(row.certificates.order_by("-not_before", "-pk")))
