"""What a judgement rests on: gathered before, frozen, and the same for everyone who judges it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from openjpki.documents.status import OcspEvidence


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """What a document carries to be judged by, as it stands there (DER): nobody vouches for any of it."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    answers: tuple[bytes, ...] = field(default=(), repr=False)

    def joined(self, other: Self) -> Self:
        """Return both together, each piece once."""
        return replace(
            self,
            certificates=tuple(dict.fromkeys((*self.certificates, *other.certificates))),
            crls=tuple(dict.fromkeys((*self.crls, *other.crls))),
            answers=tuple(dict.fromkeys((*self.answers, *other.answers))),
        )


NOTHING_EMBEDDED = Embedded()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Trusted CA certificates, certificates that may be missing in the document, CRLs and OCSP answers, all DER.

    `anchors` are trusted because they stand here: whoever fills them has compared their fingerprints. `stamp_anchors`
    are trusted for time-stamps and for nothing else: CAs of time-stamp authorities, or an authority's own certificate.
    """

    anchors: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[OcspEvidence, ...] = ()
    stamp_anchors: tuple[bytes, ...] = ()

    def with_ocsp(self, answers: Sequence[OcspEvidence]) -> Self:
        """Return the same evidence with more OCSP answers."""
        return replace(self, ocsp=(*self.ocsp, *answers))

    def with_embedded(self, *embedded: Embedded) -> Self:
        """Return the same evidence with what documents carry: never an anchor, and judged as any other piece."""
        answers = [OcspEvidence(answer=answer) for one in embedded for answer in one.answers]
        return replace(
            self,
            certificates=(*self.certificates, *(der for one in embedded for der in one.certificates)),
            crls=(*self.crls, *(crl for one in embedded for crl in one.crls)),
            ocsp=(*self.ocsp, *answers),
        )
