import re
from dataclasses import fields
from pathlib import Path

import pytest

from openjpki.card.apdu import Ins
from openjpki.card.settings import CardSettings
from tests.dialogues.playbook import FOLDER, SUFFIX, BadPlaybook, Playbook, perform, read

PATHS = sorted(FOLDER.glob(f"*{SUFFIX}"))
PLAYBOOKS = [read(path) for path in PATHS]


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.name)
def test_the_card_answers_as_the_playbook_says(playbook: Playbook) -> None:
    """A playbook states its fact in its first lines, and every answer is the one it writes down.

    The RSA signatures in them are openssl's own over the keys of the images: `openssl dgst -sha256 -sign` and
    `openssl pkeyutl -sign -pkeyopt rsa_padding_mode:pkcs1`.
    """
    assert perform(playbook) > 0


def test_every_file_of_the_folder_is_used() -> None:
    """No dialogue and no image lies here unread: a misspelt suffix would be a test that never runs."""
    images = {f"{playbook.card}.card" for playbook in PLAYBOOKS} - {"blank.card"}

    assert {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"} == {
        path.name for path in PATHS
    }
    assert {path.name for path in (FOLDER / "cards").iterdir()} == images


def test_every_instruction_has_its_dialogue() -> None:
    """Each command that the card knows is in at least one playbook; the administration's have tests of their own."""
    assert set(Ins) <= {code for playbook in PLAYBOOKS for code in playbook.instructions()}


NOT_IN_A_DIALOGUE = {
    "ecdsa_signature": "a signature over P-384 has no fixed answer: tests/unit/card/test_settings.py",
    "administration_failures": "the administration's channel has no fixed answer: tests/unit/card/test_administered.py",
}


def test_what_the_sources_leave_open_is_shown_on_both_sides() -> None:
    """Each setting of the card is on its other side in a playbook; on its own it is in all others."""
    default = CardSettings()
    turned = {
        field.name
        for field in fields(CardSettings)
        for playbook in PLAYBOOKS
        if getattr(playbook.settings, field.name) != getattr(default, field.name)
    }

    assert turned | NOT_IN_A_DIALOGUE.keys() == {field.name for field in fields(CardSettings)}
    assert not turned & NOT_IN_A_DIALOGUE.keys()


def test_a_source_names_settings_that_there_are() -> None:
    """What a playbook calls a setting can be set."""
    named = {
        name
        for playbook in PLAYBOOKS
        for source in playbook.sources
        if "setting" in source.said
        for name in re.findall(r"`(\w+)`", source.said)
    }

    assert named
    assert named <= {field.name for field in fields(CardSettings)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "source U\ncard ordinary\n>> 00\n<< 6700\n",
        "# fact\ncard ordinary\n>> 00\n<< 6700\n",
        "# fact\nsource Q: x\ncard ordinary\n>> 00\n<< 6700\n",
        "# fact\nsource U: x\n>> 00\n<< 6700\n",
        "# fact\nsource U: x\ncard ordinary\n> 00\n",
    ],
    ids=["empty", "no fact", "no source", "no mark", "no card", "misspelt"],
)
def test_a_playbook_of_another_form_is_refused(text: str, tmp_path: Path) -> None:
    """A playbook that would test less than it seems to does not load."""
    (tmp_path / "bad.apdu").write_text(text, encoding="utf-8")

    with pytest.raises(BadPlaybook):
        read(tmp_path / "bad.apdu")


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (">> 00B0000000\n<< 9000\n", "6986"),
        (">> 00B0000000\n>> 00B0000000\n<< 6986\n", "not looked at"),
        (">> 00B0000000\n", "not looked at"),
    ],
)
def test_a_playbook_that_is_wrong_fails(talk: str, reason: str, tmp_path: Path) -> None:
    """A wrong or missing expectation is a failure, not a pass."""
    (tmp_path / "bad.apdu").write_text(f"# fact\nsource U: x\ncard ordinary\n{talk}", encoding="utf-8")

    with pytest.raises(AssertionError, match=reason):
        perform(read(tmp_path / "bad.apdu"))


def test_a_playbook_holds_hexadecimal_only(tmp_path: Path) -> None:
    """A command that is no hexadecimal is told by its line."""
    (tmp_path / "bad.apdu").write_text("# fact\nsource U: x\ncard ordinary\n>> 00B\n<< 6986\n", encoding="utf-8")

    with pytest.raises(BadPlaybook, match=r"bad\.apdu:4"):
        perform(read(tmp_path / "bad.apdu"))
