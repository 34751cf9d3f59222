"""The addresses of all roles."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("openjpki.authority.urls")),
]
