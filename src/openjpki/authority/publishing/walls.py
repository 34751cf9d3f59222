"""The walls of the journal of status: it only grows, and no position is left out. Migration 0007 builds them."""

from openjpki.audit.triggers import On, Wall, changed

WALLS = (
    Wall(
        name="status_change_follows",
        table="authority_statuschange",
        on=On.INSERT,
        broken=(
            "NEW.position IS DISTINCT FROM "
            "(SELECT COALESCE(MAX(earlier.position), 0) + 1 FROM authority_statuschange AS earlier)"
        ),
    ),
    Wall(name="status_change_stays", table="authority_statuschange", on=On.UPDATE, broken="TRUE"),
    Wall(name="status_change_is_kept", table="authority_statuschange", on=On.DELETE, broken="TRUE"),
    Wall(
        name="status_head_grows",
        table="authority_statushead",
        on=On.UPDATE,
        broken=f"NEW.last < OLD.last OR {changed('id')}",
    ),
)
