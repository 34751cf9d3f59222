import pytest
from cryptography import x509

from openjpki.pki.reasons import reason_of
from openjpki.rules.kinds import RevocationReason


@pytest.mark.parametrize("reason", RevocationReason)
def test_each_reason_is_read_as_itself(reason: RevocationReason) -> None:
    """RFC 5280 §5.3.1: the library's flag of that name is our reason."""
    assert reason_of(x509.ReasonFlags[reason.value]) is reason


def test_no_reason_is_unspecified() -> None:
    """RFC 5280 §5.3.1: `unspecified` is said by saying nothing."""
    assert reason_of(None) is RevocationReason.UNSPECIFIED


@pytest.mark.parametrize("flag", ["privilege_withdrawn", "aa_compromise", "remove_from_crl"])
def test_reasons_outside_the_vocabulary_are_none(flag: str) -> None:
    """JPKI does not use them; a certificate revoked for one is still revoked."""
    assert reason_of(x509.ReasonFlags[flag]) is None
