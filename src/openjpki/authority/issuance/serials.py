"""Serials: small, rising by one, one row of numbers per CA kind, shared by CA, responder and holder certificates."""

from openjpki.authority.acts import Doer
from openjpki.authority.counting import raised
from openjpki.authority.models import Serial, SerialCounter
from openjpki.rules.kinds import CertificateKind


def key_of(kind: CertificateKind, serial: int) -> str:
    """Return kind and serial as the one column that names a certificate: "signature/12"."""
    return f"{kind.value}/{serial}"


def serial_of(key: str) -> int:
    """Return the serial of such a column."""
    return int(key.partition("/")[2])


def draw(kind: CertificateKind, doer: Doer) -> int:
    """Take the next serial of a kind inside the caller's act; a serial of an act that fails is given again.

    Generations of a CA share their name, so a serial is unique over all of them (RFC 5280 §4.1.2.2).
    """
    drawn = raised(SerialCounter, kind.value, by=1)
    Serial.objects.create(key=key_of(kind, drawn), drawn_at=doer.at)
    return drawn
