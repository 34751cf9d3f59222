from datetime import timedelta

import pytest

from openjpki.documents.currency import MOST_SKEW, SKEW, BadSkew, Moments, NonceRule, StatusRules
from tests.unit.documents.world import NOW, SIGNED


def test_the_defaults_are_the_strict_ones() -> None:
    """Five minutes, ten days, and the nonce must come back."""
    assert StatusRules() == StatusRules(skew=SKEW, oldest=timedelta(days=10), nonce=NonceRule.REQUIRED)


@pytest.mark.parametrize("skew", [timedelta(), MOST_SKEW])
def test_the_skew_may_be_set_within_its_bound(skew: timedelta) -> None:
    """None at all, up to a quarter of an hour."""
    assert StatusRules(skew=skew).skew == skew


@pytest.mark.parametrize("skew", [timedelta(seconds=-1), MOST_SKEW + timedelta(seconds=1)])
def test_a_skew_outside_its_bound_is_refused(skew: timedelta) -> None:
    """More would hide a replay behind a clock."""
    with pytest.raises(BadSkew):
        StatusRules(skew=skew)


def test_the_proven_moment_is_the_one_asked_about() -> None:
    """Without a proof it is the moment of the judgement."""
    assert Moments(at=NOW).about == NOW
    assert Moments(at=NOW, proven=SIGNED).about == SIGNED
