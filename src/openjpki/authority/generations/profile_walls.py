"""The walls of the recorded profiles: what was recorded stays. Migration 0015 builds them."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, tear_walls_down

WALLS = (
    Wall(name="profile_record_stays", table="authority_profilerecord", on=On.UPDATE, broken="TRUE"),
    Wall(name="profile_record_is_kept", table="authority_profilerecord", on=On.DELETE, broken="TRUE"),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
