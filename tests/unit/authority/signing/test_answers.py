from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.authority.signing.answers import LONGEST_ANSWER, MOST_SKEW, hold_answer, hold_responder
from openjpki.authority.signing.keys import KeyStore
from openjpki.authority.signing.purpose import NotToBeSigned
from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.certificate import prepare_ocsp_responder
from openjpki.pki.keys import FreshKeys, SignerFaulty, SoftwareSigner, key_identifier
from openjpki.pki.ocsp import MOST_ITEMS, NONCE, build_request, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer
from openjpki.pki.preparing import Prepared
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import ISSUED, hierarchy
from tests.support.lists import frame, to_be_signed
from tests.support.signing import PROFILES

MADE = hierarchy(CertificateKind.SIGNATURE, KeyAlgorithm.P384_SHA_384)
SPKI = MADE.responder_signer.public_key
NAME = "signature-1-ocsp-7-0123456789abcdef"
NOW = ISSUED + timedelta(hours=1)
QUARTER = timedelta(minutes=15)
REVOKED = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.KEY_COMPROMISE)


def clock() -> datetime:
    """Return the moment of these tests."""
    return NOW


class Capturing:
    """A `Signer` that keeps what it was to sign."""

    algorithm = MADE.responder_signer.algorithm
    public_key = SPKI
    captured = b""

    def sign(self, to_be_signed: bytes) -> bytes:
        """Keep it."""
        self.captured = to_be_signed
        return b"s"


def real(*statuses: StatusAnswer, nonce: bytes | None = None) -> bytes:
    """Return what a responder has signed when it answers."""
    signer = Capturing()
    with suppress(SignerFaulty):
        build_answer(
            request=parse_request(build_request([(MADE.holder, MADE.ca)] * len(statuses), nonce)),
            statuses=statuses,
            responder_certificate=MADE.responder,
            issuer=MADE.ca,
            signer=signer,
            produced_at=NOW,
            this_update=NOW,
            next_update=NOW + QUARTER,
        )
    return signer.captured


@pytest.mark.parametrize("nonce", [None, b"n" * 32])
@pytest.mark.parametrize(
    "statuses",
    [
        (StatusAnswer(status="good"),),
        (StatusAnswer(status="unknown"),),
        (REVOKED,),
        (StatusAnswer(status="revoked", revoked_at=NOW, reason=RevocationReason.UNSPECIFIED),),
        (StatusAnswer(status="good"),) * MOST_ITEMS,
    ],
)
def test_what_a_responder_says_is_signed(statuses: tuple[StatusAnswer, ...], nonce: bytes | None) -> None:
    """RFC 6960 §4.2.1: every answer that the responder builds is let through."""
    hold_answer(NAME, SPKI, real(*statuses, nonce=nonce), clock)
    hold_answer(NAME, SPKI, real(*statuses, nonce=nonce), None)


def built(
    *,
    responder: bytes = key_identifier(SPKI),
    produced_at: datetime = NOW,
    this_update: datetime = NOW,
    next_update: datetime = NOW + QUARTER,
    status: bytes = der.tlv(0x80),
    count: int = 1,
    inside: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a ResponseData in which one thing may be otherwise."""
    identifier = der.sequence(der.sequence(), der.octet_string(bytes(20)), der.octet_string(bytes(20)), der.integer(7))
    ends = der.tlv(der.context(0), der.generalized_time(next_update))
    single = der.sequence(identifier, status, der.generalized_time(this_update), ends, inside)
    return der.sequence(
        der.tlv(der.context(2), der.octet_string(responder)),
        der.generalized_time(produced_at),
        der.sequence(*[single] * count),
        after,
    )


def revoked(at: datetime, *reason: bytes) -> bytes:
    """Return a revoked status."""
    return der.tlv(der.context(1), der.generalized_time(at), *reason)


def extensions(*found: bytes) -> bytes:
    """Return the extensions of an answer."""
    return der.tlv(der.context(1), der.sequence(*found))


SECOND = timedelta(seconds=1)
OTHER_EXTENSION = der.extension(der.object_identifier("1.3.6.1.5.5.7.48.1.9"), b"\x05\x00")
TOO_LONG_NONCE = der.extension(der.object_identifier(NONCE), der.octet_string(bytes(129)))


def test_the_same_by_hand() -> None:
    """The form of these tests is the right one: what follows is refused for what it says."""
    hold_answer(NAME, SPKI, built(), clock)
    hold_answer(NAME, SPKI, built(next_update=NOW + LONGEST_ANSWER), clock)
    hold_answer(NAME, SPKI, built(status=revoked(NOW, der.tlv(der.context(0), der.integer(6, der.ENUMERATED)))), clock)
    later = {"produced_at": NOW + MOST_SKEW, "this_update": NOW, "next_update": NOW + QUARTER}
    hold_answer(NAME, SPKI, built(**later), clock)  # type: ignore[arg-type]  # all are moments


@pytest.mark.parametrize(
    "make",
    [
        lambda: built(responder=key_identifier(MADE.ca_signer.public_key)),
        lambda: built(next_update=NOW + LONGEST_ANSWER + SECOND),
        lambda: built(next_update=NOW),
        lambda: built(this_update=NOW + SECOND),
        lambda: built(
            produced_at=NOW + MOST_SKEW + SECOND, this_update=NOW + MOST_SKEW, next_update=NOW + 2 * MOST_SKEW
        ),
        lambda: built(produced_at=NOW - MOST_SKEW - SECOND, this_update=NOW - 2 * MOST_SKEW),
        lambda: built(status=revoked(NOW + SECOND)),
        lambda: built(status=revoked(NOW, der.tlv(der.context(0), der.integer(8, der.ENUMERATED)))),
        lambda: built(status=der.tlv(0x80, b"\x00")),
        lambda: built(status=der.tlv(0x83)),
        lambda: built(count=0),
        lambda: built(count=MOST_ITEMS + 1),
        lambda: built(inside=extensions(OTHER_EXTENSION)),
        lambda: built(after=extensions(OTHER_EXTENSION)),
        lambda: built(after=extensions()),
        lambda: built(after=extensions(TOO_LONG_NONCE)),
        lambda: built(after=der.sequence()),
        lambda: built() + b"\x00",
        lambda: built(responder=b"").replace(der.octet_string(b""), der.octet_string(b"") + b"\x05\x00"),
        lambda: built().replace(b"Z", b"z"),
        lambda: built().replace(der.integer(7), der.tlv(der.INTEGER, b"\x7f" * 21)),
        lambda: to_be_signed(frame(MADE)),
    ],
)
def test_whatever_else_it_says_is_not_signed(make: Callable[[], bytes]) -> None:
    """T-27d: another's name, a longer life, another time, an unknown word, a byte too many."""
    with pytest.raises(NotToBeSigned):
        hold_answer(NAME, SPKI, make(), clock)


def test_a_cas_key_answers_nobody() -> None:
    """Its purposes are held elsewhere: this is about responders."""
    hold_answer("signature-ca-0123456789abcdef", SPKI, to_be_signed(frame(MADE)), clock)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """Return an empty keeper."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase for tests")
    passphrase.chmod(0o600)
    return KeyStore(tmp_path / "keys", passphrase, FreshKeys())


def certificate(public_key: bytes, serial: int) -> Prepared:
    """Return a responder's certificate that is to be signed."""
    return prepare_ocsp_responder(
        PROFILES,
        issuer=MADE.ca,
        public_key=public_key,
        serial=serial,
        not_before=ISSUED,
        not_after=ISSUED + timedelta(days=30),
    )


CA_NAME = "signature-ca-0123456789abcdef"


@pytest.mark.parametrize("generation", [1, 7])
def test_a_responders_key_is_one_that_is_kept(store: KeyStore, generation: int) -> None:
    """A key that was made here for this responder, of whichever CA generation, is certified."""
    name = store.make(f"signature-{generation}-ocsp-12", KeyAlgorithm.P384_SHA_384)

    hold_responder(store, CA_NAME, certificate(store.signer(name).public_key, 12).to_be_signed)


@pytest.mark.parametrize("whose", ["a stranger's", "another serial's", "the other kind's"])
def test_no_other_key_may_answer(store: KeyStore, whose: str) -> None:
    """T-27d: whoever may ask for certificates cannot have one that lets a key outside answer for the CA."""
    kind = "authentication" if whose == "the other kind's" else "signature"
    name = store.make(f"{kind}-1-ocsp-12", KeyAlgorithm.P384_SHA_384)
    public_key = store.signer(name).public_key
    if whose == "a stranger's":
        public_key = SoftwareSigner(FreshKeys().generate(KeyAlgorithm.P384_SHA_384)).public_key
    serial = 13 if whose == "another serial's" else 12

    with pytest.raises(NotToBeSigned):
        hold_responder(store, CA_NAME, certificate(public_key, serial).to_be_signed)


def test_other_certificates_are_not_held_here(store: KeyStore) -> None:
    """A holder's certificate, and what is no certificate, has its own rules."""
    holder = x509.load_der_x509_certificate(MADE.holder)

    hold_responder(store, CA_NAME, holder.tbs_certificate_bytes)
    hold_responder(store, CA_NAME, to_be_signed(frame(MADE)))
