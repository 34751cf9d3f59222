"""Every wall of every role's database: what no statement may do there, whatever the code says."""

from collections.abc import Mapping

from openjpki.audit.triggers import Wall
from openjpki.authority import walls as authority
from openjpki.authority.cards import walls as cards
from openjpki.authority.control import walls as approvals
from openjpki.authority.generations import profile_walls as profiles
from openjpki.authority.notices import walls as authority_notices
from openjpki.authority.publishing import walls as journal
from openjpki.authority.verifiers import walls as verifiers
from openjpki.window import notice_walls as window_notices
from openjpki.window import walls as window

WALLS: Mapping[str, tuple[Wall, ...]] = {
    "authority": (
        *authority.WALLS,
        *cards.WALLS,
        *approvals.WALLS,
        *journal.WALLS,
        *authority_notices.WALLS,
        *verifiers.WALLS,
        *profiles.WALLS,
    ),
    "window": (*window.WALLS, *window_notices.WALLS),
}
"""Database alias → its walls; a migration builds each, `flush` takes those against deletion down and up again."""
