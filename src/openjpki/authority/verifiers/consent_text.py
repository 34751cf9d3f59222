"""The text that a holder signs to let a verifier be given what is newer (R-8.7): JSON in one spelling only.

Keys sorted, no blanks, UTF-8, every field once: what was signed and what was understood cannot differ.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from openjpki.errors import Failure, Kind
from openjpki.rules.consent import Item, Term
from openjpki.rules.dates import FIRST_DAY, LAST_DAY

CONSENT: Final = "openjpki-attributes-1"
"""What kind of text it is: a signature over another text is no consent."""
MAX_TEXT: Final = 4096
"""Bytes of a text: its two sentences take 600 each at most in UTF-8, the rest 300."""

_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]+$")]


class ConsentUnread(Failure):
    """What was signed is no consent in its one spelling."""

    code = "verifier.consent-unread"
    kind = Kind.REFUSED
    ja = "署名された内容は、所定の形式の同意ではありません(キーの順・空白・項目・期間を確認してください)。"
    en = "What was signed is no consent in its form: see to the order of keys, blanks, items and the term."


class _Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The fields, as they stand in the text."""

    consent: Literal["openjpki-attributes-1"]
    items: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=len(Item))]
    nonce: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    purpose: _Words
    scope: _Words
    since: date
    until: date
    verifier: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """What a holder consents to, and by whom it may be used."""

    verifier: str
    items: tuple[Item, ...]
    purpose: str
    scope: str
    term: Term


def read_consent(text: bytes) -> ConsentText:
    """Read a consent; raises `ConsentUnread` for any other spelling, an impossible term or an item named twice."""
    try:
        read = msgspec.json.decode(text, type=_Text) if len(text) <= MAX_TEXT else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConsentUnread from error
    if read is None or msgspec.json.encode(read, order="sorted") != text or len(set(read.items)) != len(read.items):
        raise ConsentUnread
    term = Term(since=read.since, until=read.until)
    if not FIRST_DAY <= read.since <= read.until <= LAST_DAY or not term.is_sound():
        raise ConsentUnread
    return ConsentText(
        verifier=read.verifier, items=tuple(read.items), purpose=read.purpose, scope=read.scope, term=term
    )
