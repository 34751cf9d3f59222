"""To-be-signed lists, sound and otherwise, for whoever reads one before a key is used."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from openjpki.pki.crl import EntryStream, ListFrame, RevokedEntry, frame_of
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.person import Municipality
from tests.support.hierarchy import DAY, HOUR, ISSUED, WAKABA, Hierarchy

THIS = ISSUED + HOUR


def line(
    serial: int, reason: RevocationReason = RevocationReason.SUPERSEDED, revoked_at: datetime = ISSUED
) -> RevokedEntry:
    """Return an entry."""
    return RevokedEntry(serial=serial, revoked_at=revoked_at, reason=reason)


def frame(
    made: Hierarchy,
    *,
    municipality: Municipality | None = WAKABA,
    number: int = 1,
    this_update: datetime = THIS,
    lives: timedelta = DAY,
) -> ListFrame:
    """Return the frame of a hierarchy's list."""
    return frame_of(
        made.profiles,
        issuer=made.ca,
        public_key=made.ca_signer.public_key,
        municipality=municipality,
        number=number,
        this_update=this_update,
        next_update=this_update + lives,
    )


def to_be_signed(of: ListFrame, entries: Iterable[RevokedEntry] = (), at: datetime = THIS) -> bytes:
    """Return a TBSCertList as a whole."""
    stream = EntryStream(entries, at)
    pieces = list(stream)
    return b"".join(of.to_be_signed(stream.length, pieces))


def in_pieces(whole: bytes, size: int) -> Iterable[bytes]:
    """Give octets in pieces of a size."""
    return (whole[at : at + size] for at in range(0, len(whole), size))
