"""Whether an order may become a certificate: the authority's own look at person, card, rules and key.

Nothing the window says is believed; only what can be seen at the counter alone (a representative standing beside the
holder, a notice in hand) is taken from it, where the policy makes it matter.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openjpki.authority.means import Means
from openjpki.authority.models import Card, CardKey, Certificate, Order, OrderState, Person
from openjpki.authority.models.certificate import LIVE
from openjpki.authority.questions import Question
from openjpki.authority.records import lives_at
from openjpki.authority.register.persons import hold_resident
from openjpki.desk.messages import CertificateOrder, order_proof_input
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import SignatureInvalid, verify_signature
from openjpki.rules.dates import civil_date
from openjpki.rules.eligibility import eligibility
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, Procedure
from openjpki.rules.renewal import renewal, renewal_window
from openjpki.rules.substitution import certified


class ByRule(Failure):
    """A rule of the rule book says no; it crosses the desk under the finding's own code."""

    code = "authority.by-rule"
    kind = Kind.REFUSED
    ja = "{ja}"
    en = "{en}"

    def __init__(self, finding: Finding) -> None:
        super().__init__(code=finding.code, rule=finding.rule, ja=finding.ja, en=finding.en)
        self.finding = finding


class NotAnIssue(Failure):
    """The procedure issues nothing."""

    code = "authority.not-an-issue"
    kind = Kind.REFUSED
    ja = "手続き「{procedure}」では電子証明書を発行しません。"
    en = 'The procedure "{procedure}" issues no certificate.'


class AliveAlready(Failure):
    """A card has one live certificate of a kind (R-1.10)."""

    code = "authority.alive-already"
    kind = Kind.REFUSED
    ja = "このカードには有効な電子証明書があるため、新規発行はできません。更新または再発行の手続きになります。"
    en = "The card holds a live certificate of this kind: it can be renewed or re-issued, not newly issued."


class NothingToRenew(Failure):
    """A renewal needs a live certificate (R-2.3)."""

    code = "authority.nothing-to-renew"
    kind = Kind.REFUSED
    ja = "更新できる有効な電子証明書がこのカードにありません。新規発行の手続きになります。"
    en = "The card holds no live certificate of this kind to renew; a new issue is needed."


class NothingToReissue(Failure):
    """A re-issue needs a certificate that was there before (R-2.4)."""

    code = "authority.nothing-to-reissue"
    kind = Kind.REFUSED
    ja = "以前に発行された電子証明書がないため、再発行ではなく新規発行の手続きになります。"
    en = "This person never had a certificate of this kind; a new issue is needed, not a re-issue."


class OtherAlgorithm(Failure):
    """The key is not of the algorithm in force."""

    code = "authority.other-algorithm"
    kind = Kind.REFUSED
    ja = "この鍵の方式は、現在の認証局では使えません。"
    en = "Keys of this algorithm are not certified at present."


class KeyCertifiedBefore(Failure):
    """A key is certified once."""

    code = "authority.key-certified-before"
    kind = Kind.REFUSED
    ja = "この公開鍵には既に電子証明書が発行されています。カードで鍵を作り直してください。"
    en = "This public key was certified before. Make a new key in the card."


class KeyNotFromCard(Failure):
    """No session with that card made the key: nobody but the window says where it is."""

    code = "authority.key-not-from-card"
    kind = Kind.REFUSED
    ja = "この公開鍵は、申請のカードの中で作られたものと確認できません。カードで鍵を作り直してください。"
    en = "Nothing shows that this public key was made inside the card of the order. Make a new key in the card."


class NoPossession(Failure):
    """The proof does not show that the card holds the key, for this order."""

    code = "authority.no-possession"
    kind = Kind.REFUSED
    ja = "カードがこの鍵を持つことの証明が、この申請のものではありません。"
    en = "The proof that the card holds the key does not fit this order."


_CERTIFIED = Question(
    lambda slot: (
        Certificate.objects.filter(
            Q(card=slot("card"), state__in=[state.value for state in LIVE]) | Q(public_key_digest=slot("digest"))
        )
        .order_by("kind", "serial")
        .only("kind", "card_id", "state", "expires", "public_key_digest")
    )
)
_MADE = Question(
    lambda slot: CardKey.objects.filter(
        digest=slot("digest"), card__card_number=slot("card_number"), kind=slot("kind")
    ).only("digest")
)


@dataclass(frozen=True)
class Certified:
    """What was certified before the order, as far as it matters to it: read once in an act."""

    live: Mapping[CertificateKind, Certificate]
    """The card's certificates that are valid or held, at most one of a kind (R-1.10)."""
    same_key: bool
    """The key that the order brings was certified, for whomever."""


def certified_before(card: Card, public_key: bytes, at: datetime) -> Certified:
    """Read, in one question, what the card holds at a moment and whether the new key was certified."""
    digest = key_digest(public_key)
    rows = _CERTIFIED.ask(card=card.pk, digest=digest)
    return Certified(
        live={CertificateKind(row.kind): row for row in rows if row.card_id == card.pk and lives_at(row, at)},
        same_key=any(row.public_key_digest == digest for row in rows),
    )


def hold_standing(
    means: Means, order: CertificateOrder, person: Person, card: Card, before: Certified, at: datetime
) -> None:
    """Hold the order against the register and the rules, as they are at this moment; raises the first refusal.

    Asked at step 1 and again before signing: days may lie between the two.
    """
    hold_resident(person)
    on = civil_date(at)
    state = CardState(card.state)
    if state is CardState.ACTIVE and card.ends(person.stay()) < on:
        state = CardState.EXPIRED
    found = eligibility(means.policy, kind=order.kind, born=person.birth_date, on=on, card=state, accompanied=True)
    if not found.eligible:
        raise ByRule(found.findings[0])
    _hold_procedure(means, order, person, card, before.live.get(order.kind), at)
    if order.kind is CertificateKind.SIGNATURE:
        certified(person.attributes(), reading=order.name_reading)


def hold_key(means: Means, order: CertificateOrder, before: Certified) -> None:
    """Hold the new key: of the right algorithm, never certified, made in the card that the order names, and held by it."""
    algorithm = KeyAlgorithm.of(order.public_key)
    if algorithm is not means.profiles.algorithm:
        raise OtherAlgorithm
    hold_uncertified(before)
    if not _MADE.ask(digest=key_digest(order.public_key), card_number=order.card_number, kind=order.kind.value):
        raise KeyNotFromCard
    proven = order_proof_input(order.order_id, order.municipality, order.card_number, order.kind, order.public_key)
    try:
        verify_signature(order.public_key, algorithm, proven, order.proof_of_possession)
    except SignatureInvalid as error:
        raise NoPossession from error


def hold_uncertified(before: Certified) -> None:
    """Raise `KeyCertifiedBefore` for a key that stands in a certificate."""
    if before.same_key:
        raise KeyCertifiedBefore


def key_digest(public_key: bytes) -> str:
    """Return the SHA-256 of a SubjectPublicKeyInfo, hexadecimal; `load_public_key` allows each key one form only."""
    return hashlib.sha256(public_key).hexdigest()


def _hold_procedure(
    means: Means, order: CertificateOrder, person: Person, card: Card, live: Certificate | None, at: datetime
) -> None:
    if order.procedure is Procedure.NEW:
        _hold_new(means, live, at)
    elif order.procedure is Procedure.RENEWAL:
        _hold_renewal(means, live, person, card, at)
    elif order.procedure is Procedure.REISSUE:
        _hold_reissue(live, person, order.kind)
    else:
        raise NotAnIssue(procedure=order.procedure.value)


def _hold_new(means: Means, live: Certificate | None, at: datetime) -> None:
    """Refuse a new issue while one is alive (R-1.10), unless its renewal is over already (CF-2)."""
    if live is not None and civil_date(at) <= renewal_window(means.policy, live.expires).closes:
        raise AliveAlready


def _hold_renewal(means: Means, live: Certificate | None, person: Person, card: Card, at: datetime) -> None:
    """Renewal needs a certificate in force and an open window (R-2.3, R-3.8); a held one is re-issued (R-5.20)."""
    if live is None or live.state == CertificateState.HELD.value:
        raise NothingToRenew
    stay, on = person.stay(), civil_date(at)
    found = renewal(
        means.policy,
        expires=live.expires,
        card_expires=card.ends(stay),
        on=on,
        notice=True,
        japanese=stay.japanese,
    )
    if not found.open:
        raise ByRule(found.findings[0])


def _hold_reissue(live: Certificate | None, person: Person, kind: CertificateKind) -> None:
    """Re-issue replaces a live certificate before its window, or one that ended (R-2.4, R-5.22)."""
    handed_over = Order.objects.filter(person=person, kind=kind.value, state=OrderState.ACTIVATED.value)
    if live is None and not handed_over.exists():
        raise NothingToReissue
