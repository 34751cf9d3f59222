"""What a key may sign: a CA's key certificates, and lists as they come; a responder's key answers; and nothing else.

Whoever can reach the signing process can have anything signed that it takes for one of these; it cannot have a
certificate signed with a responder's key, nor any other document with a CA's.
"""

import re
from collections.abc import Callable, Mapping

from openjpki.authority.signing.keys import KeyMissing
from openjpki.errors import Failure, Kind
from openjpki.pki import der

_CA = re.compile(r"(?:signature|authentication)-ca-[0-9a-f]{16}")
_RESPONDER = re.compile(r"(?:signature|authentication)-[1-9][0-9]*-ocsp-[1-9][0-9]*-[0-9a-f]{16}")
NO_KEY = "0" * 16
"""Stands where a name has the beginning of its key's identifier."""
_VERSION = der.context(0)
_BY_NAME, _BY_KEY = der.context(1), der.context(2)


class NotToBeSigned(Failure):
    """The key does not sign things of this kind."""

    code = "authority.signing.not-to-be-signed"
    kind = Kind.REFUSED
    ja = "署名鍵 {name} では、この種類のデータに署名しません。"
    en = "The signing key {name} does not sign data of this kind."


def hold_purpose(name: str, to_be_signed: bytes) -> None:
    """Raise `NotToBeSigned` unless the bytes have the outer form of what the key of this name is for."""
    if not any(form(to_be_signed) for form in _forms(name)):
        raise NotToBeSigned(name=name)


def hold_name(name: str) -> None:
    """Raise `KeyMissing` unless this is what the key of a CA or a responder is called: a name is part of a path elsewhere."""
    if not _forms(name):
        raise KeyMissing(name=name)


def is_certificate(to_be_signed: bytes) -> bool:
    """Tell whether the bytes have the outer form of a TBSCertificate."""
    return _IS_CERTIFICATE(to_be_signed)


def is_self_issued(to_be_signed: bytes) -> bool:
    """Tell of a TBSCertificate whether it names its subject as its issuer: here a CA's certificate does, and no other (RFC 5280 §3.2)."""
    content = der.Reader(to_be_signed).inside(der.SEQUENCE)
    content.content(_VERSION)
    content.content(der.INTEGER)
    _, issuer, _, subject = (content.content(der.SEQUENCE) for _ in ("signature", "issuer", "validity", "subject"))
    return issuer == subject


def signs_lists(name: str) -> bool:
    """Tell whether the key of this name signs revocation lists: they are read as they come (`pki.crl_stream`)."""
    return _CA.fullmatch(name) is not None


def _forms(name: str) -> tuple[Callable[[bytes], bool], ...]:
    return next((forms for pattern, forms in _SIGNS.items() if pattern.fullmatch(name)), ())


def _reads(read: Callable[[der.Reader], None]) -> Callable[[bytes], bool]:
    """Make of a reading of a SEQUENCE's content the question whether the bytes can be read so, to their end."""

    def readable(data: bytes) -> bool:
        try:
            outer = der.Reader(data)
            content = outer.inside(der.SEQUENCE)
            outer.end()
            read(content)
        except der.NotDer:
            return False
        return True

    return readable


def _certificate(content: der.Reader) -> None:
    """TBSCertificate, version 3 (RFC 5280 §4.1)."""
    content.content(_VERSION)
    content.content(der.INTEGER)
    for _ in ("signature", "issuer", "validity", "subject", "subjectPublicKeyInfo"):
        content.content(der.SEQUENCE)


def _answer(content: der.Reader) -> None:
    """ResponseData, version 1 (RFC 6960 §4.2.1): its version is left out."""
    content.content(_BY_KEY if content.next_is(_BY_KEY) else _BY_NAME)
    content.content(der.GENERALIZED_TIME)
    content.content(der.SEQUENCE)


_IS_CERTIFICATE = _reads(_certificate)
_SIGNS: Mapping["re.Pattern[str]", tuple[Callable[[bytes], bool], ...]] = {
    _CA: (_IS_CERTIFICATE,),
    _RESPONDER: (_reads(_answer),),
}
