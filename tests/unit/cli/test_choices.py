import pytest

from openjpki.cli.choices import meant, near
from openjpki.cli.main import BadArguments, parser


@pytest.mark.parametrize(
    ("text", "choices", "found"),
    [
        ("更新", ("new", "renewal"), "renewal"),
        ("一時保留", ("hold", "certificate_hold"), None),
        ("更新", ("new",), None),
        ("renewal", ("renewal",), None),
        ("引越し", ("renewal",), None),
    ],
)
def test_a_japanese_word_means_its_choice(text: str, choices: tuple[str, ...], found: str | None) -> None:
    """By the words that every room uses; two choices of one word are no choice."""
    assert meant(text, choices) == found


def test_a_slip_of_the_fingers_gets_a_hint() -> None:
    """The nearest choice, none where nothing is near; a text without end is cut."""
    assert near("renewl", ("new", "renewal")) == "renewal"
    assert near("x", ("new", "renewal")) is None
    assert near("renewal" * 10_000, ("new", "renewal")) is None


def test_a_choice_is_taken_in_japanese() -> None:
    """`--kind` of a PIN by its word, on the whole command line; other arguments stay as they are typed."""
    words = ["card", "pin", "change", "更新", "--kind", "利用者証明用電子証明書の暗証番号"]
    arguments = parser().parse_args(words)

    assert (arguments.name, arguments.kind) == ("更新", "authentication")


@pytest.mark.parametrize(
    ("words", "nearest"),
    [("crad list", "card"), ("card lisst", "list"), ("card pin change x --kind sigature", "signature")],
)
def test_a_refused_choice_names_the_nearest(words: str, nearest: str) -> None:
    """Of commands and of options, in both languages."""
    with pytest.raises(BadArguments) as refused:
        parser().parse_args(words.split())

    assert f"; the nearest is {nearest} " in refused.value.message("en")
    assert f"近いのは {nearest} です" in refused.value.message("ja")
