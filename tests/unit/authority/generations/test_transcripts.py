import pytest

from openjpki.authority.control.approvals import NoSuchAct, SignatureWrong
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operator_keys import Hand
from openjpki.authority.generations.ceremony import content_for
from openjpki.authority.generations.script import read_script
from openjpki.authority.generations.transcripts import NotPresent, NoTranscript
from openjpki.authority.models import Issuer, TranscriptSignature
from tests.support.authority import Scene
from tests.support.operators import NAMES, SATO, SUZUKI, TANAKA, Operators, script

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def operators(scene: Scene) -> Operators:
    """Return three enrolled operators."""
    return Operators(scene.authority).enrolled()


@pytest.fixture
def held(scene: Scene, operators: Operators) -> int:
    """Hold a ceremony, and return its number."""
    text = script(scene.authority, ("signature", 2, "at-once"))
    return operators.carried_out(ActKind.KEY_CEREMONY, content_for(read_script(text))).pk


def test_a_transcript_says_what_was_done_in_both_languages(operators: Operators, held: int) -> None:
    """Who proposed and approved, the digests, the key's identifier and the certificate's fingerprint."""
    text = operators.operation.transcript(held).text
    issuer = Issuer.objects.get(kind="signature", generation=2)

    assert text.startswith("鍵生成の式 議事録")
    assert "Transcript of a key ceremony" in text
    assert text.count(issuer.key_identifier) == 2
    assert text.index("承認 (1/2): tanaka") < text.index("承認 (2/2): suzuki")
    assert "proposed: sato" in text


def test_it_holds_when_all_have_signed(operators: Operators, held: int) -> None:
    """Recorded, reproduced from the rows, and signed by each who was to be present; signing twice changes nothing."""
    assert operators.operation.verify_transcript(held, None).missing == NAMES
    for name in (*NAMES, SATO):
        operators.operation.sign_transcript(held, operators.hand(name))
    found = operators.operation.verify_transcript(held, None)

    assert found.sound
    assert found.signers == tuple(sorted(NAMES))
    assert TranscriptSignature.objects.count() == 3
    assert operators.operation.verify_transcript(held, found.text).sound


def test_a_changed_copy_is_found(operators: Operators, held: int) -> None:
    """Another word, and neither record nor rows nor signatures agree."""
    for name in NAMES:
        operators.operation.sign_transcript(held, operators.hand(name))
    copy = operators.operation.transcript(held).text.replace("sato", "yamada")
    found = operators.operation.verify_transcript(held, copy)

    assert not found.sound
    assert (found.recorded, found.reproduced) == (False, False)
    assert found.wrong == tuple(sorted(NAMES))


def test_only_who_was_present_signs_and_with_their_own_key(scene: Scene, operators: Operators) -> None:
    """Whom the script does not name was not there."""
    text = script(scene.authority, ("signature", 2, "at-once"), operators=(TANAKA, SUZUKI))
    held = operators.carried_out(ActKind.KEY_CEREMONY, content_for(read_script(text))).pk

    with pytest.raises(NotPresent):
        operators.operation.sign_transcript(held, operators.hand(SATO))
    with pytest.raises(SignatureWrong):
        operators.operation.sign_transcript(held, Hand(TANAKA, operators.keys[SUZUKI].sign))


def test_there_is_none_before_the_end(scene: Scene, operators: Operators) -> None:
    """Of an act that is not done, or that is no ceremony, or that there is not."""
    text = script(scene.authority, ("signature", 2, "at-once"))
    number = operators.propose(ActKind.KEY_CEREMONY, content_for(read_script(text)))

    with pytest.raises(NoTranscript):
        operators.operation.transcript(number)
    with pytest.raises(NoSuchAct):
        operators.operation.transcript(number + 1)
    with pytest.raises(NoTranscript):
        operators.operation.verify_transcript(number, None)
