from openjpki.site.entropy import entropy


def test_entropy_has_the_length_asked_for_and_differs() -> None:
    """Two draws of 32 bytes are 32 bytes each and not the same."""
    first, second = entropy(32), entropy(32)

    assert len(first) == len(second) == 32
    assert first != second
