"""A home whose certificates would look otherwise than it is recorded to issue: from command lines, till it issues again."""

import json
from pathlib import Path

import pytest

from tests.support.programs import Finished, openjpki

pytestmark = pytest.mark.slow

CITY, RESIDENT = "99201", "99201000011"
AT_COUNTER = ("--municipality", CITY, "--resident", RESIDENT)
DOCUMENT = ("--document", "drivers-licence")


def ours(home: Path, *words: str | Path, typed: str = "") -> Finished:
    """Run a command in a home."""
    return openjpki(*words, "--home", home, typed=typed)


def looked(home: Path, status: int, *words: str) -> dict[str, object]:
    """Run a command that answers as JSON, whose status must be this one."""
    done = ours(home, *words, "--json")
    assert done.status == status, done.text
    found = done.json
    assert isinstance(found, dict)
    return found


def test_a_home_issues_by_recorded_profiles_alone(tmp_path: Path) -> None:
    """Nothing is issued by others, endings and lists go on, and what waited is finished once the change is recorded."""
    home = tmp_path / "home"
    made = openjpki("init", "--home", home, "--algorithm", "p-384-sha-384", "--external-lint", "pkilint")
    assert made.status == 0, made.text
    assert ours(home, "card", "new", "taro").status == 0
    handed = ours(home, "window", "hand-over", *AT_COUNTER, "--card", "taro", "--pin-stdin", typed="TARO2026\n4321\n")
    assert handed.status == 0, handed.text
    marker = home / "openjpki.json"
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "port": 8799}))

    said = looked(home, 1, "authority", "profile", "check")
    refused = ours(home, "window", "issue", *AT_COUNTER, "--card", "taro", *DOCUMENT)
    assert (refused.status, "desk.authority-unreachable" in refused.text) == (4, True), refused.text
    checked = looked(home, 1, "authority", "check")
    assert isinstance(checked["problems"], list)
    assert {one["code"] for one in checked["problems"]} >= {"check.profiles.differ"}
    assert ours(home, "authority", "publish").status == 0
    assert ours(home, "authority", "resume").status == 0

    assert ours(home, "authority", "profile", "record", "--digest", "0" * 64).codes == ["authority.profiles-other"]
    recorded = ours(home, "authority", "profile", "record", "--digest", str(said["digest"]))
    assert recorded.status == 0, recorded.text
    assert looked(home, 0, "authority", "profile", "check")["sound"]
    issued = ours(home, "window", "resume", "--municipality", CITY, "--card", "taro")
    assert issued.status == 0, issued.text
    shown = ours(home, "card", "show", "taro")
    assert shown.text.count("valid") >= 2, shown.text
