import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections, transaction

from openjpki.authority.acts import act
from openjpki.authority.models import Certificate, StatusChange
from openjpki.authority.publishing import journal
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.responder import Node

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

PATIENCE = 20.0


class Apart:
    """Work in a thread, with a connection of its own."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self._work()
            self.done.set()
        finally:
            connections.close_all()

    def ended(self) -> bool:
        """Wait for its end and tell whether it came."""
        self.thread.join(PATIENCE)
        return self.done.is_set()


@pytest.mark.parametrize("first_stands", [True, False])
def test_no_reader_passes_an_entry_that_is_not_committed_yet(
    scene: Scene, tmp_path: Path, *, first_stands: bool
) -> None:
    """docs/decisions/0024: an act that is about to commit keeps the next position from all others until it has.

    Two acts overlap. The second one's entry does not become visible before the first's, so a follower that looks in
    between skips nothing; if the first one falls, its position goes to the second and none is left out.
    """
    scene.authority.renew_responders()
    scene.with_both()
    node = Node(scene, tmp_path / "status")
    node.follow()
    keys = {one.kind: one.key for one in Certificate.objects.all()}
    if connections["authority"].vendor == "sqlite":  # writers queue there: no act can be open while another one commits
        for kind in (SIGNATURE, AUTHENTICATION):
            with act():
                journal.note(keys[kind.value], scene.clock())
        assert node.follow().entries == 2
        node.store.close()
        return
    written, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic(using="authority"):
            with journal.kept():
                journal.note(keys[SIGNATURE.value], scene.clock())
            written.set()
            go_on.wait(PATIENCE)
            transaction.set_rollback(not first_stands, using="authority")

    def second() -> None:
        with act():
            journal.note(keys[AUTHENTICATION.value], scene.clock())

    one = Apart(first)
    assert written.wait(PATIENCE)
    other = Apart(second)
    assert not other.done.wait(0.5)
    assert node.follow().entries == 0
    go_on.set()

    assert one.ended()
    assert other.ended()
    assert node.follow().entries == (2 if first_stands else 1)
    kinds = list(
        StatusChange.objects.filter(position__gt=2).order_by("position").values_list("position", "issuer__kind")
    )
    assert kinds == ([(3, "signature"), (4, "authentication")] if first_stands else [(3, "authentication")])
    node.store.close()
