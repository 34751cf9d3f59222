import argparse
import subprocess
import sys

import pytest

from openjpki.cli import documents
from openjpki.documents.currency import NonceRule


def test_the_words_of_the_nonce_rule_are_the_verifiers() -> None:
    """The arguments are read before the verifier is loaded; both have the same words."""
    assert set(documents.NONCES) == {rule.value for rule in NonceRule}


def test_other_commands_load_no_document_library() -> None:
    """Only whoever signs or verifies waits for it."""
    code = "import sys, openjpki.cli.main as m; m.main(['card', 'list', '--home', 'nowhere']); print('pyhanko' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("words", [("sign", "x.pdf", "--format", "doc"), ("verify", "x.pdf", "--nonce", "perhaps")])
def test_other_words_are_refused_before_anything_is_loaded(words: tuple[str, ...]) -> None:
    """The parser knows formats and rules by itself."""
    parser = argparse.ArgumentParser()
    documents.register(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(words)
