import pytest

from openjpki.audit.chain import commitment
from openjpki.audit.models import Personal
from openjpki.desk.messages import PersonReported
from openjpki.rules.kinds import LifeEvent
from openjpki.window.changes import Change
from openjpki.window.loading import ResidentNotFound
from openjpki.window.models import OutboxMessage, Resident
from openjpki.window.register_csv import BadLines
from openjpki.window.states import ResidentState
from tests.unit.window.counter import CHILD, HANAKO, HEADER, MINATO, REGISTER, TARO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def test_an_import_enters_everybody_and_reports_them(counter: Counter) -> None:
    """Every person of the file is on the register, and the authority hears of each."""
    imported = counter.window.residents.import_csv(WAKABA, REGISTER)

    assert (imported.residents, imported.waiting) == (3, 0)
    assert [entry.resident_code for entry in counter.window.residents.list(WAKABA)] == [HANAKO, TARO, CHILD]
    assert set(counter.authority.persons) == {HANAKO, TARO, CHILD}
    assert all(isinstance(message, PersonReported) for message in counter.desk.sent)
    (row,) = audited("residents.imported")
    assert (row.actor, row.data) == ("sato", {"municipality": "99201", "residents": 3})


def test_one_bad_line_and_nobody_is_entered(counter: Counter) -> None:
    """All or nothing: a file with one bad line leaves no row, no message and no audit row."""
    with pytest.raises(BadLines) as refused:
        counter.window.residents.import_csv(WAKABA, REGISTER.replace("男", "おとこ"))

    assert [(bad.line, bad.code) for bad in refused.value.lines] == [(3, "sex")]
    assert not Resident.objects.across_municipalities().exists()
    assert not OutboxMessage.objects.across_municipalities().exists()
    assert not audited("residents.imported")


def test_nobody_is_entered_twice(counter: Counter) -> None:
    """A person recorded here, or recorded in another municipality now, is reported by line; where is not said."""
    counter.register()

    for clerk in (WAKABA, MINATO):
        with pytest.raises(BadLines) as refused:
            counter.window.residents.import_csv(clerk, REGISTER)
        assert [(bad.line, bad.code) for bad in refused.value.lines] == [
            (2, "already-registered"),
            (3, "already-registered"),
            (4, "already-registered"),
        ]


def test_an_import_waits_for_an_authority_that_is_away(counter: Counter) -> None:
    """Nothing is dropped while the authority cannot be reached: the register has the persons, the reports wait."""
    counter.desk.reachable = False

    assert counter.window.residents.import_csv(WAKABA, REGISTER).waiting == 3
    assert len(counter.window.residents.list(WAKABA)) == 3
    counter.desk.reachable = True
    assert counter.window.outbox.deliver(forced=True).waiting == 0
    assert set(counter.authority.persons) == {HANAKO, TARO, CHILD}


def test_an_import_in_many_pieces_is_still_one(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Insertions go in pieces below the databases' bounds, in one transaction."""
    monkeypatch.setattr("openjpki.window.residents.CHUNK", 2)

    assert counter.window.residents.import_csv(WAKABA, REGISTER).residents == 3


def test_an_empty_register_is_an_import(counter: Counter) -> None:
    """A file with a header only enters nobody, and says so."""
    assert counter.window.residents.import_csv(WAKABA, f"{HEADER}\n").residents == 0


def test_reading_a_record_is_an_act(counter: Counter) -> None:
    """Who reads a person's record is written down, without the person's code or name."""
    entry = counter.register().window.residents.show(WAKABA, HANAKO)

    assert (entry.name, entry.state) == ("見本　花子", ResidentState.RESIDENT)
    assert "花子" not in repr(entry)
    (row,) = audited("resident.read")
    assert HANAKO not in row.subject
    assert "花子" not in str(row.data)
    (value,) = Personal.objects.using("window").filter(entry=row.pk)
    assert (value.name, value.value) == ("resident_code", HANAKO)
    assert row.commitments == {"resident_code": commitment(bytes(value.salt), HANAKO)}


def test_reading_a_list_is_an_act(counter: Counter) -> None:
    """Who looks through the register is written down, with how many persons were shown and not which; nobody is no act."""
    counter.register().window.residents.list(WAKABA, limit=2)
    counter.window.residents.list(WAKABA, after=CHILD)
    counter.window.residents.list(MINATO)
    counter.window.residents.codes(WAKABA, limit=2)

    rows = audited("residents.listed")
    assert [(row.actor, row.subject, row.data["residents"]) for row in rows] == [("sato", "register:99201", 2)]
    assert all(HANAKO not in str((row.data, row.commitments)) for row in rows)


def test_another_municipalitys_record_is_not_found(counter: Counter) -> None:
    """A record of another municipality is not found, as one that does not exist, and no reading is recorded."""
    counter.register()

    with pytest.raises(ResidentNotFound):
        counter.window.residents.show(MINATO, HANAKO)
    assert counter.window.residents.list(MINATO) == ()
    assert not audited("resident.read")


def test_a_list_is_read_in_pages(counter: Counter) -> None:
    """A list is bounded, and goes on behind the last code shown."""
    counter.register()

    assert [entry.resident_code for entry in counter.window.residents.list(WAKABA, limit=2)] == [HANAKO, TARO]
    assert [entry.resident_code for entry in counter.window.residents.list(WAKABA, after=TARO)] == [CHILD]
    (entry,) = counter.window.residents.list(WAKABA, after=HANAKO, until=TARO)
    assert entry.resident_code == TARO
    assert counter.window.residents.codes(WAKABA, after=HANAKO, limit=1) == (TARO,)


def test_a_list_of_the_living(counter: Counter) -> None:
    """Who left the register is on the whole list, and not on the one of those who live here."""
    counter.register()
    change = Change(event=LifeEvent.DEATH, on=counter.clock.now.date())
    counter.window.events.record(WAKABA, resident_code=TARO, change=change)

    assert len(counter.window.residents.list(WAKABA)) == 3
    assert [one.resident_code for one in counter.window.residents.list(WAKABA, living=True)] == [HANAKO, CHILD]
    assert counter.window.residents.codes(WAKABA, limit=9) == (HANAKO, CHILD)
