"""A home whose keys are in a token and whose signing process stands alone: no other process has a key, nor needs one."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.programs import PATIENCE, Finished, openjpki_command, plain_environment, run
from tests.support.token import LABEL, MODULE, Token, TokenMissing, the_token

pytestmark = pytest.mark.slow

CITY, RESIDENT = "99201", "99201000011"
HAND_OVER = ("hand-over", "--municipality", CITY, "--resident", RESIDENT, "--card", "taro", "--pin-stdin")
ISSUE = ("issue", "--municipality", CITY, "--resident", RESIDENT, "--card", "taro", "--document", "drivers-licence")


@pytest.fixture(scope="module")
def token() -> Token:
    """Return this process's token."""
    try:
        return the_token()
    except TokenMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def home(token: Token, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sandbox with a card handed over; only `init` and the signing process are told where the token is."""
    path = tmp_path_factory.mktemp("signer") / "home"
    uri = f"pkcs11:token={LABEL}?module-path={MODULE}&pin-source={token.pin_file}"
    made = run(
        *openjpki_command("init", "--home", path, "--keys", uri, "--signer", "--algorithm", "p-384-sha-384"),
        environment=token.environment,
    )
    assert made.status == 0, made.text
    assert ours(path, "card", "new", "taro").status == 0
    assert ours(path, "window", *HAND_OVER, typed="TARO2026\n4321\n").status == 0
    return path


def ours(home: Path, *words: str, typed: str = "") -> Finished:
    """Run a command that does not know the token."""
    return run(*openjpki_command(*words, "--home", home), typed=typed)


@contextmanager
def signing(home: Path, token: Token) -> Iterator["subprocess.Popen[str]"]:
    """Run the signing process while the block runs."""
    process = subprocess.Popen(
        openjpki_command("serve", "signer", "--home", home),
        stderr=subprocess.PIPE,
        env={**plain_environment(), **token.environment},
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "signing process runs" in process.stderr.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def test_certificates_are_issued_by_a_key_that_only_the_signing_process_has(home: Path, token: Token) -> None:
    """Without it nothing is issued and nothing is lost; with it what waited is finished, and the lists are signed."""
    assert not list((home / "authority" / "keys").glob("*-ca-*"))
    refused = ours(home, "window", *ISSUE)
    assert (refused.status, "desk.authority-unreachable" in refused.text) == (4, True), refused.text
    with signing(home, token) as process:
        again = ours(home, "serve", "signer")
        assert (again.status, again.codes) == (4, ["authority.signing.runs-already"])
        issued = ours(home, "window", "resume", "--municipality", CITY, "--card", "taro")
        assert issued.status == 0, issued.text
        shown = ours(home, "card", "show", "taro")
        assert shown.text.count("valid") >= 2, shown.text
        published = ours(home, "authority", "publish")
        assert published.status == 0, published.text
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        assert ours(home, "authority", "publish").codes == ["authority.signing.silent"]
    with signing(home, token):
        assert ours(home, "authority", "publish").status == 0
