"""Certificate revocation lists, version 2, one for each issuer key and municipality (RFC 5280 §5).

Entries come from an iterable and are encoded as they come: a million of them cost their bytes and nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.issuer import Issuer, issuer_of
from openjpki.pki.keys import Signer, WrongSigner, proven
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.person import Municipality

MOST_NUMBER_OCTETS = 20
"""Of a serial number (RFC 5280 §4.1.2.2) and of a CRL number (§5.2.3)."""


class ListUnsound(Failure):
    """The list would contradict itself; `problem` names the field."""

    code = "pki.list-unsound"
    kind = Kind.REFUSED
    ja = "失効リストを作成できません。内容に矛盾があります（{problem}）。"
    en = "The revocation list cannot be made: its content contradicts itself ({problem})."


@dataclass(frozen=True, kw_only=True)
class RevokedEntry:
    """One line of a list."""

    serial: int
    revoked_at: datetime
    """UTC-aware; not after the list's this_update."""
    reason: RevocationReason


def build_crl(
    profiles: ProfileSet,
    *,
    issuer: bytes,
    signer: Signer,
    municipality: Municipality,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return the signed list of a municipality's certificates under one issuer certificate (DER in, DER out).

    `entries` come in ascending order of their serials, each serial once: that is how doubles are seen without keeping
    a million numbers. Raises `ListUnsound`, `WrongSigner`, `ForeignIssuer`, `SignerFaulty`.
    """
    ca = issuer_of(issuer)
    if signer.public_key != ca.public_key:
        raise WrongSigner
    kind = profiles.kind_of(ca.subject)
    _hold_number(number, "number")
    this_update, next_update = der.whole_seconds(this_update), der.whole_seconds(next_update)
    if next_update <= this_update:
        raise ListUnsound(problem="next_update")
    lines = bytearray()
    for line in _lines(entries, this_update):
        lines += line
    to_be_signed = der.sequence(
        der.integer(1),
        ca.algorithm.identifier,
        ca.name,
        der.time(this_update),
        der.time(next_update),
        der.sequence(bytes(lines)) if lines else b"",
        der.tlv(
            der.context(0),
            der.sequence(*_extensions(ca, number, profiles.partition_name(kind, municipality).public_bytes())),
        ),
    )
    return der.sequence(
        to_be_signed, ca.algorithm.identifier, der.bit_string(proven(signer, to_be_signed, ca.public_key))
    )


def _lines(entries: Iterable[RevokedEntry], this_update: datetime) -> Iterator[bytes]:
    last = 0
    for entry in entries:
        _hold_number(entry.serial, "serial")
        if entry.serial <= last:
            raise ListUnsound(problem="order of serials")
        last = entry.serial
        revoked_at = der.whole_seconds(entry.revoked_at)
        if revoked_at > this_update:
            raise ListUnsound(problem="revoked_at")
        yield der.sequence(der.integer(entry.serial), der.time(revoked_at), _REASONS[entry.reason])


def _hold_number(number: int, problem: str) -> None:
    if number <= 0 or number.bit_length() >= MOST_NUMBER_OCTETS * 8:
        raise ListUnsound(problem=problem)


def _extensions(ca: Issuer, number: int, partition: bytes) -> Iterator[bytes]:
    """Give authorityKeyIdentifier, cRLNumber and a critical issuingDistributionPoint (RFC 5280 §5.2).

    The last names the partition just as the certificates' distribution points do, so that a list of another
    municipality never speaks for them (§6.3.3 (b)(2)).
    """
    yield der.extension(_AUTHORITY_KEY, der.sequence(der.tlv(der.context(0, constructed=False), ca.key_identifier)))
    yield der.extension(_CRL_NUMBER, der.integer(number))
    full_name = der.tlv(der.context(0), der.tlv(der.context(4), partition))
    yield der.extension(_ISSUING_DISTRIBUTION_POINT, der.sequence(der.tlv(der.context(0), full_name)), critical=True)


_AUTHORITY_KEY = der.object_identifier("2.5.29.35")
_CRL_NUMBER = der.object_identifier("2.5.29.20")
_ISSUING_DISTRIBUTION_POINT = der.object_identifier("2.5.29.28")
_REASON_CODE = der.object_identifier("2.5.29.21")


def _reason_extension(reason: RevocationReason) -> bytes:
    """`unspecified` is said by leaving the extension out (RFC 5280 §5.3.1)."""
    if reason is RevocationReason.UNSPECIFIED:
        return b""
    return der.sequence(der.extension(_REASON_CODE, der.integer(reason.code, der.ENUMERATED)))


_REASONS = {reason: _reason_extension(reason) for reason in RevocationReason}
