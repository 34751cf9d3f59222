"""The expiry notice (有効期限通知書): to whom, for what, when, and what it is worth at the window (R-7.1 to R-7.6)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, unique

from openjpki.rules.catalogue import find
from openjpki.rules.dates import months_after, months_before
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.rules.lifecycle import LifeCycle
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window
from openjpki.rules.stay import AS_JAPANESE, Stay


@unique
class Addressee(Enum):
    """How a person stands on the resident record on the day of printing (R-7.2, R-7.4)."""

    RESIDENT = "resident"
    FIXED_STAY = "fixed-stay"
    """A foreigner with a fixed period of stay."""
    RESIDENCE_ELSEWHERE = "residence-elsewhere"
    """居所登録: who cannot receive post at the address on record, and has registered another place."""
    OFF_THE_RECORD = "off-the-record"
    """Dead, or moved away and not reported anywhere yet."""


@unique
class Enclosure(Enum):
    """What lies in the envelope (R-7.3)."""

    NOTICE = "notice"
    GUIDE = "guide"
    INQUIRY_FORM = "inquiry-form"
    """照会書兼回答書, with the mandate on its back."""
    SEALING_ENVELOPE = "sealing-envelope"
    """In which the form comes back sealed (S-54)."""
    APPLICATION_ID = "application-id"
    """申請書ID with its QR code, for a new card."""


@unique
class PaperState(Enum):
    """Where a letter is at the municipality that prints it."""

    RECEIVED = "received"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    """The post brought it back: it is not forwarded."""
    WITHDRAWN = "withdrawn"
    """It was not posted: the holder renewed, moved or died before."""


@unique
class PaperEvent(Enum):
    """What is done with a letter."""

    PRINT = "print"
    POST = "post"
    RETURN = "return"
    WITHDRAW = "withdraw"


NOTICE: LifeCycle[PaperState, PaperEvent] = LifeCycle(
    "notice",
    "有効期限通知書",
    {
        (PaperState.RECEIVED, PaperEvent.PRINT): PaperState.PRINTED,
        (PaperState.RECEIVED, PaperEvent.WITHDRAW): PaperState.WITHDRAWN,
        (PaperState.PRINTED, PaperEvent.POST): PaperState.POSTED,
        (PaperState.PRINTED, PaperEvent.WITHDRAW): PaperState.WITHDRAWN,
        (PaperState.POSTED, PaperEvent.RETURN): PaperState.RETURNED,
    },
    {
        PaperState.RECEIVED: "未印刷",
        PaperState.PRINTED: "印刷済み",
        PaperState.POSTED: "発送済み",
        PaperState.RETURNED: "返戻",
        PaperState.WITHDRAWN: "取りやめ",
        PaperEvent.PRINT: "印刷する",
        PaperEvent.POST: "発送する",
        PaperEvent.RETURN: "返戻を受ける",
        PaperEvent.WITHDRAW: "取りやめる",
    },
)
"""The life of a letter at the municipality (R-7.1, R-7.4)."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a person holds: the card's state and end, and the state and end of each certificate on it."""

    card: CardState
    card_expires: date
    certificates: tuple[tuple[CertificateKind, CertificateState, date], ...]

    def alive(self) -> dict[CertificateKind, date]:
        """Return the end of each living certificate."""
        return {kind: expires for kind, state, expires in self.certificates if state is CertificateState.VALID}

    def ended(self) -> frozenset[CertificateKind]:
        """Return the kinds that were there and are not alive; a kind that was never there is none of them."""
        return frozenset(kind for kind, _, _ in self.certificates) - self.alive().keys()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One letter of ordinary mail, not forwarded (転送不要), to the address on record on the day of printing."""

    card: bool
    """True: it asks to have the card made anew."""
    kinds: frozenset[CertificateKind]
    """The certificates it asks to renew."""
    expires: date
    """The earliest end it names."""
    printed: date
    posted: date
    opens: date
    """The first day of the renewal."""
    enclosed: tuple[Enclosure, ...]
    findings: tuple[Finding, ...]
    forwarded: bool = False
    """Never: who has moved away without a word is not found by it (R-7.1)."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The notice a person gets, or why none."""

    notice: Notice | None
    findings: tuple[Finding, ...]


_NONE_FOR = {
    Addressee.FIXED_STAY: "notice.fixed-stay",
    Addressee.RESIDENCE_ELSEWHERE: "notice.residence-elsewhere",
    Addressee.OFF_THE_RECORD: "notice.off-the-record",
}
_LONGEST_CLAMP = timedelta(days=3)
"""Months before the 31st of May it is the 28th of February: as many days later an expiry may still have that print day."""
_ENCLOSED = (Enclosure.NOTICE, Enclosure.GUIDE, Enclosure.INQUIRY_FORM, Enclosure.SEALING_ENVELOPE)


def addressee_of(*, on_record: bool, stay: Stay) -> Addressee:
    """Return how a person stands, as the registers have them (R-7.2, R-7.4). 居所登録 is in none (docs/divergences.md)."""
    if not on_record:
        return Addressee.OFF_THE_RECORD
    return Addressee.RESIDENT if stay.status in AS_JAPANESE else Addressee.FIXED_STAY


def print_day(policy: Policy, *, expires: date) -> date:
    """Return the day from which the notice of an expiry is printed (R-7.1, R-7.4)."""
    return months_before(expires, policy.notice_months_before)


def post_day(policy: Policy, *, printed: date) -> date:
    """Return the day on which a printed notice is posted (R-7.1)."""
    return printed + timedelta(days=policy.notice_days_to_send)


def is_due(policy: Policy, *, expires: date, on: date) -> bool:
    """Say whether an expiry is announced on a day: from its print day, as long as the letter is posted by it (R-7.4)."""
    return print_day(policy, expires=expires) <= on and post_day(policy, printed=on) <= expires


def announced(policy: Policy, *, on: date) -> tuple[date, date]:
    """Return the first and the last expiry that a day's notices can be about; `is_due` judges those in between (R-7.4)."""
    return post_day(policy, printed=on), months_after(on, policy.notice_months_before) + _LONGEST_CLAMP


def select(policy: Policy, *, addressee: Addressee, held: Held, on: date) -> Selection:
    """Return the notice to print for a person on a day (R-7.1 to R-7.5; S-33, S-34, S-50, S-51, S-54).

    Each living certificate, and the card, is due from its print day, as long as the letter is posted by its end. That a
    notice was printed before is for the caller to know.
    """
    if addressee in _NONE_FOR:
        return Selection(notice=None, findings=(find(_NONE_FOR[addressee]),))
    alive = held.alive() if held.card is CardState.ACTIVE else {}
    card = held.card is CardState.ACTIVE and is_due(policy, expires=held.card_expires, on=on)
    due = {kind: expires for kind, expires in alive.items() if is_due(policy, expires=expires, on=on)}
    ends = [*due.values(), *([held.card_expires] if card else [])]
    if not ends:
        return Selection(notice=None, findings=(find("notice.nothing-due"),))
    card_first = card and policy.card_first_if_same_expiry
    kinds = frozenset(kind for kind, expires in due.items() if not (card_first and expires >= held.card_expires))
    expires = min(ends)
    opens = renewal_window(policy, expires).opens
    notice = Notice(
        card=card,
        kinds=kinds,
        expires=expires,
        printed=on,
        posted=post_day(policy, printed=on),
        opens=opens,
        enclosed=(*_ENCLOSED, Enclosure.APPLICATION_ID) if card else _ENCLOSED,
        findings=tuple(_told(policy, held, card_first=card_first, kinds=kinds, opens=opens, on=on)),
    )
    return Selection(notice=notice, findings=notice.findings)


def _told(
    policy: Policy, held: Held, *, card_first: bool, kinds: frozenset[CertificateKind], opens: date, on: date
) -> list[Finding]:
    """Return what the letter says besides the expiry."""
    told = []
    if card_first:
        told.append(find("notice.card-first", expires=held.card_expires))
    if kinds == {CertificateKind.AUTHENTICATION} and CertificateKind.SIGNATURE in held.ended():
        told.append(find("notice.authentication-alone"))
    if post_day(policy, printed=on) < opens:
        told.append(_comes_early(policy, opens))
    return told


def brought(policy: Policy, *, named: date, current: date, on: date) -> tuple[Finding, ...]:
    """Return what is said to who comes with a notice (R-7.1, R-7.6; S-33, S-34).

    `named`: the expiry on the notice; `current`: the end of the living certificate. A later one means that the notice
    crossed with the renewal; before the window the notice opens nothing, unless the policy says so (CF-11).
    """
    if current > named:
        return (find("notice.crossed", expires=current),)
    opens = renewal_window(policy, current).opens
    if on < opens and not policy.notice_opens_window:
        return (_comes_early(policy, opens),)
    return ()


def _comes_early(policy: Policy, opens: date) -> Finding:
    """Name the first open day of the renewal beside the day on which it opens (R-3.8, R-4.4)."""
    return find("notice.comes-early", opens=opens, first=open_day_from(policy, opens))


def lost(policy: Policy) -> Finding:
    """Return what is said to who has no notice: not needed, or refused where the policy asks for it (R-7.1; S-40, S-50)."""
    return find("renewal.notice-required" if policy.notice_required else "notice.not-needed")


def returned() -> Finding:
    """Return what follows when the post brings the notice back: the address is to be looked into (R-7.1; S-57, S-58)."""
    return find("notice.returned")
