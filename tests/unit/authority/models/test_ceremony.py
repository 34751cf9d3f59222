from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.control.approvals import propose
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.models import CeremonyKey, ControlledAct, Issuer, Operator, Transcript, TranscriptSignature
from tests.support.authority import OPENED, Scene
from tests.support.operators import SATO, Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def act(tmp_path: Path) -> ControlledAct:
    """Return an act to which the rows belong."""
    scene = Scene(tmp_path).open()
    hand = Operators(scene.authority).enrolled().hand(SATO)
    return propose(scene.authority, ActKind.KEY_CEREMONY, {}, hand, scene.clock())


def a_key(act: ControlledAct, **changes: Any) -> CeremonyKey:
    """Return a stored key that was made."""
    row = {"position": 0, "attempt": 1, "intended_at": OPENED, "key_name": "a", "made_at": OPENED}
    return CeremonyKey.objects.create(act=act, **(row | changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"key_name": "b"},
        {"attempt": 2, "key_name": "b"},
        {"position": 1, "key_name": "a"},
        {"position": 1, "key_name": None},
        {"position": 1, "key_name": "b", "made_at": None},
    ],
    ids=["attempt twice", "two keys of one generation", "key twice", "made without a name", "named without being made"],
)
def test_a_ceremony_has_one_key_of_a_generation(act: ControlledAct, wrong: dict[str, Any]) -> None:
    """An attempt is one row, a generation has one key, and a key is one generation's."""
    a_key(act)

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        a_key(act, **wrong)


def test_an_attempt_that_came_to_nothing_has_no_key(act: ControlledAct) -> None:
    """Two rows of one generation, of which one became a key."""
    lost = a_key(act, key_name=None, made_at=None)
    made = a_key(act, attempt=2)

    assert str(lost) == f"ceremony-key:{act.pk}/0/1"
    assert made.issuer is None
    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        CeremonyKey.objects.filter(pk=lost.pk).update(issuer=Issuer.objects.first())


def test_a_transcript_is_signed_once_by_each(act: ControlledAct) -> None:
    """Who was present, was."""
    transcript = Transcript.objects.create(act=act, text="x", digest="y", written_at=OPENED)
    sato = Operator.objects.get(name=SATO)
    row = {"transcript": transcript, "operator": sato, "signature": b"s", "signed_at": OPENED}
    signature = TranscriptSignature.objects.create(**row)

    assert (str(transcript), str(signature)) == (f"transcript:{act.pk}", f"{act.pk}/sato")
    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        TranscriptSignature.objects.create(**row)
