from openjpki.card import key_reference
from openjpki.card.key_reference import SIZE


def test_a_reference_has_the_form_of_a_cards_and_the_number_of_none() -> None:
    """Seven digits, 08 05, three digits, four zeros (C myna-card); 5 is production, 6 the test hierarchy, 9 nobody's."""
    made = [value for name, value in vars(key_reference).items() if isinstance(value, bytes)]

    assert len(set(made)) == len(made) == 6
    for reference in made:
        assert len(reference) == SIZE
        assert reference[:1] == b"9"
        assert reference[:7].isdigit()
        assert reference[7:] == b"\x08\x05001\0\0\0\0"
