from openjpki.window.checkpoints import Checkpoint


def test_every_step_has_one_plain_word() -> None:
    """A step's name is lower-case words with hyphens, each once: it stands in the table of docs/faults.md."""
    words = [member.value for member in Checkpoint]

    assert len(words) == len(set(words))
    assert all(word.replace("-", "").isalpha() and word == word.lower() for word in words)
