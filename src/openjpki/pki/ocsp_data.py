"""What is signed in an OCSP answer, read to its last byte (RFC 6960 §4.2.1): by whoever holds the key, before it signs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, NoReturn

from openjpki.pki import der
from openjpki.pki.ocsp import MOST_ITEMS, MOST_NONCE_BYTES, MOST_SERIAL_BYTES, NONCE

MOST_HASH_BYTES: Final = 32
"""Of a CertID: SHA-256."""
_TIME = "%Y%m%d%H%M%SZ"
_NONCE = der.object_identifier(NONCE)
_REASONS = range(7)
"""CRLReason 0 to 6: what a certificate of the house can be revoked for."""


@dataclass(frozen=True, kw_only=True)
class SaidStatus:
    """One status. Moments are UTC."""

    status: Literal["good", "revoked", "unknown"]
    revoked_at: datetime | None
    this_update: datetime
    next_update: datetime


@dataclass(frozen=True, kw_only=True)
class SaidAnswer:
    """All that an answer says."""

    responder: bytes
    """SHA-1 of the responder's key bits."""
    produced_at: datetime
    statuses: tuple[SaidStatus, ...]


def read_response_data(data: bytes) -> SaidAnswer:
    """Read a ResponseData of the form that `build_answer` gives it, and of no other; raises `NotDer`."""
    outer = der.Reader(data)
    content = outer.inside(der.SEQUENCE)
    outer.end()
    by_key = content.inside(der.context(2))
    responder = by_key.content(der.OCTET_STRING)
    by_key.end()
    produced_at = _time(content.content(der.GENERALIZED_TIME))
    singles = content.inside(der.SEQUENCE)
    statuses: list[SaidStatus] = []
    while singles.more() and len(statuses) < MOST_ITEMS:
        statuses.append(_status(singles.inside(der.SEQUENCE)))
    singles.end()
    if not statuses:
        _refuse("an answer says nothing")
    if content.more():
        _nonce(content.inside(der.context(1)))
    content.end()
    return SaidAnswer(responder=responder, produced_at=produced_at, statuses=tuple(statuses))


def _status(single: der.Reader) -> SaidStatus:
    _identifier(single.inside(der.SEQUENCE))
    status, revoked_at = _word(single)
    this_update = _time(single.content(der.GENERALIZED_TIME))
    ends = single.inside(der.context(0))
    next_update = _time(ends.content(der.GENERALIZED_TIME))
    ends.end()
    single.end()
    return SaidStatus(status=status, revoked_at=revoked_at, this_update=this_update, next_update=next_update)


def _word(single: der.Reader) -> tuple[Literal["good", "revoked", "unknown"], datetime | None]:
    for number, word in _PLAIN.items():
        if single.next_is(der.context(number, constructed=False)):
            if single.content(der.context(number, constructed=False)):
                _refuse("a status without a content has one")
            return word, None
    revoked = single.inside(der.context(1))
    revoked_at = _time(revoked.content(der.GENERALIZED_TIME))
    if revoked.more():
        reason = revoked.inside(der.context(0))
        if der.read_integer(reason.content(der.ENUMERATED)) not in _REASONS:
            _refuse("a reason that no certificate of the house is revoked for")
        reason.end()
    revoked.end()
    return "revoked", revoked_at


_PLAIN: dict[int, Literal["good", "unknown"]] = {0: "good", 2: "unknown"}


def _identifier(reader: der.Reader) -> None:
    reader.inside(der.SEQUENCE)
    sizes = [len(reader.content(tag)) for tag in (der.OCTET_STRING, der.OCTET_STRING, der.INTEGER)]
    reader.end()
    if any(
        size > most for size, most in zip(sizes, (MOST_HASH_BYTES, MOST_HASH_BYTES, MOST_SERIAL_BYTES), strict=True)
    ):
        _refuse("a CertID is too long")


def _nonce(explicit: der.Reader) -> None:
    extensions = explicit.inside(der.SEQUENCE)
    explicit.end()
    extension = extensions.inside(der.SEQUENCE)
    extensions.end()
    if extension.whole(der.OBJECT_IDENTIFIER) != _NONCE:
        _refuse("an extension other than the nonce")
    value = extension.inside(der.OCTET_STRING)
    extension.end()
    nonce = value.content(der.OCTET_STRING)
    value.end()
    if not 1 <= len(nonce) <= MOST_NONCE_BYTES:
        _refuse("a nonce of another length")


def _time(content: bytes) -> datetime:
    try:
        moment = datetime.strptime(content.decode("ascii"), _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        _refuse("a time", error)
    if f"{moment:%Y%m%d%H%M%SZ}".zfill(len(content)).encode() != content:
        _refuse("a time in another form")
    return moment


def _refuse(what: str, error: Exception | None = None) -> NoReturn:
    raise der.NotDer(what) from error
