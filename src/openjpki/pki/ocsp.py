"""The question about a certificate's status: made by a verifier, read by a responder (RFC 6960 §4.1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from asn1crypto.keys import PublicKeyInfo

from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.issuer import issuer_of, load_certificate
from openjpki.pki.ocsp_signature import RequestSignature, read_signature

MOST_REQUEST_BYTES: Final = 8_192
"""A question of the most items with a signature and its certificate stays below; more is an attack on memory."""
MOST_ITEMS: Final = 20
"""One answer costs one lookup for each item: a bound on the work of one question."""
MOST_NONCE_BYTES: Final = 128
"""RFC 9654 §2.1: 1 to 128 octets; longer or empty ones are malformed (RFC 8954 had 32)."""
MOST_SERIAL_BYTES: Final = 20
"""Of a serial number (RFC 5280 §4.1.2.2)."""

NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
HASH_NAMES: Final = ("sha1", "sha256")
"""Of certificate identifiers: SHA-1 is what RFC 5019 clients send; it identifies, it does not protect."""

_HASH_IDENTIFIERS = {
    "sha1": der.object_identifier("1.3.14.3.2.26"),
    "sha256": der.object_identifier("2.16.840.1.101.3.4.2.1"),
}
_NONCE = der.object_identifier(NONCE)
_NULL = b"\x05\x00"


class MalformedRequest(Failure):
    """The bytes are no OCSP request that is answered here; the answer to it is `malformedRequest`."""

    code = "ocsp.malformed-request"
    kind = Kind.USAGE
    ja = "OCSP要求として読み取れないか、要求が大きすぎます。"
    en = "This cannot be read as an OCSP request, or it is too large."


@dataclass(frozen=True, kw_only=True)
class RequestedStatus:
    """One certificate that is asked about."""

    issuer_name_hash: bytes
    issuer_key_hash: bytes
    hash_name: str
    """One of `HASH_NAMES`."""
    serial: int
    identifier: bytes = field(repr=False)
    """The CertID as asked, DER: an answer repeats it byte for byte."""

    def is_of(self, issuer: bytes) -> bool:
        """Tell whether the question is about a certificate of this issuer (its CA certificate, DER)."""
        return (self.issuer_name_hash, self.issuer_key_hash) == issuer_hashes(issuer, self.hash_name)


@dataclass(frozen=True, kw_only=True)
class OcspRequest:
    """A question about one or more certificates."""

    items: tuple[RequestedStatus, ...]
    nonce: bytes | None
    """1 to 128 octets, None if there is none."""
    signature: RequestSignature | None = None
    """Read, and not checked: whoever must know who asks checks it."""


@lru_cache(maxsize=64)
def issuer_hashes(issuer: bytes, hash_name: str) -> tuple[bytes, bytes]:
    """Return the hashes of an issuer's name and key that CertIDs use (RFC 6960 §4.1.1)."""
    ca = issuer_of(issuer)
    key_bits: bytes = PublicKeyInfo.load(ca.public_key)["public_key"].contents[1:]
    return _digest(hash_name, ca.name), _digest(hash_name, key_bits)


def build_request(
    certificates: Sequence[tuple[bytes, bytes]], nonce: bytes | None, *, hash_name: str = "sha1"
) -> bytes:
    """Return a question, DER, about (certificate, issuer certificate) pairs; the nonce is the caller's entropy."""
    if not 1 <= len(certificates) <= MOST_ITEMS:
        message = f"1 to {MOST_ITEMS} certificates are asked about at once"
        raise ValueError(message)
    if nonce is not None and not 1 <= len(nonce) <= MOST_NONCE_BYTES:
        message = f"a nonce has 1 to {MOST_NONCE_BYTES} bytes"
        raise ValueError(message)
    items = (der.sequence(certificate_id(*pair, hash_name)) for pair in certificates)
    return der.sequence(der.sequence(der.sequence(*items), _nonce_extensions(nonce)))


def certificate_id(certificate: bytes, issuer: bytes, hash_name: str) -> bytes:
    """Return the CertID of a certificate, DER."""
    name_hash, key_hash = issuer_hashes(issuer, hash_name)
    return der.sequence(
        der.sequence(_HASH_IDENTIFIERS[hash_name], _NULL),
        der.octet_string(name_hash),
        der.octet_string(key_hash),
        der.integer(load_certificate(certificate).serial_number),
    )


def parse_request(request: bytes) -> OcspRequest:
    """Read a question, DER; raise `MalformedRequest` for anything unread, oversized or critical and unknown.

    A signature over the request is read to its end and not checked here.
    """
    if len(request) > MOST_REQUEST_BYTES:
        raise MalformedRequest
    try:
        return _plain(request) or _request(request)
    except der.NotDer as error:
        raise MalformedRequest from error


def nonce_extension(nonce: bytes) -> bytes:
    """Return the nonce as an Extension: an OCTET STRING inside the extension's own (RFC 9654 §2.1)."""
    return der.extension(_NONCE, der.octet_string(nonce))


def _nonce_extensions(nonce: bytes | None) -> bytes:
    return b"" if nonce is None else der.tlv(der.context(2), der.sequence(nonce_extension(nonce)))


def _request(request: bytes) -> OcspRequest:
    outer = der.Reader(request)
    inner = outer.inside(der.SEQUENCE)
    outer.end()
    to_be_signed = inner.whole(der.SEQUENCE)
    signature = read_signature(to_be_signed, inner.inside(der.context(0))) if inner.more() else None
    inner.end()
    body = der.Reader(to_be_signed).inside(der.SEQUENCE)
    if body.next_is(der.context(1)):
        body.whole(der.context(1))
    items = _items(body.inside(der.SEQUENCE))
    nonce = None
    if body.next_is(der.context(2)):
        nonce = _known_extensions(body.inside(der.context(2)))
    body.end()
    return OcspRequest(items=items, nonce=nonce, signature=signature)


_OPENINGS = {
    size: bytes(octet for inner in range(2, 12, 2) for octet in (der.SEQUENCE, size - inner)) for size in range(12, 129)
}
"""The five SEQUENCEs around a CertID, by the length of a question that has nothing else and is short."""
_PLAIN = tuple(
    (name, der.sequence(identifier, _NULL) + bytes((der.OCTET_STRING, size)), size)
    for (name, identifier), size in zip(_HASH_IDENTIFIERS.items(), (20, 32), strict=True)
)


def _plain(request: bytes) -> OcspRequest | None:
    """Read the question that nearly everybody asks: one CertID and nothing else; None for every other, sound or not.

    It says of these what `_request` says of them (a test holds the two against each other), in a tenth of the time.
    """
    if request[:10] != _OPENINGS.get(len(request)):
        return None
    for name, begins, size in _PLAIN:
        if not request.startswith(begins, 10):
            continue
        at = 10 + len(begins)
        key, serial = at + size + 2, at + 2 * size + 4
        length = len(request) - serial
        if not 0 < length <= MOST_SERIAL_BYTES or request[serial - 2 : serial] != bytes((der.INTEGER, length)):
            return None
        if request[key - 2 : key] != begins[-2:]:
            return None
        item = RequestedStatus(
            issuer_name_hash=request[at : at + size],
            issuer_key_hash=request[key : key + size],
            hash_name=name,
            serial=der.read_integer(request[serial:]),
            identifier=request[8:],
        )
        return OcspRequest(items=(item,), nonce=None)
    return None


def _items(reader: der.Reader) -> tuple[RequestedStatus, ...]:
    items: list[RequestedStatus] = []
    while reader.more():
        if len(items) == MOST_ITEMS:
            raise MalformedRequest
        single = reader.inside(der.SEQUENCE)
        items.append(_item(single.whole(der.SEQUENCE)))
        if single.next_is(der.context(0)):
            _known_extensions(single.inside(der.context(0)))
        single.end()
    if not items:
        raise MalformedRequest
    return tuple(items)


def _item(identifier: bytes) -> RequestedStatus:
    reader = der.Reader(identifier).inside(der.SEQUENCE)
    hash_name = _hash_name(reader.inside(der.SEQUENCE))
    name_hash, key_hash = reader.content(der.OCTET_STRING), reader.content(der.OCTET_STRING)
    serial = reader.content(der.INTEGER)
    reader.end()
    size = hashlib.new(hash_name, usedforsecurity=False).digest_size
    if not len(name_hash) == len(key_hash) == size or len(serial) > MOST_SERIAL_BYTES:
        raise MalformedRequest
    return RequestedStatus(
        issuer_name_hash=name_hash,
        issuer_key_hash=key_hash,
        hash_name=hash_name,
        serial=der.read_integer(serial),
        identifier=identifier,
    )


def _hash_name(reader: der.Reader) -> str:
    identifier = reader.whole(der.OBJECT_IDENTIFIER)
    if reader.more():
        reader.content(der.NULL)
    reader.end()
    for name, known in _HASH_IDENTIFIERS.items():
        if identifier == known:
            return name
    raise MalformedRequest


def _known_extensions(reader: der.Reader) -> bytes | None:
    """Return the nonce; an unknown extension is passed over, unless it is critical (RFC 6960 §4.4)."""
    nonce = None
    extensions = reader.inside(der.SEQUENCE)
    reader.end()
    while extensions.more():
        extension = extensions.inside(der.SEQUENCE)
        identifier = extension.whole(der.OBJECT_IDENTIFIER)
        critical = extension.next_is(der.BOOLEAN) and extension.content(der.BOOLEAN) != b"\x00"
        value = extension.content(der.OCTET_STRING)
        extension.end()
        if identifier == _NONCE:
            if nonce is not None:
                raise MalformedRequest
            nonce = _nonce(value)
        elif critical:
            raise MalformedRequest
    return nonce


def _nonce(value: bytes) -> bytes:
    reader = der.Reader(value)
    nonce = reader.content(der.OCTET_STRING)
    reader.end()
    if not 1 <= len(nonce) <= MOST_NONCE_BYTES:
        raise MalformedRequest
    return nonce


def _digest(hash_name: str, data: bytes) -> bytes:
    return hashlib.new(hash_name, data, usedforsecurity=False).digest()
