import json

from openjpki.cli.window_recovery import recovered
from openjpki.errors import Kind
from openjpki.window.issuance import FactsWaiting
from openjpki.window.outbox import Delivery
from openjpki.window.recovery import CardNeeded, Recovered, Refusal

NEEDED = CardNeeded(municipality="99201", receipt="2026-000001", card_number="123456789012345")
REFUSAL = Refusal(receipt="2026-000002", failure=FactsWaiting(count=1, codes="a.b"))


def test_what_went_on_and_what_needs_its_card() -> None:
    """The counts, each refusal and each card that is needed are told, in both languages, and fit for JSON."""
    outcome = Recovered(
        delivery=Delivery(sent=2, waiting=1, unreachable=False),
        carried_out=(),
        refused=(REFUSAL,),
        cards_needed=(NEEDED,),
    )
    answer = recovered(outcome, "en")
    for told in (answer, recovered(outcome, "ja")):
        text = "\n".join(told.lines)
        assert all(word in text for word in ("2026-000001", "123456789012345", "2026-000002", "2"))
    assert answer.kind is Kind.UNAVAILABLE
    assert json.loads(json.dumps(answer.data))["cards_needed"][0]["receipt"] == "2026-000001"


def test_an_absent_authority_is_told_by_the_status() -> None:
    """Messages that could not be sent make the answer unavailable; where nothing is left it is done."""
    away = Recovered(
        delivery=Delivery(sent=0, waiting=1, unreachable=True), carried_out=(), refused=(), cards_needed=()
    )
    done = Recovered(
        delivery=Delivery(sent=0, waiting=0, unreachable=False), carried_out=(), refused=(), cards_needed=()
    )

    assert recovered(away, "en").kind is Kind.UNAVAILABLE
    assert recovered(done, "en").kind is None
