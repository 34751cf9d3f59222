from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder, may_have
from openjpki.rules.face_card import Direction, Switch, face_card_switch
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, CardState, CertificateKind, Power, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.visit import Visit

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
ON = date(2026, 11, 24)
HOLDER = Holder(born=date(1950, 6, 10))
FACE = Holder(born=date(1950, 6, 10), face_card=True)
DIRECTIONS: list[Direction] = ["to-face", "to-pin"]


def _papers(kinds: str) -> tuple[ShownDocument, ...]:
    return tuple(ShownDocument(kind=DocumentKind(kind)) for kind in kinds.split())


def _visit(applicant: Applicant, *, own: str = "", agent: str = "", holder: Holder = HOLDER) -> Visit:
    return Visit(
        procedure=Procedure.REISSUE,
        applicant=applicant,
        on=ON,
        holder=holder,
        documents=_papers(own),
        agent_documents=_papers(agent),
    )


def _codes(found: Switch) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("policy", [NATIONAL, PAGE], ids=["national", "page"])
@pytest.mark.parametrize(
    ("applicant", "own", "agent", "way"),
    [
        (Applicant.SELF, "passport", "", "same_day"),
        (Applicant.SELF, "", "", "inquiry"),
        (Applicant.VOLUNTARY_AGENT, "", "pension-book mandate", "same_day"),
        (Applicant.HOUSEHOLD, "", "passport mandate", "same_day"),
        (Applicant.VOLUNTARY_AGENT, "", "passport", "refused"),
        (Applicant.VOLUNTARY_AGENT, "", "mandate", "refused"),
    ],
)
def test_a_switch_is_free_and_at_once(
    direction: Direction, policy: Policy, applicant: Applicant, own: str, agent: str, way: str
) -> None:
    """R-1.11: both ways, free, on the same day, even by an agent with a 委任状; no PIN is asked for, not by the page either."""
    found = face_card_switch(policy, _visit(applicant, own=own, agent=agent), direction=direction)

    assert (found.route, found.yen) == (way, 0)


def test_the_signature_certificate_must_not_stay() -> None:
    """R-1.11: the switch ends it; the authentication certificate is mandatory and stays; the uses are told."""
    found = face_card_switch(NATIONAL, _visit(Applicant.SELF, own="passport"), direction="to-face")

    assert found.ends == {CertificateKind.SIGNATURE}
    assert not found.sets_pins
    assert _codes(found) == ["identity.copies-kept", "face.signature-ends", "face.uses"]
    assert "コンビニ交付" in found.findings[-1].ja


@pytest.mark.parametrize(
    ("applicant", "own", "agent", "code"),
    [
        (Applicant.SELF, "passport", "", "face.pins-anew"),
        (Applicant.VOLUNTARY_AGENT, "", "passport mandate", "face.pins-by-holder"),
    ],
)
def test_back_to_an_ordinary_card(applicant: Applicant, own: str, agent: str, code: str) -> None:
    """R-1.11, R-6.5: PINs are set anew, by the holder: an agent can bring the card but sets none."""
    found = face_card_switch(NATIONAL, _visit(applicant, own=own, agent=agent, holder=FACE), direction="to-pin")

    assert (found.ends, found.sets_pins) == (frozenset(), True)
    assert _codes(found)[-1] == code


def test_a_child_is_represented_here_too() -> None:
    """R-1.6, R-1.11, R-2.22: a child's card is switched by the parent, not by an agent."""
    child = Holder(born=date(2020, 1, 1))
    parent = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.LEGAL_REPRESENTATIVE,
        on=ON,
        holder=child,
        claim=Claim(power=Power.PARENT, same_household=True),
        agent_documents=_papers("passport"),
    )
    agent = _visit(Applicant.VOLUNTARY_AGENT, agent="passport mandate", holder=child)

    assert face_card_switch(NATIONAL, parent, direction="to-face").route == "same_day"
    assert _codes(face_card_switch(NATIONAL, agent, direction="to-face"))[0] == "representative.needed"
    assert face_card_switch(NATIONAL, agent, direction="to-face").route == "refused"


def test_the_card_must_be_in_force() -> None:
    """R-1.2, R-1.11: a card past its end is not switched."""
    expired = Holder(born=HOLDER.born, card=CardState.EXPIRED)
    found = face_card_switch(NATIONAL, _visit(Applicant.SELF, own="passport", holder=expired), direction="to-face")

    assert (found.route, _codes(found)[0]) == ("refused", "eligibility.card-expired")


def test_no_signature_certificate_for_a_face_card() -> None:
    """R-1.11: the authentication certificate only; the refusal names the switch."""
    refused = may_have(NATIONAL, FACE, kind=CertificateKind.SIGNATURE, on=ON)

    assert [finding.code for finding in refused.findings] == ["eligibility.face-card"]
    assert "切替え" in refused.findings[0].bring_ja
    assert may_have(NATIONAL, FACE, kind=CertificateKind.AUTHENTICATION, on=ON).eligible


@pytest.mark.parametrize("procedure", [Procedure.PIN_CHANGE, Procedure.PIN_RESET])
def test_there_is_no_pin_to_change(procedure: Procedure) -> None:
    """R-1.11: no PIN procedure on a 顔認証カード."""
    visit = Visit(procedure=procedure, applicant=Applicant.SELF, on=ON, holder=FACE, documents=_papers("passport"))

    assert decide(NATIONAL, visit).route == "refused"
    assert decide(NATIONAL, visit).findings[0].code == "eligibility.face-card-no-pin"


def test_no_pin_is_asked_at_its_renewal() -> None:
    """R-1.11: the holder is identified by a document alone, and an agent renews with the sealed form though no PIN matches."""
    alone = Visit(
        procedure=Procedure.RENEWAL, applicant=Applicant.SELF, on=ON, holder=FACE, documents=_papers("passport")
    )
    agent = Visit(
        procedure=Procedure.RENEWAL,
        applicant=Applicant.VOLUNTARY_AGENT,
        on=ON,
        holder=FACE,
        agent_documents=_papers("passport"),
        form="sealed",
    )
    claimed = Visit(procedure=Procedure.RENEWAL, applicant=Applicant.SELF, on=ON, holder=FACE, pin_matches=True)

    assert [finding.code for finding in decide(NATIONAL, alone).findings] == ["identity.copies-kept"]
    assert decide(NATIONAL, agent).route == "same_day"
    assert decide(NATIONAL, claimed).route == "inquiry"
