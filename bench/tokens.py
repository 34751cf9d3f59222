"""Signatures by a key in a PKCS#11 token (SoftHSM2 through python-pkcs11), beside the bare RSA signature."""

from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from openjpki.authority.signing.token_keys import TokenKeys
from openjpki.pki.algorithms import KeyAlgorithm
from tests.support.token import LABEL, MODULE, the_token

Work = Callable[[], object]
SIGNATURES = 200
"""Signatures of one measurement."""


def token_rows() -> list[tuple[str, str, Work, Work]]:
    """Return the comparison; raises `TokenMissing` without SoftHSM2."""
    keys = TokenKeys(MODULE, LABEL, the_token().pin_file)
    signer = keys.signer(keys.make("bench", KeyAlgorithm.RSA_2048_SHA_256))
    key = rsa.generate_private_key(65537, 2048)

    def ours() -> None:
        for _ in range(SIGNATURES):
            signer.sign(b"x" * 1000)

    def bare() -> None:
        for _ in range(SIGNATURES):
            key.sign(b"x" * 1000, padding.PKCS1v15(), hashes.SHA256())

    return [(f"{SIGNATURES} signatures by a key in SoftHSM2", "the bare RSA signature", ours, bare)]
