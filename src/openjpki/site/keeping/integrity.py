"""What must hold in a home before anybody works in it again: asked after a restore, and told with a backup.

Each check looks at one subject and returns what is wrong with it, in words without personal data; () is sound.
Another subject is one more line in `CHECKS`.
"""

from collections.abc import Callable, Sequence

from django.db import DatabaseError, connections

from openjpki.authority.cards import face_key as card_face_key
from openjpki.authority.models import Issuer, OcspResponder
from openjpki.authority.signing.keys import SigningKeys
from openjpki.errors import Failure
from openjpki.site.house import House
from openjpki.site.migration import unknown, waiting
from openjpki.site.settings import ROLES

Check = Callable[[House], tuple[str, ...]]
_MOST = 20
"""Findings of one check that are told: the first ones say enough."""


def databases_sound(_: House) -> tuple[str, ...]:
    """Each SQLite database is whole, and no row refers to one that is missing; PostgreSQL holds both itself."""
    wrong: list[str] = []
    for role in ROLES:
        if connections[role].vendor == "sqlite":
            with connections[role].cursor() as cursor:
                cursor.execute("PRAGMA integrity_check")
                said = [str(row[0]) for row in cursor.fetchmany(_MOST)]
                wrong += [f"{role}: {line}" for line in said if line != "ok"]
                cursor.execute("PRAGMA foreign_key_check")
                wrong += [f"{role}: {row[0]}/{row[1]} refers to no row" for row in cursor.fetchmany(_MOST)]
    return tuple(wrong)


def tables_current(_: House) -> tuple[str, ...]:
    """Each database has exactly the tables of this version."""
    wrong = []
    for role in ROLES:
        wrong += [f"{role}: {migration.app_label}.{migration.name} is missing" for migration in waiting(role)]
        wrong += [f"{role}: {label}.{name} is unknown" for label, name in unknown(role)]
    return tuple(wrong)


def keys_open(house: House) -> tuple[str, ...]:
    """Each key that a CA or a responder is known by can be used, and the one that signs the faces of cards."""
    wrong = []
    try:
        if house.factory.faces is not None:
            house.factory.faces.key.public_key()
    except Failure as failure:
        wrong.append(f"{card_face_key.NAME}: {failure.code}")
    keepers = (house.authority.keys,)
    for names, who in (
        (_keys_of(Issuer), keepers),
        (_keys_of(OcspResponder), (house.authority.keys_of_responders, *keepers)),
    ):
        for name in names:
            wrong += [f"{name}: {code}" for code in _unusable(name, who)]
    return tuple(wrong)


def _keys_of(table: type[Issuer] | type[OcspResponder]) -> list[str]:
    """Return the names of the keys that there must be: all but those of generations whose keys were destroyed."""
    destroyed = "key_destroyed_at__isnull" if table is Issuer else "issuer__key_destroyed_at__isnull"
    return list(table.objects.filter(**{destroyed: True}).order_by("key_name").values_list("key_name", flat=True))


def _unusable(name: str, keepers: Sequence[SigningKeys]) -> Sequence[str]:
    """Return why the key is with none of the keepers; a home of before kept the responders' keys with the CAs'."""
    codes = []
    for keeper in keepers:
        try:
            keeper.signer(name)
        except Failure as failure:
            codes.append(failure.code)
        else:
            return ()
    return codes[:1]


def cards_readable(house: House) -> tuple[str, ...]:
    """Each card image is one."""
    wrong = []
    for name in house.cards.list():
        try:
            house.cards.look(name)
        except Failure as failure:
            wrong.append(f"{name}: {failure.code}")
    return tuple(wrong)


def cards_administered(house: House) -> tuple[str, ...]:
    """Each card has the administration keys that this authority derives for its number: another's it cannot administer."""
    wrong = []
    for name in house.cards.list():
        try:
            card = house.cards.look(name)
        except Failure:
            continue  # told by `cards_readable`
        try:
            own = house.factory.keys.of(card.number) == card.channel.keys
        except Failure as failure:
            wrong.append(f"{name}: {failure.code}")
        else:
            wrong += [] if own else [f"{name}: has another authority's keys"]
    return tuple(wrong)


def records_whole(house: House) -> tuple[str, ...]:
    """Each role's audit record verifies from its beginning, and holds the head that the home kept of it."""
    wrong = []
    for ledger in house.ledgers:
        try:
            fault = ledger.verify().fault
        except Failure as failure:
            wrong.append(f"{ledger.role}: {failure.code}")
        else:
            wrong += [] if fault is None else [f"{ledger.role}: {fault.kind.value.code}"]
    return tuple(wrong)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("databases", databases_sound),
    ("tables", tables_current),
    ("keys", keys_open),
    ("cards", cards_readable),
    ("card-keys", cards_administered),
    ("records", records_whole),
)
"""Name → check, in the order in which they are asked."""


def findings(house: House) -> tuple[str, ...]:
    """Return everything that is wrong with a home, each with the name of its check."""
    return tuple(f"{name}: {finding}" for name, check in CHECKS for finding in check(house)[:_MOST])


def outlook(house: House) -> tuple[str, ...]:
    """Return what a restore of a home as it stands would refuse; what cannot be asked now counts as refused."""
    try:
        return findings(house)
    except Failure as failure:
        return (f"home: {failure.code}",)
    except DatabaseError:
        return ("databases: home.database-silent",)
    except OSError:
        return ("home: storage.failed",)
