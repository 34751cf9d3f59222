"""Asks `openjpki rules …` in this process."""

import json
import shlex
from typing import Any

import pytest

from openjpki.cli.main import main


def ask(capsys: pytest.CaptureFixture[str], question: str, status: int = 0) -> dict[str, Any]:
    """Return the JSON answer to a question; the command ends with that status."""
    assert main(["rules", *shlex.split(question), "--json", "--lang", "en"]) == status
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def codes(answer: dict[str, Any]) -> list[str]:
    """Return the codes of the findings of an answer."""
    return [finding["code"] for finding in answer["findings"]]


def told(capsys: pytest.CaptureFixture[str], question: str, language: str) -> str:
    """Return what a person reads."""
    main(["rules", *shlex.split(question), "--lang", language])
    return capsys.readouterr().out


def wrong(capsys: pytest.CaptureFixture[str], question: str) -> str:
    """Return what is said to a question that was asked wrongly."""
    assert main(["rules", *shlex.split(question), "--lang", "en"]) == 2
    return capsys.readouterr().err
