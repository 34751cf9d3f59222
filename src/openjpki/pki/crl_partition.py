"""Which partition a list names: a municipality's distribution point under one CA (docs/certificates.md §7)."""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

from openjpki.pki import der
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import Municipality

_SOMEWHERE = Municipality(code="00000", prefecture="", name="", prefecture_romaji="X", name_romaji="X")
_OWN = 2
"""Attributes of a partition's name that are the municipality's: its prefecture, and itself."""
_SET, _UTF8_STRING = 0x31, 0x0C


def is_partition(profiles: ProfileSet, kind: CertificateKind, name: bytes) -> bool:
    """Tell whether a Name (DER) is the distribution point of some municipality under a CA of this kind, and is written so."""
    shared = list(profiles.partition_name(kind, _SOMEWHERE))[:-_OWN]
    try:
        prefecture, common_name = _own(name, x509.Name(shared).public_bytes())
        written = x509.Name(
            [
                *shared,
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, prefecture),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            ]
        )
    except ValueError:
        return False
    form = re.escape(profiles.distribution_point_cn).replace(re.escape("{municipality}"), ".+")
    return written.public_bytes() == name and re.fullmatch(form, common_name) is not None


def _own(name: bytes, shared: bytes) -> tuple[str, str]:
    """Return the last two attributes of a name that begins as all partitions' do; raises `NotDer`, ValueError."""
    before = der.Reader(shared).content(der.SEQUENCE)
    outer = der.Reader(name)
    content = outer.content(der.SEQUENCE)
    outer.end()
    if not content.startswith(before):
        message = "another beginning"
        raise der.NotDer(message)
    rest = der.Reader(content[len(before) :])
    values = []
    for _ in range(_OWN):
        attribute = rest.inside(_SET).inside(der.SEQUENCE)
        attribute.content(der.OBJECT_IDENTIFIER)
        values.append(attribute.content(_UTF8_STRING).decode())
    rest.end()
    return values[0], values[1]
