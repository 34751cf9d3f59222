"""A card in its holder's hand: sign, log in, show a PIN, lay it on a reader."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Final, NoReturn

from openjpki.card.face import NoFace
from openjpki.card.personalisation import FactorySettings
from openjpki.card.printed import PrintedCodes, printed_codes
from openjpki.card.terminal import JpkiTerminal, absent
from openjpki.errors import Failure, Kind
from openjpki.lab.catalogue import PINS
from openjpki.lab.powered import PoweredCard
from openjpki.readers.stop import Stop
from openjpki.readers.vpcd import FIRST_PORT, SLOTS, Event, keep_plugged
from openjpki.rules.kinds import CertificateKind, PinKind

if TYPE_CHECKING:
    from openjpki.documents.card_signer import CardSigner

READER: Final = "Virtual PCD 00 {slot:02}"
"""What pcscd calls a slot of its first vpcd."""


class CardPlugged(Failure):
    """The card is in a reader of the system: there, and nowhere else."""

    code = "lab.card-plugged"
    kind = Kind.REFUSED
    ja = "テストカード「{name}」は PC/SC のカードリーダーに入っています。plug() を抜けてから行ってください。"
    en = 'The test card "{name}" is in a PC/SC reader. Leave plug() first.'


class HeldCard:
    """A powered test card and what its holder knows: the published PINs. A `card.connection.Connection` too.

    Wherever a `kind` or a `pin` is asked for, its word does as well: "signature", "authentication".
    """

    def __init__(self, name: str, powered: PoweredCard, clock: Callable[[], datetime]) -> None:
        self.name = name
        """What the catalogue calls it."""
        self._powered = powered
        self._clock = clock
        self._plugged = False

    def __repr__(self) -> str:
        return f"<test card {self.name}>"

    def certificate(self, kind: CertificateKind | str = CertificateKind.SIGNATURE) -> bytes:
        """Return a certificate that is on the card, DER, without showing a PIN; raises `NoCertificate`."""
        chosen = CertificateKind(kind)
        active = self._powered.image.keys[chosen].active
        if active is None or active.certificate is None:
            raise absent(chosen)
        return active.certificate

    def ca_certificate(self, kind: CertificateKind | str = CertificateKind.SIGNATURE) -> bytes:
        """Return the CA certificate that is on the card beside it, DER; raises `NoCertificate`."""
        chosen = CertificateKind(kind)
        active = self._powered.image.keys[chosen].active
        if active is None or active.issuer is None:
            raise absent(chosen)
        return active.issuer

    def pin(self, pin: PinKind | CertificateKind | str) -> str:
        """Return a published PIN: "signature", "authentication", "resident-record" or "card-face-entry"."""
        return PINS.of(pin_kind(pin))

    def tries(self, pin: PinKind | CertificateKind | str) -> int:
        """Return how many times a PIN may still be wrong; 0 if it is locked or was never set."""
        return self._powered.image.pins[pin_kind(pin)].tries

    def codes(self) -> PrintedCodes:
        """Return 照合番号A and B as they are printed on the card: `.code_a`, `.code_b`; raises `NoFace`."""
        face = self._powered.image.face
        if face is None:
            raise NoFace
        return printed_codes(face, FactorySettings().code_year)

    def sign(
        self, data: bytes, *, kind: CertificateKind | str = CertificateKind.SIGNATURE, pin: str | None = None
    ) -> bytes:
        """Sign data by the card: RSASSA-PKCS1-v1_5 with SHA-256, 256 bytes.

        `pin` is what is typed, the right one unless it is given. Raises `WrongPin`, `PinLocked`, `NoCertificate`,
        `BadSignaturePin`, `BadDigitsPin`, `CardPlugged`.
        """
        signer = self.signer(kind, pin=pin)
        return signer.sign_digest("sha256", hashlib.sha256(data).digest())

    def authenticate(self, challenge: bytes, *, pin: str | None = None) -> bytes:
        """Sign a challenge with the authentication key; as `sign`."""
        return self.sign(challenge, kind=CertificateKind.AUTHENTICATION, pin=pin)

    def login(self, *, origin: str, nonce: str, pin: str | None = None) -> bytes:
        """Return the JSON by which `documents.challenge` logs in: bound to an origin and a nonce of 32 bytes in base64."""
        from openjpki.documents.challenge import answer_challenge

        signer = self.signer(CertificateKind.AUTHENTICATION, pin=pin)
        return answer_challenge(signer, origin=origin, nonce=nonce).to_json()

    def sign_pdf(self, document: bytes, *, pin: str | None = None, moment: datetime | None = None) -> bytes:
        """Return the PDF with a signature (PAdES B-B), made now unless another moment is claimed; as `sign`."""
        from openjpki.documents.sign import sign_pdf

        return sign_pdf(document, self.signer(pin=pin), moment=moment or self._clock())

    def sign_cms(
        self, content: bytes, *, detached: bool = True, pin: str | None = None, moment: datetime | None = None
    ) -> bytes:
        """Return a signature over any content (CAdES B-B, DER), made now unless another moment is claimed; as `sign`."""
        from openjpki.documents.sign import sign_cms

        return sign_cms(content, self.signer(pin=pin), moment=moment or self._clock(), detached=detached)

    def signer(
        self, kind: CertificateKind | str = CertificateKind.SIGNATURE, *, pin: str | None = None
    ) -> "CardSigner":
        """Show a PIN and return a `documents.sign.DocumentSigner`; raises as `sign` does."""
        from openjpki.documents.card_signer import CardSigner

        chosen = CertificateKind(kind)
        typed = self.pin(chosen) if pin is None else pin
        return CardSigner(JpkiTerminal(self), typed.encode("latin-1", "replace"), chosen)

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer to a command, status word included; raises `CardPlugged`."""
        self._hold_unplugged()
        return self._powered.transmit(apdu)

    def reset(self) -> None:
        """Take the power away and give it back: nothing is selected or verified any more; raises `CardPlugged`."""
        self._hold_unplugged()
        self._powered.reset()

    @contextmanager
    def plug(self, slot: int = SLOTS[0], *, port: int = FIRST_PORT) -> Iterator[str]:
        """Keep the card in a PC/SC reader of vpcd while the block runs; yield the reader's name.

        `port` is where vpcd's first slot listens. Raises `VpcdMissing` where none does, `SlotTaken`, `CardPlugged`.
        """
        self._hold_unplugged()
        seen, problems = Flag(), list[BaseException]()
        with Stop() as stop:

            def tell(event: Event) -> None:
                if event is Event.SEEN:
                    seen.set()

            def stay() -> None:
                try:
                    keep_plugged(self._powered, port + slot, stop, tell)
                except BaseException as problem:  # noqa: BLE001  -- told where the block begins
                    problems.append(problem)
                finally:
                    seen.set()

            thread = Thread(target=stay, name=f"openjpki-lab-{self.name}", daemon=True)
            thread.start()
            self._plugged = True
            try:
                seen.wait()
                if problems:
                    self._not_plugged(problems[0])
                yield READER.format(slot=slot)
            finally:
                stop.set()
                thread.join()
                self._plugged = False

    def _not_plugged(self, problem: BaseException) -> NoReturn:
        """Say why the card could not be plugged in."""
        raise problem

    def _hold_unplugged(self) -> None:
        if self._plugged:
            raise CardPlugged(name=self.name)


def pin_kind(pin: PinKind | CertificateKind | str) -> PinKind:
    """Return which PIN is meant: by itself, by the certificate that it guards, or by its word."""
    return PinKind(pin.value if isinstance(pin, PinKind | CertificateKind) else pin)
