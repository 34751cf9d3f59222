from dataclasses import replace
from hashlib import sha256

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from openjpki.card import administration as commands
from openjpki.card.administration import KeyForm
from openjpki.card.apdu import CommandApdu
from openjpki.card.image import CardImage
from openjpki.card.imagefile import from_bytes, to_bytes
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import Refused
from tests.unit.card.cards import SELECT_AP, Bench, PowerCut, certificate_for, host, issuer, ordinary

AUTHENTICATION = CertificateKind.AUTHENTICATION
LIMIT = 3
PINS = ("1234", "5678", "9999")


class PulledPlug(RuleBasedStateMachine):
    """A card whose power is cut before or after any write: no try is ever refunded, no key in use is ever lost.

    The model counts, from outside, the comparisons the card may have made since the last hit that was answered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.card = Bench(ordinary())
        self.pin = {"1234"}
        """The PINs that may be true: two after a cut while one was being changed."""
        self.misses = 0
        """Answered misses since the last answered hit or reset."""

    @initialize()
    def power_on(self) -> None:
        """Begin on a powered card."""
        assert self.card.ask(SELECT_AP) == "9000"

    @rule(writes=st.integers(0, 2), before=st.booleans())
    def threaten(self, writes: int, *, before: bool) -> None:
        """Let the power fail at a coming write, before or after it is durable."""
        at = self.card.writes + writes
        self.card.cut_before, self.card.cut_after = (at, None) if before else (None, at + 1)

    @rule(pin=st.sampled_from(PINS))
    def verify(self, pin: str) -> None:
        """Show a PIN: an answer has its effect behind it, and a cut never gives a try back."""
        before = self._tries()
        try:
            answer = self._answer(f"00 20 00 98 04 {pin.encode().hex()}")
        except PowerCut:
            self._back(before, may_restore=pin in self.pin)
            return
        if before == 0:
            assert answer == "6984"
        elif answer == "9000":
            assert pin in self.pin
            self.pin, self.misses = {pin}, 0
            assert self._tries() == LIMIT
        else:
            self.pin -= {pin}
            self.misses += 1
            assert answer == f"63C{before - 1}"
            assert self._tries() == before - 1

    @rule(pin=st.sampled_from(PINS))
    def change(self, pin: str) -> None:
        """Change the PIN where it was shown, or set it where the authority permits it: once."""
        before, permitted = self._tries(), PinKind.AUTHENTICATION in self.card.durable.permitted
        try:
            answer = self._answer(f"00 24 01 98 04 {pin.encode().hex()}")
        except PowerCut:
            self.pin |= {pin}
            self._back(before, may_restore=permitted)
            return
        assert answer == "9000" or (answer == "6982" and not permitted)
        if answer == "9000":
            self.pin, self.misses = {pin}, 0

    @rule()
    def permit_at_the_counter(self) -> None:
        """Let the PIN be set anew: no try comes back by that alone (R-6.3)."""
        self._administer(commands.allow_pin_set(PinKind.AUTHENTICATION))

    @rule()
    def make_key(self) -> None:
        """Make a key in the shadow slot."""
        self._administer(commands.generate_key(AUTHENTICATION, KeyForm.P_384))

    @rule()
    def load(self) -> None:
        """Write a certificate beside it."""
        shadow = self.card.durable.keys[AUTHENTICATION].shadow
        if shadow is not None:
            certificate = shadow.certificate or certificate_for(shadow.public_key)
            self._administer(*commands.store_certificate(AUTHENTICATION, certificate, issuer()))

    @rule()
    def activate(self) -> None:
        """Bring it into use: afterwards the old pair or the new pair is in use, whole."""
        old = self.card.durable.keys[AUTHENTICATION]
        certificate = old.shadow.certificate if old.shadow else None
        self._administer(commands.activate(AUTHENTICATION, sha256(certificate or b"").digest()))
        assert self.card.durable.keys[AUTHENTICATION].active in {old.active, old.shadow}

    @rule()
    def discard(self) -> None:
        """Give an issue up."""
        self._administer(commands.discard(AUTHENTICATION))

    @rule()
    def use(self) -> None:
        """The key in use signs whenever the PIN was shown, whatever was cut."""
        answer = self.card.ask("80 2A 02 97 30" + "00" * 48 + "00")
        rsa = self.card.ask("80 2A 02 97 20" + "00" * 32 + "00")
        assert {answer[-4:], rsa[-4:]} in ({"6982"}, {"9000", "6985"})

    @invariant()
    def nothing_is_refunded(self) -> None:
        """There are never more tries than the answered misses leave."""
        assert self._tries() <= LIMIT - min(self.misses, LIMIT)

    @invariant()
    def a_key_is_always_in_use(self) -> None:
        """The holder is never left with nothing: key and certificate in use belong together (KeySlot holds them so)."""
        active = self.card.durable.keys[AUTHENTICATION].active
        assert active is not None
        assert active.certificate is not None

    def teardown(self) -> None:
        """Whatever happened, what is durable is a whole card."""
        assert from_bytes(to_bytes(self.card.durable)) == self.card.durable

    def _answer(self, apdu: str) -> str:
        return self.card.ask(apdu)

    def _tries(self) -> int:
        return self.card.durable.pins[PinKind.AUTHENTICATION].tries

    def _back(self, before: int, *, may_restore: bool) -> None:
        """After a cut: the tries are as they were or fewer, or all, if the PIN was right."""
        after = self._tries()
        assert after in {before, before - 1} or (may_restore and after == LIMIT)
        if after == LIMIT:
            self.misses = 0
        self._power()

    def _power(self) -> None:
        self.card.power_on_again()
        assert self.card.ask(SELECT_AP) == "9000"

    def _administer(self, *plain: CommandApdu) -> None:
        """Carry a session out, cut or refused as it may be: counters rise, and no PIN changes."""
        before = self.card.durable
        try:
            host(self.card).do(*plain)
        except PowerCut:
            self.card.power_on_again()
        except Refused:
            assert self.card.durable.keys == before.keys
        after = self.card.durable
        assert _pins(after) == _pins(before)
        assert after.channel.counter >= before.channel.counter
        assert self.card.ask(SELECT_AP) == "9000"


def _pins(image: CardImage) -> object:
    return [replace(image.pins[kind]) for kind in PinKind]


TestPulledPlug = PulledPlug.TestCase
TestPulledPlug.settings = settings(stateful_step_count=25)
