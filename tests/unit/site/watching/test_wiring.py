import pytest

from openjpki.site.house import House
from openjpki.site.watching import wiring
from openjpki.site.watching.metrics import Measures


@pytest.mark.django_db(databases=["authority", "window", "staff"], transaction=True)
def test_a_process_counts_by_the_measures_installed_last(settled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process, one count; none is no fault."""
    monkeypatch.setattr(wiring, "_installed", [])
    assert wiring.measures() is None
    first, second = Measures(settled), Measures(settled)
    wiring.install(first)
    wiring.install(second)

    assert wiring.measures() is second
