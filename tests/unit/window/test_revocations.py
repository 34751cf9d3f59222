import pytest

from openjpki.desk.messages import CertificatesAsked, RevocationOrder
from openjpki.rules.kinds import (
    ApplicationState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Procedure,
    RevocationReason,
)
from openjpki.window.answers import AuthorityRefused
from openjpki.window.loading import ResidentNotFound
from openjpki.window.procedures import NothingToApprove, NothingWaits, ProcedureRefused
from openjpki.window.revocations import NotAsked
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_LICENCE, BY_PIN, HANAKO, MINATO, NOTHING, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def test_a_queued_revocation_is_neither_withdrawn_nor_resumed_and_goes_on_by_itself(counter: Counter) -> None:
    """R-2.5, R-2.27: its order has been given: it waits for the line, blocks no issue of itself, and ends what it names."""
    counter.with_certificates().desk.reachable = False
    outcome = counter.window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.KEY_COMPROMISE, shown=BY_LICENCE
    )
    receipt = outcome.application.receipt
    for act in (
        lambda: counter.window.procedures.withdraw(WAKABA, receipt=receipt),
        lambda: counter.window.procedures.resume(WAKABA, receipt=receipt, card=counter.card),
        lambda: counter.window.procedures.approve(WAKABA, receipt=receipt),
    ):
        with pytest.raises((NothingWaits, NothingToApprove)):
            act()
    with pytest.raises(ProcedureRefused) as refused:
        counter.issue()
    assert "window.issue-waiting" not in [finding.code for finding in refused.value.findings]

    counter.desk.reachable = True
    assert counter.window.outbox.deliver(forced=True).waiting == 0
    assert counter.window.application(WAKABA, receipt).state is ApplicationState.DONE


def test_a_request_ends_what_it_names(counter: Counter) -> None:
    """失効申請 (R-2.5, R-5.1): the named certificate ends, cessation of operation; no PIN is needed at the window."""
    outcome = counter.with_certificates().window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, kinds=[SIGNATURE], shown=BY_LICENCE
    )

    (ended,) = outcome.ended
    assert (ended.kind, ended.reason) == (SIGNATURE, RevocationReason.CESSATION_OF_OPERATION)
    assert outcome.effect.authentication is None
    assert (outcome.application.state, outcome.waiting) == (ApplicationState.DONE, 0)
    assert (outcome.application.procedure, outcome.application.kinds) == (Procedure.REVOCATION, (SIGNATURE,))
    (row,) = audited("revocation.requested")
    assert row.data["event"] == "request"


def test_a_compromised_key_ends_both(counter: Counter) -> None:
    """漏えい等届 (R-2.6, R-5.2): both certificates end, key compromise, whatever the report names."""
    outcome = counter.with_certificates().window.revocations.request(
        WAKABA,
        resident_code=HANAKO,
        event=LifeEvent.KEY_COMPROMISE,
        kinds=[AUTHENTICATION],
        shown=BY_PIN,
        card=counter.card,
    )

    assert {(ended.kind, ended.reason) for ended in outcome.ended} == {
        (kind, RevocationReason.KEY_COMPROMISE) for kind in CertificateKind
    }


def test_a_hold_needs_no_document(counter: Counter) -> None:
    """一時保留 (R-2.7, R-5.8): the authentication certificate is held, the signature certificate is over."""
    outcome = counter.with_certificates().window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.HOLD, shown=NOTHING
    )

    assert {ended.kind: ended.state for ended in outcome.ended} == {
        AUTHENTICATION: CertificateState.HELD,
        SIGNATURE: CertificateState.REVOKED,
    }
    assert outcome.application.procedure is Procedure.HOLD


def test_after_a_hold_both_are_reissued_free(counter: Counter) -> None:
    """R-5.20, R-4.2: found again, both certificates are issued again; after a hold nothing is charged by default."""
    counter.with_certificates()
    counter.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.HOLD, shown=NOTHING)

    outcome = counter.window.procedures.reissue(WAKABA, resident_code=HANAKO, card=counter.card, shown=BY_PIN)

    assert outcome.done
    assert outcome.application.fee is not None
    assert (outcome.application.fee.yen, outcome.application.fee.reason) == (0, FeeReason.AFTER_HOLD)


def test_after_an_own_request_the_next_one_costs(counter: Counter) -> None:
    """R-4.2: a re-issue after the holder's own request costs 200 yen by default."""
    counter.with_certificates()
    counter.window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_PIN, card=counter.card
    )

    fee = counter.issue().application.fee

    assert fee is not None
    assert (fee.yen, fee.reason) == (200, FeeReason.OWN_REQUEST)


def test_a_request_waits_for_an_authority_that_is_away(counter: Counter) -> None:
    """A revocation is received at once and queued; when the authority answers, the application closes by itself."""
    counter.with_certificates().desk.reachable = False
    outcome = counter.window.revocations.request(
        WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_PIN, card=counter.card
    )
    assert (outcome.waiting, outcome.ended) == (1, ())
    assert outcome.application.state is ApplicationState.READY
    assert counter.window.queue(WAKABA) == (outcome.application,)

    counter.desk.reachable = True
    counter.window.outbox.deliver(forced=True)

    assert counter.window.application(WAKABA, outcome.application.receipt).state is ApplicationState.DONE
    states = {c.state for c in counter.window.residents.show(WAKABA, HANAKO).certificates}
    assert states == {CertificateState.REVOKED}


def test_nothing_to_end_is_told(counter: Counter) -> None:
    """Where the authority knows no certificate in force, the request is refused and kept."""
    counter.with_card()

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.revocations.request(
            WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_PIN, card=counter.card
        )

    assert [finding.code for finding in refused.value.findings] == ["window.ending.nothing"]
    assert RevocationOrder not in map(type, counter.desk.sent)
    assert counter.window.application(WAKABA, refused.value.receipt).state is ApplicationState.REFUSED


def test_a_request_of_nobody(counter: Counter) -> None:
    """R-2.20: who shows neither document nor PIN is not known to be the holder."""
    counter.with_certificates()

    with pytest.raises(ProcedureRefused) as refused:
        counter.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=NOTHING)
    assert [finding.code for finding in refused.value.findings] == ["identity.inquiry"]


def test_the_pin_of_another_card_is_no_identity(counter: Counter) -> None:
    """R-2.20: the PIN says who came only on the person's own card; on another's, or on none, nothing is ended."""
    counter.with_certificates()
    stranger = CounterCard(number="999999999999999")

    for card in (stranger, None):
        with pytest.raises(ProcedureRefused) as refused:
            counter.window.revocations.request(
                WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_PIN, card=card
            )
        assert [finding.code for finding in refused.value.findings] == ["window.other-card"]

    states = {c.state for c in counter.window.residents.show(WAKABA, HANAKO).certificates}
    assert states == {CertificateState.VALID}


def test_the_authority_may_refuse(counter: Counter) -> None:
    """The authority's refusal is kept with the application, which closes refused, and holds nothing up."""
    counter.with_card().desk.refuse(CertificatesAsked)

    with pytest.raises(AuthorityRefused) as refused:
        counter.window.revocations.request(
            WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_PIN, card=counter.card
        )

    assert refused.value.reason == "revocation.nothing"
    (application,) = counter.window.applications(WAKABA)
    assert application.state is ApplicationState.REFUSED
    assert [finding.code for finding in application.findings] == ["revocation.nothing"]
    (message,) = counter.window.messages(WAKABA)
    assert (message.answered, message.last_error) == (True, "revocation.nothing")


@pytest.mark.parametrize("event", [LifeEvent.MOVE, LifeEvent.CARD_LOST, LifeEvent.RENEWAL])
def test_other_endings_have_procedures_of_their_own(counter: Counter, event: LifeEvent) -> None:
    """Moves, losses and renewals are not asked for as revocations."""
    counter.with_certificates()

    with pytest.raises(NotAsked):
        counter.window.revocations.request(WAKABA, resident_code=HANAKO, event=event, shown=BY_PIN, card=counter.card)


def test_another_municipality_ends_nothing(counter: Counter) -> None:
    """A person of another municipality is not found."""
    counter.with_certificates()

    with pytest.raises(ResidentNotFound):
        counter.window.revocations.request(MINATO, resident_code=HANAKO, event=LifeEvent.HOLD, shown=NOTHING)
