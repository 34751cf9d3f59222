from unicodedata import east_asian_width

import pytest

from openjpki.cli.help import wrapped
from openjpki.cli.help_ja import HELP_JA
from openjpki.cli.main import main, parser
from openjpki.errors import Language
from tests.unit.cli.test_help_ja import texts


def test_help_is_put_into_japanese() -> None:
    """The same grammar, with Japanese in the place of every text."""
    assert set(texts(parser("ja"))) == set(HELP_JA.values())


@pytest.mark.parametrize(
    ("words", "beginning", "line"),
    [
        (["rules", "--help", "--lang", "ja"], "使い方: openjpki rules ", "    renewal-window      いつ更新できるか"),
        (["rules", "--lang", "ja", "fee", "--help"], "使い方: openjpki rules fee ", "電子証明書の手数料"),
        (["--lang", "ja", "checklist", "--help"], "使い方: openjpki checklist ", "共通のオプション:"),
        (["--lang", "ja", "window", "withdraw", "--help"], "使い方: openjpki window ", "処理を待つ申請を取り下げる"),
        (["--lang", "ja", "card", "plug", "--help"], "使い方: openjpki card plug ", "  NAME            カードの名前"),
        (["rules", "fee", "--help", "--lang", "en"], "usage: openjpki rules fee ", "what an issue costs"),
    ],
)
def test_help_is_asked_for_in_a_language(
    capsys: pytest.CaptureFixture[str], words: list[str], beginning: str, line: str
) -> None:
    """Wherever the language stands."""
    with pytest.raises(SystemExit):
        main(words)
    told = capsys.readouterr().out

    assert told.startswith(beginning)
    assert line in told.splitlines()


def test_help_speaks_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """LANG=ja_JP is enough."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    with pytest.raises(SystemExit):
        main(["rules", "--help"])

    assert capsys.readouterr().out.startswith("使い方: ")


def wide(line: str) -> int:
    """Return the columns that a line takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("width", [11, 20, 54])
def test_japanese_is_wrapped_by_columns(width: int) -> None:
    """Two columns a character; a word in Latin letters stays whole; no line begins with a mark, and none is lost."""
    text = "規則の設定、または preset=national。繰り返し(何度でも)指定できる。"
    lines = wrapped(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [line for line in lines if line[0] in "、。)"] == []
    assert all(wide(line) <= max(width, wide("preset=national。")) + wide("。") for line in lines)
    assert len(lines) >= wide(text) // (width + wide("。"))
    assert any("preset=national" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--lang", "ja", "rules", "pin", "--kind", "signature"], "ja"),
        (["rules", "--lang", "ja", "pin", "--kind", "signature"], "ja"),
        (["rules", "pin", "--kind", "signature", "--lang", "ja"], "ja"),
        (["--lang", "en", "rules", "pin", "--kind", "signature", "--lang=ja"], "ja"),
        (["--lang=ja", "rules", "--lang", "en", "pin", "--kind", "signature"], "en"),
    ],
)
def test_the_language_stands_anywhere(capsys: pytest.CaptureFixture[str], words: list[str], language: Language) -> None:
    """Before a sub-command and after it; of several the last one counts, for answers and for refusals."""
    assert main(words) == 0
    assert capsys.readouterr().out.isascii() is (language == "en")
    assert main([*words, "--nothing"]) == 2
    assert ("引数が正しくありません" in capsys.readouterr().err) is (language == "ja")
