"""The addresses of the operators' pages."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import IntConverter
from django.views.static import serve

from openjpki.site.operators import views

STATIC = Path(__file__).parents[1] / "static"


class ActNumber(IntConverter):
    """An act's number: what has more digits is no address of ours, and no number for a database."""

    regex = "[0-9]{1,9}"


register_converter(ActNumber, "act")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.state, name="state"),
    path("acts", views.acts, name="acts"),
    path("acts/<act:number>", views.act, name="act"),
    path("acts/<act:number>/statement", views.statement, name="statement"),
    path("acts/<act:number>/approve", views.approve, name="approve"),
    path("phone", views.phone, name="phone"),
    path("phone/caller", views.look_up, name="look-up"),
    path("phone/stop", views.stop, name="stop"),
    path("phone/stopped", views.stopped, name="stopped"),
    path("verifiers", views.register, name="verifiers"),
    path("notices", views.notices, name="notices"),
    path("static/<path:path>", serve, {"document_root": STATIC}, name="static"),
]
handler404 = "openjpki.site.operators.views.not_found"
