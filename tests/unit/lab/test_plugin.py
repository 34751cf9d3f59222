import pytest

pytest_plugins = ["pytester"]

SUITE = """
from datetime import UTC, datetime

import pytest

from openjpki.lab.lab import LAB_POLICY


def test_a_laboratory(jpki, jpki_status, jpki_trust, jpki_policy):
    assert jpki.status_url == jpki_status
    assert jpki.trust is jpki_trust
    assert jpki.policy is jpki_policy is LAB_POLICY
    assert abs(datetime.now(UTC) - jpki.now).total_seconds() < 60


def test_no_reader(jpki):
    with jpki.card("blank").plug(port=1):
        pass
"""


FOLDER = """
def test_the_folder_is_pytests_own(jpki_trust, tmp_path_factory):
    assert jpki_trust.folder.parent == tmp_path_factory.getbasetemp()
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a suite that has no plugin but ours."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(SUITE)
    return pytester


def ran(suite: pytest.Pytester) -> pytest.RunResult:
    """Run it in this process."""
    return suite.runpytest_inprocess("-p", "openjpki.lab.plugin", "-p", "no:cacheprovider", "-rs")


def test_the_fixtures_hang_together(suite: pytest.Pytester) -> None:
    """One laboratory, its address and its trust; the real moment. Without a reader plugging in fails."""
    suite.makepyfile(test_folder=FOLDER)
    result = ran(suite)

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*card.plug.no-vpcd*"])


def test_without_a_reader_it_is_skipped_where_that_is_set(suite: pytest.Pytester) -> None:
    """And the reason is the refusal's sentence."""
    suite.makeini("[pytest]\nopenjpki_without_reader = skip\n")
    result = ran(suite)

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*No virtual reader (vpcd) listens at 127.0.0.1:1.*"])


def test_a_setting_that_is_no_word_of_it_is_refused(suite: pytest.Pytester) -> None:
    """A typing error does not turn a skip into a failure that nobody understands."""
    suite.makeini("[pytest]\nopenjpki_without_reader = skipped\n")
    result = ran(suite)

    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*openjpki_without_reader*error*skip*skipped*"])
