from typing import Any

import pytest

from openjpki.rules.application import APPLICATION, steps_of
from openjpki.rules.kinds import Procedure
from openjpki.rules.lifecycle import CARD, CERTIFICATE
from tests.unit.cli.rules.asking import ask, told, wrong


@pytest.mark.parametrize("table", [CERTIFICATE, APPLICATION, CARD], ids=["certificate", "application", "card"])
def test_what_can_happen_next(capsys: pytest.CaptureFixture[str], table: Any) -> None:
    """R-5.12: every state with its events, as the table of the life has them."""
    for state in {state for state, _ in table.edges} | set(table.edges.values()):
        answer = ask(capsys, f"lifecycle --of {table.name} --state {state.value}")

        assert answer == {"state": state.value, "events": [event.value for event in table.events(state)]}


def test_what_an_event_does(capsys: pytest.CaptureFixture[str]) -> None:
    """R-5.8: a valid certificate is held; an expired one is not (exit 1), and no word is guessed (exit 2)."""
    question = "lifecycle --of certificate"

    assert ask(capsys, f"{question} --state valid --event hold")["next"] == "held"
    assert "有効 → 一時保留" in told(capsys, f"{question} --state valid --event hold", "ja")
    assert "expired → -" in told(capsys, f"{question} --state expired", "en")
    assert "valid → hold, revoke" in told(capsys, f"{question} --state valid", "en")
    assert "有効 → 一時保留にする、失効させる" in told(capsys, f"{question} --state valid", "ja")
    refused = ask(capsys, f"{question} --state expired --event hold", 1)
    assert refused["error"]["code"] == "lifecycle.illegal-transition"
    assert "--state" in wrong(capsys, f"{question} --state dead")
    assert "--event" in wrong(capsys, f"{question} --state valid --event bury")


@pytest.mark.parametrize("procedure", Procedure, ids=lambda procedure: procedure.value)
def test_the_steps_of_a_procedure(capsys: pytest.CaptureFixture[str], procedure: Procedure) -> None:
    """R-2.27: every step of the table, with what it needs and may find."""
    steps = ask(capsys, f"steps --procedure {procedure.value}")["steps"]

    assert [(step["before"], step["event"], step["after"]) for step in steps] == [
        (row.before.value, row.event.value, row.after.value) for row in steps_of(procedure)
    ]
    assert steps[0]["needs"][:1] == ([] if procedure is Procedure.HOLD else ["resident-record"])


def test_the_steps_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """R-6.3; S-45: a clerk reads what the PINs need, and what may be found about them."""
    lines = told(capsys, "steps --procedure renewal", "ja")

    assert "本人確認済み → 暗証番号確認済み: 暗証番号を確認する [R-2.27, R-6.3, R-6.5, R-6.7]" in lines
    assert "案内: application.pin-first, application.pin-by-holder" in lines
    assert "findings: renewal.*, eligibility.*" in told(capsys, "steps --procedure renewal", "en")
