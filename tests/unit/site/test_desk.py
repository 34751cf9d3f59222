from collections.abc import Iterator
from pathlib import Path

import pytest

from openjpki.authority.models import EnrolledKey, Person, SeenNonce
from openjpki.desk.carrier import AuthorityUnreachable, SealRefused
from openjpki.desk.messages import PersonReported, Refused, ReportAccepted
from openjpki.site.clock import SteppedClock, real_moment
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.server import free_port
from openjpki.site.settings import ROLES
from tests.support.authority import HANAKO, OPENED, RESIDENT
from tests.support.story import empty_databases

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


def standing(path: Path, port: int = 0) -> House:
    """Return a furnished house whose windows reach the authority within the process, or over HTTPS at a port."""
    empty_databases()
    desk = f"https://127.0.0.1:{port}" if port else ""
    settings = Settings(purpose="sandbox", algorithm="p-384-sha-384", desk=desk)
    house = House.of(Home.create(path / "home", settings), SteppedClock(OPENED))
    house.furnish()
    return house


def person(number: int = 1) -> PersonReported:
    """Return the report of a first registration."""
    return PersonReported(
        report_id=f"person-{number}",
        municipality="99201",
        resident_code=f"{int(RESIDENT) + number}",
        attributes=HANAKO,
        reported_at=OPENED,
    )


@pytest.fixture(params=["in-process", "https"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Return a house with either line, its desk answering."""
    if request.param == "in-process":
        yield standing(tmp_path)
        return
    port = free_port(0)
    made = standing(tmp_path, port)
    with made.desk.server(port).answering():
        yield made


def test_a_signer_is_enrolled_when_they_first_act(house: House) -> None:
    """The key is made in the window's folder, and the authority knows the public half from then on."""
    carrier = house.desk.carrier()
    assert isinstance(carrier.send(person(1)), ReportAccepted)
    assert isinstance(carrier.send(person(2)), ReportAccepted)

    (key,) = EnrolledKey.objects.all()
    assert (key.municipality, key.signer) == ("99201", "")
    assert (house.home.path / "window/desk/99201/municipality.key").stat().st_mode & 0o777 == 0o600
    assert SeenNonce.objects.count() == 2
    assert abs((key.enrolled_at - real_moment()).total_seconds()) < 60


def test_a_revoked_signer_stays_out_until_renewed(house: House) -> None:
    """Another process that opens the home does not let them in again; `renew` does, with a new key."""
    house.desk.carrier().send(person(1))
    house.authority.revoke_desk_key("99201", "", at=real_moment())
    for carrier in (house.desk.carrier(), House.of(house.home, house.clock).desk.carrier()):
        with pytest.raises(SealRefused) as refused:
            carrier.send(person(2))
        assert refused.value.reason == "desk.signer-revoked"

    house.desk.renew("99201", "")
    assert isinstance(house.desk.carrier().send(person(2)), ReportAccepted)
    assert Person.objects.count() == 2


def test_a_refusal_of_the_authority_is_an_answer(house: House) -> None:
    """What the gate let through is answered by the authority."""
    carrier = house.desk.carrier()
    carrier.send(person())
    again = PersonReported(
        report_id="again",
        municipality="99201",
        resident_code=f"{int(RESIDENT) + 1}",
        attributes=HANAKO,
        reported_at=OPENED,
    )

    reply = carrier.send(again)
    assert isinstance(reply, Refused)
    assert reply.code == "authority.person-known"


def test_nobody_at_the_desk_is_unreachable(tmp_path: Path) -> None:
    """A home whose windows go over HTTPS waits while nothing listens there, and needs nothing else to go on."""
    port = free_port(0)
    house = standing(tmp_path, port)
    with pytest.raises(AuthorityUnreachable):
        house.desk.carrier().send(person())

    with house.desk.server(port).answering():
        assert isinstance(house.desk.carrier().send(person()), ReportAccepted)
