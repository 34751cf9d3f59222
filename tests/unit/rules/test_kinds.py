from openjpki.rules.kinds import RevocationReason


def test_reasons_have_the_numbers_of_the_standard() -> None:
    """CRLReason of RFC 5280 §5.3.1, from unspecified (0) to certificateHold (6)."""
    assert {reason.value: reason.code for reason in RevocationReason} == {
        "unspecified": 0,
        "key_compromise": 1,
        "ca_compromise": 2,
        "affiliation_changed": 3,
        "superseded": 4,
        "cessation_of_operation": 5,
        "certificate_hold": 6,
    }
