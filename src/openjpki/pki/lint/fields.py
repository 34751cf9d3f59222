"""Rules about the plain fields: version, serial, algorithm, validity, public key."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from math import gcd, prod

from cryptography.hazmat.primitives.asymmetric import rsa

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey, load_public_key
from openjpki.pki.lint.finding import rule
from openjpki.pki.lint.specimen import Specimen
from openjpki.pki.profiles import Profile

MOST_SERIAL_OCTETS = 20
"""Of a serial number (RFC 5280 §4.1.2.2)."""
DAYS_PER_YEAR = 366
"""Generous on purpose: the exact day is decided by `rules.validity`; this is a wall behind it."""
LEAST_BYTES, MOST_BYTES = 256, 60_000
"""Readers take the length of a certificate on the card from `30 82 LL LL` (OpenSC): two length octets, no other."""
SMALL_PRIMES = prod(p for p in range(3, 752, 2) if all(p % q for q in range(3, int(p**0.5) + 1, 2)))


@rule("lint.der", "D")
def canonical(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1: a TBSCertificate is DER, one form for each value (X.690 §10)."""
    # What encodes itself again is not as it was parsed any more. A copy would be; it costs twice as much as all else.
    if specimen.tbs.dump(force=True) != specimen.raw:
        yield "encoding it again gives other bytes"


@rule("lint.version", "C")
def version(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.1: the version is 3, because there are extensions."""
    if specimen.tbs["version"].native != "v3":
        yield "version is not 3"


@rule("lint.serial", "I")
def serial(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.2: the serial number is positive and at most 20 octets."""
    number = specimen.tbs["serial_number"]
    if number.native <= 0:
        yield "not positive"
    if len(number.contents) > MOST_SERIAL_OCTETS:
        yield "more than 20 octets"


@rule("lint.signature-algorithm", "C")
def signature_algorithm(specimen: Specimen) -> Iterator[str]:
    """RFC 4055 §5, RFC 5758 §3.2: the algorithm is the issuer key's, with NULL for RSA, nothing for ECDSA."""
    try:
        expected = KeyAlgorithm.of(specimen.issuer_key).identifier
    except UnsupportedKey:
        yield "the issuer's key is not supported"
        return
    if specimen.tbs["signature"].dump() != expected:
        yield "not the algorithm of the issuer's key"


@rule("lint.validity.order", "D")
def validity_order(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.5: validity begins before it ends."""
    if specimen.not_before >= specimen.not_after:
        yield "it ends before it begins"


@rule("lint.validity.encoding", "CI")
def validity_encoding(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.5: dates are UTCTime through 2049, GeneralizedTime from 2050, with seconds and Z."""
    for field in ("not_before", "not_after"):
        time = specimen.tbs["validity"][field]
        if time.dump() != der.time(time.native):
            yield f"{field} is in another form"


@rule("lint.validity.end-of-day", "C")
def end_of_day(specimen: Specimen) -> Iterator[str]:
    """Profile §9: validity ends at 23:59:59 Japanese time, 14:59:59 UTC (R-3.1)."""
    if f"{specimen.not_after.astimezone(UTC):%H%M%S}" != "145959":
        yield "not_after is not the last second of a Japanese day"


@rule("lint.validity.length", "CD")
def validity_length(specimen: Specimen) -> Iterator[str]:
    """Profile §9: no certificate is valid longer than its profile's wall (settings `…_at_most`)."""
    profiles = specimen.profiles
    if specimen.profile is Profile.OCSP_RESPONDER:
        days = profiles.responder_days_at_most
    elif specimen.profile.ca_kind:
        days = profiles.ca_years_at_most * DAYS_PER_YEAR
    else:
        days = profiles.holder_years_at_most * DAYS_PER_YEAR
    if specimen.not_after - specimen.not_before > timedelta(days=days):
        yield f"more than {days} days"


@rule("lint.validity.issuer", "U")
def within_issuer(specimen: Specimen) -> Iterator[str]:
    """Profile §9: no certificate outlives its issuer's (setting `cap_by_ca_generation`), nor begins before it."""
    validity = specimen.authority["validity"]
    if specimen.not_before < validity["not_before"].native:
        yield "it begins before the issuer's certificate"
    if specimen.profiles.cap_by_ca_generation and specimen.not_after > validity["not_after"].native:
        yield "it ends after the issuer's certificate"


@rule("lint.public-key.algorithm", "C")
def public_key_algorithm(specimen: Specimen) -> Iterator[str]:
    """Profile §1: the key is RSA-2048 with exponent 65537, or P-384 where the profile set says so."""
    try:
        load_public_key(specimen.public_key)
        algorithm = KeyAlgorithm.of(specimen.public_key)
    except UnsupportedKey:
        yield "not a supported key in DER"
        return
    if algorithm is not specimen.profiles.algorithm:
        yield f"{algorithm.value} is not this profile set's"


@rule("lint.public-key.factors", "D")
def public_key_factors(specimen: Specimen) -> Iterator[str]:
    """NIST SP 800-89 §5.3.3: an RSA modulus is odd and has no factor below 752: broken generators are caught."""
    try:
        key = load_public_key(specimen.public_key)
    except UnsupportedKey:
        return
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers().n
        if modulus % 2 == 0 or gcd(modulus, SMALL_PRIMES) != 1:
            yield "the modulus has a small factor"


@rule("lint.public-key.own", "D")
def public_key_own(specimen: Specimen) -> Iterator[str]:
    """Profile §1: nobody but a CA carries the CA's key, with which a holder could issue."""
    if not specimen.self_signed and specimen.public_key == specimen.issuer_key:
        yield "it is the issuer's key"


@rule("lint.unique-identifiers", "C")
def unique_identifiers(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.8: names are not told apart by unique identifiers: there are none."""
    for field in ("issuer_unique_id", "subject_unique_id"):
        if specimen.tbs[field].native is not None:
            yield f"{field} is there"


@rule("lint.size", "C")
def size(specimen: Specimen) -> Iterator[str]:
    """Profile §1: the certificate is encoded as `30 82 LL LL`, which readers of the card rely on (OpenSC)."""
    if not LEAST_BYTES <= len(specimen.raw) <= MOST_BYTES:
        yield f"{len(specimen.raw)} bytes"


FIELD_RULES = (
    version,
    serial,
    signature_algorithm,
    validity_order,
    validity_encoding,
    validity_length,
    within_issuer,
    public_key_algorithm,
    public_key_factors,
    public_key_own,
    unique_identifiers,
    size,
)
