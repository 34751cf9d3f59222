"""The record of one role, with its key and its clocks: what an operator and the upkeep do with it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO, Protocol

from django.db import transaction

from openjpki.audit import archive
from openjpki.audit.chain import Head
from openjpki.audit.purging import Purged, hold_age, kept_from, purge, purge_personal
from openjpki.audit.record import record
from openjpki.audit.rows import groups_of, purges_of, readable, strays_of, unsealed_in
from openjpki.audit.sealing import Sealed, seal
from openjpki.audit.verbs import Verb
from openjpki.audit.verification import Verdict, verify
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import Signer
from openjpki.rules.dates import JST, civil_date


class ChainBroken(Failure):
    """What does not verify must not be purged: the purge would cover it up."""

    code = "audit.chain-broken"
    kind = Kind.REFUSED
    ja = "{role} の監査記録が完全でないため、削除しません。{ja}"
    en = "The audit record of {role} is not whole; nothing is purged. {en}"


class Safe(Protocol):
    """Where a role's audit key is held and its head is kept. A file, or an HSM and another machine."""

    def signer(self) -> Signer:
        """Return the role's audit key; raises a `Failure` if it is not there."""
        ...

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the public keys (SubjectPublicKeyInfo, DER) that seals of this role may be signed by, by `key_id`."""
        ...

    def head(self) -> Head | None:
        """Return the head that was kept last."""
        ...

    def keep(self, head: Head) -> None:
        """Keep a head in place of an earlier one."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other sealer of this role waiting while the block runs."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Acts on the record of a role. `clock` is the legal one, `real` the transport one; both return UTC moments."""

    role: str
    safe: Safe
    clock: Callable[[], datetime]
    real: Callable[[], datetime]
    retention_years: int

    def seal(self) -> Sealed:
        """Seal what is not sealed and keep the new head; raises `HeadDiffers`, `Unreadable`, or what the key's place refuses.

        One sealer after the other, from the look at the clocks to the kept head: no later seal bears an earlier moment, and
        no older head replaces a newer one.
        """
        with self.safe.alone():
            known = self.safe.head()
            sealed = seal(self.role, signer=self.safe.signer(), at=self.clock(), now=self.real(), known=known)
            if sealed.head is not None and (known is None or sealed.head.number > known.number):
                self.safe.keep(sealed.head)
            return sealed

    def verify(self, *, heads: Iterable[Head] = (), keys: Mapping[str, bytes] | None = None) -> Verdict:
        """Verify the chain in the database, against the head that was kept and any others."""
        kept = self.safe.head()
        return verify(
            self.role,
            keys=self.safe.public_keys() if keys is None else keys,
            purges=purges_of(self.role),
            groups=groups_of(self.role),
            strays=strays_of(self.role),
            heads=[*heads, *([kept] if kept else [])],
        )

    def unsealed(self) -> int:
        """Return how many rows wait for the next seal."""
        return unsealed_in(self.role)

    def export(self, out: BinaryIO, *, actor: str, with_personal: bool = False) -> Head | None:
        """Write what is sealed as an `archive` and return its head; taking personal values along is an act.

        Raises `Unreadable` at the first row that is no record.
        """
        if with_personal:
            at = self.clock()
            with transaction.atomic(using=self.role):
                record(self.role, at=at, actor=actor, verb=Verb.PERSONAL_EXPORTED, subject=f"audit:{self.role}")
        with readable(self.role):
            return archive.write(
                out,
                role=self.role,
                keys=self.safe.public_keys().values(),
                purges=purges_of(self.role),
                groups=groups_of(self.role),
                unsealed=self.unsealed(),
                with_personal=with_personal,
            )

    def note_restore(self, taken_at: datetime, *, actor: str) -> None:
        """Record that the rows so far come from a backup begun at a real moment: what was recorded later is lost.

        Whoever kept a head of the chain that was lost reads here why this one does not contain it.
        """
        at = self.clock()
        data = {"taken_at": taken_at.isoformat()}
        with transaction.atomic(using=self.role):
            record(self.role, at=at, actor=actor, verb=Verb.RESTORED, subject=f"audit:{self.role}", data=data)

    def purge(self, *, before: date | None = None, actor: str) -> Purged:
        """Let go the sealed batches older than a day (all that may go, if none is named).

        Raises `TooYoung`, having looked at nothing, and `ChainBroken`, having removed nothing.
        """
        at = self.clock()
        day = self._day(before, at)
        hold_age(day, today=civil_date(at), years=self.retention_years)
        fault = self.verify().fault
        if fault is not None:
            raise ChainBroken(role=self.role, ja=fault.message("ja"), en=fault.message("en"))
        signer = self.safe.signer()
        return purge(self.role, signer=signer, before=_begin(day), at=at, now=self.real(), actor=actor)

    def purge_personal(self, *, before: date | None = None, actor: str) -> Purged:
        """Let go the personal values recorded before a day (as old as the record itself must be, if none is named)."""
        at = self.clock()
        return purge_personal(self.role, before=_begin(self._day(before, at)), at=at, actor=actor)

    def _day(self, before: date | None, at: datetime) -> date:
        return before or kept_from(civil_date(at), self.retention_years)


def _begin(day: date) -> datetime:
    """Return the first moment of a Japanese day."""
    return datetime.combine(day, time(), JST)
