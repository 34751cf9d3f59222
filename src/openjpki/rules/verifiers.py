"""Who may be told what about certificates: verifiers, their grounds in the Act, and their life (R-5.24, R-5.26, R-8.0, R-8.7).

A verifier notifies the authority under an article of the Act. The ground decides which certificates it may ask about,
and what; what it asked for at its registration may be less, never more.
"""

from collections.abc import Collection, Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

from openjpki.rules.kinds import CertificateKind
from openjpki.rules.lifecycle import LifeCycle

CORPORATE_NUMBER_DIGITS: Final = 13
"""法人番号: a check digit and twelve digits."""


@unique
class VerifierKind(Enum):
    """Who a verifier is (R-8.0)."""

    SIGNATURE_VERIFIER = "signature-verifier"
    """署名検証者."""
    AUTHENTICATION_VERIFIER = "authentication-verifier"
    """利用者証明検証者."""
    GROUP_VERIFIER = "group-verifier"
    """団体署名検証者: a body that answers to its members, 署名確認者."""
    PLATFORM_OPERATOR = "platform-operator"
    """PF事業者: a certified verifier that acts for service providers."""
    PUBLIC_BODY = "public-body"
    """行政機関等 and courts."""


@unique
class Ground(Enum):
    """The paragraph of the Act under which a verifier notified the authority (R-5.24)."""

    ARTICLE_17_1 = "17-1"
    """署名検証者."""
    ARTICLE_17_5 = "17-5"
    """団体署名検証者."""
    ARTICLE_36_1 = "36-1"
    """利用者証明検証者."""


@unique
class Right(Enum):
    """What may be asked."""

    LISTS = "lists"
    """Revocation lists."""
    STATUS = "status"
    """OCSP, and the status of a serial."""
    LINKING = "linking"
    """新旧シリアル: which serial has taken the place of another (R-5.26)."""
    ATTRIBUTES = "attributes"
    """最新の利用者情報(4情報), by the holder's consent (R-8.7)."""


@unique
class VerifierState(Enum):
    """Where a registration stands."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


@unique
class VerifierEvent(Enum):
    """What moves a registration."""

    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


VERIFIER: LifeCycle[VerifierState, VerifierEvent] = LifeCycle(
    "verifier",
    "検証者の登録",
    {
        (VerifierState.ACTIVE, VerifierEvent.SUSPEND): VerifierState.SUSPENDED,
        (VerifierState.ACTIVE, VerifierEvent.END): VerifierState.ENDED,
        (VerifierState.SUSPENDED, VerifierEvent.RESUME): VerifierState.ACTIVE,
        (VerifierState.SUSPENDED, VerifierEvent.END): VerifierState.ENDED,
    },
    {
        VerifierState.ACTIVE: "登録中",
        VerifierState.SUSPENDED: "停止中",
        VerifierState.ENDED: "終了",
        VerifierEvent.SUSPEND: "停止する",
        VerifierEvent.RESUME: "停止を解除する",
        VerifierEvent.END: "終了する",
    },
)
"""A registration that ended does not come back: the body is registered anew."""

GROUNDS_OF: Mapping[VerifierKind, frozenset[Ground]] = MappingProxyType(
    {
        VerifierKind.SIGNATURE_VERIFIER: frozenset({Ground.ARTICLE_17_1}),
        VerifierKind.AUTHENTICATION_VERIFIER: frozenset({Ground.ARTICLE_36_1}),
        VerifierKind.GROUP_VERIFIER: frozenset({Ground.ARTICLE_17_5}),
        VerifierKind.PLATFORM_OPERATOR: frozenset({Ground.ARTICLE_17_1, Ground.ARTICLE_36_1}),
        VerifierKind.PUBLIC_BODY: frozenset({Ground.ARTICLE_17_1, Ground.ARTICLE_36_1}),
    }
)
"""Kind → the grounds on which such a body may stand (R-5.24, R-8.0)."""

ABOUT: Mapping[Ground, CertificateKind] = MappingProxyType(
    {
        Ground.ARTICLE_17_1: CertificateKind.SIGNATURE,
        Ground.ARTICLE_17_5: CertificateKind.SIGNATURE,
        Ground.ARTICLE_36_1: CertificateKind.AUTHENTICATION,
    }
)
"""Ground → the certificates it is about (R-5.24): nobody is told about the other kind by it."""

GIVES: Mapping[Ground, frozenset[Right]] = MappingProxyType(
    {
        Ground.ARTICLE_17_1: frozenset(Right),
        Ground.ARTICLE_17_5: frozenset({Right.LISTS, Right.STATUS}),
        Ground.ARTICLE_36_1: frozenset({Right.LISTS, Right.STATUS, Right.LINKING}),
    }
)
"""Ground → the most that may be asked on it. A group verifier only answers its members; attributes follow a signature
certificate, since only that carries them (R-0.3, R-8.7). What the groups may ask beyond revocation is an inference."""


def rights_missing(grounds: Collection[Ground], rights: Collection[Right]) -> tuple[Right, ...]:
    """Return the rights that none of the grounds gives, in the vocabulary's order."""
    given = frozenset[Right]().union(*(GIVES[ground] for ground in grounds))
    return tuple(right for right in Right if right in rights and right not in given)


def grounds_foreign(kind: VerifierKind, grounds: Collection[Ground]) -> tuple[Ground, ...]:
    """Return the grounds on which a body of this kind cannot stand, in the vocabulary's order (R-5.24)."""
    return tuple(ground for ground in Ground if ground in grounds and ground not in GROUNDS_OF[kind])


def may_ask(grounds: Collection[Ground], rights: Collection[Right], right: Right, about: CertificateKind) -> bool:
    """Say whether a verifier may ask this about certificates of a kind: registered for it, on a ground that is about them."""
    return right in rights and any(ABOUT[ground] is about and right in GIVES[ground] for ground in grounds)


def corporate_number_is_sound(number: str) -> bool:
    """Say whether a 法人番号 is one: thirteen digits, the first of which checks the rest (省令: 9 − Σ mod 9)."""
    if len(number) != CORPORATE_NUMBER_DIGITS or not (number.isascii() and number.isdigit()):
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number[1:])))
    return int(number[0]) == 9 - total % 9
