import pytest

from tools.draw_limits import Limit, limits, limits_page


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page of all limits; drawing it reads the whole of the code."""
    return limits_page()


@pytest.mark.parametrize("limit", limits(), ids=lambda limit: f"{limit.module}:{limit.name}")
def test_every_limit_has_its_reason(limit: Limit, page: str) -> None:
    """A bound without a reason cannot be judged: each says below it what it counts and why it is that large."""
    assert limit.reason.endswith(".")
    assert f"| `{limit.name}` |" in page


def test_the_limits_are_found() -> None:
    """Numbers, sizes of pages, pairs and typed constants alike; the page names each once."""
    found = {(limit.module, limit.name) for limit in limits()}

    assert len(found) == len(limits()) > 45
    assert found >= {
        ("desk.carrier", "MAX_MESSAGE"),
        ("desk.messages", "MOST_RECORDS"),
        ("card.pins", "MIN_DATA, MAX_DATA"),
        ("pki.ocsp", "MOST_ITEMS"),
        ("window.register_csv", "MAX_LINES"),
        ("site.reading", "PAGE"),
        ("rules.pins", "SIGNATURE_PIN_LONGEST"),
    }
