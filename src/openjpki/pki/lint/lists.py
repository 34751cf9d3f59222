"""Rules about revocation lists, over their signed bytes. "Profile §7" is docs/certificates.md §7.

A list is walked entry by entry by the strict reader; what it should say is written by another library than the one that
built it. Nothing grows with the entries but the list's own bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Self

from cryptography import x509

from openjpki.errors import Failure
from openjpki.pki import der
from openjpki.pki.issuer import Issuer, issuer_of
from openjpki.pki.keys import SignatureInvalid, verify_signature
from openjpki.pki.lint.finding import Findings, LintFinding, Rule, findings, rule
from openjpki.pki.lint.times import read_time
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.person import Municipality

MOST_NUMBER_OCTETS = 20
"""Of a serial and of a CRL number (RFC 5280 §4.1.2.2, §5.2.3)."""
_TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_OIDS = {
    "authority": der.object_identifier("2.5.29.35"),
    "number": der.object_identifier("2.5.29.20"),
    "point": der.object_identifier("2.5.29.28"),
}
_REASON_CODE = der.object_identifier("2.5.29.21")
_IN_USE = {reason.code for reason in RevocationReason} - {RevocationReason.UNSPECIFIED.code}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a list as it is encoded."""

    serial: bytes
    """Content octets of the INTEGER."""
    revoked_at: bytes
    """The Time, DER."""
    extensions: bytes
    """crlEntryExtensions, DER; empty if there are none."""


@dataclass(frozen=True, kw_only=True)
class ListSpecimen:
    """A list under examination, taken apart and not yet judged."""

    profiles: ProfileSet
    issuer: Issuer
    municipality: Municipality | None
    """None: the list of the CA's own certificates."""
    to_be_signed: bytes
    version: bytes
    inner_algorithm: bytes
    outer_algorithm: bytes
    name: bytes
    this_update: bytes
    next_update: bytes
    """Empty if there is none."""
    lines: bytes | None
    """Content of revokedCertificates; None if the field is absent."""
    extensions: tuple[tuple[bytes, bytes, bytes], ...]
    """(OID DER, content of critical or b"", value) of each, in their order."""
    signature: bytes
    """Content of the BIT STRING."""

    @classmethod
    def of(cls, profiles: ProfileSet, issuer: bytes, municipality: Municipality | None, crl: bytes) -> Self:
        """Take a list apart; raises `NotDer`, also if the issuer's is no certificate."""
        outer = der.Reader(crl)
        whole = outer.inside(der.SEQUENCE)
        outer.end()
        to_be_signed = whole.whole(der.SEQUENCE)
        outer_algorithm, signature = whole.whole(der.SEQUENCE), whole.content(der.BIT_STRING)
        whole.end()
        body = der.Reader(to_be_signed).inside(der.SEQUENCE)
        version = body.whole(der.INTEGER) if body.next_is(der.INTEGER) else b""
        inner_algorithm, name = body.whole(der.SEQUENCE), body.whole(der.SEQUENCE)
        this_update = _time(body)
        next_update = _time(body) if any(map(body.next_is, _TIMES)) else b""
        lines = body.content(der.SEQUENCE) if body.next_is(der.SEQUENCE) else None
        extensions = _extensions(body.inside(der.context(0))) if body.more() else ()
        body.end()
        return cls(
            profiles=profiles,
            issuer=_issuer(issuer),
            municipality=municipality,
            to_be_signed=to_be_signed,
            version=version,
            inner_algorithm=inner_algorithm,
            outer_algorithm=outer_algorithm,
            name=name,
            this_update=this_update,
            next_update=next_update,
            lines=lines,
            extensions=extensions,
            signature=signature,
        )

    def entries(self) -> Iterator[Entry]:
        """Give each line; raises `NotDer` at the first that is none."""
        reader = der.Reader(self.lines or b"")
        while reader.more():
            line = reader.inside(der.SEQUENCE)
            serial, revoked_at = line.content(der.INTEGER), _time(line)
            extensions = line.whole(der.SEQUENCE) if line.more() else b""
            line.end()
            yield Entry(serial=serial, revoked_at=revoked_at, extensions=extensions)

    def value(self, name: str) -> bytes | None:
        """Return the value of an extension, None if it is absent or doubled."""
        found = [value for oid, _, value in self.extensions if oid == _OIDS[name]]
        return found[0] if len(found) == 1 else None


def examine_list(profiles: ProfileSet, crl: bytes, *, issuer: bytes, municipality: Municipality | None) -> Findings:
    """Return every finding about a signed list (DER) of a partition: an issuer's certificate (DER) and a municipality, or None."""
    try:
        specimen = ListSpecimen.of(profiles, issuer, municipality, crl)
        for _ in specimen.entries():
            pass
    except der.NotDer as error:
        return Findings((LintFinding("lint.list.malformed", "RFC 5280 §5.1: a list is DER.", str(error)),))
    return findings(LIST_RULES, specimen)


@rule("lint.list.version", "I")
def version(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.1: the version is 2, because there are extensions."""
    if specimen.version != der.integer(1):
        yield "version is not 2"


@rule("lint.list.signature-algorithm", "D")
def signature_algorithm(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.1.2: the algorithm is the issuer key's, inside and outside of what is signed."""
    if not specimen.inner_algorithm == specimen.outer_algorithm == specimen.issuer.algorithm.identifier:
        yield "not the algorithm of the issuer's key, or not twice the same"


@rule("lint.list.signature", "D")
def signature(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.1.3: the issuer's key signed the list."""
    ca = specimen.issuer
    try:
        if specimen.signature[:1] != b"\x00":
            raise SignatureInvalid  # noqa: TRY301  -- unused bits are no signature of ours
        verify_signature(ca.public_key, ca.algorithm, specimen.to_be_signed, specimen.signature[1:])
    except SignatureInvalid:
        yield "it does not verify under the issuer's key"


@rule("lint.list.issuer", "C")
def issuer_name(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.3: the issuer is the CA's subject, byte for byte: no list is indirect."""
    if specimen.name != specimen.issuer.name:
        yield "not the subject of the issuer's certificate"


@rule("lint.list.times", "U")
def times(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.5: nextUpdate is there and later than thisUpdate."""
    this_update, next_update = read_time(specimen.this_update), read_time(specimen.next_update)
    if this_update is None or next_update is None:
        yield "a moment is missing or is none"
    elif this_update >= next_update:
        yield "it ends before it begins"


@rule("lint.list.times.encoding", "D")
def times_encoding(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.4: dates are UTCTime through 2049, GeneralizedTime from 2050, with seconds and Z."""
    for encoded in (specimen.this_update, specimen.next_update):
        if encoded and not _canonical(encoded):
            yield "a moment is in another form"


@rule("lint.list.times.issuer", "D")
def within_issuer(specimen: ListSpecimen) -> Iterator[str]:
    """Profile §7: a list speaks for no time in which its issuer's certificate is not valid."""
    this_update, next_update = read_time(specimen.this_update), read_time(specimen.next_update)
    if this_update is not None and this_update < specimen.issuer.not_before:
        yield "it begins before the issuer's certificate"
    if next_update is not None and next_update > specimen.issuer.not_after:
        yield "it ends after the issuer's certificate"


@rule("lint.list.extensions", "U")
def extensions(specimen: ListSpecimen) -> Iterator[str]:
    """Profile §7: authorityKeyIdentifier, cRLNumber and a critical issuingDistributionPoint, in this order, no other."""
    found = [(oid, critical) for oid, critical, _ in specimen.extensions]
    if found != [(_OIDS["authority"], b""), (_OIDS["number"], b""), (_OIDS["point"], b"\xff")]:
        yield "other extensions, order or criticality"


@rule("lint.list.authority-key-identifier", "U")
def authority_key_identifier(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.2.1: authorityKeyIdentifier is the issuer's: all generations share one name."""
    expected = x509.AuthorityKeyIdentifier(specimen.issuer.key_identifier, None, None).public_bytes()
    if specimen.value("authority") != expected:
        yield "not the identifier of the issuer's key"


@rule("lint.list.number", "U")
def number(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.2.3: cRLNumber is positive and at most 20 octets."""
    try:
        reader = der.Reader(specimen.value("number") or b"")
        content = reader.content(der.INTEGER)
        reader.end()
        if der.read_integer(content) <= 0 or len(content) > MOST_NUMBER_OCTETS:
            yield "not positive, or more than 20 octets"
    except der.NotDer:
        yield "not a number"


@rule("lint.list.partition", "U")
def partition(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.2.5: issuingDistributionPoint names the municipality's distribution point, without a flag, or the CA's own, for CA certificates alone."""
    kind = specimen.profiles.kind_of(specimen.issuer.subject)
    point = x509.IssuingDistributionPoint(
        full_name=[x509.DirectoryName(specimen.profiles.partition_name(kind, specimen.municipality))],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=specimen.municipality is None,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    if specimen.value("point") != point.public_bytes():
        yield "another partition, or a flag"


@rule("lint.list.entries.absent", "D")
def no_entries(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.6: a list of nothing has no revokedCertificates, not an empty one."""
    if specimen.lines == b"":
        yield "an empty revokedCertificates"


@rule("lint.list.entries.serial", "D")
def serials(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.1.2.6: an entry's serial is positive, at most 20 octets and in its shortest form."""
    for entry in specimen.entries():
        try:
            if der.read_integer(entry.serial) <= 0 or len(entry.serial) > MOST_NUMBER_OCTETS:
                yield "a serial is not positive, or more than 20 octets"
        except der.NotDer:
            yield "a serial is not in its shortest form"


@rule("lint.list.entries.order", "D")
def order(specimen: ListSpecimen) -> Iterator[str]:
    """Profile §7: entries stand in ascending order of their serials, each once."""
    numbers = (int.from_bytes(entry.serial, "big", signed=True) for entry in specimen.entries())
    for first, second in pairwise(numbers):
        if first >= second:
            yield f"{second} after {first}"


@rule("lint.list.entries.dates", "D")
def dates(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.3: nothing was revoked after thisUpdate, nor before the CA was."""
    this_update = read_time(specimen.this_update)
    for entry in specimen.entries():
        revoked_at = read_time(entry.revoked_at)
        if revoked_at is None or not _canonical(entry.revoked_at):
            yield "a moment is in another form"
        elif not specimen.issuer.not_before <= revoked_at <= (this_update or revoked_at):
            yield "a moment outside of what the list can know"


@rule("lint.list.entries.reasons", "C")
def reasons(specimen: ListSpecimen) -> Iterator[str]:
    """RFC 5280 §5.3.1: an entry has one reason in use, or nothing for unspecified; it is not critical, no other follows."""
    allowed = {b"", *(_reason(code) for code in _IN_USE)}
    for entry in specimen.entries():
        if entry.extensions not in allowed:
            yield "another reason, or another extension"


LIST_RULES: tuple[Rule[ListSpecimen], ...] = (
    version,
    signature_algorithm,
    signature,
    issuer_name,
    times,
    times_encoding,
    within_issuer,
    extensions,
    authority_key_identifier,
    number,
    partition,
    no_entries,
    serials,
    order,
    dates,
    reasons,
)


def _issuer(certificate: bytes) -> Issuer:
    try:
        return issuer_of(certificate)
    except Failure as failure:
        message = "the issuer's is no certificate"
        raise der.NotDer(message) from failure


def _time(reader: der.Reader) -> bytes:
    return reader.whole(der.UTC_TIME if reader.next_is(der.UTC_TIME) else der.GENERALIZED_TIME)


def _canonical(encoded: bytes) -> bool:
    moment: datetime | None = read_time(encoded)
    return moment is not None and der.time(moment) == encoded


def _extensions(reader: der.Reader) -> tuple[tuple[bytes, bytes, bytes], ...]:
    found = []
    each = reader.inside(der.SEQUENCE)
    reader.end()
    while each.more():
        one = each.inside(der.SEQUENCE)
        oid = one.whole(der.OBJECT_IDENTIFIER)
        critical = one.content(der.BOOLEAN) if one.next_is(der.BOOLEAN) else b""
        found.append((oid, critical, one.content(der.OCTET_STRING)))
        one.end()
    return tuple(found)


def _reason(code: int) -> bytes:
    return der.sequence(der.extension(_REASON_CODE, der.integer(code, der.ENUMERATED)))
