"""What ends a certificate, with which reason, and when others can see it (R-5.1 to R-5.12, R-5.20, R-2.28)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openjpki.rules.dates import civil_date, first_second
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, OtherCause, RevocationReason
from openjpki.rules.policy import Policy

Cause = LifeEvent | OtherCause

REGISTER_EVENTS: frozenset[Cause] = frozenset(
    {
        LifeEvent.MOVE,
        LifeEvent.NAME,
        LifeEvent.BIRTH_DATE,
        LifeEvent.SEX,
        LifeEvent.DEATH,
        LifeEvent.EMIGRATION,
        OtherCause.EX_OFFICIO_DELETION,
        OtherCause.EMIGRATION_CONTINUED,
        OtherCause.ADMINISTRATIVE_RENAMING,
        OtherCause.FORMER_NAME,
        OtherCause.ALIAS,
        OtherCause.FURIGANA,
        OtherCause.GUARDIANSHIP,
    }
)
"""Causes that reach the authority through the resident record."""

BOTH: frozenset[CertificateKind] = frozenset(CertificateKind)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How one certificate ends."""

    ends: date
    reason: RevocationReason
    held: bool
    """True: it is held and may come back or be revoked later; False: it is over (R-5.20)."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a cause does to the two certificates; None = nothing."""

    signature: Ending | None
    authentication: Ending | None
    rules: tuple[str, ...]

    def of(self, kind: CertificateKind) -> Ending | None:
        """Return what happens to the certificate of a kind."""
        return self.signature if kind is CertificateKind.SIGNATURE else self.authentication


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row of the table of causes: the kinds that end, the reason, the rules."""

    kinds: frozenset[CertificateKind]
    reason: Callable[[Policy], RevocationReason]
    rules: tuple[str, ...]
    chosen: bool = False
    """True: the request names the kinds (R-5.1, R-5.7)."""
    holds: bool = False
    """True: the authentication certificate is held, not over (R-5.8)."""
    applies: Callable[[Policy], bool] = lambda _: True


def _always(reason: RevocationReason) -> Callable[[Policy], RevocationReason]:
    return lambda _: reason


_SIGNATURE_ONLY = frozenset({CertificateKind.SIGNATURE})
_AFFILIATION_CHANGED = _always(RevocationReason.AFFILIATION_CHANGED)
_CESSATION = _always(RevocationReason.CESSATION_OF_OPERATION)

_ATTRIBUTES_CHANGED = _Row(kinds=_SIGNATURE_ONLY, reason=_AFFILIATION_CHANGED, rules=("R-5.3",))
_NAME_ANNOTATED = _Row(
    kinds=_SIGNATURE_ONLY,
    reason=_AFFILIATION_CHANGED,
    rules=("R-5.3", "R-5.23"),
    applies=lambda policy: policy.name_annotation_lapses_sign,
)
_CARD_ENDED = _Row(kinds=BOTH, reason=_CESSATION, rules=("R-5.6",))
_RECORD_DELETED = _Row(kinds=BOTH, reason=lambda policy: policy.record_deletion_reason, rules=("R-5.4",))

_ROWS: Mapping[Cause, _Row] = {
    LifeEvent.MOVE: _ATTRIBUTES_CHANGED,
    LifeEvent.NAME: _ATTRIBUTES_CHANGED,
    LifeEvent.BIRTH_DATE: _ATTRIBUTES_CHANGED,
    LifeEvent.SEX: _ATTRIBUTES_CHANGED,
    LifeEvent.DEATH: _RECORD_DELETED,
    LifeEvent.EMIGRATION: _RECORD_DELETED,
    LifeEvent.CARD_LOST: _Row(kinds=BOTH, reason=lambda policy: policy.card_lost_reason, rules=("R-5.2",)),
    LifeEvent.CARD_RETURNED: _CARD_ENDED,
    LifeEvent.RENEWAL: _Row(
        kinds=BOTH, reason=_always(RevocationReason.SUPERSEDED), rules=("R-1.10", "R-5.7"), chosen=True
    ),
    LifeEvent.REQUEST: _Row(kinds=BOTH, reason=_CESSATION, rules=("R-5.1",), chosen=True),
    LifeEvent.HOLD: _Row(
        kinds=BOTH, reason=_always(RevocationReason.CERTIFICATE_HOLD), rules=("R-5.8", "R-5.20"), holds=True
    ),
    LifeEvent.KEY_COMPROMISE: _Row(kinds=BOTH, reason=_always(RevocationReason.KEY_COMPROMISE), rules=("R-5.2",)),
    OtherCause.EX_OFFICIO_DELETION: _RECORD_DELETED,
    OtherCause.EMIGRATION_CONTINUED: _Row(kinds=_SIGNATURE_ONLY, reason=_AFFILIATION_CHANGED, rules=("R-5.5",)),
    OtherCause.ADMINISTRATIVE_RENAMING: _Row(
        kinds=_SIGNATURE_ONLY,
        reason=_AFFILIATION_CHANGED,
        rules=("R-5.3", "R-5.23"),
        applies=lambda policy: policy.administrative_renaming_lapses_sign,
    ),
    OtherCause.FORMER_NAME: _NAME_ANNOTATED,
    OtherCause.ALIAS: _NAME_ANNOTATED,
    OtherCause.FURIGANA: _Row(
        kinds=_SIGNATURE_ONLY,
        reason=_AFFILIATION_CHANGED,
        rules=("R-5.3", "R-5.23"),
        applies=lambda policy: policy.furigana_lapses_sign,
    ),
    OtherCause.GUARDIANSHIP: _Row(
        kinds=_SIGNATURE_ONLY,
        reason=_AFFILIATION_CHANGED,
        rules=("R-1.7",),
        applies=lambda policy: policy.revoke_on_guardianship,
    ),
    OtherCause.RECORD_ERROR: _Row(kinds=BOTH, reason=lambda policy: policy.record_error_reason, rules=("R-5.9",)),
    OtherCause.CA_COMPROMISE: _Row(kinds=BOTH, reason=_always(RevocationReason.CA_COMPROMISE), rules=("R-5.10",)),
    OtherCause.SERVICE_ENDED: _Row(kinds=BOTH, reason=_CESSATION, rules=("R-5.10",)),
    OtherCause.NOT_HANDED_OVER: _Row(
        kinds=BOTH, reason=_always(RevocationReason.UNSPECIFIED), rules=("R-5.11",), chosen=True
    ),
    OtherCause.CARD_EXPIRED: _CARD_ENDED,
    OtherCause.CONTINUED_USE_MISSED: _Row(kinds=BOTH, reason=_CESSATION, rules=("R-5.6", "R-5.21")),
    OtherCause.FACE_AUTHENTICATION: _Row(kinds=_SIGNATURE_ONLY, reason=_CESSATION, rules=("R-1.11",)),
}


NAMING: frozenset[Cause] = frozenset(cause for cause, row in _ROWS.items() if row.chosen)
"""Causes that name the certificates they end; the others end what they end."""


def effect_of(policy: Policy, event: Cause, on: date, *, kinds: Collection[CertificateKind] = BOTH) -> Effect:
    """Return what a cause does to the two certificates on a day (R-5.1 to R-5.11; S-25).

    `kinds` are the certificates a request, a renewal or a destruction names; the other causes do not ask.
    """
    row = _ROWS[event]
    ending = row.kinds if row.applies(policy) else frozenset()
    if row.chosen:
        ending = ending.intersection(kinds)

    def end(kind: CertificateKind, *, held: bool) -> Ending | None:
        return Ending(ends=on, reason=row.reason(policy), held=held) if kind in ending else None

    return Effect(
        signature=end(CertificateKind.SIGNATURE, held=False),
        authentication=end(CertificateKind.AUTHENTICATION, held=row.holds),
        rules=row.rules,
    )


def visible_at(policy: Policy, event: Cause, effective_at: datetime) -> datetime:
    """Return the moment from which the status may show an ending, in UTC (R-2.28).

    What comes through the resident record shows at 0:00 of the next Japanese day, unless the policy says at once; a
    hold, a report or a request shows at once.
    """
    if event in REGISTER_EVENTS and policy.register_event_visibility == "next_day":
        return first_second(civil_date(effective_at) + timedelta(days=1))
    return effective_at


def after_hold(policy: Policy, on: date) -> Ending | None:
    """Return how a held authentication certificate ends when the card is found again; None = it is released (R-5.20).

    The signature certificate has no way back: it is issued anew.
    """
    if policy.auth_hold_release == "release":
        return None
    return Ending(ends=on, reason=RevocationReason.CESSATION_OF_OPERATION, held=False)


def state_at_expiry(policy: Policy) -> CertificateState:
    """Return what a certificate is called once its last day is over: expired, not revoked (R-3.10, R-5.12; S-35, CF-8).

    It never enters a list, whatever it is called.
    """
    return CertificateState.REVOKED if policy.expired_is_revoked else CertificateState.EXPIRED
