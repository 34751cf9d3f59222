"""The addresses of all roles."""

from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve

from openjpki.site import views
from openjpki.site.watching import views as watching

STATIC = Path(__file__).parent / "static"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("story/<path:name>", views.story_file, name="story-file"),
    path("ca/<str:issuer>.pem", views.ca_pem, name="ca-pem"),
    path("static/<path:path>", serve, {"document_root": STATIC}, name="static"),
    path("healthz", watching.alive, name="healthz"),
    path("readyz", watching.ready, name="readyz"),
    path("metrics", watching.metrics, name="metrics"),
    path("", include("openjpki.authority.urls")),
]
