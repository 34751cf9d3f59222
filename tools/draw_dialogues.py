"""Draws the dialogues with a card: what each shows, how sure it is, and who says so."""

from openjpki.card.apdu import Ins
from tests.dialogues.playbook import FOLDER, SUFFIX, Playbook, read
from tools.draw_errors import WRITTEN, cell

_NAMES = {int(instruction): instruction.words for instruction in Ins}


def dialogues_page() -> str:
    """Return the page."""
    rows = [_row(read(path)) for path in sorted(FOLDER.glob(f"*{SUFFIX}"))]
    return "\n".join(
        (
            "# Dialogues with the card",
            "",
            f"{WRITTEN}. Each line is a file of `tests/dialogues`: commands and the card's whole answers, byte for byte, which",
            "every run of the tests holds the card to. The marks and the sources are those of [the card](card.md).",
            "",
            "| dialogue | commands in it | what it shows | mark and source |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def _row(playbook: Playbook) -> str:
    commands = ", ".join(_NAMES[code] for code in sorted(playbook.instructions()) if code in _NAMES)
    said = "<br>".join(f"**{source.mark}** {source.said}" for source in playbook.sources)
    return f"| `{playbook.name}` | {commands} | {cell(playbook.fact)} | {cell(said)} |"
