"""The words for a time-stamp that proves nothing."""

from enum import Enum, unique


@unique
class StampProblem(Enum):
    """Why a time-stamp proves nothing."""

    UNREADABLE = "stamp.unreadable"
    IMPRINT = "stamp.imprint"
    """It is over something else than this signature."""
    ALGORITHM = "stamp.algorithm"
    SIGNATURE = "stamp.signature"
    CERTIFICATE = "stamp.certificate"
    """The authority's certificate is not there, or not the one that the time-stamp names."""
    UNTRUSTED = "stamp.untrusted"
    """No anchor for time-stamps stands behind it."""
    USE = "stamp.use"
    """The certificate is not one of an authority: timeStamping alone, critical (RFC 3161 §2.3)."""
    OUT_OF_DATE = "stamp.out-of-date"
    """The authority's certificate is over, or did not hold when it stamped."""
    AHEAD = "stamp.ahead"
    """It tells a time after the moment of the judgement."""
    STATUS = "stamp.status"
    """Whether the authority's certificate is revoked is not known, or it is."""
