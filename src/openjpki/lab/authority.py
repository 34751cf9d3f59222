"""The certification authorities of a laboratory: in memory, of the JPKI-TEST profile, issuing as the real ones do.

The second place beside `openjpki.authority` that may build certificates (decision 0021). Nothing here is kept: who issued
what, and what of it ended, is the `ledger`'s, which every test has anew. Numbers are drawn once in a process, so that no
serial means two certificates to a program that outlives a test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from threading import RLock
from typing import Final

from openjpki.errors import Failure, Kind
from openjpki.lab.keys import FaceSigner, KeyPool
from openjpki.pki.certificate import (
    Prepared,
    issue,
    lint,
    prepare_authentication,
    prepare_ca,
    prepare_ocsp_responder,
    prepare_signature,
)
from openjpki.pki.issuer import issuer_of
from openjpki.pki.keys import Signer
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.dates import civil_date, first_second, last_second
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import CertifiedAttributes, Municipality

CA_LIFE: Final = timedelta(days=3651)
"""First to last day of a CA certificate: ten years, as the published ones have it."""
CA_AGES: Final = (timedelta(days=8 * 365), timedelta(days=3 * 365))
"""How old the generations of each CA are when a laboratory begins: the former one signed what has expired by now or will
soon, the present one issues and outlives what it issues."""
RESPONDER_LIFE: Final = timedelta(days=30)
"""Of a responder's certificate, which cannot be revoked (RFC 6960 §4.2.2.2.1)."""
SUBJECT_ID_BYTES: Final = 10
"""Entropy of the opaque subject name (R-5.26)."""


class OutOfTime(Failure):
    """A laboratory's CAs have ten years each; the moment lies before the first or after the last."""

    code = "lab.out-of-time"
    kind = Kind.REFUSED
    ja = "テスト用の認証局が有効な期間の外です({at})。{first} から {last} までの日時にしてください。"
    en = "No CA of the laboratory is valid at that moment ({at}). Stay between {first} and {last}."


@dataclass(frozen=True)
class Generation:
    """One CA key and its certificate."""

    kind: CertificateKind
    number: int
    certificate: bytes = field(repr=False)
    """DER."""
    signer: Signer = field(repr=False)

    @property
    def name(self) -> str:
        """Return its name, as the real authority's files and addresses have it: "signature-2"."""
        return f"{self.kind.value}-{self.number}"

    def covers(self, moment: datetime) -> bool:
        """Tell whether its certificate is valid at a moment."""
        ca = issuer_of(self.certificate)
        return ca.not_before <= moment <= ca.not_after

    @property
    def ends(self) -> date:
        """Return its last day, included."""
        return civil_date(issuer_of(self.certificate).not_after)


@dataclass(frozen=True)
class Responder:
    """A delegated OCSP responder of one generation."""

    certificate: bytes = field(repr=False)
    signer: Signer = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a holder's certificate is to say."""

    kind: CertificateKind
    public_key: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    municipality: Municipality
    attributes: CertifiedAttributes = field(repr=False)
    not_before: datetime
    expires: date
    """The last day, included; the generation's end cuts it short."""
    serial: int
    subject_id: str


@dataclass(frozen=True)
class Issued:
    """A holder's certificate, DER, and the generation that signed it."""

    certificate: bytes = field(repr=False)
    by: Generation


class LabAuthority:
    """Two CAs of two generations each, their responders, and the key for what is on a card's face.

    `begun` is the moment from which the generations are dated. Anything is made when it is first needed.
    """

    def __init__(self, *, ocsp_base_url: str, begun: datetime, pool: KeyPool, entropy: Callable[[int], bytes]) -> None:
        self.profiles = ProfileSet.sandbox(ocsp_base_url)
        self.entropy = entropy
        self.pool = pool
        self._begun = civil_date(begun)
        self._serials = {kind: count(len(CA_AGES) + 1) for kind in CertificateKind}
        self._generations: dict[CertificateKind, tuple[Generation, ...]] = {}
        self._responders: dict[tuple[str, date], Responder] = {}
        self._one_at_a_time = RLock()

    @property
    def face(self) -> FaceSigner:
        """Return who signs what is on a card's face."""
        return FaceSigner(self.pool.key("face-issuer"))

    def generations(self, kind: CertificateKind) -> tuple[Generation, ...]:
        """Return the generations of a CA, the former one first."""
        with self._one_at_a_time:
            if kind not in self._generations:
                numbered = enumerate(CA_AGES, start=1)
                self._generations[kind] = tuple(self._created(kind, number, age) for number, age in numbered)
            return self._generations[kind]

    def named(self, name: str) -> Generation | None:
        """Return the generation of a name, None if there is none."""
        every = (one for kind in CertificateKind for one in self.generations(kind))
        return next((one for one in every if one.name == name), None)

    def issuing(self, kind: CertificateKind, at: datetime) -> Generation:
        """Return the newest generation that is valid at a moment: it issues; raises `OutOfTime`."""
        generations = self.generations(kind)
        valid = [one for one in generations if one.covers(at)]
        if not valid:
            first = civil_date(issuer_of(generations[0].certificate).not_before)
            raise OutOfTime(at=civil_date(at), first=first, last=generations[-1].ends)
        return valid[-1]

    def serial(self, kind: CertificateKind) -> int:
        """Draw the next serial of a kind."""
        return next(self._serials[kind])

    def subject_id(self) -> str:
        """Draw an opaque subject name, which says nothing of the person (R-5.26)."""
        return self.entropy(SUBJECT_ID_BYTES).hex().upper()

    def certify(self, wish: Wish) -> Issued:
        """Issue a holder's certificate: prepared, linted, signed; raises `OutOfTime`, and what the lint refuses."""
        by = self.issuing(wish.kind, wish.not_before)
        return Issued(self._signed(self._prepared(wish, by), by), by)

    def responder(self, generation: Generation, at: datetime) -> Responder:
        """Return the responder that may answer for a generation on the day of a moment; raises `OutOfTime`."""
        day = civil_date(at)
        with self._one_at_a_time:
            if (generation.name, day) not in self._responders:
                self._responders[generation.name, day] = self._delegated(generation, day)
            return self._responders[generation.name, day]

    def _created(self, kind: CertificateKind, number: int, age: timedelta) -> Generation:
        first = self._begun - age
        signer = self.pool.signer("ca", kind, number)
        prepared = prepare_ca(
            self.profiles,
            kind=kind,
            public_key=signer.public_key,
            serial=number,
            not_before=first_second(first),
            not_after=last_second(first + CA_LIFE),
        )
        return Generation(kind, number, issue(lint(prepared, None), signer), signer)

    def _prepared(self, wish: Wish, by: Generation) -> Prepared:
        not_after = last_second(min(wish.expires, by.ends))
        if wish.kind is CertificateKind.SIGNATURE:
            return prepare_signature(
                self.profiles,
                issuer=by.certificate,
                public_key=wish.public_key,
                serial=wish.serial,
                subject_id=wish.subject_id,
                municipality=wish.municipality,
                attributes=wish.attributes,
                not_before=wish.not_before,
                not_after=not_after,
            )
        return prepare_authentication(
            self.profiles,
            issuer=by.certificate,
            public_key=wish.public_key,
            serial=wish.serial,
            subject_id=wish.subject_id,
            municipality=wish.municipality,
            not_before=wish.not_before,
            not_after=not_after,
        )

    def _delegated(self, generation: Generation, day: date) -> Responder:
        ca = issuer_of(generation.certificate)
        if not generation.covers(first_second(day)):
            raise OutOfTime(at=day, first=civil_date(ca.not_before), last=generation.ends)
        signer = self.pool.signer("ocsp-responder")
        prepared = prepare_ocsp_responder(
            self.profiles,
            issuer=generation.certificate,
            public_key=signer.public_key,
            serial=self.serial(generation.kind),
            not_before=first_second(day),
            not_after=min(last_second(day + RESPONDER_LIFE), ca.not_after),
        )
        return Responder(self._signed(prepared, generation), signer)

    def _signed(self, prepared: Prepared, by: Generation) -> bytes:
        return issue(lint(prepared, by.certificate), by.signer)
