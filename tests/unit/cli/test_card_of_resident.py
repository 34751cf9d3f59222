import json
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Person
from openjpki.authority.register.persons import NotResident, PersonUnknown
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.rules.dates import civil_date
from openjpki.rules.validity import card_expiry
from openjpki.site.house import House
from openjpki.site.settings import ROLES
from tests.support.faces import fields
from tests.support.story import empty_databases
from tests.unit.site.test_wiring import house
from tests.unit.window.counter import HANAKO, REGISTER, WAKABA

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)


@pytest.fixture
def made(tmp_path: Path) -> House:
    """Return a house whose authority knows the persons of the tests."""
    empty_databases()
    put_together = house(tmp_path)
    put_together.furnish()
    put_together.window.residents.import_csv(WAKABA, REGISTER)
    put_together.home.save()
    return put_together


def run(made: House, *words: str, language: str = "en") -> Answer:
    """Run `openjpki card …` in this home."""
    arguments: Namespace = parser().parse_args(["card", *words, "--home", str(made.home.path), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_a_card_is_made_of_a_residents_data(made: House) -> None:
    """What the authority's register says stands on it; its last day is by the rules (R-3.7); reading is on record."""
    answer = run(made, "new", "hanako", "--resident", HANAKO)
    image = made.cards.look("hanako")
    person = Person.objects.get(resident_code=HANAKO)
    today = civil_date(made.home.clock()())
    expires = card_expiry(made.policy, issued=today, received=today, born=person.birth_date).expires
    assert image.face is not None

    assert (answer.data["face"], answer.data["municipality"]) == (True, "99201")
    assert fields(image.face.text[2], 0xFF20)[0xDF22].decode() == person.name
    assert image.expires == expires
    assert person.name not in json.dumps(answer.data, ensure_ascii=False)
    assert "Name, address, individual number and photo are written on it." in answer.lines
    noted = (
        Entry.objects.using("authority").filter(verb="person.read", subject=str(person)).values_list("data", flat=True)
    )
    assert [data["purpose"] for data in noted] == ["card"]


def test_its_last_day_may_be_given(made: House) -> None:
    """A card that is near its end, for a test."""
    tomorrow = civil_date(made.home.clock()()) + timedelta(days=1)
    run(made, "new", "hanako", "--resident", HANAKO, "--expires", tomorrow.isoformat())

    assert made.cards.look("hanako").expires == tomorrow
    assert "氏名・住所・個人番号と顔写真が書き込まれています。" in run(made, "show", "hanako", language="ja").lines
    assert run(made, "show", "hanako").data["face"] is True


def test_nobody_gets_a_card_of_a_person_who_is_not_there(made: House) -> None:
    """Unknown, or no longer resident: no card is made."""
    with pytest.raises(PersonUnknown):
        run(made, "new", "nobody", "--resident", "99999999999")
    Person.objects.filter(resident_code=HANAKO).update(state="left")
    with pytest.raises(NotResident):
        run(made, "new", "hanako", "--resident", HANAKO)

    assert made.cards.list() == ()
