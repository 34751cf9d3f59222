from typing import Any

import pytest
from asn1crypto import core, ocsp

from openjpki.pki import der
from openjpki.pki.ocsp import (
    MOST_ITEMS,
    MOST_NONCE_BYTES,
    MOST_REQUEST_BYTES,
    MalformedRequest,
    OcspRequest,
    build_request,
    certificate_id,
    issuer_hashes,
    parse_request,
)
from tests.support.hierarchy import HOLDER_SERIAL, Hierarchy, hierarchy

SHA1 = bytes.fromhex("06052b0e03021a")
NONCE = bytes.fromhex("06092b0601050507300102")


def cert_id(algorithm: bytes = SHA1 + b"\x05\x00", size: int = 20, serial: bytes = b"\x01") -> bytes:
    """Return a CertID of our own making."""
    return der.sequence(
        der.sequence(algorithm), der.octet_string(bytes(size)), der.octet_string(bytes(size)), der.tlv(2, serial)
    )


def request(*items: bytes, extensions: bytes = b"", head: bytes = b"", tail: bytes = b"") -> bytes:
    """Return an OCSPRequest of our own making."""
    return der.sequence(der.sequence(head, der.sequence(*items), extensions), tail)


def extension(oid: bytes, value: bytes, *, critical: bool = False) -> bytes:
    """Return requestExtensions with one extension."""
    return der.tlv(0xA2, der.sequence(der.extension(oid, value, critical=critical)))


ITEM = der.sequence(cert_id())


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("nonce", [None, b"n", bytes(range(128))])
def test_what_is_asked_is_what_is_read(each: Hierarchy, hash_name: str, nonce: bytes | None) -> None:
    """RFC 6960 §4.1.1: issuer name hash, issuer key hash, serial; the nonce comes back."""
    read = parse_request(build_request([(each.holder, each.ca)], nonce, hash_name=hash_name))
    (item,) = read.items

    assert read.nonce == nonce
    assert (item.hash_name, item.serial) == (hash_name, HOLDER_SERIAL)
    assert (item.issuer_name_hash, item.issuer_key_hash) == issuer_hashes(each.ca, hash_name)
    assert item.identifier == certificate_id(each.holder, each.ca, hash_name)
    assert item.is_of(each.ca)


def test_a_question_is_about_one_issuer_key(made: Hierarchy, authentication: Hierarchy) -> None:
    """docs/certificates.md §2: a generation of the same name, or the other hierarchy, is another issuer."""
    (item,) = parse_request(build_request([(made.holder, made.ca)], None)).items

    assert not item.is_of(hierarchy(ca_position=3).ca)
    assert not item.is_of(authentication.ca)


def test_several_certificates_are_asked_about_at_once(made: Hierarchy, authentication: Hierarchy) -> None:
    """RFC 6960 §4.1.1: items keep their order."""
    pairs = [(made.holder, made.ca), (authentication.holder, authentication.ca), (made.holder_with(9), made.ca)]
    items = parse_request(build_request(pairs, None)).items

    assert [item.serial for item in items] == [HOLDER_SERIAL, HOLDER_SERIAL, 9]
    assert [item.is_of(made.ca) for item in items] == [True, False, True]


def test_another_encoder_is_understood(made: Hierarchy) -> None:
    """Version, requestor name, request extensions and single extensions, as asn1crypto writes them."""
    name_hash, key_hash = issuer_hashes(made.ca, "sha1")
    single: dict[str, Any] = {
        "req_cert": {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": name_hash,
            "issuer_key_hash": key_hash,
            "serial_number": HOLDER_SERIAL,
        },
        "single_request_extensions": [
            {"extn_id": "1.2.3.4", "critical": False, "extn_value": core.ParsableOctetString(b"\x05\x00")}
        ],
    }
    asked = ocsp.OCSPRequest(
        {
            "tbs_request": {
                "requestor_name": ocsp.GeneralName("dns_name", "verifier.invalid"),
                "request_list": [single],
                "request_extensions": [{"extn_id": "nonce", "critical": False, "extn_value": b"0123456789abcdef"}],
            }
        }
    ).dump()

    read = parse_request(asked)
    assert read.items[0].is_of(made.ca)
    assert read.nonce == b"0123456789abcdef"


@pytest.mark.parametrize("parameters", [b"", b"\x05\x00"], ids=["absent", "null"])
def test_hash_parameters_may_be_absent_or_null(parameters: bytes) -> None:
    """RFC 4055 §2.1: both are accepted; the identifier is repeated as it was asked."""
    item = parse_request(request(der.sequence(cert_id(SHA1 + parameters)))).items[0]

    assert item.identifier == cert_id(SHA1 + parameters)


def test_other_extensions_are_passed_over() -> None:
    """RFC 6960 §4.4: an extension that is not critical may be ignored."""
    other = der.object_identifier("1.3.6.1.5.5.7.48.1.4")

    assert parse_request(request(ITEM, extensions=extension(other, der.sequence()))) == OcspRequest(
        items=parse_request(request(ITEM)).items, nonce=None
    )


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"GET / HTTP/1.1",
        request(),
        request(ITEM) + b"\x00",
        request(*[ITEM] * (MOST_ITEMS + 1)),
        request(ITEM, extensions=extension(NONCE, der.octet_string(b""))),
        request(ITEM, extensions=extension(NONCE, der.octet_string(bytes(MOST_NONCE_BYTES + 1)))),
        request(ITEM, extensions=extension(NONCE, bytes(16))),
        request(ITEM, extensions=extension(NONCE, der.octet_string(b"n") + b"\x05\x00")),
        request(ITEM, extensions=der.tlv(0xA2, der.sequence(*[der.extension(NONCE, der.octet_string(b"n"))] * 2))),
        request(ITEM, extensions=extension(der.object_identifier("1.2.3.4"), b"\x05\x00", critical=True)),
        request(ITEM, extensions=der.tlv(0xA3, b"")),
        request(ITEM, tail=b"\x05\x00"),
        request(der.sequence(cert_id(size=19))),
        request(der.sequence(cert_id(size=32))),
        request(der.sequence(cert_id(serial=b""))),
        request(der.sequence(cert_id(serial=b"\x00\x01"))),
        request(der.sequence(cert_id(serial=bytes([1]) * 21))),
        request(der.sequence(cert_id(der.object_identifier("1.2.840.113549.2.5") + b"\x05\x00", 16))),
        request(der.sequence(cert_id(SHA1 + b"\x04\x00"))),
        request(der.sequence(cert_id(SHA1 + b"\x05\x00\x05\x00"))),
        request(der.sequence(cert_id(), b"\x05\x00")),
        bytes(MOST_REQUEST_BYTES + 1),
    ],
    ids=["empty", "http", "no-item", "trailing", "items", "nonce-0", "nonce-129", "nonce-raw", "nonce-trailing",
         "nonce-twice", "critical", "unknown-field", "unknown-tail", "hash-19", "hash-32", "serial-0", "serial-padded",
         "serial-21", "md5", "parameters", "parameters-twice", "item-tail", "size"],
)  # fmt: skip
def test_what_is_not_answered_here_is_malformed(asked: bytes) -> None:
    """RFC 6960 §2.3: bounded in size, items, nonce (RFC 9654 §2.1) and hash; strict DER; no unknown critical part."""
    with pytest.raises(MalformedRequest):
        parse_request(asked)


def test_the_bounds_themselves_are_answered() -> None:
    """The most items fit into the most bytes."""
    largest = request(*[ITEM] * MOST_ITEMS, extensions=extension(NONCE, der.octet_string(bytes(MOST_NONCE_BYTES))))

    assert len(largest) < MOST_REQUEST_BYTES
    assert len(parse_request(largest).items) == MOST_ITEMS


@pytest.mark.parametrize("nonce", [b"", bytes(MOST_NONCE_BYTES + 1)])
def test_nobody_asks_with_a_nonce_out_of_bounds(made: Hierarchy, nonce: bytes) -> None:
    """RFC 9654 §2.1: 1 to 128 bytes."""
    with pytest.raises(ValueError, match="nonce"):
        build_request([(made.holder, made.ca)], nonce)


@pytest.mark.parametrize("times", [0, MOST_ITEMS + 1])
def test_nobody_asks_about_none_or_too_many(made: Hierarchy, times: int) -> None:
    """A question is about 1 to 20 certificates."""
    with pytest.raises(ValueError, match="certificates"):
        build_request([(made.holder, made.ca)] * times, None)
