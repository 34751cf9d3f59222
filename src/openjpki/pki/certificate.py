"""How a certificate comes to be: prepare → lint → one-use token → issue. Nothing is signed that was not linted.

`prepare_*` says what a certificate will say; `lint` holds the to-be-signed bytes against the profile and gives a
token; `issue` spends the token once, for one signature by the issuer's own key, over exactly the linted bytes.
"""

from typing import NoReturn

from openjpki.errors import Failure, Kind
from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import load_certificate
from openjpki.pki.keys import Signer, WrongSigner, proven
from openjpki.pki.lint.external import ExternalLint
from openjpki.pki.lint.rules import examine
from openjpki.pki.preparing import (
    Prepared,
    prepare_authentication,
    prepare_ca,
    prepare_ocsp_responder,
    prepare_signature,
    prepared_from,
)

__all__ = [
    "LintRefused",
    "Prepared",
    "Token",
    "TokenSpent",
    "WrongSigner",
    "issue",
    "lint",
    "prepare_authentication",
    "prepare_ca",
    "prepare_ocsp_responder",
    "prepare_signature",
    "prepared_from",
]


class LintRefused(Failure):
    """The to-be-signed certificate breaks its profile; `data["findings"]` are the `Findings`."""

    code = "pki.lint-refused"
    kind = Kind.REFUSED
    ja = "証明書の内容がプロファイルに適合しないため、署名しません。{findings}"
    en = "The certificate would not follow its profile and is not signed. {findings}"


class TokenSpent(Failure):
    """The token was used before: one lint allows one signature."""

    code = "pki.token-spent"
    kind = Kind.REFUSED
    ja = "この発行許可は既に使われています。証明書の内容を検査し直してください。"
    en = "This permission to issue has been used. Check the certificate's content again."


class Token:
    """The permission to sign one linted certificate once. Only `lint` makes one; it cannot be copied or stored."""

    def __init__(self, to_be_signed: bytes, issuer_key: bytes, *, seal: object) -> None:
        if seal is not _SEAL:
            message = "only lint() makes tokens"
            raise TypeError(message)
        self.issuer_key = issuer_key
        self._unspent = [to_be_signed]

    def __reduce_ex__(self, _: object) -> NoReturn:
        message = "a token is not copied or stored"
        raise TypeError(message)

    def spend(self) -> bytes:
        """Return the linted bytes, the first time; raise `TokenSpent` ever after."""
        try:
            return self._unspent.pop()
        except IndexError:
            raise TokenSpent from None


_SEAL = object()


def lint(prepared: Prepared, issuer: bytes | None, external: ExternalLint | None = None) -> Token:
    """Hold to-be-signed bytes against their profile and give the token to sign them; raise `LintRefused`.

    `issuer` is the CA certificate (DER); None for a CA certificate, which signs itself. `external` is asked last.
    """
    found, issuer_key = examine(prepared.profiles, prepared.profile, prepared.to_be_signed, issuer)
    if not found and external is not None:
        found = external.examine(prepared.profile, prepared.to_be_signed, issuer_key, issuer)
    if found:
        raise LintRefused(findings=found)
    return Token(prepared.to_be_signed, issuer_key, seal=_SEAL)


def issue(token: Token, signer: Signer) -> bytes:
    """Spend the token for a signed certificate, DER; raise `WrongSigner`, `TokenSpent` or `SignerFaulty`.

    A wrong signer does not spend the token. A signer that fails does: lint again.
    """
    if signer.public_key != token.issuer_key:
        raise WrongSigner
    linted = token.spend()
    algorithm = KeyAlgorithm.of(token.issuer_key)
    certificate = der.sequence(linted, algorithm.identifier, der.bit_string(proven(signer, linted, token.issuer_key)))
    if load_certificate(certificate).tbs_certificate_bytes != linted:
        message = "the signed certificate is not the linted one"
        raise AssertionError(message)
    return certificate
