"""One CA of each kind with its responder and what it issued, made in memory for tests of every room."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.certificate import (
    issue,
    lint,
    prepare_authentication,
    prepare_ca,
    prepare_ocsp_responder,
    prepare_signature,
)
from openjpki.pki.crl import RevokedEntry, build_crl
from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import CertificateKind, Sex
from openjpki.rules.person import CertifiedAttributes, Municipality
from tests.support.keys import pooled_signer

BASE_URL = "http://127.0.0.1:8480"
ISSUED = datetime(2026, 1, 5, 3, 4, 5, tzinfo=UTC)
"""2026-01-05 12:04:05 in Japan: when everything here is issued."""
EXPIRES = datetime(2030, 2, 17, 14, 59, 59, tzinfo=UTC)
"""23:59:59 on the holder's birthday in Japan."""
CA_EXPIRES = datetime(2036, 1, 4, 14, 59, 59, tzinfo=UTC)
RESPONDER_EXPIRES = datetime(2026, 4, 4, 14, 59, 59, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

WAKABA = Municipality(
    code="99201", prefecture="美本県", name="若葉市", prefecture_romaji="Mihon-ken", name_romaji="Wakaba-shi"
)
AOBA = Municipality(
    code="99202", prefecture="美本県", name="青葉市", prefecture_romaji="Mihon-ken", name_romaji="Aoba-shi"
)
TARO = CertifiedAttributes(
    name="見本　太郎",
    name_substitutions="00001",
    address="美本県若葉市一丁目２番３号",
    address_substitutions="0000000000000",
    birth_date=date(1980, 2, 17),
    sex=Sex.MALE,
)
SUBJECT_ID = "0123456789ABCDEF99201003A"
HOLDER_SERIAL, RESPONDER_SERIAL = 1001, 2


@dataclass(frozen=True)
class Hierarchy:
    """A CA and its keys. Positions in the key pool: 0 the CA, 1 the responder, 2 the holder."""

    kind: CertificateKind = CertificateKind.SIGNATURE
    algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256
    profiles: ProfileSet = field(repr=False, kw_only=True)
    ca_position: int = field(default=0, kw_only=True)
    """Another position makes another CA of the same name: a next generation, or a look-alike."""
    shift: timedelta = field(default=timedelta(), kw_only=True)
    """Whole days by which everything is issued later, for programs that only know the real time."""

    def signer(self, position: int) -> SoftwareSigner:
        """Return the signer at a position of the pool."""
        return pooled_signer(position, self.algorithm)

    @property
    def ca_signer(self) -> SoftwareSigner:
        """Return the CA's key."""
        return self.signer(self.ca_position)

    @property
    def ca(self) -> bytes:
        """Return the CA certificate, DER."""
        return _ca(self)

    @property
    def responder_signer(self) -> SoftwareSigner:
        """Return the OCSP responder's key."""
        return self.signer(1)

    @property
    def responder(self) -> bytes:
        """Return the delegated OCSP responder's certificate, DER."""
        return _responder(self)

    @property
    def holder_signer(self) -> SoftwareSigner:
        """Return the holder's key, which in life never leaves the card."""
        return self.signer(2)

    @property
    def holder(self) -> bytes:
        """Return the holder's certificate of this hierarchy's kind, DER."""
        return self.holder_with(HOLDER_SERIAL)

    def holder_with(
        self, serial: int, *, municipality: Municipality = WAKABA, attributes: CertifiedAttributes = TARO
    ) -> bytes:
        """Return a holder's certificate, DER."""
        return _holder(self, serial, municipality, attributes)

    def crl(
        self,
        *entries: RevokedEntry,
        municipality: Municipality | None = WAKABA,
        number: int = 1,
        this_update: datetime | None = None,
        next_update: datetime | None = None,
    ) -> bytes:
        """Return a signed list, DER (of no municipality: that of the CA's own certificate); made an hour after the certificates, good for a day, unless said otherwise."""
        first = this_update or ISSUED + self.shift + HOUR
        return build_crl(
            self.profiles,
            issuer=self.ca,
            signer=self.ca_signer,
            municipality=municipality,
            number=number,
            this_update=first,
            next_update=next_update or first + DAY,
            entries=entries,
        )

    def answer(
        self,
        status: StatusAnswer,
        *,
        nonce: bytes | None = None,
        produced_at: datetime | None = None,
        lives: timedelta = HOUR,
        hash_name: str = "sha1",
    ) -> bytes:
        """Return a signed OCSP answer about the holder, DER; made an hour after its certificate, unless said otherwise."""
        at = produced_at or ISSUED + self.shift + HOUR
        request = build_request([(self.holder, self.ca)], nonce, hash_name=hash_name)
        return build_answer(
            request=parse_request(request),
            statuses=[status],
            responder_certificate=self.responder,
            issuer=self.ca,
            signer=self.responder_signer,
            produced_at=at,
            this_update=at,
            next_update=at + lives,
        )


def hierarchy(
    kind: CertificateKind = CertificateKind.SIGNATURE,
    algorithm: KeyAlgorithm = KeyAlgorithm.RSA_2048_SHA_256,
    *,
    ca_position: int = 0,
    shift: timedelta = timedelta(),
) -> Hierarchy:
    """Return a sandbox hierarchy."""
    profiles = ProfileSet.sandbox(BASE_URL, algorithm=algorithm)
    return Hierarchy(kind, algorithm, profiles=profiles, ca_position=ca_position, shift=shift)


@lru_cache
def _ca(made: Hierarchy) -> bytes:
    prepared = prepare_ca(
        made.profiles,
        kind=made.kind,
        public_key=made.ca_signer.public_key,
        serial=1,
        not_before=ISSUED + made.shift,
        not_after=CA_EXPIRES + made.shift,
    )
    return issue(lint(prepared, None), made.ca_signer)


@lru_cache
def _responder(made: Hierarchy) -> bytes:
    prepared = prepare_ocsp_responder(
        made.profiles,
        issuer=made.ca,
        public_key=made.responder_signer.public_key,
        serial=RESPONDER_SERIAL,
        not_before=ISSUED + made.shift,
        not_after=RESPONDER_EXPIRES + made.shift,
    )
    return issue(lint(prepared, made.ca), made.ca_signer)


@lru_cache
def _holder(made: Hierarchy, serial: int, municipality: Municipality, attributes: CertifiedAttributes) -> bytes:
    if made.kind is CertificateKind.SIGNATURE:
        prepared = prepare_signature(
            made.profiles,
            issuer=made.ca,
            public_key=made.holder_signer.public_key,
            serial=serial,
            subject_id=SUBJECT_ID,
            municipality=municipality,
            attributes=attributes,
            not_before=ISSUED + made.shift,
            not_after=EXPIRES + made.shift,
        )
    else:
        prepared = prepare_authentication(
            made.profiles,
            issuer=made.ca,
            public_key=made.holder_signer.public_key,
            serial=serial,
            subject_id=SUBJECT_ID,
            municipality=municipality,
            not_before=ISSUED + made.shift,
            not_after=EXPIRES + made.shift,
        )
    return issue(lint(prepared, made.ca), made.ca_signer)
