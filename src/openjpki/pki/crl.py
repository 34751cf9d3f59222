"""Certificate revocation lists, version 2: for each issuer key one a municipality, and one of its CA certificates (RFC 5280 §5).

A list's first octets tell its length, and only the last entry tells that. So entries are encoded once, as they come,
and laid aside by the caller; what stands around them is made when their length is known. A million of them cost their
octets, wherever the caller lays them, and nothing else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.issuer import Issuer, issuer_of
from openjpki.pki.keys import Signer, WrongSigner, proven
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.person import Municipality

MOST_NUMBER_OCTETS = 20
"""Of a serial number (RFC 5280 §4.1.2.2) and of a CRL number (§5.2.3)."""
ENTRIES_A_PIECE = 2000
"""Entries that are joined before they are given on: some 70 kB."""


class ListUnsound(Failure):
    """The list would contradict itself; `problem` names the field."""

    code = "pki.list-unsound"
    kind = Kind.REFUSED
    ja = "失効リストを作成できません。内容に矛盾があります（{problem}）。"
    en = "The revocation list cannot be made: its content contradicts itself ({problem})."


class RevokedEntry(NamedTuple):
    """One line of a list. A tuple, since a million of them are taken apart."""

    serial: int
    revoked_at: datetime
    """UTC-aware; not after the list's this_update."""
    reason: RevocationReason


class EntryStream:
    """The entries of a list as they stand in it: pieces of DER, given once, with what they amount to so far.

    `entries` come in ascending order of their serials, each serial once: that is how doubles are seen without keeping
    a million numbers. Raises `ListUnsound` at the first that contradicts.
    """

    def __init__(self, entries: Iterable[RevokedEntry], this_update: datetime) -> None:
        self.count = 0
        """Entries given so far."""
        self.length = 0
        """Their octets."""
        self._entries = entries
        self._end = der.whole_seconds(this_update) - _EPOCH + timedelta(seconds=1)
        """From 1970 to the end of the list's own second: moments are compared as they are written."""

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces. Every content has fewer than 128 octets: a length is one octet."""
        last = 0
        parts: list[bytes] = []
        for serial, revoked_at, reason in self._entries:
            if not last < serial < _BEYOND:
                raise ListUnsound(problem="order of serials" if 0 < serial < _BEYOND else "serial")
            last = serial
            since = revoked_at - _EPOCH if revoked_at.tzinfo else der.whole_seconds(revoked_at) - _EPOCH
            if since >= self._end:
                raise ListUnsound(problem="revoked_at")
            day = _DAYS[since.days]
            why, heads = _REASONS[reason._value_]
            octets = serial.bit_length() // 8 + 1
            parts += (heads[len(day)][octets], serial.to_bytes(octets), day, _CLOCKS[since.seconds], why)
            if len(parts) == _PARTS_A_PIECE:
                yield self._joined(parts)
                parts = []
        if parts:
            yield self._joined(parts)

    def _joined(self, parts: list[bytes]) -> bytes:
        piece = b"".join(parts)
        self.count += len(parts) // _PARTS
        self.length += len(piece)
        return piece


@dataclass(frozen=True, kw_only=True)
class ListFrame:
    """What a list says beside its entries. `length` is the octets of these, and `pieces` gives them, each time anew."""

    before: bytes
    """Version to nextUpdate, DER."""
    after: bytes
    """The extensions, DER."""
    algorithm: bytes
    """AlgorithmIdentifier of the signature, DER."""

    def to_be_signed(self, length: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the TBSCertList (RFC 5280 §5.1.2); without entries their sequence is left out (§5.1.2.6)."""
        header = der.header(der.SEQUENCE, length) if length else b""
        yield der.header(der.SEQUENCE, self._inner(length)) + self.before + header
        yield from pieces
        yield self.after

    def signed(self, length: int, pieces: Iterable[bytes], signature: bytes) -> Iterator[bytes]:
        """Give the CertificateList around the same TBSCertList."""
        inner = self._inner(length)
        tail = self.algorithm + der.bit_string(signature)
        yield der.header(der.SEQUENCE, len(der.header(der.SEQUENCE, inner)) + inner + len(tail))
        yield from self.to_be_signed(length, pieces)
        yield tail

    def _inner(self, length: int) -> int:
        header = len(der.header(der.SEQUENCE, length)) if length else 0
        return len(self.before) + header + length + len(self.after)


def frame_of(
    profiles: ProfileSet,
    *,
    issuer: bytes,
    public_key: bytes,
    municipality: Municipality | None,
    number: int,
    this_update: datetime,
    next_update: datetime,
) -> ListFrame:
    """Return the frame of a list under one issuer certificate (DER), to be signed by the key of `public_key`.

    It speaks for a municipality's certificates, or for the CA's own (None). Raises `ListUnsound`, `WrongSigner`, `ForeignIssuer`.
    """
    ca = issuer_of(issuer)
    if public_key != ca.public_key:
        raise WrongSigner
    kind = profiles.kind_of(ca.subject)
    if not 0 < number < _BEYOND:
        raise ListUnsound(problem="number")
    this_update, next_update = der.whole_seconds(this_update), der.whole_seconds(next_update)
    if next_update <= this_update:
        raise ListUnsound(problem="next_update")
    partition = profiles.partition_name(kind, municipality).public_bytes()
    extensions = _extensions(ca, number, partition_extension(partition, of_authorities=municipality is None))
    return ListFrame(
        before=opening(ca) + der.time(this_update) + der.time(next_update),
        after=der.tlv(der.context(0), der.sequence(*extensions)),
        algorithm=ca.algorithm.identifier,
    )


def opening(ca: Issuer) -> bytes:
    """Return what each list of a CA begins with: version 2, the algorithm, its name; DER."""
    return der.integer(1) + ca.algorithm.identifier + ca.name


def build_crl(
    profiles: ProfileSet,
    *,
    issuer: bytes,
    signer: Signer,
    municipality: Municipality | None,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return the signed list that `frame_of` frames, DER: all of it in memory.

    Raises as `EntryStream` and `frame_of` do, and `SignerFaulty`.
    """
    frame = frame_of(
        profiles,
        issuer=issuer,
        public_key=signer.public_key,
        municipality=municipality,
        number=number,
        this_update=this_update,
        next_update=next_update,
    )
    encoded = EntryStream(entries, this_update)
    pieces = list(encoded)
    signature = proven(signer, b"".join(frame.to_be_signed(encoded.length, pieces)), signer.public_key)
    return b"".join(frame.signed(encoded.length, pieces, signature))


_BEYOND = 1 << (MOST_NUMBER_OCTETS * 8 - 1)
"""The first number that needs more octets."""


class _Written(dict[int, bytes]):
    """What a number is written as, made when it is first needed: days since 1970, or seconds of a day."""

    def __init__(self, write: Callable[[int], bytes]) -> None:
        self._write = write

    def __missing__(self, number: int) -> bytes:
        self[number] = self._write(number)
        return self[number]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = len("hhmmssZ")
_DAYS = _Written(lambda days: der.time(_EPOCH + timedelta(days=days))[:-_CLOCK])
"""Tag, length and day of a Time (RFC 5280 §5.1.2.6)."""
_CLOCKS = _Written(lambda seconds: b"%02d%02d%02dZ" % (seconds // 3600, seconds // 60 % 60, seconds % 60))
"""Its clock: a million moments have 86,400."""


def _extensions(ca: Issuer, number: int, partition: bytes) -> Iterator[bytes]:
    """Give authorityKeyIdentifier, cRLNumber and a critical issuingDistributionPoint (RFC 5280 §5.2).

    The last names the partition just as the certificates' distribution points do, so that a list of another
    municipality never speaks for them (§6.3.3 (b)(2)).
    """
    yield authority_key_extension(ca)
    yield number_extension(number)
    yield partition


def authority_key_extension(ca: Issuer) -> bytes:
    """Return the authorityKeyIdentifier of a CA's lists, DER."""
    return der.extension(_AUTHORITY_KEY, der.sequence(der.tlv(der.context(0, constructed=False), ca.key_identifier)))


def number_extension(number: int) -> bytes:
    """Return the cRLNumber, DER."""
    return der.extension(_CRL_NUMBER, der.integer(number))


def partition_extension(partition: bytes, *, of_authorities: bool = False) -> bytes:
    """Return the critical issuingDistributionPoint that names a partition (Name, DER), DER.

    `of_authorities` sets onlyContainsCACerts: such a list never speaks for a holder, whatever it names.
    """
    full_name = der.tlv(der.context(0), der.tlv(der.context(4), partition))
    parts = [der.tlv(der.context(0), full_name), *([_ONLY_AUTHORITIES] if of_authorities else [])]
    return der.extension(_ISSUING_DISTRIBUTION_POINT, der.sequence(*parts), critical=True)


_AUTHORITY_KEY = der.object_identifier("2.5.29.35")
_CRL_NUMBER = der.object_identifier("2.5.29.20")
_ISSUING_DISTRIBUTION_POINT = der.object_identifier("2.5.29.28")
_ONLY_AUTHORITIES = der.tlv(der.context(2, constructed=False), b"\xff")
"""onlyContainsCACerts."""
_REASON_CODE = der.object_identifier("2.5.29.21")


def _reason_extension(reason: RevocationReason) -> bytes:
    """`unspecified` is said by leaving the extension out (RFC 5280 §5.3.1)."""
    if reason is RevocationReason.UNSPECIFIED:
        return b""
    return der.sequence(der.extension(_REASON_CODE, der.integer(reason.code, der.ENUMERATED)))


REASON_EXTENSIONS = tuple(_reason_extension(reason) for reason in RevocationReason)
"""What may follow the moment in an entry, DER; nothing is one of them."""


def _heads(day: int, why: int) -> list[bytes]:
    """Return what stands before the serial, by its octets; the others are those of day and reason."""
    tail = 2 + day + _CLOCK + why
    return [bytes((der.SEQUENCE, octets + tail, der.INTEGER, octets)) for octets in range(MOST_NUMBER_OCTETS + 1)]


_UTC_DAY, _GENERALIZED_DAY = len("..yymmdd"), len("..yyyymmdd")
_REASONS = {
    reason.value: (why, {day: _heads(day, len(why)) for day in (_UTC_DAY, _GENERALIZED_DAY)})
    for reason, why in zip(RevocationReason, REASON_EXTENSIONS, strict=True)
}
"""Value of a reason → its extension, and what stands before the serial in an entry of it."""
_PARTS = 5
"""Of an entry: head, serial, day, clock, reason."""
_PARTS_A_PIECE = ENTRIES_A_PIECE * _PARTS
