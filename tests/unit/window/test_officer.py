from openjpki.staff.models import Officer as Account
from openjpki.window.officer import Clerk, Officer


def test_an_account_and_a_clerk_are_officers() -> None:
    """An act takes whoever has a login and a municipality: an account, or a plain clerk."""
    officers: list[Officer] = [Account(login="sato", municipality="99201"), Clerk("sato", "99201")]

    assert {(officer.login, officer.municipality) for officer in officers} == {("sato", "99201")}
