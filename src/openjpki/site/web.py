"""The web application over one house: what the views of this process show and answer for."""

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from openjpki.authority import wiring as authority_wiring
from openjpki.site import wiring
from openjpki.site.house import House
from openjpki.site.watching import wiring as watching
from openjpki.site.watching.metrics import Measures


def application_over(house: House) -> WSGIHandler:
    """Let the views of this process answer for this house, and return them as a WSGI application."""
    authority_wiring.install(house.authority)
    wiring.install(house)
    watching.install(Measures(house))
    return get_wsgi_application()
