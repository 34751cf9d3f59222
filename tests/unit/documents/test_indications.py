import pytest

from openjpki.documents.indications import Indication, SubIndication, gravest
from openjpki.errors import Kind


@pytest.mark.parametrize(
    ("indication", "kind"),
    [
        (Indication.TOTAL_PASSED, None),
        (Indication.TOTAL_FAILED, Kind.REFUSED),
        (Indication.INDETERMINATE, Kind.INDETERMINATE),
    ],
)
def test_an_indication_is_an_exit_status(indication: Indication, kind: Kind | None) -> None:
    """Passed is 0, failed 1, indeterminate 3."""
    assert indication.kind is kind


@pytest.mark.parametrize(
    "reason", ["FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED", "EXPIRED", "NOT_YET_VALID"]
)
def test_six_reasons_fail(reason: str) -> None:
    """ETSI EN 319 102-1 table 6: these and no others go with TOTAL-FAILED."""
    assert SubIndication(reason).indication is Indication.TOTAL_FAILED


def test_every_other_reason_is_indeterminate() -> None:
    """The rest of the vocabulary says that nothing can be said."""
    failed = [reason for reason in SubIndication if reason.indication is Indication.TOTAL_FAILED]

    assert len(failed) == 6
    assert SubIndication.REVOKED_NO_POE.indication is Indication.INDETERMINATE


def test_what_is_certain_stands_before_what_is_not_known() -> None:
    """The headline is the gravest reason; remarks have none."""
    assert gravest([None, SubIndication.TRY_LATER, SubIndication.HASH_FAILURE]) is SubIndication.HASH_FAILURE
    assert gravest([None]) is None
