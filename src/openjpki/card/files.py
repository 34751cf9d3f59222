"""The kinds of elementary file an application is made of (ISO 7816-4 §5.3); their contents are views of the image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openjpki.card.image import CardImage
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import CertificateKind, PinKind

Content = Callable[[CardImage, CardSettings], bytes | None]
"""What a file holds; None where the holder has no such thing."""


@dataclass(frozen=True)
class DataFile:
    """A transparent EF: bytes to read, all of them or, until a PIN is verified, none."""

    content: Content
    pin: PinKind | None = None
    """The PIN that opens it; None for a file that anyone may read."""


@dataclass(frozen=True)
class PinFile:
    """An EF that holds PIN reference data: never read."""

    pin: PinKind


@dataclass(frozen=True)
class KeyFile:
    """An EF that holds a private key: never read, used after its PIN."""

    kind: CertificateKind
    pin: PinKind


ElementaryFile = DataFile | PinFile | KeyFile
FileTable = Mapping[int, ElementaryFile]
"""File identifier to file. Identifiers are 0001 to 001E, so each is its own short identifier (ISO 7816-4 §7.3.2)."""
