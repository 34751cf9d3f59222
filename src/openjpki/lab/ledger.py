"""What a laboratory issued in one test, and what of it ended: the memory behind its lists and answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from openjpki.pki.inspect import facts
from openjpki.rules.dates import first_second
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import Municipality
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import Cause, Ending, visible_at
from openjpki.rules.standing import Shown, next_change, shown_at


@dataclass(frozen=True)
class Ended:
    """One ending of a certificate; a `rules.standing.Row`."""

    effective_at: datetime
    visible_at: datetime
    reason: str
    """A value of `RevocationReason`."""
    held: bool = False
    """It may be released."""
    released_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One certificate that was handed over."""

    certificate: bytes = field(repr=False)
    issuer: str
    """The generation's name."""
    municipality: Municipality
    """Whose list it would stand in."""
    not_after: datetime
    serial: int
    rows: tuple[Ended, ...] = ()

    @property
    def is_held(self) -> bool:
        """Tell whether it is on hold, and may come back (R-5.20)."""
        return any(row.held and row.released_at is None for row in self.rows)

    @property
    def is_over(self) -> bool:
        """Tell whether it ended for good."""
        return any(not row.held for row in self.rows)

    def shown(self, at: datetime) -> Shown | None:
        """Return what is said of its ending at a moment, None while nothing is."""
        return shown_at(self.rows, at)

    def next_change(self, at: datetime) -> datetime | None:
        """Return when something else is said of it."""
        return next_change(self.rows, at)


class Ledger:
    """All certificates of one test. It may be read while it is written: the status server has a thread of its own."""

    def __init__(self) -> None:
        self._entries: dict[tuple[CertificateKind, int], Entry] = {}
        self._one_at_a_time = Lock()

    def add(self, kind: CertificateKind, certificate: bytes, issuer: str, municipality: Municipality) -> int:
        """Enter a certificate and return its serial. One of the same serial takes the former one's place: it never was."""
        read = facts(certificate)
        entry = Entry(
            certificate=certificate,
            issuer=issuer,
            municipality=municipality,
            not_after=read.not_after,
            serial=read.serial,
        )
        with self._one_at_a_time:
            self._entries[kind, read.serial] = entry
        return read.serial

    def find(self, kind: CertificateKind, serial: int, issuer: str) -> Entry | None:
        """Return the certificate of a serial under a generation, None if that never issued it."""
        with self._one_at_a_time:
            entry = self._entries.get((kind, serial))
        return entry if entry is not None and entry.issuer == issuer else None

    def of_serial(self, kind: CertificateKind, serial: int) -> Entry:
        """Return a certificate that was issued; a serial that was not is a KeyError."""
        with self._one_at_a_time:
            return self._entries[kind, serial]

    def of_issuer(self, kind: CertificateKind, issuer: str) -> tuple[Entry, ...]:
        """Return everything that a generation issued, by serial."""
        with self._one_at_a_time:
            entries = sorted(self._entries.items(), key=lambda item: item[0][1])
        return tuple(entry for (of, _), entry in entries if of is kind and entry.issuer == issuer)

    def municipalities(self) -> frozenset[Municipality]:
        """Return the municipalities whose residents were issued something."""
        with self._one_at_a_time:
            return frozenset(entry.municipality for entry in self._entries.values())

    def end(
        self, policy: Policy, kind: CertificateKind, serial: int, *, cause: Cause, ending: Ending, at: datetime
    ) -> None:
        """Write that a certificate ended, in force when it is recorded and visible when the rules say (R-2.28, R-5.20)."""
        effective = max(at, first_second(ending.ends))
        visible = max(effective, visible_at(policy, cause, effective))
        self.write(kind, serial, Ended(effective, visible, ending.reason.value, ending.held))

    def write(self, kind: CertificateKind, serial: int, row: Ended) -> None:
        """Write an ending as it is."""
        self._change(kind, serial, lambda rows: (*rows, row))

    def release(self, kind: CertificateKind, serial: int, at: datetime) -> None:
        """Lift the hold of a certificate, if there is one (R-5.20)."""
        self._change(kind, serial, lambda rows: _released(rows, at))

    def _change(
        self, kind: CertificateKind, serial: int, change: Callable[[tuple[Ended, ...]], Iterable[Ended]]
    ) -> None:
        with self._one_at_a_time:
            entry = self._entries[kind, serial]
            self._entries[kind, serial] = replace(entry, rows=tuple(change(entry.rows)))


def _released(rows: Iterable[Ended], at: datetime) -> Iterable[Ended]:
    return (replace(row, released_at=at) if row.held and row.released_at is None else row for row in rows)
