"""Revocation lists that were built right, then changed and signed again, so that one rule after the other finds something."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from asn1crypto import core, crl

from openjpki.pki import der
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.lint.lists import examine_list
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import HOLDER_SERIAL, ISSUED, WAKABA, hierarchy

MADE = hierarchy()
ENTRIES = tuple(
    RevokedEntry(serial=HOLDER_SERIAL + count, revoked_at=ISSUED + timedelta(minutes=count), reason=reason)
    for count, reason in enumerate(RevocationReason)
)
RIGHT = MADE.crl(*ENTRIES, number=12)

Change = Callable[[Any], object]
"""Takes an asn1crypto TbsCertList and changes it."""


def signed(to_be_signed: bytes) -> bytes:
    """Return a list around these bytes under the CA's signature, DER."""
    signer = MADE.ca_signer
    return der.sequence(to_be_signed, signer.algorithm.identifier, der.bit_string(signer.sign(to_be_signed)))


def changed(change: Change) -> bytes:
    """Return the right list after a change, signed again."""
    body = crl.CertificateList.load(RIGHT)["tbs_cert_list"]
    _ = body.native
    change(body)
    return signed(body.dump(force=True))


def codes(found: bytes) -> frozenset[str]:
    """Return the codes of all findings about a list of Wakaba."""
    return examine_list(MADE.profiles, found, issuer=MADE.ca, municipality=WAKABA).codes


def set_extension(oid: str, value: bytes) -> Change:
    """Give an extension of the list another value (DER)."""

    def change(body: Any) -> None:
        for extension in body["crl_extensions"]:
            if extension["extn_id"].dotted == oid:
                extension["extn_value"] = core.ParsableOctetString(value)

    return change
