"""The walls of the verifiers' register: a registration ends once, a key is revoked once, a consent is what was signed.

Migration 0007 builds them from here; a wall that changes gets a migration of its own that tears the old one down.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

EDGES = (("active", "suspended"), ("active", "ended"), ("suspended", "active"), ("suspended", "ended"))
"""The edges of `rules.verifiers.VERIFIER` as the database holds them (a test holds the two equal)."""

_ALLOWED = " OR ".join(f"(OLD.state = '{here}' AND NEW.state = '{there}')" for here, there in EDGES)
_REGISTERED = ("code", "name", "kind", "corporate_number", "grounds", "rights", "since", "until", "approved_by")
_CERTIFIED = ("verifier_id", "fingerprint", "key_digest", "certificate", "not_before", "not_after")
_SIGNED = (
    "consent_id",
    "verifier_id",
    "person_id",
    "certificate_key",
    "items",
    "purpose",
    "scope",
    "since",
    "until",
    "document",
    "registered_at",
)


def _once(column: str) -> str:
    """Return the SQL that holds if an update changes a moment that was set."""
    return f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})"


WALLS = (
    Wall(
        name="verifier_moves_along_edges",
        table="authority_verifier",
        on=On.UPDATE,
        broken=f"NEW.state IS DISTINCT FROM OLD.state AND NOT ({_ALLOWED})",
    ),
    Wall(name="verifier_stays", table="authority_verifier", on=On.UPDATE, broken=changed(*_REGISTERED)),
    Wall(name="verifier_is_kept", table="authority_verifier", on=On.DELETE, broken="TRUE"),
    Wall(
        name="verifier_key_stays",
        table="authority_verifiercertificate",
        on=On.UPDATE,
        broken=f"{changed(*_CERTIFIED)} OR {_once('revoked_at')}",
    ),
    Wall(name="verifier_key_is_kept", table="authority_verifiercertificate", on=On.DELETE, broken="TRUE"),
    Wall(
        name="consent_stays",
        table="authority_consent",
        on=On.UPDATE,
        broken=f"{changed(*_SIGNED)} OR {_once('withdrawn_at')}",
    ),
    Wall(name="consent_is_kept", table="authority_consent", on=On.DELETE, broken="TRUE"),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
