"""A test card in a life: what the holder, the municipality and time do to it, at the moment of its laboratory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NoReturn, Protocol

from openjpki.card.terminal import NoCertificate
from openjpki.errors import Failure
from openjpki.lab.authority import Wish
from openjpki.lab.cards import CardMaker, Made, in_repertoire, municipality_of
from openjpki.lab.catalogue import Expected, Standing, TestCard
from openjpki.lab.catalogue.card import ABSENT, EXPIRED, GOOD
from openjpki.lab.dated import Dated
from openjpki.lab.held import HeldCard, pin_kind
from openjpki.lab.ledger import Ended, Entry
from openjpki.lab.powered import PoweredCard
from openjpki.pki.inspect import CertificateFacts, facts
from openjpki.readers.vpcd import VpcdMissing
from openjpki.rules.dates import civil_date, last_second
from openjpki.rules.kinds import CertificateKind, LifeEvent, PinKind, RevocationReason
from openjpki.rules.person import FourAttributes, Municipality
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import after_hold, effect_of
from openjpki.rules.validity import authentication_expiry, signature_expiry


class Surroundings(Protocol):
    """What a card needs of its laboratory."""

    @property
    def now(self) -> datetime:
        """Return the laboratory's moment."""
        ...

    @property
    def policy(self) -> Policy:
        """Return the rules that hold."""
        ...

    @property
    def maker(self) -> CardMaker:
        """Return who makes cards and certificates."""
        ...

    def no_reader(self, failure: Failure) -> NoReturn:
        """Do what is to be done where there is no reader."""
        ...

    def changed(self) -> None:
        """Take note of a change of status."""
        ...


class LabCard(HeldCard):
    """A test card of the catalogue.

    What happens takes effect at once, for every program that asks the laboratory's status. Certificates that have ended
    stay on the card, as they do in life, until it is renewed.
    """

    def __init__(self, dated: Dated, made: Made, *, slot: int, lab: Surroundings) -> None:
        super().__init__(dated.card.name, PoweredCard(made.image), lambda: lab.now)
        self.about: TestCard = dated.card
        """The catalogue's words: what it is for, what a service should do with it."""
        self.attributes: FourAttributes | None = made.attributes
        """The holder's name, address, birth date and sex, as the register has them; None of a card in stock."""
        self._kana = made.kana
        self._municipality = made.municipality
        self._holdings = dict(made.holdings)
        self._slot = slot
        self._lab = lab

    def serial(self, kind: CertificateKind | str = CertificateKind.SIGNATURE) -> int:
        """Return the serial of a certificate (発行番号); raises `NoCertificate`."""
        return self._facts(CertificateKind(kind)).serial

    def status(self, kind: CertificateKind | str = CertificateKind.SIGNATURE) -> Expected:
        """Return what a service finds out now about the certificate on the card: `.standing`, and the `.reason` it ended for."""
        chosen = CertificateKind(kind)
        if chosen not in self._holdings:
            return ABSENT
        entry, now = self._entry(chosen), self._lab.now
        shown = entry.shown(now)
        if shown is not None:
            return Expected(standing=Standing.REVOKED if entry.is_over else Standing.HELD, reason=shown.reason)
        return EXPIRED if entry.not_after < now else GOOD

    def revoke(
        self,
        kind: CertificateKind | str | None = None,
        reason: RevocationReason | str = RevocationReason.CESSATION_OF_OPERATION,
    ) -> None:
        """Revoke a certificate, or all on the card, for a reason of RFC 5280 §5.3.1; raises `NoCertificate`.

        What has ended or expired already stays as it is. A hold is `hold`'s.
        """
        because = RevocationReason(reason.replace("-", "_") if isinstance(reason, str) else reason)
        if because is RevocationReason.CERTIFICATE_HOLD:
            message = "hold() puts a certificate on hold"
            raise ValueError(message)
        now = self._lab.now
        for one in self._chosen(kind):
            entry = self._entry(one)
            if not entry.is_over and entry.not_after >= now:
                self._lab.maker.ledger.write(one, entry.serial, Ended(now, now, because.value))
        self._lab.changed()

    def happen(self, event: LifeEvent | str) -> None:
        """Let something happen to the holder or the card; the rules say what ends (R-5.1 to R-5.8).

        "name", "death", "emigration", "card-lost", "card-returned", "key-compromise" and the other `LifeEvent`s.
        """
        self._end_by(LifeEvent(event))

    def hold(self) -> None:
        """Have the card stopped for a while: the authentication certificate is held, the signature one over (R-5.8, R-5.20)."""
        self._end_by(LifeEvent.HOLD)

    def release(self) -> None:
        """Have the card found again: the hold is lifted, or under `auth_hold_release = "revoke_and_reissue"` ends (R-5.20)."""
        now = self._lab.now
        ending = after_hold(self._lab.policy, civil_date(now))
        ledger = self._lab.maker.ledger
        for kind in self._holdings:
            entry = self._entry(kind)
            if entry.is_over or not entry.is_held:
                continue
            if ending is None:
                ledger.release(kind, entry.serial, now)
            else:
                ledger.end(self._lab.policy, kind, entry.serial, cause=LifeEvent.HOLD, ending=ending, at=now)
        self._lab.changed()

    def move_house(self, address: str, *, municipality: Municipality | None = None) -> None:
        """Have the holder move: the signature certificate is over (R-5.3), the authentication one stays.

        The next signature certificate has the new address. An address outside the invented municipalities needs another
        `municipality`, or the old one goes on issuing. Raises what an address cannot be: `AddressTooLong`, `NoSubstitute`.
        """
        moved = replace(self._person(), address=address)
        in_repertoire(moved, self._kana)
        self.attributes = moved
        self._municipality = municipality or municipality_of(address, self._municipality)
        self._end_by(LifeEvent.MOVE)

    def expire(self, kind: CertificateKind | str | None = None) -> None:
        """Have a certificate, or all on the card, expired since the end of yesterday, for programs that read the real clock too.

        The card comes back with the certificate that it would have if everything had been so much earlier: same serial, key
        and holder, other days. The one before never was, and nothing is said of it: under another generation its status is
        unknown, under the same its number means the other now. Raises `NoCertificate`, `CardPlugged`.
        """
        self._hold_unplugged()
        end = last_second(civil_date(self._lab.now) - timedelta(days=1))
        for one in self._chosen(kind):
            read, entry, holding = self._facts(one), self._entry(one), self._holdings[one]
            if read.not_after <= end:
                continue
            begin = read.not_before - (read.not_after - end)
            self._issue(one, replace(holding.wish, not_before=begin, expires=civil_date(end)), holding.key)
            for row in entry.rows:
                self._lab.maker.ledger.write(one, entry.serial, row)
        self._lab.changed()

    def renew(self, kind: CertificateKind | str | None = None) -> None:
        """Have a certificate, or all on the card, issued anew: new key, new serial, the holder's present attributes.

        One that is still in force is superseded (R-5.7). Raises `NoCertificate`, `CardPlugged`, and
        `OutOfTime` before anything changed.
        """
        self._hold_unplugged()
        now = self._lab.now
        for one in self._chosen(kind):
            holding, attributes = self._holdings[one], self._person()
            self._lab.maker.authority.issuing(one, now)
            wish = replace(
                holding.wish,
                municipality=self._municipality,
                attributes=in_repertoire(attributes, self._kana),
                not_before=now,
                expires=self._expiry(one, attributes, now),
                serial=self._lab.maker.authority.serial(one),
                subject_id=self._lab.maker.authority.subject_id(),
            )
            self._end_by(LifeEvent.RENEWAL, (one,))
            self._issue(one, wish, holding.key + 1)
        self._lab.changed()

    def lock(self, pin: PinKind | CertificateKind | str) -> None:
        """Use up the tries of a PIN, as somebody does who guesses (R-6.2); raises `CardPlugged`."""
        self._hold_unplugged()
        chosen = pin_kind(pin)
        image = self._powered.image
        self._powered.rewrite(image.with_pin(chosen, replace(image.pins[chosen], tries=0)))

    def _not_plugged(self, problem: BaseException) -> NoReturn:
        if isinstance(problem, VpcdMissing):
            self._lab.no_reader(problem)
        raise problem

    def _end_by(self, event: LifeEvent, kinds: Collection[CertificateKind] = tuple(CertificateKind)) -> None:
        now, policy = self._lab.now, self._lab.policy
        effect = effect_of(policy, event, civil_date(now), kinds=kinds)
        for kind in self._holdings:
            ending, entry = effect.of(kind), self._entry(kind)
            if ending is None or entry.is_over or entry.not_after < now or (ending.held and entry.is_held):
                continue
            self._lab.maker.ledger.end(policy, kind, entry.serial, cause=event, ending=ending, at=now)
        self._lab.changed()

    def _person(self) -> FourAttributes:
        """Return the holder's attributes; raises `NoCertificate` for a card in stock, which nobody holds."""
        if self.attributes is None:
            raise NoCertificate
        return self.attributes

    def _expiry(self, kind: CertificateKind, attributes: FourAttributes, now: datetime) -> date:
        """Return the last day of a successor by the rules (R-3.1 to R-3.3)."""
        issued, born, card_expires = civil_date(now), attributes.birth_date, self._powered.image.expires
        replaced = self._living_until(kind)
        if kind is CertificateKind.AUTHENTICATION:
            return authentication_expiry(
                self._lab.policy, issued=issued, born=born, card_expires=card_expires, replaces_expiring=replaced
            ).expires
        return signature_expiry(
            self._lab.policy,
            issued=issued,
            born=born,
            card_expires=card_expires,
            authentication_expires=self._living_until(CertificateKind.AUTHENTICATION),
            replaces_expiring=replaced,
        ).expires

    def _living_until(self, kind: CertificateKind) -> date | None:
        """Return the last day of a certificate in force, None where there is none."""
        if kind not in self._holdings or self.status(kind).standing not in {Standing.GOOD, Standing.HELD}:
            return None
        return civil_date(self._entry(kind).not_after)

    def _issue(self, kind: CertificateKind, wish: Wish, key: int) -> None:
        image, self._holdings[kind] = self._lab.maker.issue(self._powered.image, wish, key, slot=self._slot)
        self._powered.rewrite(image)

    def _chosen(self, kind: CertificateKind | str | None) -> tuple[CertificateKind, ...]:
        """Return the kinds that are meant; raises `NoCertificate` where the card has no such certificate."""
        chosen = tuple(self._holdings) if kind is None else (CertificateKind(kind),)
        if not chosen or not set(chosen) <= set(self._holdings):
            raise NoCertificate
        return chosen

    def _facts(self, kind: CertificateKind) -> CertificateFacts:
        return facts(self.certificate(kind))

    def _entry(self, kind: CertificateKind) -> Entry:
        return self._lab.maker.ledger.of_serial(kind, self._facts(kind).serial)
