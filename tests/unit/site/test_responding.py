import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjpki.authority.signing.client import RemoteKeys
from openjpki.site import responding
from openjpki.site.home import Home, Settings
from openjpki.site.responding import application_of, worker
from openjpki.site.watching import logs

SETTINGS = Settings(purpose="sandbox")


def test_a_worker_answers_for_its_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens the home that the environment names, ends with its parent, and leaves no core dump."""
    home = Home.create(tmp_path / "home", SETTINGS)
    monkeypatch.setenv("OPENJPKI_HOME", str(home.path))
    done: list[str] = []
    monkeypatch.setattr(responding, "end_with_parent", lambda: done.append("ends with its parent"))
    monkeypatch.setattr(responding, "forbid", lambda: done.append("no dumps"))
    monkeypatch.setattr(logs, "install", lambda: done.append("logs"))
    application = worker()
    status: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        return {}

    async def send(message: MutableMapping[str, Any]) -> None:
        status.append(message.get("status", 0))

    asyncio.run(application({"type": "http", "method": "GET", "path": "/readyz", "headers": []}, receive, send))
    assert done == ["ends with its parent", "no dumps", "logs"]
    assert status[0] == 503  # there is no store yet
    assert not application.signs_elsewhere


@pytest.mark.parametrize("who", ["anybody", "registered"])
def test_the_homes_settings_hold(tmp_path: Path, who: str) -> None:
    """Setting `ocsp_requesters`, and where the keys are: in the signing process, if there is one."""
    home = Home.create(tmp_path / "home", replace(SETTINGS, signer=True, policy={"ocsp_requesters": who}))
    desk = application_of(home).desk._desk

    assert (desk.requesters is None) is (who == "anybody")
    assert isinstance(desk.keys, RemoteKeys)
    assert application_of(home).signs_elsewhere


def test_what_went_wrong_is_told_without_what_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has the places of a fault alone."""
    told: list[dict[str, str]] = []

    class Log:
        def error(self, event: str, **fields: str) -> None:
            """Keep it."""
            told.append({"event": event, **fields})

    monkeypatch.setattr(logs, "logger", Log)
    application_of(Home.create(tmp_path / "home", SETTINGS)).fault(ValueError("a person's name"))

    assert told[0]["event"] == "ocsp-failed"
    assert "a person's name" not in told[0]["fault"]
    assert capsys.readouterr().out == ""
