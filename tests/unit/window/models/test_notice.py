from openjpki.window.models import ExpiryNotice


def test_a_letter_is_named_without_the_person() -> None:
    """What a log or an error shows of a row is the municipality and the letter's number."""
    row = ExpiryNotice(municipality="99201", notice_id="a", resident_code="12345678901")

    assert str(row) == "99201/a"
