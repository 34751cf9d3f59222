"""Which expiries of a card go into a letter, on a day, and which into none: pure, by `rules.notices` (R-7.1 to R-7.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openjpki.rules.dates import LAST_DAY
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.rules.notices import Addressee, Held, Notice, is_due, select
from openjpki.rules.policy import Policy

CARD_LEFT_BEHIND = "authority.card-left-behind"
"""The holder came back from abroad to another municipality: the card of before is used no more (ADR 0017)."""
BY_THE_CARD = "notice.card-first"
"""The card ends as well, and has had its letter: renewing the certificate alone gains nothing (R-7.5)."""

NOTHING_DUE = "notice.nothing-due"
"""It is alive, and too near or too far."""


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """One expiry: of the card, or of a certificate on it."""

    key: str
    """As `NoticeDecision.key`."""
    kind: CertificateKind | None
    """None: the card itself."""
    state: CardState | CertificateState
    expires: date

    @property
    def alive(self) -> bool:
        """Say whether it is in force, its last day aside."""
        return self.state in (CardState.ACTIVE, CertificateState.VALID)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What becomes of the expiries that were asked about: each is in exactly one of the three."""

    notice: Notice | None
    """What the letter says, with the days of that day; None if there is none."""
    named: tuple[Expiry, ...]
    """What goes into it: also a certificate that the card's expiry stands for (R-7.5)."""
    skipped: Mapping[str, str]
    """Key → why it gets no letter though it is due: a finding's code."""
    gone: Mapping[str, str]
    """Key → why it is not due: the word of its state, or the code of what is found."""


def choose(
    policy: Policy,
    *,
    addressee: Addressee,
    card: Expiry,
    certificates: tuple[Expiry, ...],
    about: frozenset[str],
    on: date,
    left_behind: bool = False,
) -> Choice:
    """Choose among a card's expiries those of the keys `about`; the others have their letter already.

    `left_behind`: the card is used no more where its holder lives now.
    """
    ours = [expiry for expiry in (card, *certificates) if expiry.key in about]
    in_use = card.state is CardState.ACTIVE
    due = [one for one in ours if in_use and one.alive and is_due(policy, expires=one.expires, on=on)]
    gone = {one.key: _why_not(one, card) for one in ours if one not in due}
    skipped = dict.fromkeys((one.key for one in due), CARD_LEFT_BEHIND) if left_behind else {}
    card_told = card.key not in about
    if card_told and policy.card_first_if_same_expiry:
        skipped |= {one.key: BY_THE_CARD for one in due if one.expires >= card.expires and one.key not in skipped}
    named = tuple(one for one in due if one.key not in skipped)
    if not named:
        return Choice(notice=None, named=(), skipped=skipped, gone=gone)
    others = tuple(one for one in certificates if one in named or not one.alive)
    held = _held(card, others, expires=LAST_DAY if card_told else card.expires)
    selection = select(policy, addressee=addressee, held=held, on=on)
    if selection.notice is None:
        skipped |= {one.key: selection.findings[0].code for one in named}
        return Choice(notice=None, named=(), skipped=skipped, gone=gone)
    return Choice(notice=selection.notice, named=named, skipped=skipped, gone=gone)


def _why_not(expiry: Expiry, card: Expiry) -> str:
    if expiry.alive and card.state is CardState.ACTIVE:
        return NOTHING_DUE
    return str((card if expiry.alive else expiry).state.value)


def _held(card: Expiry, certificates: tuple[Expiry, ...], *, expires: date) -> Held:
    """Return what the rules ask; a card that has had its letter is shown as one that ends at no time near."""
    return Held(
        card=CardState(card.state),
        card_expires=expires,
        certificates=tuple(
            (one.kind, CertificateState(one.state), one.expires) for one in certificates if one.kind is not None
        ),
    )
