"""A whole authority in a temporary folder, with two towns, people and cards: what tests of the desk talk to.

Keys are P-384 unless a test asks for RSA: an elliptic key costs a millisecond to make.
"""

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from openjpki.authority.authority import Authority
from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.keys import CardKeys
from openjpki.authority.means import Terms
from openjpki.authority.models import Card, CardKey
from openjpki.authority.responding.requesters import Requesters
from openjpki.authority.signing.keys import KeyStore, SigningKeys
from openjpki.desk.messages import (
    Attributes,
    CardReported,
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    CertificateRecord,
    Certificates,
    CertificatesAsked,
    DeliveryConfirmed,
    DepartureReported,
    Foreigner,
    LifeEventReported,
    PersonReported,
    Refused,
    Reply,
    ReportAccepted,
    Request,
    RevocationAccepted,
    RevocationOrder,
    StayReported,
    order_proof_input,
)
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, KeySource, SoftwareSigner
from openjpki.pki.ocsp import build_request
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import CardState, CertificateKind, LifeEvent, Procedure, ResidenceStatus, Sex
from openjpki.rules.policy import Policy
from openjpki.site.clock import SteppedClock
from tests.support.carrier import InProcess
from tests.support.hierarchy import AOBA, BASE_URL, WAKABA

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
OPENED = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
"""2026-01-05 09:00 in Japan: the ceremony, and the first reports."""
HANAKO = Attributes(
    name="見本　花子", address="美本県若葉市一丁目２番３号", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
)
MOVED = Attributes(
    name="見本　花子", address="美本県青葉市四丁目５番６号", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
)
RESIDENT, CARD = "12345678901", "123456789012345"
CARD_EXPIRES = date(2035, 6, 10)

R = TypeVar("R", bound=Reply)


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name
    except x509.ExtensionNotFound:
        return "unspecified"


def _key_digest(certificate: bytes) -> str:
    key = x509.load_der_x509_certificate(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


class Crash(Exception):
    """What ends a process between two steps. It is no `Failure`: nobody catches it."""


@dataclass
class Fuse:
    """A checkpoint that crashes once, after the step it is set to."""

    blows_after: str = ""
    passed: list[str] = field(default_factory=list)

    def __call__(self, step: str) -> None:
        """Note the step, and crash if it is the one."""
        self.passed.append(step)
        if step == self.blows_after:
            self.blows_after = ""
            raise Crash(step)


class CountedEntropy:
    """Entropy that never repeats and is the same in every run."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def __call__(self, count: int) -> bytes:
        """Return the next bytes."""
        return hashlib.shake_256(next(self._count).to_bytes(8)).digest(count)


class Scene:
    """An authority on its first day, and the hands to work it: every message goes through the in-process carrier."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: Policy | None = None,
        algorithm: KeyAlgorithm = KeyAlgorithm.P384_SHA_384,
        key_source: KeySource | None = None,
        keys: SigningKeys | None = None,
        terms: Terms | None = None,
        requesters: Requesters | None = None,
    ) -> None:
        self.folder = folder
        self.clock = SteppedClock(OPENED)
        self.fuse = Fuse()
        self.card_keys: KeySource = FreshKeys()
        self.algorithm = algorithm
        passphrase = folder / "passphrase"
        passphrase.write_bytes(b"a passphrase for tests")
        passphrase.chmod(0o600)
        CardKeys(folder / "card.key", passphrase).create(CountedEntropy())
        self.authority = Authority(
            profiles=ProfileSet.sandbox(BASE_URL, algorithm=algorithm),
            policy=policy or Policy.preset("national"),
            clock=self.clock,
            entropy=CountedEntropy(),
            keys=keys or KeyStore(folder / "keys", passphrase, key_source or FreshKeys()),
            card_keys=CardKeys(folder / "card.key", passphrase),
            face_key=CardFaceKey(folder / "card-face.pem", passphrase),
            public=folder / "public",
            terms=terms or Terms(),
            requesters=requesters,
            checkpoint=self.fuse,
        )
        self._ids = itertools.count(1)

    def open(self) -> "Scene":
        """Hold the ceremony and enrol two towns, Wakaba (99201) and Aoba (99202)."""
        self.authority.enrol(WAKABA)
        self.authority.enrol(AOBA)
        self.authority.ceremony()
        return self

    def at(self, day: date, hour: int = 10) -> "Scene":
        """Set the clock to an hour of a day in Japan."""
        self.clock.advance_to(datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 9))
        return self

    def send(self, request: Request) -> Reply:
        """Send a message through its wire form."""
        return InProcess(self.authority.handle).send(request)

    def expect(self, reply: type[R], request: Request) -> R:
        """Send a message and return the reply, which must be of this type."""
        answered = self.send(request)
        assert isinstance(answered, reply), answered.code if isinstance(answered, Refused) else answered
        return answered

    def refusal(self, request: Request) -> str:
        """Send a message that must be refused and return the code."""
        return self.expect(Refused, request).code

    def new_id(self, what: str = "order") -> str:
        """Return an id that no message had."""
        return f"{what}-{next(self._ids)}"

    # --- facts -------------------------------------------------------------------------------------------------------

    def person(
        self, resident: str = RESIDENT, *, attributes: Attributes = HANAKO, municipality: str = "99201"
    ) -> PersonReported:
        """Return the report of a first registration."""
        return PersonReported(
            report_id=self.new_id("person"),
            municipality=municipality,
            resident_code=resident,
            attributes=attributes,
            reported_at=self.clock(),
        )

    def card(
        self,
        number: str = CARD,
        *,
        resident: str = RESIDENT,
        state: CardState = CardState.ACTIVE,
        event: LifeEvent | None = None,
        expires: date = CARD_EXPIRES,
        municipality: str = "99201",
    ) -> CardReported:
        """Return the report of a card."""
        return CardReported(
            report_id=self.new_id("card"),
            municipality=municipality,
            resident_code=resident,
            card_number=number,
            expires=expires,
            state=state,
            event=event,
            reported_at=self.clock(),
        )

    def life_event(
        self,
        event: LifeEvent,
        *,
        attributes: Attributes | None = MOVED,
        municipality: str = "99201",
        resident: str = RESIDENT,
        occurred_on: date | None = None,
    ) -> LifeEventReported:
        """Return the report of a life event of today."""
        return LifeEventReported(
            report_id=self.new_id("event"),
            municipality=municipality,
            resident_code=resident,
            event=event,
            occurred_on=occurred_on or (self.clock() + timedelta(hours=9)).date(),
            attributes=attributes,
            reported_at=self.clock(),
        )

    def stay(
        self,
        until: date | None = None,
        status: ResidenceStatus = ResidenceStatus.FIXED_STAY,
        *,
        municipality: str = "99201",
        resident: str = RESIDENT,
    ) -> StayReported:
        """Return the report of today that a foreign resident may stay until a day, or has another status."""
        return StayReported(
            report_id=self.new_id("stay"),
            municipality=municipality,
            resident_code=resident,
            foreigner=Foreigner(status=status, stay_until=until),
            occurred_on=(self.clock() + timedelta(hours=9)).date(),
            reported_at=self.clock(),
        )

    def departure(
        self, *, municipality: str = "99201", to_municipality: str = "99202", resident: str = RESIDENT
    ) -> DepartureReported:
        """Return the report of a departure of today."""
        return DepartureReported(
            report_id=self.new_id("departure"),
            municipality=municipality,
            resident_code=resident,
            to_municipality=to_municipality,
            left_on=(self.clock() + timedelta(hours=9)).date(),
            reported_at=self.clock(),
        )

    def arrival(self, *, occurred_on: date | None = None) -> LifeEventReported:
        """Report that Hanako leaves Wakaba, and return Aoba's report that she has arrived."""
        self.expect(ReportAccepted, self.departure())
        return self.arrival_report(occurred_on=occurred_on)

    def arrival_report(self, *, occurred_on: date | None = None) -> LifeEventReported:
        """Return Aoba's report that Hanako has arrived."""
        return self.life_event(LifeEvent.MOVE, municipality="99202", occurred_on=occurred_on)

    def revocation(
        self,
        event: LifeEvent = LifeEvent.REQUEST,
        *kinds: CertificateKind,
        municipality: str = "99201",
        resident: str = RESIDENT,
    ) -> RevocationOrder:
        """Return an order to revoke."""
        return RevocationOrder(
            order_id=self.new_id("revocation"),
            municipality=municipality,
            officer="sato",
            resident_code=resident,
            event=event,
            kinds=kinds,
            occurred_on=(self.clock() + timedelta(hours=9)).date(),
            ordered_at=self.clock(),
        )

    # --- certificates ------------------------------------------------------------------------------------------------

    def order(
        self,
        kind: CertificateKind = SIGNATURE,
        procedure: Procedure = Procedure.NEW,
        *,
        card: str = CARD,
        resident: str = RESIDENT,
        municipality: str = "99201",
        signer: SoftwareSigner | None = None,
    ) -> CertificateOrder:
        """Return an order with a new key and its proof."""
        order_id = self.new_id()
        key = signer or SoftwareSigner(self.card_keys.generate(self.algorithm))
        self.attest(key.public_key, kind, card)
        proven = order_proof_input(order_id, municipality, card, kind, key.public_key)
        return CertificateOrder(
            order_id=order_id,
            municipality=municipality,
            officer="sato",
            resident_code=resident,
            card_number=card,
            kind=kind,
            procedure=procedure,
            public_key=key.public_key,
            proof_of_possession=key.sign(proven),
            ordered_at=self.clock(),
        )

    def attest(self, public_key: bytes, kind: CertificateKind, card: str = CARD) -> None:
        """Let the authority have witnessed a key in a card that it knows; the card itself plays no part here."""
        row = Card.objects.filter(card_number=card).first()
        if row is not None:
            digest = hashlib.sha256(public_key).hexdigest()
            CardKey.objects.get_or_create(
                digest=digest, defaults={"card": row, "kind": kind.value, "made_at": self.clock()}
            )

    def deliver(self, issued: CertificateIssued) -> None:
        """Let the authority have read the certificate back from the card."""
        keys = CardKey.objects.filter(digest=_key_digest(issued.certificate))
        keys.update(delivered_at=self.clock(), in_use_at=self.clock())

    def confirmation(self, issued: CertificateIssued, *, municipality: str = "99201") -> DeliveryConfirmed:
        """Return the confirmation that the certificate was read back from the card, as it was."""
        self.deliver(issued)
        return DeliveryConfirmed(
            order_id=issued.order_id,
            municipality=municipality,
            read_back=hashlib.sha256(issued.certificate).digest(),
            confirmed_at=self.clock(),
        )

    def with_card(self) -> "Scene":
        """Report Hanako of Wakaba and her card."""
        self.expect(ReportAccepted, self.person())
        self.expect(ReportAccepted, self.card())
        return self

    def issue(
        self, kind: CertificateKind = SIGNATURE, procedure: Procedure = Procedure.NEW, *, municipality: str = "99201"
    ) -> CertificateIssued:
        """Order a certificate for Hanako's card and confirm its delivery."""
        issued = self.expect(CertificateIssued, self.order(kind, procedure, municipality=municipality))
        self.expect(CertificateActivated, self.confirmation(issued, municipality=municipality))
        return issued

    def with_both(self) -> "Scene":
        """Issue both certificates to Hanako, the authentication certificate first."""
        self.with_card()
        self.issue(AUTHENTICATION)
        self.issue(SIGNATURE)
        return self

    def records(self, *, card: str = CARD, municipality: str = "99201") -> tuple[CertificateRecord, ...]:
        """Ask for every certificate of Hanako's card."""
        question = CertificatesAsked(
            municipality=municipality, resident_code=RESIDENT, card_number=card, asked_at=self.clock()
        )
        return self.expect(Certificates, question).records

    def status(self, issued: CertificateIssued, nonce: bytes | None = None) -> ocsp.OCSPResponse:
        """Ask the authority for the status of a certificate."""
        question = build_request([(issued.certificate, issued.issuer_certificate)], nonce)
        return ocsp.load_der_ocsp_response(self.authority.answer_ocsp(question))

    def word(self, issued: CertificateIssued) -> str:
        """Return the status of a certificate in one word: "good", "unknown", or "revoked" with its reason."""
        answer = self.status(issued)
        status = answer.certificate_status.name.lower()
        if status != "revoked":
            return status
        return f"revoked {answer.revocation_reason.name if answer.revocation_reason else 'unspecified'}"

    def listed(self, kind: CertificateKind, municipality: str = "99201", generation: int = 1) -> dict[int, str]:
        """Return serial and reason of what the partition's newest list in the public folder shows."""
        path = self.folder / "public" / "crl" / f"{kind.value}-{generation}-{municipality}.crl"
        return {entry.serial_number: _reason(entry) for entry in x509.load_der_x509_crl(path.read_bytes())}

    def revoke(self, event: LifeEvent = LifeEvent.REQUEST, *kinds: CertificateKind) -> RevocationAccepted:
        """Revoke certificates of Hanako."""
        return self.expect(RevocationAccepted, self.revocation(event, *kinds))
