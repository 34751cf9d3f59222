"""The walls of cards: for whom one was made stays, and it is nobody else's, whoever is reported to have been given it.

Migration 0017 builds them from here.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

_ANOTHERS = "EXISTS (SELECT 1 FROM {other} AS same WHERE same.card_number = NEW.card_number AND same.person_id <> NEW.person_id)"

WALLS = (
    Wall(
        name="made_card_is_nobody_elses",
        table="authority_madecard",
        on=On.INSERT,
        broken=_ANOTHERS.format(other="authority_card"),
    ),
    Wall(name="made_card_stays", table="authority_madecard", on=On.UPDATE, broken="TRUE"),
    Wall(name="made_card_is_kept", table="authority_madecard", on=On.DELETE, broken="TRUE"),
    Wall(
        name="card_is_whose_it_was_made",
        table="authority_card",
        on=On.INSERT,
        broken=_ANOTHERS.format(other="authority_madecard"),
    ),
    Wall(
        name="card_stays_its_persons",
        table="authority_card",
        on=On.UPDATE,
        broken=changed("card_number", "person_id"),
    ),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
