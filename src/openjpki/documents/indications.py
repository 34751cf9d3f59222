"""The words of a verdict: ETSI EN 319 102-1 §5.1.3, main indications and sub-indications."""

from collections.abc import Iterable
from enum import Enum, unique

from openjpki.errors import Kind


@unique
class Indication(Enum):
    """The three main indications (ETSI EN 319 102-1 table 5)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"

    @property
    def kind(self) -> Kind | None:
        """Return what the verdict means to a caller; its value is the exit status, None is 0."""
        return {
            Indication.TOTAL_PASSED: None,
            Indication.TOTAL_FAILED: Kind.REFUSED,
            Indication.INDETERMINATE: Kind.INDETERMINATE,
        }[self]


@unique
class SubIndication(Enum):
    """The reasons (ETSI EN 319 102-1 table 6) that this verifier gives, gravest first.

    The order decides which reason stands in the headline when there are several: what is certainly wrong before what
    cannot be known, and within each the order of the standard's own process (§5.3).
    """

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    TRY_LATER = "TRY_LATER"
    GENERIC = "GENERIC"

    @property
    def indication(self) -> Indication:
        """Return the main indication this reason belongs to."""
        return Indication.TOTAL_FAILED if self in _FAILED else Indication.INDETERMINATE


_FAILED = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.NOT_YET_VALID,
        SubIndication.EXPIRED,
    }
)
_GRAVITY = {sub: place for place, sub in enumerate(SubIndication)}


def gravest(reasons: Iterable[SubIndication | None]) -> SubIndication | None:
    """Return the gravest of some reasons, None if there is none."""
    return min((reason for reason in reasons if reason is not None), key=_GRAVITY.__getitem__, default=None)
