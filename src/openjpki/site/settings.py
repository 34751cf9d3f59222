"""Django's settings, derived from one home folder and the environment. Nothing else reads the environment.

`OPENJPKI_HOME` names the home (default: `./home`). Each role has its own database: one SQLite file in the home, or, if
`OPENJPKI_POSTGRES_HOST` is set, one PostgreSQL database. There is no `default` database: a query without a role is a
bug, and fails.
"""

import os
from pathlib import Path
from typing import Any

ROLES = ("authority", "window", "staff")
"""The database aliases. `audit` has its table in each of them (see `router`)."""

HOME = Path(os.environ.get("OPENJPKI_HOME", "home")).resolve()


def _sqlite(role: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / role / "db.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            # A writer takes its lock when it begins, so two writers queue and none fails half-way.
            "transaction_mode": "IMMEDIATE",
            # WAL: readers never block; FULL: an act that was answered survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


_PREPARED = {"server_side_binding": True, "prepare_threshold": 5}
"""What is asked over and over is parsed and planned once in a connection: the server works half as long on an order."""


def _postgres(role: str) -> dict[str, Any]:
    password_file = os.environ.get("OPENJPKI_POSTGRES_PASSWORD_FILE", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": f"{os.environ.get('OPENJPKI_POSTGRES_PREFIX', 'openjpki')}_{role}",
        "HOST": os.environ["OPENJPKI_POSTGRES_HOST"],
        "PORT": os.environ.get("OPENJPKI_POSTGRES_PORT", "5432"),
        "USER": os.environ.get("OPENJPKI_POSTGRES_USER", "openjpki"),
        "PASSWORD": Path(password_file).read_text(encoding="utf-8").strip() if password_file else "",
        "OPTIONS": _PREPARED if role == "authority" else {},
    }


_database = _postgres if "OPENJPKI_POSTGRES_HOST" in os.environ else _sqlite

DATABASES: dict[str, dict[str, Any]] = {"default": {}} | {
    # No role's database waits for another's: without this, Django makes them all depend on `default`.
    role: _database(role) | {"TEST": {"DEPENDENCIES": []}}
    for role in ROLES
}
DATABASE_ROUTERS = ["openjpki.site.router.Router"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "openjpki.staff",
    "openjpki.audit",
    "openjpki.authority",
    "openjpki.window",
    "openjpki.site",
]
AUTH_USER_MODEL = "staff.Officer"

ROOT_URLCONF = "openjpki.authority.urls" if os.environ.get("OPENJPKI_SERVES") == "authority" else "openjpki.site.urls"
"""`serve authority` answers for the authority's public addresses alone."""
WSGI_APPLICATION = "openjpki.site.wsgi.application"
MIDDLEWARE = [
    "openjpki.site.watching.middleware.Watch",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"string_if_invalid": "", "context_processors": []},
    }
]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
"""A sandbox answers on loopback only; the Host check also stops DNS rebinding."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
"""Bytes of a request that Django reads into memory; no form of ours comes near."""

USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_SECRET = HOME / "secret"
SECRET_KEY = _SECRET.read_text(encoding="ascii") if _SECRET.is_file() else ""
"""Signs sessions and forms: the home's own random file, never the environment, which every child inherits. Empty is
refused on use."""
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
LOGGING_CONFIG = None
"""`site.watching.logs` says what is logged and how."""
