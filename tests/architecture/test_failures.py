import string

import pytest

from openjpki.errors import Failure
from tools.make_docs import failures, pages


@pytest.mark.parametrize("failure", failures(), ids=lambda failure: failure.code)
def test_a_failure_has_a_dotted_code_and_two_sentences(failure: type[Failure]) -> None:
    """A refusal's code is dotted and lower-case, and it speaks Japanese and English."""
    allowed = set(string.ascii_lowercase + string.digits + ".-")

    assert set(failure.code) <= allowed
    assert "." in failure.code
    assert any(ord(character) > 0x3000 for character in failure.ja)
    assert failure.en.isascii() or all(ord(c) < 0x3000 or c in "〜、。" or ord(c) > 0x3040 for c in failure.en)


def test_no_code_is_declared_twice() -> None:
    """A stable code names one refusal."""
    waiting: list[type[Failure]] = list(Failure.__subclasses__())
    codes: list[str] = []
    while waiting:
        failure = waiting.pop()
        waiting.extend(failure.__subclasses__())
        if "code" in vars(failure) and failure.__module__.startswith("openjpki."):
            codes.append(failure.code)

    assert sorted(codes) == sorted(set(codes))


def test_generated_pages_are_current() -> None:
    """The pages drawn from the code say what the code says (run tools/make_docs.py)."""
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: run tools/make_docs.py"
