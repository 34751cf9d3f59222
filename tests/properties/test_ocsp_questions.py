from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki import der
from openjpki.pki.ocsp import MalformedRequest, OcspRequest, _plain, _request, certificate_id, parse_request
from tests.support.hierarchy import hierarchy

MADE = hierarchy()
HASHES = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}  # noqa: S303  -- of identifiers


def plain(hash_name: str, serial: int) -> bytes:
    """Return the question about one serial of the CA, and nothing else."""
    begins = der.Reader(certificate_id(MADE.holder, MADE.ca, hash_name)).inside(der.SEQUENCE)
    parts = (begins.whole(der.SEQUENCE), begins.whole(der.OCTET_STRING), begins.whole(der.OCTET_STRING))
    return der.sequence(der.sequence(der.sequence(der.sequence(der.sequence(*parts, der.integer(serial))))))


QUESTIONS = st.builds(plain, st.sampled_from(sorted(HASHES)), st.integers(0, 2**159 - 1))


def read(reader: Callable[[bytes], OcspRequest | None], question: bytes) -> OcspRequest | str | None:
    """Return what a reader finds; a question that is malformed is one word."""
    try:
        return reader(question)
    except (der.NotDer, MalformedRequest):
        return "malformed"


@given(QUESTIONS)
def test_what_nearly_everybody_asks_is_read_at_once(question: bytes) -> None:
    """The short way is taken, says what the long one says, and what another library says."""
    found, theirs = _plain(question), ocsp.load_der_ocsp_request(question)

    assert isinstance(found, OcspRequest)
    assert found == _request(question) == parse_request(question)
    (item,) = found.items
    assert (item.serial, item.issuer_name_hash, item.issuer_key_hash, item.hash_name) == (
        theirs.serial_number,
        theirs.issuer_name_hash,
        theirs.issuer_key_hash,
        theirs.hash_algorithm.name,
    )


@given(QUESTIONS, st.data())
def test_a_changed_question_is_read_alike(question: bytes, data: st.DataObject) -> None:
    """Whatever bytes are changed, cut out or put in: the short way says nothing else than the long one, or nothing."""
    at = data.draw(st.integers(0, len(question)))
    cut = data.draw(st.integers(0, 3))
    changed = question[:at] + data.draw(st.binary(max_size=3)) + question[at + cut :]
    short = read(_plain, changed)

    assert short is None or short == read(_request, changed)


@given(st.binary(max_size=140))
def test_any_bytes_are_read_alike(question: bytes) -> None:
    """The same of bytes that are no question."""
    short = read(_plain, question)

    assert short is None or short == read(_request, question)


def test_what_the_library_asks_is_read() -> None:
    """The other way round: a question built by the library, by either hash."""
    holder, ca = x509.load_der_x509_certificate(MADE.holder), x509.load_der_x509_certificate(MADE.ca)
    for name, algorithm in HASHES.items():
        built = ocsp.OCSPRequestBuilder().add_certificate(holder, ca, algorithm).build()
        (item,) = parse_request(built.public_bytes(Encoding.DER)).items
        assert (item.serial, item.hash_name, item.is_of(MADE.ca)) == (holder.serial_number, name, True)
