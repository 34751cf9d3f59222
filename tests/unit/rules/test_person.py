from datetime import date

from openjpki.rules.kinds import Sex
from openjpki.rules.person import FourAttributes
from openjpki.rules.substitution import certified

PERSON = FourAttributes(
    name="見本\u3000花子", address="見本県若葉市中央一丁目1番", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
)


def test_a_repr_shows_no_personal_data() -> None:
    """Logs and tracebacks show reprs: name, address, birth date and sex stay out of them."""
    for shown in (repr(PERSON), repr(certified(PERSON).attributes)):
        assert "見本" not in shown
        assert "1990" not in shown
        assert "FEMALE" not in shown
