"""What a new sandbox starts with: one generation of both CAs, their lists, and the invented residents of two cities."""

from importlib.resources import files

from openjpki.site.city import MUNICIPALITIES
from openjpki.site.house import House
from openjpki.window.officer import Clerk


def seed(house: House) -> int:
    """Hold the first key ceremony, publish the first lists, import the residents; return how many there are.

    Under dual control there is no CA yet: the operators hold the ceremony.
    """
    if not house.authority.dual_control.strict:
        house.authority.ceremony()
        house.authority.publish_crls()
    residents = 0
    for municipality in MUNICIPALITIES:
        register = files("openjpki.site").joinpath("seed", f"{municipality.code}.csv").read_bytes()
        clerk = Clerk(login="init", municipality=municipality.code)
        residents += house.window.residents.import_csv(clerk, register).residents
    return residents
