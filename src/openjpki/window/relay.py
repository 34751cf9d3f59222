"""The card on the counter's reader, administered from the authority: the window carries sealed bytes and can read none.

Each verb asks the authority for the commands of one piece of work, passes them to the card as they are, and the answers
back as they are. What the card said comes to the window from the authority.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from openjpki.card.administration import get_response
from openjpki.card.apdu import MalformedApdu, ResponseApdu
from openjpki.card.connection import Connection
from openjpki.card.connection import UnexpectedAnswer as UnexpectedCardAnswer
from openjpki.card.status import SW
from openjpki.card.terminal import JpkiTerminal
from openjpki.desk.carrier import Carrier
from openjpki.desk.messages import (
    CardAnswers,
    CardCommands,
    CardRequest,
    CardWork,
    CardWorkAsked,
    CardWorkDone,
    Refused,
)
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind
from openjpki.window.answers import UnexpectedAnswer
from openjpki.window.officer import Officer

ROUNDS = 2
"""Times that a piece of work goes to the card: its challenge, then everything else."""
MAX_ANSWER = 9000
"""Bytes of one answer that a session takes."""


_STANDING = frozenset(
    {
        "authority.card-expired",
        "authority.card-left-behind",
        "authority.card-of-another",
        "authority.card-unknown",
        "authority.card-work.card-not-active",
        "authority.not-resident",
        "authority.other-municipality",
        "authority.person-unknown",
    }
)
"""By which the authority says that the person or the card has no claim to a certificate: it would refuse the order too."""


class CardWorkRefused(Failure):
    """The authority, or the card in its answer to the authority, did not do the work; the sentences are passed on."""

    code = "window.card-work-refused"
    kind = Kind.REFUSED
    ja = "カードへの作業ができませんでした。{ja}({reason})"
    en = "The work on the card was not done. {en} ({reason})"

    @property
    def reason(self) -> str:
        """Return the code of what stood in the way."""
        return str(self.data["reason"])

    @property
    def is_about_standing(self) -> bool:
        """Say whether person or card have no claim; otherwise the work may be done at another time."""
        return self.reason in _STANDING


@dataclass(frozen=True, kw_only=True)
class RelayedCard:
    """A card on a reader, for one resident's business at one officer's counter: a `window.counter.CardAtCounter`."""

    connection: Connection
    carrier: Carrier
    officer: Officer
    resident_code: str
    moment: Callable[[], datetime]
    new_id: Callable[[], str]

    def card_number(self) -> str:
        """Return what the card says its number is; nothing is believed of it before a session proves it."""
        return JpkiTerminal(self.connection).card_number()

    def take_hand_over_data(self) -> None:
        """Have municipality and last day written."""
        self._work(CardWork.HAND_OVER)

    def write_attributes(self) -> None:
        """Have the attributes of the text application written anew."""
        self._work(CardWork.ATTRIBUTES)

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Have a key pair made in the shadow slot."""
        return self._work(CardWork.MAKE_KEY, kind).public_key

    def prove(self, kind: CertificateKind, order_id: str) -> bytes:
        """Have the shadow key sign the order."""
        return self._work(CardWork.PROVE, kind, order_id=order_id).proof

    def load(self, kind: CertificateKind, certificate: bytes) -> None:
        """Have the authority write the certificate that it issued."""
        self._work(CardWork.STORE, kind, certificate_digest=sha256(certificate).digest())

    def read_back(self, kind: CertificateKind) -> bytes:
        """Return the certificate in the shadow slot as the authority read it."""
        return self._work(CardWork.READ_BACK, kind).certificate

    def activate(self, kind: CertificateKind) -> None:
        """Have the new key brought into use."""
        self._work(CardWork.ACTIVATE, kind)

    def discard(self, kind: CertificateKind) -> None:
        """Have the shadow slot emptied."""
        self._work(CardWork.DISCARD, kind)

    def waiting_key_digest(self, kind: CertificateKind) -> bytes | None:
        """Return the SHA-256 of the shadow key."""
        return self._work(CardWork.STATUS, kind).waiting_key

    def digest_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the SHA-256 of the certificate in use."""
        return self._work(CardWork.STATUS, kind).in_use

    def permit_reset(self, order_id: str) -> None:
        """Have an approved PIN reset told to the card: it lets the holder set the PIN once without the old one."""
        self._work(CardWork.ALLOW_PIN_SET, order_id=order_id)

    def take_back_resets(self) -> None:
        """Have what an approved PIN reset left taken back: every work but the permission itself does that (R-6.3)."""
        self._work(CardWork.HAND_OVER)

    def _work(
        self,
        work: CardWork,
        kind: CertificateKind | None = None,
        *,
        order_id: str | None = None,
        certificate_digest: bytes | None = None,
    ) -> CardWorkDone:
        asked = CardWorkAsked(
            work_id=self.new_id(),
            municipality=self.officer.municipality,
            officer=self.officer.login,
            resident_code=self.resident_code,
            card_number=self.card_number(),
            work=work,
            kind=kind,
            order_id=order_id,
            certificate_digest=certificate_digest,
            asked_at=self.moment(),
        )
        reply = self._ask(asked)
        for _ in range(ROUNDS):
            if isinstance(reply, CardCommands):
                reply = self._ask(self._carried(reply))
        if isinstance(reply, CardWorkDone):
            return reply
        raise UnexpectedAnswer(answer=type(reply).__name__)

    def _ask(self, request: CardRequest) -> CardCommands | CardWorkDone:
        reply = self.carrier.send(request)
        if isinstance(reply, Refused):
            raise CardWorkRefused(reason=reply.code, ja=reply.ja, en=reply.en)
        if isinstance(reply, CardCommands | CardWorkDone):
            return reply
        raise UnexpectedAnswer(answer=type(reply).__name__)

    def _carried(self, found: CardCommands) -> CardAnswers:
        """Pass commands to the card until one is refused; return the answers for the authority."""
        return CardAnswers(
            session_id=found.session_id,
            municipality=self.officer.municipality,
            officer=self.officer.login,
            answers=tuple(_relayed(self.connection, found.apdus)),
        )


def _relayed(connection: Connection, apdus: Sequence[bytes]) -> list[bytes]:
    answers: list[bytes] = []
    for apdu in apdus:
        answer = _whole(connection, apdu)
        answers.append(bytes(answer))
        if not answer.ok:
            break
    return answers


def _whole(connection: Connection, apdu: bytes) -> ResponseApdu:
    """Return an answer with all that GET RESPONSE brings of it (ISO 7816-4 §5.3.4)."""
    answer = _transmit(connection, apdu)
    data = answer.data
    while answer.sw & 0xFF00 == SW.MORE_DATA and answer.data and len(data) <= MAX_ANSWER:
        answer = _transmit(connection, bytes(get_response()))
        data += answer.data
    return ResponseApdu(answer.sw, data)


def _transmit(connection: Connection, apdu: bytes) -> ResponseApdu:
    try:
        return ResponseApdu.from_bytes(connection.transmit(apdu))
    except MalformedApdu as error:
        raise UnexpectedCardAnswer(command="administration", sw="-") from error
