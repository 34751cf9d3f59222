"""A to-be-signed list read as it comes and held to what a CA's list may say, in memory that its length does not change.

Whoever keeps a CA's key reads through this before the key is used: the list's frame octet for octet, its span, and
every entry to the last. What it cannot know is what came before: that numbers rise, and that nothing is left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from openjpki.pki import der
from openjpki.pki.crl import (
    MOST_NUMBER_OCTETS,
    REASON_EXTENSIONS,
    ListUnsound,
    authority_key_extension,
    number_extension,
    opening,
    partition_extension,
)
from openjpki.pki.issuer import Issuer

MOST_LIST_BYTES: Final = 128 * 1024 * 1024
"""Three million entries; a municipality's partition is expected to hold some 12,000."""
MOST_FRAME_BYTES: Final = 4096
"""Of what stands before the entries, and of what stands behind them: each has some 300."""


@dataclass(frozen=True, kw_only=True)
class ListBounds:
    """What the list of one CA must keep to."""

    ca: Issuer
    now: datetime
    """UTC-aware."""
    ahead: timedelta
    """How far thisUpdate may lie ahead of now: a list made for later would hide what is ended until then."""
    behind: timedelta
    """How far it may lie behind now: a list made for earlier would hide what was ended by then."""
    longest: timedelta
    """From thisUpdate to nextUpdate."""
    is_partition: Callable[[bytes], bool]
    """Tells whether a Name, DER, is that of a partition of this CA."""


class ListReader:
    """Takes the pieces of a TBSCertList in their order, then the end; raises `ListUnsound` at what it may not say."""

    def __init__(self, bounds: ListBounds) -> None:
        self._bounds = bounds
        self._step: Callable[[], None] = self._frame
        self._waiting = bytearray()
        self._taken = 0
        self._ended = False
        self._entries_left = 0
        self._last_serial = b""
        self._this_update = b""

    def take(self, piece: bytes) -> None:
        """Read on; what is not whole yet waits for the next piece."""
        self._taken += len(piece)
        _hold(self._taken <= MOST_LIST_BYTES, "length")
        self._waiting += piece
        self._step()

    def end(self) -> None:
        """Hold that this was all, and whole."""
        self._ended = True
        self._step()

    def _frame(self) -> None:
        """Version to nextUpdate, and the length of the entries (RFC 5280 §5.1.2)."""
        if len(self._waiting) < MOST_FRAME_BYTES and not self._ended:
            return
        reader = der.Reader(bytes(self._waiting))
        try:
            length = reader.header(der.SEQUENCE)
            self._total = len(der.header(der.SEQUENCE, length)) + length
            expected = opening(self._bounds.ca)
            _hold(reader.rest().startswith(expected), "issuer")
            reader = der.Reader(reader.rest()[len(expected) :])
            this_update, next_update = (
                reader.whole(der.UTC_TIME if reader.next_is(der.UTC_TIME) else der.GENERALIZED_TIME) for _ in range(2)
            )
            self._hold_span(_moment(this_update), _moment(next_update))
            if reader.next_is(der.SEQUENCE):
                self._entries_left = reader.header(der.SEQUENCE)
                _hold(self._entries_left > 0, "entries")
        except der.NotDer:
            raise ListUnsound(problem="form") from None
        self._this_update = this_update
        self._waiting = bytearray(reader.rest())
        self._step = self._entries
        self._step()

    def _hold_span(self, this_update: datetime, next_update: datetime) -> None:
        bounds, ca = self._bounds, self._bounds.ca
        earliest = max(ca.not_before, bounds.now - bounds.behind)
        _hold(earliest <= this_update <= bounds.now + bounds.ahead, "this_update")
        _hold(this_update < next_update <= min(this_update + bounds.longest, ca.not_after), "next_update")

    def _entries(self) -> None:
        """Entries in ascending order of their serials, none later than the list (docs/certificates.md §7)."""
        data = bytes(self._waiting[: self._entries_left])
        all_here = len(data) == self._entries_left
        until = len(data) if all_here else len(data) - _LONGEST_ENTRY
        at, last, this_update = 0, self._last_serial, self._this_update
        while at < until:
            entry = _ENTRY.match(data, at)
            if entry is None or data[at + 1] != entry.end() - at - 2:
                raise ListUnsound(problem="entries")
            serial, revoked_at = entry.groups()
            if serial <= last or revoked_at > this_update:
                raise ListUnsound(problem="entries")
            at, last = entry.end(), serial
        self._last_serial = last
        self._entries_left -= at
        del self._waiting[:at]
        _hold(all_here or not self._ended, "entries")
        if all_here:
            self._step = self._extensions
            self._step()

    def _extensions(self) -> None:
        """The three extensions and no other, and nothing behind them."""
        _hold(len(self._waiting) <= MOST_FRAME_BYTES, "extensions")
        if not self._ended:
            return
        _hold(self._taken == self._total, "length")
        try:
            outer = der.Reader(bytes(self._waiting))
            explicit = outer.inside(der.context(0))
            outer.end()
            content = explicit.inside(der.SEQUENCE)
            explicit.end()
            authority_key, number, partition = (content.whole(der.SEQUENCE) for _ in range(3))
            content.end()
            _hold(authority_key == authority_key_extension(self._bounds.ca), "authorityKeyIdentifier")
            _hold(number == number_extension(_number_in(number)), "cRLNumber")
            name = _name_in(partition)
        except der.NotDer:
            raise ListUnsound(problem="extensions") from None
        if name == self._bounds.ca.name:
            _hold(partition == partition_extension(name, of_authorities=True), "issuingDistributionPoint")
            return
        _hold(partition == partition_extension(name), "issuingDistributionPoint")
        _hold(self._bounds.is_partition(name), "issuingDistributionPoint")


def _hold(holds: bool, problem: str) -> None:  # noqa: FBT001  -- the one thing it is about
    if not holds:
        raise ListUnsound(problem=problem)


def _number_in(extension: bytes) -> int:
    """Return the cRLNumber that an extension carries; raises `NotDer`."""
    content = der.Reader(extension).inside(der.SEQUENCE)
    content.content(der.OBJECT_IDENTIFIER)
    octets = content.inside(der.OCTET_STRING).content(der.INTEGER)
    number = der.read_integer(octets)
    _hold(number > 0 and len(octets) <= MOST_NUMBER_OCTETS, "cRLNumber")
    return number


def _name_in(extension: bytes) -> bytes:
    """Return the directory name that an issuingDistributionPoint carries, DER; raises `NotDer`."""
    content = der.Reader(extension).inside(der.SEQUENCE)
    content.content(der.OBJECT_IDENTIFIER)
    content.content(der.BOOLEAN)
    point = content.inside(der.OCTET_STRING).inside(der.SEQUENCE)
    return point.inside(der.context(0)).inside(der.context(0)).content(der.context(4))


def _moment(time: bytes) -> datetime:
    """Return the moment of a Time, DER, written as RFC 5280 §4.1.2.5 wants it; raises `NotDer`."""
    digits = time[2:].decode("ascii", "replace")
    century = "20" if time[0] == der.UTC_TIME else ""
    try:
        moment = datetime.strptime(f"{century}{digits}", "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        message = "no moment"
        raise der.NotDer(message) from None
    if der.time(moment) != time:
        message = "a moment in another form"
        raise der.NotDer(message)
    return moment


def _serials() -> bytes:
    """Return the pattern of a positive INTEGER of 1 to 20 octets in its shortest form, from its length on."""
    forms = [rb"\x01[\x01-\x7f]"]
    for octets in range(2, MOST_NUMBER_OCTETS + 1):
        first_two = rb"(?:\x00[\x80-\xff]|[\x01-\x7f].)"
        forms.append(re.escape(bytes((octets,))) + first_two + b".{%d}" % (octets - 2))
    return b"|".join(forms)


_DAY = (
    rb"(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)(?:0[1-9]|[12]\d|30)|02(?:0[1-9]|[12]\d))"
    rb"(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ"
)
"""Month, day and clock; that a February has 29 days is let pass in every year."""
_TIME = rb"\x17\x0d[0-4]\d" + _DAY + rb"|\x18\x0f(?:20[5-9]|2[1-9]\d|[3-9]\d\d)\d" + _DAY
"""UTCTime from 2000 to 2049, or GeneralizedTime from then on: in this order their octets are in that of time."""
_ENTRY = re.compile(
    rb"\x30.\x02("
    + _serials()
    + rb")("
    + _TIME
    + rb")(?:"
    + b"|".join(map(re.escape, sorted(REASON_EXTENSIONS, reverse=True)))
    + rb")",
    re.DOTALL,
)
"""An entry. Serial and time are compared as octets: a serial's length stands before it."""
_LONGEST_ENTRY: Final = 2 + 2 + MOST_NUMBER_OCTETS + 17 + max(map(len, REASON_EXTENSIONS))
"""Octets of an entry: of the serial at most 20, of the moment at most 15, and their headers; then the reason."""
