"""The walls about expiry notices: a letter says what the authority wrote, and goes along its table.

Migration 0006 builds them from here; a wall that changes gets a migration of its own that tears the old one down.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

EDGES = (
    ("received", "printed"),
    ("received", "withdrawn"),
    ("printed", "posted"),
    ("printed", "withdrawn"),
    ("posted", "returned"),
)
"""The edges of `rules.notices.NOTICE` as the database holds them (a test holds the two equal)."""
_ALLOWED = " OR ".join(f"(OLD.state = '{here}' AND NEW.state = '{there}')" for here, there in EDGES)
_SAID = (
    "municipality",
    "notice_id",
    "resident_code",
    "card_expires_date",
    "signature_expires_date",
    "authentication_expires_date",
    "opens_date",
    "selected_date",
    "post_by_date",
    "received_at",
)

WALLS = (
    Wall(
        name="expiry_notice_stays",
        table="window_expirynotice",
        on=On.UPDATE,
        broken=f"{changed(*_SAID)} OR (NEW.state IS DISTINCT FROM OLD.state AND NOT ({_ALLOWED}))",
    ),
    Wall(name="expiry_notice_is_kept", table="window_expirynotice", on=On.DELETE, broken="TRUE"),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
