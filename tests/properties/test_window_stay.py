"""The counter, with the stay on its register, and the checklist at home say the same to a foreign resident (R-1.8, R-3.7, R-7.5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.checklist.days import day_plan
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, CardState, CertificateKind, CertificateState, Procedure, ResidenceStatus
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy
from openjpki.rules.stay import AS_JAPANESE, Stay, card_end
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry
from openjpki.window.examination import Case, Known, Shown, examine

POLICIES = st.sampled_from([Policy.preset("national"), Policy.preset("page")])
RESIDENCE_CARD = ShownDocument(kind=DocumentKind.RESIDENCE_CARD)


@dataclass(frozen=True)
class Foreigner:
    """A resident with a card of a while ago, and both certificates on it, or a new one without any."""

    policy: Policy
    born: date
    stay: Stay
    card_expires: date
    ends: dict[CertificateKind, date]
    on: date


@st.composite
def foreigners(draw: st.DrawFn) -> Foreigner:
    """Return somebody whose card was handed over under an earlier stay, and who comes on an open day near its end."""
    policy = draw(POLICIES)
    issued = draw(st.dates(date(2024, 1, 4), date(2027, 12, 28)))
    born = issued - timedelta(days=draw(st.integers(20 * 366, 80 * 365)))
    status = draw(st.just(ResidenceStatus.FIXED_STAY) | st.sampled_from(ResidenceStatus))
    then = issued + timedelta(days=draw(st.integers(30, 1800)))
    limited = status not in AS_JAPANESE
    card = card_expiry(policy, issued=issued, received=issued, born=born, stay_until=then if limited else None).expires
    now = then + timedelta(days=draw(st.sampled_from([0, 0, 365, 1095, -20])))
    stay = Stay(status=status, until=now if limited else None)
    ends = {}
    if draw(st.integers(0, 3)):
        authentication = authentication_expiry(policy, issued=issued, born=born, card_expires=card).expires
        ends = {
            CertificateKind.AUTHENTICATION: authentication,
            CertificateKind.SIGNATURE: signature_expiry(
                policy, issued=issued, born=born, card_expires=card, authentication_expires=authentication
            ).expires,
        }
    near = min([card, *ends.values()])
    on = open_day_from(policy, max(issued, near + timedelta(days=draw(st.integers(-100, 10)))))
    card_expires = card_end(stay=stay, card_expires=card, special_until=None)
    return Foreigner(policy, born, stay, card_expires, ends, on)


@given(foreigners(), st.sampled_from([Procedure.RENEWAL, Procedure.NEW]))
def test_counter_and_checklist_agree_about_a_foreign_resident(who: Foreigner, procedure: Procedure) -> None:
    """R-1.8, R-2.12, R-3.7, R-3.8, R-7.5: served at both or at none, and refused for the same reasons."""
    if procedure is Procedure.RENEWAL and not who.ends:
        procedure = Procedure.NEW
    case = Case(
        procedure=procedure,
        kinds=tuple(CertificateKind),
        on=who.on,
        resident=True,
        born=who.born,
        card=CardState.ACTIVE,
        card_expires=who.card_expires,
        history=tuple(
            Known(kind=kind, state=CertificateState.VALID, expires=expires) for kind, expires in who.ends.items()
        ),
        shown=Shown(documents=(RESIDENCE_CARD,), pin_matches=True, copies_taken=True),
        stay=who.stay,
    )
    interview = Interview(
        procedure=procedure,
        applicant=Applicant.SELF,
        on=who.on,
        holder=Holder(born=who.born, japanese=who.stay.japanese),
        signature_expires=who.ends.get(CertificateKind.SIGNATURE),
        authentication_expires=who.ends.get(CertificateKind.AUTHENTICATION),
        card_expires=who.card_expires,
        documents=(RESIDENCE_CARD,),
    )

    found, told = examine(who.policy, case), day_plan(who.policy, interview, who.on)

    assert found.refused is (told.way == "refused")
    if found.refused:
        assert _told(found.findings) == _told(told.findings)


def _told(findings: tuple[Finding, ...]) -> set[str]:
    """Return the codes of what refuses, the two words for one thing as one."""
    same = {"window.new.in-force": "checklist.in-force"}
    return {same.get(one.code, one.code) for one in findings if one.severity == "refusal"}
