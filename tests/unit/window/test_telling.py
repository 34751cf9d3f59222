from dataclasses import dataclass

from openjpki.window.telling import SHOWN, Told


@dataclass(frozen=True)
class Sentence:
    ja: str
    en: str


def test_a_template_spells_out_the_sentences_of_its_language() -> None:
    """A refusal with many reasons says all of them, in the reader's language."""
    told = Told([Sentence("一。", "One."), Sentence("二。", "Two.")])

    assert f"{told:ja}" == "一。二。"
    assert f"{told:en}" == "One. Two."
    assert str(told) == "One. Two."


def test_what_is_over_the_bound_is_counted() -> None:
    """Twenty sentences are spelt out, the rest is a number, and nothing is lost."""
    told = Told([Sentence("一。", "One.")] * (SHOWN + 3))

    assert f"{told:ja}".endswith("一。ほか3件。")
    assert f"{told:en}".count("One.") == SHOWN
    assert f"{told:en}".endswith("And 3 more.")
    assert len(told.things) == SHOWN + 3
