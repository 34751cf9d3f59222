from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.desk.bucket import Bucket
from tests.support.desk import SENT


def test_a_full_bucket_gives_its_burst_and_then_its_rate() -> None:
    """Three at once, then one every two seconds."""
    bucket = Bucket.full(rate=0.5, burst=3, at=SENT)
    for _ in range(3):
        taken = bucket.take(SENT)
        assert taken is not None
        bucket = taken

    assert bucket.take(SENT) is None
    assert bucket.take(SENT + timedelta(seconds=1)) is None
    later = bucket.take(SENT + timedelta(seconds=2))
    assert later is not None
    assert later.take(SENT + timedelta(seconds=3)) is None


@given(
    rate=st.integers(1, 20),
    burst=st.integers(1, 50),
    steps=st.lists(st.integers(-5, 10), max_size=200),
)
def test_no_span_of_time_gives_more_than_burst_and_rate(rate: int, burst: int, steps: list[int]) -> None:
    """Whatever the clock does, not more is taken than the burst and what came back meanwhile; set back, it gives nothing."""
    bucket, now, latest, taken = Bucket.full(rate=rate, burst=burst, at=SENT), SENT, SENT, 0
    for step in steps:
        now += timedelta(seconds=step)
        latest = max(latest, now)
        if (next_ := bucket.take(now)) is not None:
            bucket, taken = next_, taken + 1
        assert 0 <= bucket.tokens <= burst

    assert taken <= burst + rate * (latest - SENT).total_seconds()


@given(burst=st.integers(1, 50), asked=st.integers(1, 100))
def test_a_bucket_that_rests_is_full_again(burst: int, asked: int) -> None:
    """After burst divided by rate seconds everything is there again."""
    bucket = Bucket.full(rate=1, burst=burst, at=SENT)
    for _ in range(asked):
        bucket = bucket.take(SENT) or bucket
    later = bucket.take(SENT + timedelta(seconds=burst))

    assert later is not None
    assert later.tokens == burst - 1
