"""The walls about expiry notices: a letter that was given stays what it says, and an expiry goes into one letter.

Migration 0007 builds them from here; a wall that changes gets a migration of its own that tears the old one down.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

_EDGES = " OR ".join(
    f"(OLD.state = '{here}' AND NEW.state = '{there}')"
    for here, there in (("waiting", "given"), ("waiting", "taken-out"), ("given", "handed-over"))
)
_IN_A_LETTER = "OLD.notice_id IS NOT NULL AND OLD.without = ''"
_GIVEN = (
    "EXISTS (SELECT 1 FROM authority_notice AS letter "
    "WHERE letter.notice_id = OLD.notice_id AND letter.state IN ('given', 'handed-over'))"
)

WALLS = (
    Wall(
        name="notice_moves_on_once",
        table="authority_notice",
        on=On.UPDATE,
        broken=(
            f"{changed('notice_id', 'batch_id', 'person_id', 'card_id')} "
            f"OR (NEW.state IS DISTINCT FROM OLD.state AND NOT ({_EDGES})) "
            f"OR (OLD.state <> 'waiting' AND ({changed('municipality', 'letter')}))"
        ),
    ),
    Wall(name="notice_is_kept", table="authority_notice", on=On.DELETE, broken="TRUE"),
    Wall(
        name="notice_decision_stands",
        table="authority_noticedecision",
        on=On.UPDATE,
        broken=(
            f"{changed('key', 'card_id', 'expires')} "
            f"OR ({_IN_A_LETTER} AND NEW.notice_id IS DISTINCT FROM OLD.notice_id) "
            f"OR ({_IN_A_LETTER} AND NEW.without <> '' AND {_GIVEN})"
        ),
    ),
    Wall(name="notice_decision_is_kept", table="authority_noticedecision", on=On.DELETE, broken="TRUE"),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
