"""OCSP answers that were built right, then changed and signed again, so that one rule after the other finds something."""

from collections.abc import Callable
from typing import Any

from asn1crypto import ocsp

from openjpki.pki import der
from openjpki.pki.lint.answers import examine_answer
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import ISSUED, hierarchy

MADE = hierarchy()
NONCE = b"n" * 32
REVOKED = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.SUPERSEDED)
RIGHT = MADE.answer(REVOKED, nonce=NONCE)

Change = Callable[[Any], object]
"""Takes an asn1crypto ResponseData and changes it."""


def changed(change: Change = lambda _: None, *, around: Change = lambda _: None, position: int = 1) -> bytes:
    """Return the right answer after a change of what is signed, signed again by a key of the pool, then of the rest."""
    response = ocsp.OCSPResponse.load(RIGHT)
    basic = response["response_bytes"]["response"].parsed
    _ = basic.native
    data = basic["tbs_response_data"]
    change(data)
    again = ocsp.ResponseData.load(data.dump(force=True))
    whole = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": again,
            "signature_algorithm": basic["signature_algorithm"],
            "signature": MADE.signer(position).sign(again.dump()),
            "certs": basic["certs"],
        }
    )
    around(whole)
    answer = ocsp.OCSPResponse(
        {
            "response_status": "successful",
            "response_bytes": {"response_type": "basic_ocsp_response", "response": whole},
        }
    )
    encoded: bytes = answer.dump()
    return encoded


def resigned(old: bytes, new: bytes) -> bytes:
    """Return the right answer with some signed bytes exchanged for as many others, signed again."""
    raw: bytes = ocsp.OCSPResponse.load(RIGHT)["response_bytes"]["response"].parsed["tbs_response_data"].dump()
    assert old in raw
    assert len(old) == len(new)
    raw = raw.replace(old, new)
    signer = MADE.responder_signer
    certificates = der.tlv(der.context(0), der.sequence(MADE.responder))
    basic = der.sequence(raw, signer.algorithm.identifier, der.bit_string(signer.sign(raw)), certificates)
    kind = der.object_identifier("1.3.6.1.5.5.7.48.1.1")
    return der.sequence(
        der.integer(0, der.ENUMERATED), der.tlv(der.context(0), der.sequence(kind, der.octet_string(basic)))
    )


def codes(answer: bytes, *, profiles: ProfileSet | None = None, nonce: bytes | None = NONCE) -> frozenset[str]:
    """Return the codes of all findings about an answer to a question with this nonce."""
    return examine_answer(profiles or MADE.profiles, answer, issuer=MADE.ca, nonce=nonce).codes
