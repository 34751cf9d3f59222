"""The walls of the window's database: what was said stays said, and what is at its end stays there.

Migration 0002 builds them from here; a wall that changes gets a migration of its own that tears the old one down.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

ENDS = ("done", "refused", "withdrawn", "inquiry-returned", "inquiry-lapsed")
"""The final states of `rules.application.APPLICATION` as the database holds them (a test holds the two equal)."""

_MESSAGE = ("municipality", "resident_code", "message_id", "message", "queued_at")


WALLS = (
    Wall(name="message_stays", table="window_outboxmessage", on=On.UPDATE, broken=changed(*_MESSAGE)),
    Wall(
        name="message_answered_once",
        table="window_outboxmessage",
        on=On.UPDATE,
        broken="OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at",
    ),
    Wall(
        name="application_stays_at_its_end",
        table="window_application",
        on=On.UPDATE,
        broken=f"OLD.state IN ({', '.join(repr(end) for end in ENDS)}) AND NEW.state IS DISTINCT FROM OLD.state",
    ),
    Wall(
        name="receipt_counter_grows",
        table="window_receiptcounter",
        on=On.UPDATE,
        broken="NEW.last <= OLD.last",
    ),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
