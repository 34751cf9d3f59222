from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.publishing.status import Register
from openjpki.authority.responding.view import StatusStore
from tests.support.authority import Scene
from tests.support.responder import Node

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_tables_and_store_are_looked_at_alike(scene: Scene, tmp_path: Path) -> None:
    """DESIGN: one core answers, whatever store: both give the same issuers, spans and responders at a moment."""
    scene.with_card().issue()
    scene.authority.renew_responders()
    node = Node(scene, tmp_path / "status")
    node.follow()
    stores: tuple[StatusStore, ...] = (Register(scene.authority), node.store)
    seen = []
    for store in stores:
        with store.view(scene.clock()) as view:
            issuers = view.issuers(None)
            seen.append((view.span, issuers, [view.delegates(one) for one in issuers]))
    node.store.close()

    assert seen[0] == seen[1]
    assert seen[0][0].next_update - scene.clock() == timedelta(minutes=15)
    assert len(seen[0][1]) == 2
