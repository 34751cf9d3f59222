"""Every wall of every role's database: what no statement may do there, whatever the code says."""

from collections.abc import Mapping

from openjpki.audit.triggers import Wall
from openjpki.authority import approval_walls as approvals
from openjpki.authority import journal_walls as journal
from openjpki.authority import notice_walls as authority_notices
from openjpki.authority import verifier_walls as verifiers
from openjpki.authority import walls as authority
from openjpki.window import notice_walls as window_notices
from openjpki.window import walls as window

WALLS: Mapping[str, tuple[Wall, ...]] = {
    "authority": (*authority.WALLS, *approvals.WALLS, *journal.WALLS, *authority_notices.WALLS, *verifiers.WALLS),
    "window": (*window.WALLS, *window_notices.WALLS),
}
"""Database alias → its walls; a migration builds each, `flush` takes those against deletion down and up again."""
