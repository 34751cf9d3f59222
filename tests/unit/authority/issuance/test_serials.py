import pytest

from openjpki.authority.acts import act, authority_at
from openjpki.authority.issuance.serials import draw, key_of
from openjpki.authority.models import Serial
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Crash

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_serials_rise_by_one_from_one_for_each_ca() -> None:
    """Serials are small and sequential, and the two CAs count apart."""
    doer = authority_at(OPENED)
    with act():
        drawn = [draw(SIGNATURE, doer), draw(SIGNATURE, doer), draw(AUTHENTICATION, doer), draw(SIGNATURE, doer)]

    assert drawn == [1, 2, 1, 3]
    assert set(Serial.objects.values_list("key", flat=True)) == {
        "signature/1",
        "signature/2",
        "signature/3",
        "authentication/1",
    }


def test_an_act_that_fails_gives_its_serial_back() -> None:
    """A serial counts as drawn when its act is committed: nothing was signed under it before."""

    def fail() -> None:
        with act():
            draw(SIGNATURE, authority_at(OPENED))
            raise Crash

    with pytest.raises(Crash):
        fail()

    with act():
        assert draw(SIGNATURE, authority_at(OPENED)) == 1


def test_kind_and_serial_are_one_key() -> None:
    """One column names a certificate, over all generations of its CA (RFC 5280 §4.1.2.2)."""
    assert key_of(SIGNATURE, 12) == "signature/12"
