import pytest

from openjpki.pki import der
from openjpki.pki.ocsp import MalformedRequest, parse_request
from tests.unit.pki.test_ocsp import ITEM, request

SIGNED = der.sequence(der.sequence(), der.bit_string(b"s"))


def test_a_signature_is_read() -> None:
    """RFC 6960 §4.1.1: a signed request is read with what was signed; whether it must be is the responder's rule."""
    plain = request(ITEM)
    read = parse_request(request(ITEM, tail=der.tlv(0xA0, SIGNED)))

    assert read.items == parse_request(plain).items
    assert read.signature is not None
    assert (read.signature.to_be_signed, read.signature.signature) == (
        der.Reader(plain).inside(der.SEQUENCE).whole(der.SEQUENCE),
        b"s",
    )
    assert read.signature.certificates == ()


@pytest.mark.parametrize(
    "tail",
    [
        der.tlv(0xA0, der.sequence()),
        der.tlv(0xA0, SIGNED, b"\x05\x00"),
        der.tlv(0xA1, SIGNED),
        der.tlv(0xA0, SIGNED) * 2,
        der.tlv(0xA0, der.sequence(der.sequence(), b"\x03\x02\x01s")),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), b"\x05\x00")),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), der.tlv(0xA0, der.sequence(), b"\x05\x00"))),
        der.tlv(0xA0, der.sequence(der.sequence(), der.bit_string(b"s"), der.tlv(0xA0, der.sequence(*[ITEM] * 5)))),
    ],
)
def test_a_signature_is_read_to_its_end(tail: bytes) -> None:
    """X.690: whatever is not of its form, or more than a signature and four certificates, is malformed."""
    with pytest.raises(MalformedRequest):
        parse_request(request(ITEM, tail=tail))
