"""Where the site's views find the house of this process. Django calls views without letting us hand them anything."""

from openjpki.site.house import House

_standing: list[House] = []


def install(house: House) -> None:
    """Make this the house that the views of this process show."""
    _standing[:] = [house]


def current() -> House:
    """Return the house of this process; a view without one is a bug."""
    return _standing[0]
