"""The walls of dual control: what was proposed, approved, begun or done is never unsaid, and an act is done once.

Migration 0007 builds them from here.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down
from openjpki.authority.control.kinds import SEATS

_PROPOSED = (
    "id",
    "kind",
    "content",
    "subject_digest",
    "statement",
    "digest",
    "proposer_id",
    "proposal",
    "required",
    "proposer_may_approve",
    "proposed_at",
    "expires_at",
)
_ONCE = (
    *(column.format(seat) for seat in SEATS for column in ("approver_{}_id", "signature_{}", "approved_at_{}")),
    "begun_at",
    "done_at",
)


_CERTIFIED = ("kind", "generation", "serial", "certificate", "key_identifier", "not_before", "not_after")
"""What a generation's certificate says. Its key's name is its keeper's affair."""


def _set_once(*columns: str) -> str:
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in columns
    )


WALLS = (
    Wall(
        name="act_stays",
        table="authority_controlledact",
        on=On.UPDATE,
        broken=f"{changed(*_PROPOSED)} OR {_set_once(*_ONCE)}",
    ),
    Wall(name="act_is_kept", table="authority_controlledact", on=On.DELETE, broken="TRUE"),
    Wall(
        name="operator_stays",
        table="authority_operator",
        on=On.UPDATE,
        broken=f"{changed('name', 'fingerprint', 'public_key', 'enrolled_at')} OR {_set_once('removed_at')}",
    ),
    Wall(name="operator_is_kept", table="authority_operator", on=On.DELETE, broken="TRUE"),
    Wall(
        name="issuer_stays",
        table="authority_issuer",
        on=On.UPDATE,
        broken=f"{changed(*_CERTIFIED)} OR {_set_once('ended_at', 'key_destroyed_at')}",
    ),
    Wall(name="issuer_is_kept", table="authority_issuer", on=On.DELETE, broken="TRUE"),
    Wall(
        name="ceremony_key_stays",
        table="authority_ceremonykey",
        on=On.UPDATE,
        broken=(
            f"{changed('act_id', 'position', 'attempt', 'intended_at')} "
            f"OR {_set_once('key_name', 'made_at', 'issuer_id')}"
        ),
    ),
    Wall(name="ceremony_key_is_kept", table="authority_ceremonykey", on=On.DELETE, broken="TRUE"),
    Wall(name="transcript_stays", table="authority_transcript", on=On.UPDATE, broken="TRUE"),
    Wall(name="transcript_is_kept", table="authority_transcript", on=On.DELETE, broken="TRUE"),
    Wall(name="transcript_signature_stays", table="authority_transcriptsignature", on=On.UPDATE, broken="TRUE"),
    Wall(name="transcript_signature_is_kept", table="authority_transcriptsignature", on=On.DELETE, broken="TRUE"),
)


def build(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the walls up."""
    build_walls(editor.connection.vendor, editor.execute, WALLS)


def tear_down(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the walls down."""
    tear_walls_down(editor.connection.vendor, editor.execute, WALLS)
