"""Where the web views find the authority of this process. The composition root installs it; nobody else does.

Django calls views without letting us hand them anything, so there is one holder per process, set once at start.
"""

from openjpki.authority.authority import Authority
from openjpki.errors import Failure, Kind


class NotInstalled(Failure):
    """No authority runs in this process."""

    code = "authority.not-installed"
    kind = Kind.UNAVAILABLE
    ja = "このプロセスでは認証局が動いていません。"
    en = "No authority runs in this process."


_installed: list[Authority] = []


def install(authority: Authority) -> None:
    """Make this the authority that the views of this process ask, in place of any before."""
    _installed[:] = [authority]


def current() -> Authority:
    """Return the installed authority; raises `NotInstalled`."""
    if not _installed:
        raise NotInstalled
    return _installed[0]
