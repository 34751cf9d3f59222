"""The pytest plugin, as a service provider's developer has it: from the wheel, in a place without Django."""

import re
from pathlib import Path

import pytest

from tests.support.programs import ROOT, Finished
from tests.support.slim import SlimPlace

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_SLIM = ("django", "granian", "msgspec", "structlog", "prometheus_client", "psycopg", "xdist")
HEAVY = ("cryptography", "asn1crypto", "pyhanko", "jpholiday", "openjpki.rules", "openjpki.card", "openjpki.lab.lab")

STATE = """
import pytest
from openjpki.lab.catalogue import Standing

SERIALS = set()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_begins_anew(jpki, turn):
    card = jpki.card("adult")
    assert card.status("signature").standing is Standing.GOOD
    assert card.tries("authentication") == 3
    assert abs(jpki.now.timestamp() - __import__("time").time()) < 60
    assert card.serial() not in SERIALS
    SERIALS.add(card.serial())
    card.revoke()
    card.lock("authentication")
    jpki.travel(days=100)


@pytest.fixture(scope="session")
def program(jpki_trust, jpki_status):
    return jpki_trust.pem.read_text(), jpki_status


@pytest.mark.parametrize("turn", [1, 2])
def test_a_session_keeps_its_trust(jpki, program, turn):
    assert program == (jpki.trust.pem.read_text(), jpki.status_url)


def test_the_rules_can_be_others(jpki, jpki_policy):
    assert jpki.policy is jpki_policy
    card = jpki.card("adult")
    card.move_house("見本県みなと市浜通四丁目５番６号")
    assert card.status("signature").standing is Standing.GOOD
    jpki.travel(days=1)
    assert card.status("signature").standing is Standing.REVOKED


def test_no_reader(jpki):
    with jpki.card("blank").plug(port=1):
        raise AssertionError
"""
RULES = """
import pytest


@pytest.fixture(scope="session")
def jpki_policy():
    from openjpki.rules.policy import Policy

    return Policy()
"""
IDLE = f"""
import sys


def test_nothing_of_the_house_is_imported():
    assert "openjpki.lab.plugin" in sys.modules
    assert [name for name in sys.modules if name.startswith({HEAVY!r})] == []
"""
WITHOUT = f"""
import sys


def test_it_is_slim(jpki):
    signed = jpki.card("adult").sign_cms(b"x")
    assert jpki.verify(signed, content=b"x").as_data()["indication"] == "TOTAL-PASSED"
    assert [name for name in sys.modules if name.partition(".")[0] in {NOT_SLIM!r}] == []
    rooms = ("openjpki.site", "openjpki.authority", "openjpki.window", "openjpki.audit", "openjpki.desk")
    assert [name for name in sys.modules if name.startswith(rooms)] == []
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> SlimPlace:
    """Return the place; nothing in it is Django."""
    made = SlimPlace(tmp_path_factory.mktemp("slim"))
    tried = made.python("-c", "import pytest, cryptography, django")
    assert tried.err.splitlines()[-1] == "ModuleNotFoundError: No module named 'django'"
    return made


def suite(place: SlimPlace, folder: Path, *words: str) -> Finished:
    """Run pytest over a folder, with whatever plugins the place has; a warning is an error."""
    return place.python("-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-v", "-rs", *words, folder=folder)


@pytest.fixture(scope="module")
def finished(place: SlimPlace, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Return one run over everything here: a laboratory takes a second to begin, and one run tells all."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "with_rules").mkdir()
    page = (ROOT / "docs" / "pytest-plugin.md").read_text(encoding="utf-8")
    files = dict(BLOCK.findall(page)) | {
        "pytest.ini": "[pytest]\nopenjpki_without_reader = skip\n",
        "test_slim.py": WITHOUT,
        "with_rules/conftest.py": RULES,
        "with_rules/test_state.py": STATE,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = suite(place, folder)
    assert done.status == 0, done.text
    return done


def passed(done: Finished, file: str) -> int:
    """Return how many tests of a file passed."""
    return len(re.findall(rf"^{file}::.* PASSED", done.out, re.MULTILINE))


def test_the_example_of_the_page_runs(finished: Finished) -> None:
    """A service of nothing but `cryptography` and its tests, copied from docs/pytest-plugin.md as they stand."""
    assert passed(finished, "test_shop.py") == 13


def test_state_is_a_tests_and_trust_a_sessions(finished: Finished) -> None:
    """Revocations, PINs and the moment end with the test; CAs, address and numbers go on; rules are overridden by folder."""
    assert passed(finished, "with_rules/test_state.py") == 5


def test_the_laboratory_needs_no_server(finished: Finished) -> None:
    """Sign and verify without Django, without any role's room, without what only they need."""
    assert passed(finished, "test_slim.py") == 1


def test_without_a_reader_a_test_is_skipped_where_that_is_said(finished: Finished) -> None:
    """The skip tells what to install."""
    assert re.search(r"^SKIPPED .*No virtual reader \(vpcd\) listens at 127.0.0.1:1\.", finished.out, re.MULTILINE)


def test_the_plugin_weighs_nothing_until_it_is_used(place: SlimPlace, tmp_path: Path) -> None:
    """Loaded by its entry point in every run, it imports nothing of the house before a fixture is asked for."""
    (tmp_path / "test_idle.py").write_text(IDLE, encoding="utf-8")
    done = suite(place, tmp_path)

    assert done.status == 0, done.text


def test_the_plugin_can_be_left_out(place: SlimPlace, tmp_path: Path) -> None:
    """By its name."""
    (tmp_path / "test_idle.py").write_text("def test_it(jpki): pass\n", encoding="utf-8")
    done = suite(place, tmp_path, "-p", "no:openjpki")

    assert (done.status, "fixture 'jpki' not found" in done.out) == (1, True), done.text
