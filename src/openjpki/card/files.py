"""The kinds of elementary file an application is made of (ISO 7816-4 §5.3); their contents are views of the image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from openjpki.card.apdu import Ins
from openjpki.card.face import KeyName
from openjpki.card.image import CardImage
from openjpki.card.pins import PinName
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW

Content = Callable[[CardImage, CardSettings], bytes | None]
"""What a file holds; None where the holder has no such thing."""
Records = Callable[[CardImage], tuple[bytes, ...]]
"""The records of a file, the first one first."""

NEVER: Final[frozenset[PinName]] = frozenset()
"""Opens for nobody: protected by what no terminal can show."""


@dataclass(frozen=True)
class DataFile:
    """A transparent EF: bytes to read, all of them or, until something is verified, none."""

    content: Content
    opened_by: frozenset[PinName] | None = None
    """Any one of these opens it; None for a file that anyone may read."""


@dataclass(frozen=True)
class RecordFile:
    """A record EF: read by record number."""

    records: Records


@dataclass(frozen=True)
class PinFile:
    """An EF that holds PIN reference data: never read."""

    pin: PinName
    changed_by: Ins | None = Ins.CHANGE_REFERENCE_DATA
    """The command that sets a new one; None for what nobody changes."""


@dataclass(frozen=True)
class KeyFile:
    """An EF that holds a private key: never read, used after its PIN if it has one."""

    key: KeyName
    pin: PinName | None = None
    authenticates: bool = False
    """It answers INTERNAL AUTHENTICATE, and nothing else; the others compute signatures."""


@dataclass(frozen=True)
class InternalFile:
    """An internal EF whose use this card does not offer: it can be selected, and that is all."""


ElementaryFile = DataFile | RecordFile | PinFile | KeyFile | InternalFile
FileTable = Mapping[int, ElementaryFile]
"""File identifier to file. Identifiers are 0001 to 001E, so each is its own short identifier (ISO 7816-4 §7.3.2)."""


@dataclass(frozen=True, kw_only=True)
class ApplicationTable:
    """One application of the card."""

    aid: bytes
    files: FileTable
    default_key: KeyFile | None = None
    """The key that COMPUTE DIGITAL SIGNATURE means by P2 00; None where P2 must name one."""
    session_key_status: SW = SW.SECURITY_STATUS_NOT_SATISFIED
    """How SET SESSION KEY is refused (C myna-card)."""
