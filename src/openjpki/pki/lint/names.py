"""Rules about issuer and subject names."""

from collections.abc import Iterator
from typing import Any

from openjpki.pki.lint.finding import rule
from openjpki.pki.lint.specimen import Specimen, parts

PRINTABLE_STRING, UTF8_STRING = 19, 12
UPPER_BOUNDS = {"organization_name": 64, "organizational_unit_name": 64, "common_name": 64, "locality_name": 128}
"""RFC 5280 Appendix A.1, ub-…: in characters."""


@rule("lint.names.strings", "C")
def strings(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.4: C is a PrintableString, every other part a UTF8String."""
    for field in ("issuer", "subject"):
        for kind, _, tag in parts(specimen.tbs[field]):
            if tag != (PRINTABLE_STRING if kind == "country_name" else UTF8_STRING):
                yield f"{field} {kind} has string tag {tag}"


@rule("lint.names.lengths", "D")
def lengths(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 Appendix A.1: each part of a name is within its upper bound, and not empty."""
    for kind, text, _ in parts(specimen.tbs["subject"]):
        if not text.strip() or len(text) > UPPER_BOUNDS.get(kind, 64):
            yield f"{kind} has {len(text)} characters"


@rule("lint.names.issuer", "C")
def issuer(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.4: the issuer is the CA's subject, byte for byte, and a CA of this profile set."""
    if specimen.tbs["issuer"].dump() != specimen.authority["subject"].dump():
        yield "not the subject of the issuer's certificate"
    if specimen.kind is None:
        yield "not a CA of this profile set"


@rule("lint.names.hierarchy", "C")
def hierarchy(specimen: Specimen) -> Iterator[str]:
    """R-0.3, R-0.4: a CA issues one kind of holder's certificates, signature or authentication."""
    if specimen.kind is not (specimen.profile.ca_kind or specimen.profile.holder_kind):
        yield "the issuer is the other hierarchy's"


@rule("lint.names.ca", "C")
def ca_subject(specimen: Specimen) -> Iterator[str]:
    """Profile §2: a CA certificate is self-issued, subject and issuer are the same, in every generation."""
    if specimen.tbs["subject"].dump() != specimen.tbs["issuer"].dump():
        yield "subject and issuer differ"


@rule("lint.names.signature", "CU")
def signature_subject(specimen: Specimen) -> Iterator[str]:
    """Profile §3: the subject is C, L prefecture, L municipality, CN opaque, in this order."""
    yield from _shape(specimen.tbs["subject"], ["country_name", "locality_name", "locality_name", "common_name"])


@rule("lint.names.authentication", "CU")
def authentication_subject(specimen: Specimen) -> Iterator[str]:
    """Profile §5: the subject is C and CN opaque, no place (R-0.4)."""
    yield from _shape(specimen.tbs["subject"], ["country_name", "common_name"])


@rule("lint.names.responder", "D")
def responder_subject(specimen: Specimen) -> Iterator[str]:
    """Profile §6: the subject is the CA's name with one CN."""
    kind = specimen.kind
    if kind is None or specimen.tbs["subject"].dump() != specimen.profiles.responder_subject(kind).public_bytes():
        yield "not the responder of its issuer"


def _shape(name: Any, kinds: list[str]) -> Iterator[str]:
    found = parts(name)
    if [kind for kind, _, _ in found] != kinds or len(name.chosen) != len(kinds):
        yield "other parts, or another order"
        return
    if found[0][1] != "JP":
        yield "C is not JP"
    opaque = found[-1][1]
    if not (opaque.isascii() and opaque.isprintable() and " " not in opaque):
        yield "CN is not an opaque identifier in ASCII"


NAME_RULES = (strings, lengths, issuer)
