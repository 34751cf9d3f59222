from collections.abc import Callable

import pytest
from cryptography import x509

from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.keys import KeyMissing
from openjpki.authority.signing.purpose import NotToBeSigned, hold_purpose, is_self_issued
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import hierarchy
from tests.support.signing import CA, FORMS, RESPONDER

P384 = KeyAlgorithm.P384_SHA_384


@pytest.mark.parametrize(("name", "form"), [(name, form) for name in (CA, RESPONDER) for form in FORMS])
def test_a_key_signs_what_it_is_for_and_nothing_else(name: str, form: str) -> None:
    """A CA's key signs certificates, a responder's key answers (RFC 6960 §4.2.2.2); lists are read as they come."""
    right = (form == "answer") == (name == RESPONDER)
    if right:
        hold_purpose(name, FORMS[form]())
        return
    with pytest.raises(NotToBeSigned):
        hold_purpose(name, FORMS[form]())


@pytest.mark.parametrize(
    "name", ["card-face", "../passphrase", "signature-ca-0123456789ABCDEF", f"{CA}\n", "", "x" * 80]
)
def test_another_name_signs_nothing(name: str) -> None:
    """Only keys of CAs and responders sign here."""
    for form in FORMS.values():
        with pytest.raises(NotToBeSigned):
            hold_purpose(name, form())


def test_a_cas_certificate_names_itself_as_its_issuer() -> None:
    """RFC 5280 §3.2: that tells it from those that it issues, before anything is read with more trouble."""
    made = hierarchy(CertificateKind.SIGNATURE, P384)
    told = {
        name: is_self_issued(x509.load_der_x509_certificate(certificate).tbs_certificate_bytes)
        for name, certificate in (("ca", made.ca), ("holder", made.holder), ("responder", made.responder))
    }
    assert told == {"ca": True, "holder": False, "responder": False}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b"\x31" + data[1:], lambda _: b""]
)
def test_what_is_cut_or_longer_is_not_signed(form: str, spoil: Callable[[bytes], bytes]) -> None:
    """The bytes are one whole element of DER: what follows it would be signed unseen."""
    with pytest.raises(NotToBeSigned):
        hold_purpose(RESPONDER if form == "answer" else CA, spoil(FORMS[form]()))


@pytest.mark.parametrize("name", ["card-face", "../passphrase", "/etc/passwd", "keys/../x"])
def test_a_name_that_is_no_keys_is_never_looked_for(remote: RemoteKeys, name: str) -> None:
    """A name is part of a path where keys are files: only what CAs and responders are called is looked for, or made."""
    with pytest.raises(KeyMissing):
        remote.signer(name)
    with pytest.raises(KeyMissing):
        remote.make(name, P384)
