"""A test card in dates: when each act falls, and by the rules what it leaves behind. Pure; `today` is an argument.

What a home is to hold after the acts, and what a card that is made at once has to say to look the same.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from openjpki.lab.catalogue.card import Act, Expected, Person, Standing, TestCard, What
from openjpki.lab.city import MUNICIPALITIES, WAKABA
from openjpki.rules.dates import JST
from openjpki.rules.kinds import CertificateKind, LifeEvent
from openjpki.rules.office import open_day_until
from openjpki.rules.person import FourAttributes
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import effect_of
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry

EVENTS = {
    What.MOVE: LifeEvent.MOVE,
    What.RENAME: LifeEvent.NAME,
    What.DEATH: LifeEvent.DEATH,
    What.EMIGRATION: LifeEvent.EMIGRATION,
    What.HOLD: LifeEvent.HOLD,
    What.LOSE: LifeEvent.CARD_LOST,
    What.REVOKE: LifeEvent.REQUEST,
    What.LEAK: LifeEvent.KEY_COMPROMISE,
}
"""What happens → the event by which the rules end certificates (R-5.1 to R-5.8)."""
FIRST_DAY = timedelta(days=-1700)
"""From today: before the first act of any card. Whoever makes them makes the CAs and registers everybody on this day."""
MORNING = time(9)
_ISSUES = frozenset({What.ISSUE, What.RENEW, What.REISSUE})


@dataclass(frozen=True, kw_only=True)
class DatedCertificate:
    """One certificate of a test card. `attributes` are those on the day of its issue."""

    kind: CertificateKind
    issued: date
    expires: date
    attributes: FourAttributes = field(repr=False)
    municipality: str
    """Where it was issued: five digits."""
    found: Expected
    """What a service finds out about it on the day for which it is dated."""
    ended: date | None = None
    """The day of its revocation or hold; a register event shows from the day after (R-2.28)."""


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A test card on a day."""

    card: TestCard
    acts: tuple[tuple[date, Act], ...]
    """In the order in which they are done."""
    attributes: FourAttributes | None = field(repr=False)
    """The holder's today; None: a card of nobody."""
    made_with: FourAttributes | None = field(repr=False)
    """The holder's when the card was made: its face is not written again."""
    municipality: str
    """Where the holder lives: five digits. Of nobody's card: where it is in stock."""
    handed_over: date | None
    expires: date | None
    """The card's last day; None if it was never handed over."""
    stay_until: date | None
    certificates: tuple[DatedCertificate, ...]
    """In the order of issue; the last of a kind is the one on the card."""

    def present(self, kind: CertificateKind) -> DatedCertificate | None:
        """Return the certificate of a kind that is on the card."""
        return next((one for one in reversed(self.certificates) if one.kind is kind), None)


def attributes_of(person: Person, today: date) -> FourAttributes:
    """Return the four attributes that a person's register has before anything happens."""
    return FourAttributes(name=person.name, address=person.address, birth_date=person.born(today), sex=person.sex)


def day_of(act: Act, today: date, policy: Policy) -> date:
    """Return the day of an act: the last one up to it on which the counter is open (R-4.4)."""
    return open_day_until(policy, today + timedelta(days=act.days))


def begins(policy: Policy, today: date) -> datetime:
    """Return the moment, UTC, at which a place begins that has test cards."""
    return datetime.combine(open_day_until(policy, today + FIRST_DAY), MORNING, JST).astimezone(UTC)


def dated(card: TestCard, today: date, policy: Policy) -> Dated:
    """Return a test card as it is on a day, by the rules in force (R-1, R-3, R-5)."""
    acts = tuple((day_of(act, today, policy), act) for act in card.acts)
    stay_until = None if card.stay is None else today + timedelta(days=card.stay)
    if card.person is None:
        return Dated(
            card=card,
            acts=acts,
            attributes=None,
            made_with=None,
            municipality=WAKABA.code,
            handed_over=None,
            expires=None,
            stay_until=stay_until,
            certificates=(),
        )
    made_with = attributes_of(card.person, today)
    life = _Life(policy=policy, attributes=made_with, municipality=card.person.municipality.code)
    for day, act in acts:
        life = life.after(day, act, stay_until)
    return Dated(
        card=card,
        acts=acts,
        attributes=life.attributes,
        made_with=made_with,
        municipality=life.municipality,
        handed_over=life.handed_over,
        expires=life.expires,
        stay_until=stay_until,
        certificates=tuple(_as_of(one, today) for one in life.certificates),
    )


def _as_of(certificate: DatedCertificate, today: date) -> DatedCertificate:
    """Past its last day a certificate that was not ended is expired, not revoked (R-3.10)."""
    if certificate.found.standing is Standing.GOOD and certificate.expires < today:
        return replace(certificate, found=Expected(standing=Standing.EXPIRED))
    return certificate


@dataclass(frozen=True, kw_only=True)
class _Life:
    """How far a holder and a card have come."""

    policy: Policy
    attributes: FourAttributes
    municipality: str
    handed_over: date | None = None
    expires: date | None = None
    certificates: tuple[DatedCertificate, ...] = ()

    def after(self, day: date, act: Act, stay_until: date | None) -> "_Life":
        """Return the life after an act."""
        if act.what is What.HAND_OVER:
            born = self.attributes.birth_date
            ends = card_expiry(self.policy, issued=day, received=day, born=born, stay_until=stay_until)
            return replace(self, handed_over=day, expires=ends.expires)
        if act.what in _ISSUES:
            return self._issued(day, act)
        if act.what is What.LOCK:
            return self
        return _changed(self._ended(day, EVENTS[act.what], act), act)

    def _living(self, kind: CertificateKind) -> DatedCertificate | None:
        return next(
            (one for one in reversed(self.certificates) if one.kind is kind and one.found.standing is Standing.GOOD),
            None,
        )

    def _issued(self, day: date, act: Act) -> "_Life":
        """Issue one kind after the other; each takes the place of the one in force (R-1.10, R-5.7)."""
        life = self
        for kind in act.kinds:
            new = life._new(kind, day)
            if life._living(kind) is not None:
                life = life._ended(day, LifeEvent.RENEWAL, Act(what=act.what, days=act.days, kinds=(kind,)))
            life = replace(life, certificates=(*life.certificates, new))
        return life

    def _new(self, kind: CertificateKind, day: date) -> DatedCertificate:
        assert self.expires is not None  # noqa: S101  -- nothing is issued to a card that was not handed over
        before = self._living(kind)
        beside = self._living(CertificateKind.AUTHENTICATION)
        born, replaces = self.attributes.birth_date, before.expires if before else None
        if kind is CertificateKind.SIGNATURE:
            ends = signature_expiry(
                self.policy,
                issued=day,
                born=born,
                card_expires=self.expires,
                authentication_expires=beside.expires if beside else None,
                replaces_expiring=replaces,
            )
        else:
            ends = authentication_expiry(
                self.policy, issued=day, born=born, card_expires=self.expires, replaces_expiring=replaces
            )
        return DatedCertificate(
            kind=kind,
            issued=day,
            expires=ends.expires,
            attributes=self.attributes,
            municipality=self.municipality,
            found=Expected(standing=Standing.GOOD),
        )

    def _ended(self, day: date, event: LifeEvent, act: Act) -> "_Life":
        effect = effect_of(self.policy, event, day, kinds=act.kinds or tuple(CertificateKind))
        ended: list[DatedCertificate] = []
        for one in self.certificates:
            ending = effect.of(one.kind)
            if ending is None or one.found.standing is not Standing.GOOD or one.expires < day:
                ended.append(one)
                continue
            standing = Standing.HELD if ending.held else Standing.REVOKED
            ended.append(replace(one, found=Expected(standing=standing, reason=ending.reason), ended=ending.ends))
        return replace(self, certificates=tuple(ended))


def _changed(life: _Life, act: Act) -> _Life:
    """Return the life of a holder whose attributes the act changed."""
    if act.what is What.MOVE:
        attributes = replace(life.attributes, address=act.value)
        return replace(life, attributes=attributes, municipality=_place_of(act.value))
    if act.what is What.RENAME:
        return replace(life, attributes=replace(life.attributes, name=act.value))
    return life


def _place_of(address: str) -> str:
    """Return the code of the municipality in which an address lies; the catalogue has no other addresses."""
    (code,) = (one.code for one in MUNICIPALITIES if address.startswith(one.prefecture + one.name))
    return code
