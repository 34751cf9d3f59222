"""The journal of status: every act that changes what may be said of a certificate writes so, inside its transaction.

An act only notes which certificates it touched; the entries are written when it is about to commit. So the row that
counts them is the last that an act locks, it waits for nothing while it holds it, and whoever reads the journal by its
positions never passes one that another act commits later (docs/decisions/0024).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from openjpki.authority.counting import raised
from openjpki.authority.models import Certificate, Revocation, StatusChange, StatusHead
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.responding.standings import pack
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateState

_CHANGED: ContextVar[dict[str, datetime]] = ContextVar("changed")
_ENDED = (CertificateState.REVOKED, CertificateState.SUPERSEDED)


class EndingUnsaid(Failure):
    """A certificate ended, and no row says when: whoever goes by the journal would go on calling it good."""

    code = "authority.journal.ending-unsaid"
    kind = Kind.UNAVAILABLE
    ja = "電子証明書 {certificate} は終了していますが、失効の記録がありません。この処理は取り消しました。`openjpki authority check` で台帳を確認してください。"
    en = "The certificate {certificate} has ended and no row says so. Nothing was changed; look at the register with `openjpki authority check`."


def note(certificate_key: str, at: datetime) -> None:
    """Note inside the act that a certificate's status changed; raises LookupError outside."""
    _CHANGED.get()[certificate_key] = at


@contextmanager
def kept() -> Iterator[None]:
    """Write, as the last thing of the block, the entries of what was noted in it."""
    changed: dict[str, datetime] = {}
    token = _CHANGED.set(changed)
    try:
        yield
        if changed:
            _write(changed)
    finally:
        _CHANGED.reset(token)


def ended_without_row(state: str, rows: Sequence[object]) -> bool:
    """Tell whether a certificate ended and nothing says when: a fault, of which nothing good is said."""
    return CertificateState(state) in _ENDED and not rows


def _write(changed: dict[str, datetime]) -> None:
    pending = [state.value for state in PENDING]
    certificates = Certificate.objects.filter(key__in=changed).exclude(state__in=pending).order_by("kind", "serial")
    rows: dict[str, list[Revocation]] = {}
    for row in Revocation.objects.filter(certificate_key__in=changed).order_by("pk"):
        rows.setdefault(row.certificate_key, []).append(row)
    told = []
    for certificate in certificates.only("key", "issuer_id", "serial", "state"):
        of_it = rows.get(certificate.key, [])
        if ended_without_row(certificate.state, of_it):
            raise EndingUnsaid(certificate=certificate.key)
        told.append((certificate, of_it))
    if not told:
        return
    last = raised(StatusHead, StatusHead.ONLY, by=len(told))
    StatusChange.objects.bulk_create(
        StatusChange(
            position=position,
            issuer_id=certificate.issuer_id,
            serial=certificate.serial,
            standing=pack(of_it),
            changed_at=changed[certificate.key],
        )
        for position, (certificate, of_it) in enumerate(told, start=last - len(told) + 1)
    )
