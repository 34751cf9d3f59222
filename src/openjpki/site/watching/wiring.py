"""Where the web application of this process finds what it counts by. The composition installs it; nobody else does."""

from openjpki.site.watching.metrics import Measures

_installed: list[Measures] = []


def install(measures: Measures) -> None:
    """Let this process count by these measures, in place of any before."""
    _installed[:] = [measures]


def measures() -> Measures | None:
    """Return the measures of this process, None where nobody counts."""
    return _installed[0] if _installed else None
