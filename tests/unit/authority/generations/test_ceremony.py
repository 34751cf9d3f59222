from datetime import date

import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.approvals import ActDone, NotApproved, act_of
from openjpki.authority.control.controlled import Going
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.control.operators import OperatorUnknown
from openjpki.authority.generations.birth import NeedsScript
from openjpki.authority.generations.ceremony import KeyMayLieUnused, ScriptDiffers, content_for
from openjpki.authority.generations.issuers import issuing
from openjpki.authority.generations.script import read_script
from openjpki.authority.models import CeremonyKey, Issuer
from openjpki.rules.dates import read_moment
from tests.support.authority import SIGNATURE, Crash, Scene
from tests.support.operators import NAMES, SUZUKI, TANAKA, Operators, script

pytestmark = pytest.mark.django_db(databases=["authority"])
SECOND = ("signature", 2, "2026-02-01T00:00")


@pytest.fixture
def operators(scene: Scene) -> Operators:
    """Return three enrolled operators."""
    return Operators(scene.authority).enrolled()


def proposed(scene: Scene, operators: Operators, *generations: tuple[str, int, str]) -> int:
    """Return the number of an approved ceremony."""
    text = script(scene.authority, *(generations or (SECOND,)))
    return operators.approved(ActKind.KEY_CEREMONY, content_for(read_script(text)))


def test_an_approved_script_makes_its_generations(scene: Scene, operators: Operators) -> None:
    """Both kinds, each with its own key and from its own day; once."""
    number = proposed(scene, operators, SECOND, ("authentication", 2, "at-once"))
    operators.operation.carry_out(number, Going())

    second = Issuer.objects.get(kind="signature", generation=2)
    assert second.issues_from == read_moment("2026-02-01T00:00")
    assert Issuer.objects.get(kind="authentication", generation=2).issues_from == scene.clock()
    certificate = x509.load_der_x509_certificate(bytes(second.certificate))
    certificate.verify_directly_issued_by(certificate)
    assert [str(key.issuer) for key in CeremonyKey.objects.order_by("position")] == ["signature-2", "authentication-2"]
    assert str(issuing(SIGNATURE, scene.clock())) == "signature-1"
    assert str(issuing(SIGNATURE, second.issues_from)) == "signature-2"
    with pytest.raises(ActDone):
        operators.operation.carry_out(number, Going())


def test_nothing_is_made_without_the_approvals(scene: Scene, operators: Operators) -> None:
    """One approval is not enough, and no key is even intended."""
    text = script(scene.authority, SECOND)
    number = operators.propose(ActKind.KEY_CEREMONY, content_for(read_script(text)))
    operators.operation.approve(number, operators.hand(TANAKA))

    with pytest.raises(NotApproved):
        operators.operation.carry_out(number, Going())
    assert not CeremonyKey.objects.exists()
    assert len(list((scene.folder / "keys").glob("signature-ca-*"))) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (("algorithm: p-384-sha-384", "algorithm: rsa-2048-sha-256"), "algorithm"),
        (("keeper: files", "keeper: pkcs11:token=openjpki"), "keeper"),
        (("generation: 2", "generation: 3"), "generation"),
        (("generation: 2", "generation: 1"), "generation"),
        (("C=JP", "C=US"), "subject"),
        (("[sato, tanaka, suzuki]", "[sato]"), "operators"),
        (("2026-02-01T00:00", "2099-02-01T00:00"), "issues_from"),
    ],
)
def test_a_script_that_does_not_fit_is_not_proposed(
    scene: Scene, operators: Operators, changed: tuple[str, str], field: str
) -> None:
    """What the script says is held against the profile, the keeper and the generations that there are."""
    text = script(scene.authority, SECOND).replace(*changed)

    with pytest.raises(ScriptDiffers) as refused:
        operators.propose(ActKind.KEY_CEREMONY, content_for(read_script(text)))
    assert refused.value.data["field"] == field


def test_who_is_to_be_present_is_an_operator(scene: Scene, operators: Operators) -> None:
    """A name that nobody has is refused; and an approval by one who is not to be present is not enough."""
    text = script(scene.authority, SECOND, operators=(TANAKA, "yamada"))
    with pytest.raises(OperatorUnknown):
        operators.propose(ActKind.KEY_CEREMONY, content_for(read_script(text)))

    text = script(scene.authority, SECOND, operators=("sato", TANAKA))
    number = operators.approved(ActKind.KEY_CEREMONY, content_for(read_script(text)))
    with pytest.raises(ScriptDiffers) as refused:
        operators.operation.carry_out(number, Going())
    assert refused.value.data["expected"] == SUZUKI


def test_a_rehearsal_says_all_and_does_nothing(scene: Scene, operators: Operators) -> None:
    """Two generations of one kind are numbered on; no key, no row."""
    text = script(scene.authority, SECOND, ("signature", 3, "at-once"))
    read, steps = operators.operation.rehearse(text)

    assert read.operators == NAMES
    assert [step.name for step in steps] == ["signature-2", "signature-3"]
    assert Issuer.objects.count() == 2
    assert not Entry.objects.using("authority").filter(verb__startswith="act").exists()


@pytest.mark.parametrize("step", [Checkpoint.CEREMONY_KEY_INTENDED, Checkpoint.CA_KEY_STORED])
def test_no_second_key_is_made_in_silence(scene: Scene, operators: Operators, step: Checkpoint) -> None:
    """Cut off while a key was made: the ceremony stops until it is told to make another, and the transcript tells of it."""
    number = proposed(scene, operators)
    scene.fuse.blows_after = step
    with pytest.raises(Crash):
        operators.operation.carry_out(number, Going())
    with pytest.raises(KeyMayLieUnused):
        operators.operation.carry_out(number, Going())

    operators.operation.carry_out(number, Going(new_key=True))
    assert [key.attempt for key in CeremonyKey.objects.order_by("attempt")] == [1, 2]
    text = operators.operation.transcript(number).text
    assert "cut off while the key was made" in text
    assert "鍵の生成中に中断" in text
    assert Issuer.objects.filter(kind="signature").count() == 2


@pytest.mark.parametrize("step", [Checkpoint.CEREMONY_KEY_RECORDED, Checkpoint.CA_CREATED])
def test_a_ceremony_goes_on_where_it_was_cut_off(scene: Scene, operators: Operators, step: Checkpoint) -> None:
    """A key that is recorded is the one that is certified, once, also long after the approvals ended."""
    number = proposed(scene, operators, SECOND, ("authentication", 2, "at-once"))
    scene.fuse.blows_after = step
    with pytest.raises(Crash):
        operators.operation.carry_out(number, Going())
    scene.at(date(2026, 2, 20))
    operators.operation.carry_out(number, Going())

    assert CeremonyKey.objects.count() == 2
    assert Issuer.objects.filter(generation=2).count() == 2
    assert act_of(number).done_at == scene.clock()
    assert Issuer.objects.get(kind="authentication", generation=2).issues_from == scene.clock()


def test_a_generation_that_was_made_meanwhile_stops_the_ceremony(scene: Scene, operators: Operators) -> None:
    """The script's number is held again at the signature: another key under it was not reviewed."""
    number, other = proposed(scene, operators), proposed(scene, operators)
    scene.fuse.blows_after = Checkpoint.CEREMONY_KEY_RECORDED
    with pytest.raises(Crash):
        operators.operation.carry_out(number, Going())
    operators.operation.carry_out(other, Going())

    with pytest.raises(ScriptDiffers):
        operators.operation.carry_out(number, Going())


def test_under_dual_control_there_is_no_other_way(scene: Scene) -> None:
    """The short way of a sandbox is closed."""
    object.__setattr__(scene.authority, "dual_control", DualControl(strict=True))

    with pytest.raises(NeedsScript):
        scene.authority.ceremony()
