"""What follows an event: what can be issued anew, what it costs, what to do with the card (R-5.1 to R-5.11, R-5.20 to R-5.23)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CertificateKind, FeeReason, LifeEvent, OtherCause
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import BOTH, Cause, Effect, Ending, after_hold, effect_of

_NONE: frozenset[CertificateKind] = frozenset()

CARD_ENDING: frozenset[Cause] = frozenset(
    {
        LifeEvent.DEATH,
        LifeEvent.EMIGRATION,
        LifeEvent.CARD_LOST,
        LifeEvent.CARD_RETURNED,
        OtherCause.EX_OFFICIO_DELETION,
        OtherCause.CARD_EXPIRED,
        OtherCause.CONTINUED_USE_MISSED,
    }
)
"""Causes after which the card is over as well: certificates need a new one."""


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What follows: the certificates to issue anew on application, its fee, whether a new card comes first."""

    reissue: frozenset[CertificateKind]
    fee: FeeReason | None
    """For `fees.fee`; None: nothing is issued anew."""
    new_card: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What follows when a card that was stopped is found again."""

    authentication: Ending | None
    """How the held certificate ends; None: it is released."""
    follow_up: FollowUp


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """What follows when the card of a person who died is brought back."""

    ends: Effect | None
    """What the return ends; None: the death on the record has ended it before."""
    findings: tuple[Finding, ...]


_CHANGED = (FeeReason.ATTRIBUTES_CHANGED, "event.sign-again")
_OF_THE_OFFICE = (FeeReason.OFFICE_ERROR, "event.office-reissue")
_ASKED_FOR = (FeeReason.OWN_REQUEST, "event.issue-again")

_ROWS: Mapping[Cause, tuple[FeeReason | None, *tuple[str, ...]]] = {
    LifeEvent.MOVE: _CHANGED,
    LifeEvent.NAME: _CHANGED,
    LifeEvent.BIRTH_DATE: _CHANGED,
    LifeEvent.SEX: _CHANGED,
    OtherCause.ADMINISTRATIVE_RENAMING: _CHANGED,
    OtherCause.FORMER_NAME: _CHANGED,
    OtherCause.ALIAS: _CHANGED,
    OtherCause.FURIGANA: _CHANGED,
    OtherCause.GUARDIANSHIP: (None, "event.sign-ended-for-ward"),
    LifeEvent.DEATH: (None, "event.deceased-card"),
    LifeEvent.EMIGRATION: (FeeReason.RETURNED_ON_LEAVING, "event.left-japan"),
    OtherCause.EMIGRATION_CONTINUED: (FeeReason.ATTRIBUTES_CHANGED, "event.continued-abroad"),
    OtherCause.EX_OFFICIO_DELETION: (FeeReason.CARD_LOST, "event.off-the-record"),
    LifeEvent.CARD_LOST: (FeeReason.CARD_LOST, "event.card-lost"),
    LifeEvent.CARD_RETURNED: (FeeReason.CARD_LOST, "event.card-gone"),
    OtherCause.CARD_EXPIRED: (FeeReason.CARD_NEAR_EXPIRY, "event.card-gone"),
    OtherCause.CONTINUED_USE_MISSED: (FeeReason.CONTINUED_USE_MISSED, "event.card-gone"),
    LifeEvent.REQUEST: _ASKED_FOR,
    LifeEvent.KEY_COMPROMISE: _ASKED_FOR,
    LifeEvent.HOLD: (FeeReason.AFTER_HOLD, "hold.not-found"),
    OtherCause.RECORD_ERROR: _OF_THE_OFFICE,
    OtherCause.CA_COMPROMISE: _OF_THE_OFFICE,
    OtherCause.SERVICE_ENDED: _OF_THE_OFFICE,
    OtherCause.NOT_HANDED_OVER: _OF_THE_OFFICE,
    OtherCause.FACE_AUTHENTICATION: (None, "face.signature-ends", "face.uses"),
}
"""Fee and findings of each cause but the renewal, which leaves the new certificate behind."""

_NOTHING_ENDED: Mapping[Cause, str] = {OtherCause.GUARDIANSHIP: "event.guardianship"}


def follow_up(policy: Policy, *, cause: Cause, on: date, kinds: Collection[CertificateKind] = BOTH) -> FollowUp:
    """Return what follows a cause (R-5.1 to R-5.11, R-5.22, R-5.23; S-25 to S-27, S-36).

    `kinds` are the certificates a request names. A held certificate is not issued anew: `found_again` says how it ends.
    """
    if cause is LifeEvent.RENEWAL:
        return FollowUp(reissue=_NONE, fee=None, new_card=False, findings=())
    ended = _ended(effect_of(policy, cause, on, kinds=kinds))
    if not ended:
        finding = find(_NOTHING_ENDED.get(cause, "event.nothing-ends"))
        return FollowUp(reissue=_NONE, fee=None, new_card=False, findings=(finding,))
    fee, *codes = _ROWS[cause]
    return FollowUp(
        reissue=ended if fee else _NONE,
        fee=fee,
        new_card=fee is not None and cause in CARD_ENDING,
        findings=tuple(map(find, codes)),
    )


def found_again(policy: Policy, *, on: date) -> Found:
    """Return what follows when a stopped card is found again (R-5.20, R-2.8, R-4.2).

    The signature certificate is over and issued anew; the held one is revoked and issued anew too, or released.
    """
    ending = after_hold(policy, on)
    reissue = BOTH if ending else frozenset({CertificateKind.SIGNATURE})
    finding = find("hold.found-reissue-both" if ending else "hold.found-released")
    follows = FollowUp(reissue=reissue, fee=FeeReason.AFTER_HOLD, new_card=False, findings=(finding,))
    return Found(authentication=ending, follow_up=follows)


def found_again_on_phone() -> FollowUp:
    """Return what follows for a phone's certificates: the hold is lifted in the app, the signature one asked anew (R-5.20)."""
    return FollowUp(
        reissue=frozenset({CertificateKind.SIGNATURE}),
        fee=None,
        new_card=False,
        findings=(find("hold.on-the-phone"),),
    )


def card_of_the_dead(policy: Policy, *, death_recorded: bool, on: date) -> TakenBack:
    """Return what follows when a relative brings the card of a person who died (R-5.4, R-5.6); no PIN, no fee.

    If the death is not on the record yet, the return itself ends the certificates; the card proves no death.
    """
    if death_recorded:
        return TakenBack(ends=None, findings=(find("event.deceased-card"),))
    ends = effect_of(policy, LifeEvent.CARD_RETURNED, on)
    return TakenBack(ends=ends, findings=(find("event.death-not-recorded"), find("event.deceased-card")))


def correction(policy: Policy, *, cause: Cause, on: date, kinds: Collection[CertificateKind] = BOTH) -> FollowUp:
    """Return what follows when an event was entered by mistake (R-5.9, R-4.1): a revocation is never undone.

    The record is put right; what ended is issued anew free of charge, on a new card if the card was abolished, also if
    the ending does not show yet (R-2.28). A hold entered by mistake is lifted like any other; a renewal stands (R-5.7).
    """
    if cause is LifeEvent.RENEWAL:
        return FollowUp(reissue=_NONE, fee=None, new_card=False, findings=(find("correction.renewed"),))
    ended = _ended(effect_of(policy, cause, on, kinds=kinds))
    if cause is LifeEvent.HOLD:
        ended |= found_again(policy, on=on).follow_up.reissue
    if not ended:
        return FollowUp(reissue=_NONE, fee=None, new_card=False, findings=(find("correction.nothing-ended"),))
    new_card = cause in CARD_ENDING
    codes = ("correction.never-undone", *(("correction.card-remade",) if new_card else ()))
    return FollowUp(
        reissue=ended, fee=FeeReason.OFFICE_ERROR, new_card=new_card, findings=tuple(find(code) for code in codes)
    )


def _ended(effect: Effect) -> frozenset[CertificateKind]:
    """Return the certificates that are over; a held one is not."""
    endings = {kind: effect.of(kind) for kind in CertificateKind}
    return frozenset(kind for kind, ending in endings.items() if ending is not None and not ending.held)
