"""A home with all test cards: begun years ago, lived through act by act, up to the present moment.

Nothing of it is written into the past by hand: every act is done at its moment on a clock that only goes forward, so that
serials, lists and records stand in the order in which they would have come. Between the days of acts no lists are
published: nobody can ask for yesterday's any more.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from openjpki.lab.catalogue import Act, TestCard, What
from openjpki.lab.dated import Dated, dated
from openjpki.rules.dates import JST, civil_date, months_after
from openjpki.rules.kinds import CertificateKind, ResidenceStatus
from openjpki.rules.office import open_day_until
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.lives.acts import CLERK, Life
from openjpki.site.seeding import seed
from openjpki.window.officer import Clerk
from openjpki.window.register_csv import COLUMNS, STAY_COLUMNS

SECOND_GENERATION: Final = timedelta(days=-750)
"""Both CAs get new keys under the same names, as real ones do: whoever picks an issuer by its name fails."""
_MORNING, _COUNTER = time(9), time(10)
_BLANK_YEARS = 10


def live_through(
    house: House, clock: SteppedClock, cards: Sequence[TestCard], *, now: datetime, say: Callable[[str], None]
) -> int:
    """Found the sandbox, do every act of these test cards, and come up to `now`; return how many residents there are.

    The house's clock is `clock`, and stands at `lab.dated.begins`; `say` gets the name of each card when it is handed over. Raises what an
    act refuses, and `ActFailed` where an act is not done to its end or leaves something else than the catalogue says.
    """
    today = civil_date(now)
    residents = seed(house) + _register(house, cards, today)
    lives = [dated(card, today, house.policy) for card in cards]
    second = open_day_until(house.policy, today + SECOND_GENERATION)
    holders = {
        one.card.name: Life(house, one.card, person, one.stay_until, person.municipality.code)
        for one in lives
        if (person := one.card.person)
    }
    for day, acts in _by_day(lives, second):
        clock.advance_to(_at(day, _MORNING))
        if day == second:
            house.authority.ceremony()
            house.authority.publish_crls()
        clock.advance_to(_at(day, _COUNTER))
        for name, visit in acts.items():
            holders[name].do(visit)
            if visit[0].what is What.HAND_OVER:
                say(name)
    clock.advance_to(now)
    for one in lives:
        if life := holders.get(one.card.name):
            _hold_as_told(house, one, life)
        else:
            _make_blank(house, one, today)
            say(one.card.name)
    house.authority.publish_crls()
    return residents


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, JST).astimezone(UTC)


def _by_day(lives: Sequence[Dated], second: date) -> list[tuple[date, dict[str, list[Act]]]]:
    """Return the days on which something is done, in order, with what is done with which card; the second ceremony's too."""
    days: dict[date, dict[str, list[Act]]] = {second: {}}
    for one in lives:
        for day, act in one.acts:
            days.setdefault(day, {}).setdefault(one.card.name, []).append(act)
    return sorted(days.items())


def _register(house: House, cards: Sequence[TestCard], today: date) -> int:
    """Enter the holders in the registers of their cities."""
    since = civil_date(house.clock()).isoformat()
    persons = [card.person for card in cards if card.person]
    stays = {
        card.person.resident_code: (ResidenceStatus.FIXED_STAY.value, (today + timedelta(days=card.stay)).isoformat())
        for card in cards
        if card.person and card.stay is not None
    }
    for code in sorted({person.municipality.code for person in persons}):
        lines = [
            (
                person.resident_code,
                person.name,
                person.kana,
                person.address,
                person.born(today).isoformat(),
                person.sex.value,
                since,
                *stays.get(person.resident_code, ("", "")),
            )
            for person in persons
            if person.municipality.code == code
        ]
        register = "".join(f"{','.join(line)}\n" for line in (COLUMNS + STAY_COLUMNS, *lines))
        house.window.residents.import_csv(Clerk(CLERK, code), register)
    return len(persons)


def _make_blank(house: House, one: Dated, today: date) -> None:
    """Make a card of nobody."""
    expires = months_after(today, 12 * _BLANK_YEARS)
    house.cards.create(one.card.name, house.factory.make(municipality=one.municipality, expires=expires))


def _hold_as_told(house: House, one: Dated, life: Life) -> None:
    """Compare what the authority made of a card with what the rules say of its acts; raises `ActFailed`."""
    made = house.window.residents.show(life.clerk, life.code).certificates
    for kind in CertificateKind:
        found = [(each.expires, each.reason) for each in made if each.kind is kind]
        if found != [(each.expires, each.found.reason) for each in one.certificates if each.kind is kind]:
            raise life.failed(one.card.acts[-1], "lab.other-than-told")
