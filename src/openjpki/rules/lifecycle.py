"""Life cycles are tables: what moves a certificate or a card stands in this file, an application's in `rules.application`.

A table maps (state, event) to the next state; what is not in it is illegal. The file knows nothing of who asks or
when; the diagrams in the documentation are drawn from these tables.

* A certificate is prepared (its to-be-signed bytes stand), signed and undelivered, then valid. Before hand-over it can
  only be delivered or end as revoked, reason unspecified (R-5.11). A held one can come back; the rest is final.
* A card is active, suspended and back, and ends by expiry or by being abolished.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from typing import Generic, TypeVar

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CardState, CertificateState

S = TypeVar("S", bound=Enum)
V = TypeVar("V", bound=Enum)


class IllegalTransition(Failure):
    """The event cannot happen in this state; nothing changed."""

    code = "lifecycle.illegal-transition"
    kind = Kind.REFUSED
    ja = "{table_ja}は「{state_ja}」の状態では「{event_ja}」に進めません。"
    en = 'A {table} in the state "{state}" does not take "{event}".'


@unique
class CertificateEvent(Enum):
    """What moves a certificate."""

    SIGN = "sign"
    ACTIVATE = "activate"
    """Written to the card, read back and found equal."""
    DISCARD = "discard"
    """Destroyed before hand-over (R-5.11)."""
    HOLD = "hold"
    RELEASE = "release"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"


@unique
class CardEvent(Enum):
    """What moves a card."""

    SUSPEND = "suspend"
    RESUME = "resume"
    ABOLISH = "abolish"
    EXPIRE = "expire"


@dataclass(frozen=True)
class LifeCycle(Generic[S, V]):
    """A table of edges; the names say what it is the life of, the words what its states and events are called in Japanese."""

    name: str
    name_ja: str
    edges: Mapping[tuple[S, V], S]
    words: Mapping[Enum, str]

    def events(self, state: S) -> tuple[V, ...]:
        """Return what can happen in a state, in the table's order; nothing in a final one."""
        return tuple(event for here, event in self.edges if here is state)

    def illegal(self, state: S, event: V) -> IllegalTransition:
        """Return the refusal of an event that cannot happen in a state."""
        return IllegalTransition(
            table=self.name,
            table_ja=self.name_ja,
            state=state.value,
            state_ja=self.words[state],
            event=event.value,
            event_ja=self.words[event],
        )


def advance(table: LifeCycle[S, V], state: S, event: V) -> S:
    """Return the state after the event; raise `IllegalTransition`."""
    try:
        return table.edges[state, event]
    except KeyError:
        raise table.illegal(state, event) from None


CERTIFICATE: LifeCycle[CertificateState, CertificateEvent] = LifeCycle(
    "certificate",
    "電子証明書",
    {
        (CertificateState.PREPARED, CertificateEvent.SIGN): CertificateState.UNDELIVERED,
        (CertificateState.PREPARED, CertificateEvent.DISCARD): CertificateState.REVOKED,
        (CertificateState.UNDELIVERED, CertificateEvent.ACTIVATE): CertificateState.VALID,
        (CertificateState.UNDELIVERED, CertificateEvent.DISCARD): CertificateState.REVOKED,
        (CertificateState.VALID, CertificateEvent.HOLD): CertificateState.HELD,
        (CertificateState.VALID, CertificateEvent.REVOKE): CertificateState.REVOKED,
        (CertificateState.VALID, CertificateEvent.SUPERSEDE): CertificateState.SUPERSEDED,
        (CertificateState.VALID, CertificateEvent.EXPIRE): CertificateState.EXPIRED,
        (CertificateState.HELD, CertificateEvent.RELEASE): CertificateState.VALID,
        (CertificateState.HELD, CertificateEvent.REVOKE): CertificateState.REVOKED,
        (CertificateState.HELD, CertificateEvent.SUPERSEDE): CertificateState.SUPERSEDED,
        (CertificateState.HELD, CertificateEvent.EXPIRE): CertificateState.EXPIRED,
    },
    {
        CertificateState.PREPARED: "作成中",
        CertificateState.UNDELIVERED: "未交付",
        CertificateState.VALID: "有効",
        CertificateState.HELD: "一時保留",
        CertificateState.REVOKED: "失効",
        CertificateState.SUPERSEDED: "更新により失効",
        CertificateState.EXPIRED: "期限切れ",
        CertificateEvent.SIGN: "署名する",
        CertificateEvent.ACTIVATE: "カードに書き込む",
        CertificateEvent.DISCARD: "交付前に破棄する",
        CertificateEvent.HOLD: "一時保留にする",
        CertificateEvent.RELEASE: "一時保留を解除する",
        CertificateEvent.REVOKE: "失効させる",
        CertificateEvent.SUPERSEDE: "新しい電子証明書に替える",
        CertificateEvent.EXPIRE: "有効期限が過ぎる",
    },
)

CARD: LifeCycle[CardState, CardEvent] = LifeCycle(
    "card",
    "カード",
    {
        (CardState.ACTIVE, CardEvent.SUSPEND): CardState.SUSPENDED,
        (CardState.ACTIVE, CardEvent.ABOLISH): CardState.ABOLISHED,
        (CardState.ACTIVE, CardEvent.EXPIRE): CardState.EXPIRED,
        (CardState.SUSPENDED, CardEvent.RESUME): CardState.ACTIVE,
        (CardState.SUSPENDED, CardEvent.ABOLISH): CardState.ABOLISHED,
        (CardState.SUSPENDED, CardEvent.EXPIRE): CardState.EXPIRED,
        # An expired card can still be handed in.
        (CardState.EXPIRED, CardEvent.ABOLISH): CardState.ABOLISHED,
    },
    {
        CardState.ACTIVE: "有効",
        CardState.SUSPENDED: "一時停止",
        CardState.ABOLISHED: "廃止",
        CardState.EXPIRED: "期限切れ",
        CardEvent.SUSPEND: "一時停止する",
        CardEvent.RESUME: "一時停止を解除する",
        CardEvent.ABOLISH: "廃止する",
        CardEvent.EXPIRE: "有効期限が過ぎる",
    },
)
