"""The outbox against an authority that goes away, comes back, loses answers and refuses, in any order."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import Certificates, PersonReported, Refused, Reply, ReportAccepted, Request
from openjpki.errors import Failure, Kind
from openjpki.rules.policy import Policy
from openjpki.window.back_off import Patience
from openjpki.window.equipment import Equipment, act
from openjpki.window.models import AuthorityPause, OutboxMessage, Resident
from openjpki.window.outbox import Outbox, put
from openjpki.window.residents import attributes_of
from tests.unit.window.counter import HANAKO, TARO, Clock, Counter, numbers

pytestmark = pytest.mark.django_db(databases=["window"])

PATIENCE = Patience()
PLACES = ("99201", "99202")
MOODS = ("well", "away", "answer-lost", "busy", "refusing", "confused")


class TooManyMessages(Failure):
    """The authority asks to be left alone."""

    code = "test.too-many-messages"
    kind = Kind.UNAVAILABLE
    ja = "混み合っています。"
    en = "Too many messages."


class MoodyAuthority:
    """Takes each report once, whatever its mood does to the answer; refuses to skip nothing: it only notes the order."""

    def __init__(self) -> None:
        self.moods: dict[str, str] = defaultdict(lambda: "well")
        """By municipality, and by person: refusing."""
        self.taken: dict[str, list[str]] = defaultdict(list)
        """Person → the ids of the reports that had their effect, in order."""

    def send(self, request: Request) -> Reply:
        """Answer by mood; the same id has its effect once."""
        assert isinstance(request, PersonReported)
        mood = self.moods[request.municipality]
        if mood == "away":
            raise AuthorityUnreachable
        if mood == "busy":
            raise TooManyMessages
        if "refusing" in (mood, self.moods[request.resident_code]):
            return Refused(code="test.no", ja="できません。", en="It cannot be done.")
        if mood == "confused":
            return Certificates(records=())
        if request.report_id not in self.taken[request.resident_code]:
            self.taken[request.resident_code].append(request.report_id)
        if mood == "answer-lost":
            raise AuthorityUnreachable
        return ReportAccepted(report_id=request.report_id, ended=())


class OutboxMachine(RuleBasedStateMachine):
    """Messages are put, moods change, time goes on and back, rounds run; at the end all is well."""

    def __init__(self) -> None:
        super().__init__()
        for table in (OutboxMessage, AuthorityPause):
            table.objects.across_municipalities().delete()
        self.clock = Clock()
        self.authority = MoodyAuthority()
        self.equipment = Equipment(carrier=self.authority, policy=Policy(), clock=self.clock, entropy=numbers())
        self.outbox = Outbox(self.equipment, PATIENCE)
        self.put: dict[str, list[str]] = defaultdict(list)

    @rule(person=st.sampled_from((HANAKO, TARO)), place=st.sampled_from(PLACES))
    def report(self, person: str, place: str) -> None:
        """Queue a report of a person, who may have moved meanwhile."""
        row = Resident.objects.across_municipalities().get(resident_code=person)
        message = PersonReported(
            report_id=self.equipment.new_id(),
            municipality=place,
            resident_code=person,
            attributes=attributes_of(row),
            reported_at=self.clock.now,
        )
        with act():
            put(message, at=self.clock.now)
        self.put[person].append(message.report_id)

    @rule(who=st.sampled_from((HANAKO, TARO, *PLACES)), mood=st.sampled_from(MOODS))
    def change(self, who: str, mood: str) -> None:
        """Let the authority be in another mood, to a municipality or about a person."""
        self.authority.moods[who] = mood

    @rule(minutes=st.integers(-120, 600))
    def pass_time(self, minutes: int) -> None:
        """Let time pass, or the clock be set back."""
        self.clock.now += timedelta(minutes=minutes)

    @rule(person=st.sampled_from(("", HANAKO, TARO)), forced=st.booleans())
    def deliver(self, person: str, forced: bool) -> None:  # noqa: FBT001  -- Hypothesis names its arguments
        """Run a round."""
        self.outbox.deliver(resident_code=person, forced=forced)

    @invariant()
    def each_had_its_effect_once_and_in_order(self) -> None:
        """What the authority took of a person is the beginning of what was put, in the same order."""
        for person, taken in self.authority.taken.items():
            assert taken == self.put[person][: len(taken)]

    @invariant()
    def nothing_is_dropped(self) -> None:
        """What was put waits, or was taken; what is marked as answered was taken."""
        rows = OutboxMessage.objects.across_municipalities()
        waiting = set(rows.filter(sent_at__isnull=True).values_list("message_id", flat=True))
        taken = {message for messages in self.authority.taken.values() for message in messages}
        assert {message for messages in self.put.values() for message in messages} == waiting | taken

    def teardown(self) -> None:
        """With the authority well again, rounds that nobody forces deliver all within the longest wait."""
        self.authority.moods.clear()
        self.clock.now += max(PATIENCE.refused.longest, PATIENCE.unreachable.longest)
        delivery = self.outbox.deliver()

        assert (delivery.waiting, delivery.unreachable, delivery.errors) == (0, False, ())
        assert self.authority.taken == {person: messages for person, messages in self.put.items() if messages}
        assert not AuthorityPause.objects.across_municipalities().filter(next_try_at__gt=self.clock.now).exists()


def test_every_message_has_its_effect_once_and_in_order() -> None:
    """Whatever fails in whatever order: at least once on the way, exactly once in effect, in order per person."""
    Counter.open().register()

    run_state_machine_as_test(OutboxMachine, settings=settings(max_examples=40, stateful_step_count=20))
