"""What the signing process holds an OCSP answer, and a responder's certificate, against before it signs.

Whoever takes over a process that may ask for signatures cannot have answers of another responder's name, answers that
hold for longer than ours do, nor answers made ahead of their time; and no certificate that lets a key of their own answer.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509 as asn1_x509

from openjpki.authority.means import Terms
from openjpki.authority.signing.keys import KeyMissing, SigningKeys, key_name
from openjpki.authority.signing.purpose import NotToBeSigned, is_certificate
from openjpki.pki import der
from openjpki.pki.keys import key_identifier
from openjpki.pki.ocsp_data import SaidStatus, read_response_data

LONGEST_ANSWER: Final = max(Terms().ocsp_answer, Terms().crl_daily)
"""From thisUpdate to nextUpdate: a quarter of an hour, or a list's span where answers say what lists said (`ocsp_mode`)."""
MOST_SKEW: Final = timedelta(minutes=5)
"""Between the clocks of the process that answers and the one that signs: the authority's own may lag by a minute."""
MOST_GENERATIONS: Final = 100
"""CA generations of a kind whose responders' keys are looked for: a new one comes every few years."""
_RESPONDER = re.compile(r"(?:signature|authentication)-[1-9][0-9]*-ocsp-.*")


def hold_answer(name: str, public_key: bytes, to_be_signed: bytes, clock: Callable[[], datetime] | None) -> None:
    """Raise `NotToBeSigned` unless a responder's key is to sign a whole and sane answer in its own name, of now."""
    if not _RESPONDER.fullmatch(name):
        return
    try:
        said = read_response_data(to_be_signed)
    except der.NotDer as error:
        raise NotToBeSigned(name=name) from error
    holds = (
        said.responder == key_identifier(public_key),
        clock is None or abs(said.produced_at - clock()) <= MOST_SKEW,
        all(_sane(one, said.produced_at) for one in said.statuses),
    )
    if not all(holds):
        raise NotToBeSigned(name=name)


def _sane(said: SaidStatus, produced_at: datetime) -> bool:
    return (
        said.this_update <= produced_at < said.next_update
        and said.next_update - said.this_update <= LONGEST_ANSWER
        and (said.revoked_at is None or said.revoked_at <= produced_at)
    )


def hold_responder(keys: SigningKeys, name: str, to_be_signed: bytes) -> None:
    """Raise `NotToBeSigned` for a responder's certificate over a key that is not kept here under that responder's name."""
    if not is_certificate(to_be_signed):
        return
    certificate = asn1_x509.TbsCertificate.load(to_be_signed)
    if not _may_answer(certificate):
        return
    kind, serial = name.partition("-")[0], certificate["serial_number"].native
    public_key: bytes = certificate["subject_public_key_info"].dump()
    for generation in range(1, MOST_GENERATIONS + 1):
        try:
            kept = keys.signer(key_name(f"{kind}-{generation}-ocsp-{serial}", public_key))
        except KeyMissing:
            continue
        if kept.public_key == public_key:
            return
    raise NotToBeSigned(name=name)


def _may_answer(certificate: asn1_x509.TbsCertificate) -> bool:
    usages = [
        usage
        for extension in certificate["extensions"]
        if extension["extn_id"].native == "extended_key_usage"
        for usage in extension["extn_value"].parsed.native
    ]
    return "ocsp_signing" in usages
