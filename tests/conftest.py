"""What every test shares: Hypothesis profiles, and no unexpected skip where the suite is a gate."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from tests.support import specimens

EXPECTED_SKIPS: frozenset[str] = (
    frozenset()
    if os.geteuid() == 0
    else frozenset(
        f"tests/scenarios/test_signer_users.py::{name}"  # they become three users of the machine: only root can
        for name in (
            "test_two_users_share_a_signing_process_and_no_key",
            "test_a_socket_that_somebody_else_placed_is_not_believed",
        )
    )
)
"""Test ids that may skip under CI, each with its reason beside it. For root there are none."""

settings.register_profile(
    "quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A suite in the background of a shell is deaf to Ctrl-C, and hands that on to the programs that its tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run lint everything that its tests sign."""
    specimens.add_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Collect what is signed, where the run asks for it."""
    if config.getoption("specimens") != "off":
        config.pluginmanager.register(specimens.Specimens(config), "openjpki-specimens")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run under CI in which a test was skipped that nobody expected to be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    skipped = {report.nodeid for report in reporter.stats.get("skipped", [])}
    if unexpected := sorted(skipped - EXPECTED_SKIPS):
        reporter.write_line("Skipped, and nobody expected it: " + ", ".join(unexpected), red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
