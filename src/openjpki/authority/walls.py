"""The walls of the authority's database: journal, lists, serials and certificates go forward only.

Migration 0003 builds the first from here, later ones theirs; a wall that changes gets a migration of its own that tears
the old one down.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

EDGES = (
    ("prepared", "undelivered"),
    ("prepared", "revoked"),
    ("undelivered", "valid"),
    ("undelivered", "revoked"),
    ("valid", "held"),
    ("valid", "revoked"),
    ("valid", "superseded"),
    ("valid", "expired"),
    ("held", "valid"),
    ("held", "revoked"),
    ("held", "superseded"),
    ("held", "expired"),
)
"""The edges of `rules.lifecycle.CERTIFICATE` as the database holds them (a test holds the two equal)."""

_ALLOWED = " OR ".join(f"(OLD.state = '{here}' AND NEW.state = '{there}')" for here, there in EDGES)
_SAID = (
    "certificate_key",
    "serial",
    "issuer_id",
    "issuing_municipality",
    "expires_at",
    "reason",
    "event",
    "effective_at",
)
"""What a revocation said once."""
_LIST = ("issuer_id", "municipality", "number", "this_update", "next_update", "entries", "crl")


FIRST = (
    Wall(
        name="crl_number_rises",
        table="authority_crlpublication",
        on=On.INSERT,
        broken=(
            "EXISTS (SELECT 1 FROM authority_crlpublication AS earlier WHERE earlier.issuer_id = NEW.issuer_id "
            "AND earlier.municipality = NEW.municipality AND earlier.number >= NEW.number)"
        ),
    ),
    Wall(name="crl_stays", table="authority_crlpublication", on=On.UPDATE, broken=changed(*_LIST)),
    Wall(name="crl_is_kept", table="authority_crlpublication", on=On.DELETE, broken="TRUE"),
    Wall(
        name="revocation_stays",
        table="authority_revocation",
        on=On.UPDATE,
        broken=(
            f"{changed(*_SAID)} OR NEW.visible_at > OLD.visible_at "
            "OR (OLD.released_at IS NOT NULL AND NEW.released_at IS DISTINCT FROM OLD.released_at)"
        ),
    ),
    Wall(name="revocation_is_kept", table="authority_revocation", on=On.DELETE, broken="TRUE"),
    Wall(
        name="certificate_moves_along_edges",
        table="authority_certificate",
        on=On.UPDATE,
        broken=f"NEW.state IS DISTINCT FROM OLD.state AND NOT ({_ALLOWED})",
    ),
    Wall(
        name="certificate_says_the_same",
        table="authority_certificate",
        on=On.UPDATE,
        broken=(f"{changed('key', 'kind', 'serial')} OR (OLD.der IS NOT NULL AND NEW.der IS DISTINCT FROM OLD.der)"),
    ),
    Wall(
        name="serial_counter_grows",
        table="authority_serialcounter",
        on=On.UPDATE,
        broken="NEW.last <= OLD.last OR NEW.kind IS DISTINCT FROM OLD.kind",
    ),
    Wall(name="serial_stays", table="authority_serial", on=On.UPDATE, broken="TRUE"),
    Wall(name="serial_is_kept", table="authority_serial", on=On.DELETE, broken="TRUE"),
)

"""Those of migration 0003."""
LISTS = (
    Wall(
        name="crl_octets_stay",
        table="authority_crlpublication",
        on=On.UPDATE,
        broken=changed("length", "digest"),
    ),
)
"""Those of migration 0008: a list is not kept in its row any more, but what it was is."""
WALLS = (*FIRST, *LISTS)
"""All that stand."""


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, FIRST)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, FIRST)
