import pytest

from openjpki.desk.messages import Refused
from openjpki.rules.application import ApplicationEvent
from openjpki.rules.kinds import ApplicationState
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.policy import Policy
from openjpki.window.applications import ENDS, move, perform, policy_name, subject
from openjpki.window.models import Application
from tests.unit.window.counter import WAKABA, Counter, at

pytestmark = pytest.mark.django_db(databases=["window"])


def test_an_application_moves_along_its_table_only(counter: Counter) -> None:
    """A done application takes nothing more, and nothing of it changes."""
    counter.with_certificates()
    application = Application.objects.for_municipality("99201").get()
    closed = application.closed_at

    with pytest.raises(IllegalTransition):
        move(application, ApplicationEvent.REFUSE, at=at("2021-07-02"))

    application.refresh_from_db()
    assert (application.state, application.closed_at) == (ApplicationState.DONE.value, closed)
    assert subject(application) == "application:99201/2021-000001"


def test_the_ends_of_an_application() -> None:
    """Three states have no way out."""
    assert {
        ApplicationState.DONE,
        ApplicationState.REFUSED,
        ApplicationState.WITHDRAWN,
        ApplicationState.INQUIRY_RETURNED,
        ApplicationState.INQUIRY_LAPSED,
    } == ENDS


def test_an_order_without_an_application_closes_none(counter: Counter) -> None:
    """An answer whose order belongs to no application changes no application."""
    counter.with_card()

    perform(WAKABA, "unknown", Refused(code="x.y", ja="いいえ", en="No"), at=at("2021-07-01"))

    assert not Application.objects.for_municipality("99201").exists()


def test_the_name_of_a_policy() -> None:
    """A decision names the preset it was made by, or says that single settings differ."""
    assert policy_name(Policy()) == "national"
    assert policy_name(Policy.preset("page")) == "page"
    assert policy_name(Policy().with_settings({"age_rule": "eve"})) == "own"
