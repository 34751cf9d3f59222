"""What is not known of the physical card, as settings: each choice with its source and certainty (docs/card.md)."""

from dataclasses import dataclass
from typing import Literal

from openjpki.card.status import SW

MAX_FAILURES = 255
"""Failed authentications that an image can count."""
LABEL_SIZE = 32
"""Bytes of the label of a CK_TOKEN_INFO (PKCS #11 §3.2)."""


@dataclass(frozen=True, kw_only=True)
class CardSettings:
    """How this card answers where no public source says it (U), or only memory or inference does (R, I)."""

    locked_status: Literal[SW.REFERENCE_DATA_UNUSABLE, SW.BLOCKED] = SW.REFERENCE_DATA_UNUSABLE
    """VERIFY with a PIN on a locked reference. `6984` was measured on test cards (C myna-card); a production card was
    not observed (U), and ISO 7816-4 would say `6983`."""
    no_application_status: SW = SW.NO_CURRENT_FILE
    """SELECT of an EF, or a command that needs one, while no application is selected (I: myna's dummy card)."""
    no_key_status: Literal[SW.REFERENCE_NOT_FOUND, SW.CONDITIONS_NOT_SATISFIED] = SW.REFERENCE_NOT_FOUND
    """A command for a key or a PIN while no such EF is current, or the key is not there yet (R: `6A88` or `6985`)."""
    absent_certificate_status: Literal[SW.FILE_NOT_FOUND, SW.OFFSET_OUTSIDE_FILE] = SW.FILE_NOT_FOUND
    """A certificate the holder does not have: SELECT answers `6A82`, or SELECT succeeds and READ answers `6B00` (U)."""
    change_unverified_status: SW = SW.SECURITY_STATUS_NOT_SATISFIED
    """A PIN change without VERIFY of the old one (R)."""
    change_length_status: SW = SW.WRONG_LENGTH
    """A new PIN whose length the reference does not take, where its length is within 1 to 16 (U)."""
    reselect_clears: bool = True
    """Selecting the current application once more forgets which PINs were verified (U: the sources contradict)."""
    extended_length: bool = True
    """Commands in the extended form are read (U for the physical card outside secure messaging)."""
    token_label: str = "JPKIAPICCTOKEN2"  # noqa: S105  -- a public label
    """The label in EF 0006 by which clients tell a plastic card from a phone (C myna-card)."""
    ecdsa_signature: Literal["der", "raw"] = "der"
    """A P-384 signature leaves as ECDSA-Sig-Value (RFC 3279 §2.2.3) or as r and s, 48 bytes each (U: the coming
    card's interface is not published)."""
    administration_failures: int = 20
    """Failed authentications in a row that block the administration for good (ours: the real card's is not public)."""

    def __post_init__(self) -> None:
        """Refuse a label that would not fit EF 0006, and a limit that cannot be counted to."""
        if not (self.token_label.isascii() and len(self.token_label) <= LABEL_SIZE):
            message = "the token label takes up to 32 ASCII characters"
            raise ValueError(message)
        if not 1 <= self.administration_failures <= MAX_FAILURES:
            message = f"the administration blocks after 1 to {MAX_FAILURES} failures"
            raise ValueError(message)
