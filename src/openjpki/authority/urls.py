"""The authority's public addresses: status, lists, CA certificates. None needs an account."""

from django.urls import path

from openjpki.authority import web

urlpatterns = [
    path("ocsp/<str:kind>", web.ocsp_post, name="ocsp"),
    path("ocsp/<str:kind>/<path:encoded>", web.ocsp_get, name="ocsp-get"),
    path("crl/<str:issuer>/<str:municipality>.crl", web.crl, name="crl"),
    path("ca/<str:issuer>.cer", web.ca_certificate, name="ca"),
]
