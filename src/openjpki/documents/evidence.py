"""What a judgement rests on: gathered before, frozen, and the same for everyone who judges it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from openjpki.documents.status import OcspEvidence


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Trusted CA certificates, certificates that may be missing in the document, CRLs and OCSP answers, all DER.

    `anchors` are trusted because they stand here: whoever fills them has compared their fingerprints.
    """

    anchors: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[OcspEvidence, ...] = ()

    def with_ocsp(self, answers: Sequence[OcspEvidence]) -> Self:
        """Return the same evidence with more OCSP answers."""
        return replace(self, ocsp=(*self.ocsp, *answers))
