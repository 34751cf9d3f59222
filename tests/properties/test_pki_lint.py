"""No bit of a certificate, a list or an answer may be another without a rule that says so, but those that are free."""

from functools import lru_cache

from asn1crypto import crl, ocsp
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki import der
from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile
from tests.support.hierarchy import DAY, EXPIRES, HOLDER_SERIAL, HOUR, ISSUED, RESPONDER_EXPIRES, SUBJECT_ID, TARO
from tests.unit.pki.lint import answers, lists
from tests.unit.pki.lint.tampering import specimen

SINCE, UNTIL = der.time(ISSUED), der.time(EXPIRES)
PERSON = (TARO.name, TARO.name_substitutions, TARO.address, TARO.address_substitutions, "319800217")
FREE: dict[Profile, tuple[bytes, ...]] = {
    Profile.SIGNATURE_CA: (der.integer(1), SINCE, b"360104145959Z"),
    Profile.AUTHENTICATION_CA: (der.integer(1), SINCE, b"360104145959Z"),
    Profile.SIGNATURE: (
        der.integer(HOLDER_SERIAL),
        SINCE,
        UNTIL,
        SUBJECT_ID.encode(),
        *(one.encode() for one in PERSON),
    ),
    Profile.AUTHENTICATION: (
        *(der.integer(HOLDER_SERIAL), SINCE, UNTIL, SUBJECT_ID.encode()),
        *(b"Mihon-ken", b"Wakaba-shi"),
    ),
    Profile.OCSP_RESPONDER: (der.integer(2), SINCE, der.time(RESPONDER_EXPIRES)),
}
"""What no rule of the profile can know: a number, moments within their bounds, an opaque name, a person, a town."""

PLACES, BITS = st.integers(min_value=0), st.integers(min_value=0, max_value=7)


@lru_cache
def held(raw: bytes, free: tuple[bytes, ...]) -> tuple[int, ...]:
    """Return the places of the bytes that a rule holds: all but the contents that are free."""
    loose: set[int] = set()
    for content in free:
        at = raw.find(content)
        assert at >= 0
        while at >= 0:
            loose.update(range(at, at + len(content)))
            at = raw.find(content, at + 1)
    return tuple(place for place in range(len(raw)) if place not in loose)


def flipped(raw: bytes, free: tuple[bytes, ...], place: int, bit: int) -> bytes:
    """Return the bytes with one held bit fallen over."""
    places = held(raw, free)
    other = bytearray(raw)
    other[places[place % len(places)]] ^= 1 << bit
    return bytes(other)


@given(st.sampled_from(Profile), PLACES, BITS)
def test_every_held_bit_of_a_certificate_has_its_rule(profile: Profile, place: int, bit: int) -> None:
    """docs/certificates.md §1 to §6, §9: whatever bit falls over, it is found and not signed, and the lint never breaks."""
    made, raw, issuer = specimen(profile)

    assert examine(made.profiles, profile, flipped(raw, FREE[profile], place, bit), issuer)[0]


BODY: bytes = crl.CertificateList.load(lists.RIGHT)["tbs_cert_list"].dump()
LINES: bytes = crl.CertificateList.load(lists.RIGHT)["tbs_cert_list"]["revoked_certificates"].contents
LIST_FREE = (LINES, der.integer(12), der.time(ISSUED + HOUR), der.time(ISSUED + HOUR + DAY))


@given(PLACES, BITS)
def test_every_held_bit_of_a_list_has_its_rule(place: int, bit: int) -> None:
    """docs/certificates.md §7: outside of entries, number and moments whatever bit falls over is found, though it is signed."""
    assert lists.codes(lists.signed(flipped(BODY, LIST_FREE, place, bit)))


DATA: bytes = ocsp.OCSPResponse.load(answers.RIGHT)["response_bytes"]["response"].parsed["tbs_response_data"].dump()
ANSWER_FREE = (
    *(der.generalized_time(moment) for moment in (ISSUED, ISSUED + HOUR, ISSUED + 2 * HOUR)),
    *(der.integer(HOLDER_SERIAL), der.tlv(der.context(0), der.integer(4, der.ENUMERATED))),
)


@given(PLACES, BITS)
def test_every_held_bit_of_an_answer_has_its_rule(place: int, bit: int) -> None:
    """docs/certificates.md §8: outside of serial, moments and reason whatever bit falls over is found, though it is signed."""
    assert answers.codes(answers.resigned(DATA, flipped(DATA, ANSWER_FREE, place, bit)))
