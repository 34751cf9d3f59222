"""What a card made anew costs (再交付), and what is paid back when an issue is voided (R-4.1, R-4.2)."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, unique

from openjpki.errors import Failure, Kind
from openjpki.rules.catalogue import find
from openjpki.rules.era import Told
from openjpki.rules.fees import fee
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import FeeReason
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import CERTIFICATES_YEN, Policy
from openjpki.rules.renewal import less_than_three_months_from
from openjpki.rules.words import word

EXPRESS_SINCE = date(2024, 12, 2)
"""From this day a card can be made within a week (特急発行, R-4.1)."""

REMADE = frozenset(
    {
        FeeReason.CARD_LOST,
        FeeReason.CARD_DAMAGED,
        FeeReason.CARD_DISASTER,
        FeeReason.CARD_STOLEN,
        FeeReason.OFFICE_ERROR,
        FeeReason.CARD_NEAR_EXPIRY,
        FeeReason.CARD_FACE_FULL,
        FeeReason.NUMBER_CHANGED,
        FeeReason.RETURNED_ON_LEAVING,
        FeeReason.ADOPTION_OR_SEX,
        FeeReason.CONTINUED_USE_MISSED,
        FeeReason.STAY_MISSED,
    }
)
"""The reasons for which the card itself is made anew."""

_PROOFS = {FeeReason.CARD_DISASTER: "fee.disaster-proof", FeeReason.CARD_STOLEN: "fee.theft-proof"}


class NotRemade(Failure):
    """The reason is one of a certificate's issue: no card is made anew for it."""

    code = "fees.no-remaking"
    kind = Kind.USAGE
    ja = "「{reason_ja}」ではカードの再交付はしません。"
    en = 'No card is made anew for the reason "{reason}".'


class NoExpress(Failure):
    """There was no 特急発行 yet."""

    code = "fees.no-express"
    kind = Kind.REFUSED
    ja = "特急発行は{since:ja}からです。"
    en = "A card is made within a week only from {since:en}."


class NotNearExpiry(Failure):
    """The card has three months or more to go: its end is no reason to make it anew."""

    code = "fees.not-near-expiry"
    kind = Kind.REFUSED
    ja = "カードの有効期限({expires:ja})まで3か月以上あるため、有効期限を理由とする再交付はできません。{first:ja}からできます。"
    en = "The card runs to {expires:en}, three months or more: for its end alone it is made anew from {first:en}."


@unique
class Voided(Enum):
    """Why an issue that was paid for came to nothing (R-4.2)."""

    OFFICE_FAULT = "office-fault"
    """The municipality or the authority erred, handed over or not."""
    NOT_HANDED_OVER = "not-handed-over"
    """Refused, withdrawn or destroyed before hand-over."""
    HOLDERS_WISH = "holders-wish"
    """Given up after hand-over."""


@dataclass(frozen=True, kw_only=True)
class RemakingFee:
    """What a card made anew costs, card and certificates apart."""

    card_yen: int
    certificates_yen: int
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def yen(self) -> int:
        """Return the sum."""
        return self.card_yen + self.certificates_yen


@dataclass(frozen=True, kw_only=True)
class Refund:
    """What is paid back."""

    yen: int
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]


def remaking_fee(
    policy: Policy,
    *,
    reason: FeeReason,
    on: date,
    certificates: bool = True,
    express: bool = False,
    card_expires: date | None = None,
) -> RemakingFee:
    """Return what a card made anew costs on a day (R-4.1; S-18; E-31).

    Raises `NotRemade`, `NoExpress`, `NoFeeRow`, `NeverOpen`, or `NotNearExpiry` where the card's end is the reason and, as far
    as `card_expires` tells, is not near. The table holds card and certificates together. Of an amount the certificates, both
    together, are 200 yen; without `certificates` (不要) they are not charged. `express` adds its surcharge where the re-making
    costs anything.
    """
    if reason not in REMADE:
        raise NotRemade(reason=reason.value, reason_ja=word(reason, "ja"))
    if express and on < EXPRESS_SINCE:
        raise NoExpress(since=Told.of(EXPRESS_SINCE))
    if reason is FeeReason.CARD_NEAR_EXPIRY and card_expires is not None:
        first = less_than_three_months_from(policy, card_expires)
        if on < first:
            opens = open_day_from(policy, first)
            raise NotNearExpiry(expires=Told.of(card_expires), first=Told.of(opens))
    settled = fee(policy, reason=reason, on=on)
    share = min(settled.yen, CERTIFICATES_YEN)
    card = settled.yen - share
    if express and settled.yen:
        card += policy.fee_express_surcharge
    charged = share if certificates else 0
    findings = [find(_PROOFS[reason])] if reason in _PROOFS else []
    if card + charged:
        findings.append(find("fee.remake", yen=card + charged, card_yen=card, certificates_yen=charged))
    return RemakingFee(card_yen=card, certificates_yen=charged, rules=settled.rules, findings=tuple(findings))


def near_expiry(policy: Policy, *, card_expires: date, on: date) -> bool:
    """Say whether a card can be made anew free of charge for its age: less than three months left, or none (R-4.1)."""
    return on >= less_than_three_months_from(policy, card_expires)


def refund(policy: Policy, *, paid: int, voided: Voided) -> Refund:
    """Return what is paid back of a fee when the issue is voided (R-4.2).

    An error of the office is never the holder's cost; what was handed over and given up is not paid back.
    """
    whole = voided is Voided.OFFICE_FAULT or (
        voided is Voided.NOT_HANDED_OVER and policy.refund_on_void == "before_hand_over"
    )
    findings = (find("fee.refunded" if whole else "fee.kept", yen=paid),) if paid else ()
    return Refund(yen=paid if whole else 0, rules=("R-4.2",), findings=findings)
