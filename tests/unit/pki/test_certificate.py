import copy
import pickle
from collections.abc import Callable

import pytest
from asn1crypto import x509

from openjpki.pki.certificate import (
    LintRefused,
    Prepared,
    Token,
    TokenSpent,
    issue,
    lint,
    prepare_signature,
    prepared_from,
)
from openjpki.pki.keys import SignerFaulty, WrongSigner, verify_signature
from openjpki.pki.lint.finding import Findings
from openjpki.pki.profiles import Profile
from tests.support.faulty import FaultySigner
from tests.support.hierarchy import EXPIRES, ISSUED, TARO, WAKABA, Hierarchy, hierarchy
from tests.support.second_lint import SecondLint


@pytest.fixture
def prepared(made: Hierarchy) -> Prepared:
    """Return a signature certificate that waits for its signature."""
    return prepare_signature(
        made.profiles,
        issuer=made.ca,
        public_key=made.holder_signer.public_key,
        serial=7,
        subject_id="X1",
        municipality=WAKABA,
        attributes=TARO,
        not_before=ISSUED,
        not_after=EXPIRES,
    )


def test_what_is_signed_is_what_was_linted(made: Hierarchy, prepared: Prepared) -> None:
    """The signed certificate holds exactly the linted bytes, under a signature of the issuer's key."""
    certificate = x509.Certificate.load(issue(lint(prepared, made.ca), made.ca_signer), strict=True)

    assert certificate["tbs_certificate"].dump() == prepared.to_be_signed
    assert certificate["signature_algorithm"].dump() == certificate["tbs_certificate"]["signature"].dump()
    verify_signature(
        made.ca_signer.public_key, made.algorithm, prepared.to_be_signed, certificate["signature_value"].native
    )


def test_a_token_is_spent_once(made: Hierarchy, prepared: Prepared) -> None:
    """One lint allows one signature."""
    token = lint(prepared, made.ca)
    issue(token, made.ca_signer)

    with pytest.raises(TokenSpent):
        issue(token, made.ca_signer)


def test_a_wrong_signer_does_not_spend_the_token(made: Hierarchy, prepared: Prepared) -> None:
    """Only the issuer's key signs: neither the holder's, nor the next generation's of the same name."""
    token = lint(prepared, made.ca)

    for wrong in (made.holder_signer, hierarchy(ca_position=3).ca_signer):
        with pytest.raises(WrongSigner):
            issue(token, wrong)
    assert issue(token, made.ca_signer)


def test_a_signature_that_does_not_fit_never_leaves(made: Hierarchy, prepared: Prepared) -> None:
    """A faulty signer's certificate is not handed on, and the token is spent: the content is linted again."""
    token = lint(prepared, made.ca)

    with pytest.raises(SignerFaulty):
        issue(token, FaultySigner(made.ca_signer))
    with pytest.raises(TokenSpent):
        issue(token, made.ca_signer)


def test_a_certificate_that_breaks_its_profile_gets_no_token(made: Hierarchy, prepared: Prepared) -> None:
    """Stored bytes that were changed are linted again before they are signed, and refused with their findings."""
    changed = prepared.to_be_signed.replace(b"319800217", b"419800217")
    stored = prepared_from(made.profiles, changed, Profile.SIGNATURE)

    with pytest.raises(LintRefused) as refusal:
        lint(stored, made.ca)

    found = refusal.value.data["findings"]
    assert isinstance(found, Findings)
    assert found.codes == {"lint.attributes.birth-date"}
    assert "lint.attributes.birth-date" in refusal.value.message("ja")


def test_another_program_is_asked_last_and_its_word_counts(made: Hierarchy, prepared: Prepared) -> None:
    """Setting `external_lint`: it sees only what follows the profile, and one finding of it is no token."""
    finds = SecondLint(finds=True)
    broken = prepared_from(made.profiles, prepared.to_be_signed.replace(b"319800217", b"419800217"), Profile.SIGNATURE)

    for stored in (prepared, broken):
        with pytest.raises(LintRefused):
            lint(stored, made.ca, finds)

    assert finds.seen == [Profile.SIGNATURE]
    assert issue(lint(prepared, made.ca, SecondLint(finds=False)), made.ca_signer)


def test_a_refusal_names_nobody(made: Hierarchy, prepared: Prepared) -> None:
    """Findings are logged and shown: they hold no attribute of the person."""
    broken = prepared.to_be_signed.replace("見本　太郎".encode(), "見本　𠮷".encode() + b"xx")
    stored = prepared_from(made.profiles, broken, Profile.SIGNATURE)

    with pytest.raises(LintRefused) as refusal:
        lint(stored, made.ca)

    assert not any(part in str(refusal.value) for part in ("見本", "𠮷", "若葉"))


def test_stored_bytes_resume(made: Hierarchy, prepared: Prepared) -> None:
    """A crash between lint and signature: the stored bytes are linted again and signed."""
    stored = prepared_from(made.profiles, prepared.to_be_signed, Profile.SIGNATURE)

    assert prepared.to_be_signed in issue(lint(stored, made.ca), made.ca_signer)


def test_nobody_else_makes_a_token(prepared: Prepared, made: Hierarchy) -> None:
    """Signing has no other entrance than lint."""
    with pytest.raises(TypeError):
        Token(prepared.to_be_signed, made.ca_signer.public_key, seal=None)


def test_a_token_cannot_be_doubled(made: Hierarchy, prepared: Prepared) -> None:
    """A copy would be a second permission."""
    token = lint(prepared, made.ca)

    doubles: tuple[Callable[[Token], object], ...] = (copy.copy, copy.deepcopy, pickle.dumps)
    for double in doubles:
        with pytest.raises(TypeError):
            double(token)
