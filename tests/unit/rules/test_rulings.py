from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import pytest

from openjpki.errors import Failure
from openjpki.rules.course import Application, clear
from openjpki.rules.deadlines import last_day
from openjpki.rules.eligibility import eligibility
from openjpki.rules.fees import fee
from openjpki.rules.inquiry import reply_from
from openjpki.rules.kinds import (
    Applicant,
    ApplicationState,
    ApprovalGround,
    FeeReason,
    LifeEvent,
    OtherCause,
    PinKind,
    Procedure,
    Term,
)
from openjpki.rules.pins import check_pin
from openjpki.rules.policy import SETTINGS, Policy
from openjpki.rules.renewal import renewal_window
from openjpki.rules.revocation import Cause, after_hold, effect_of, state_at_expiry, visible_at
from openjpki.rules.validity import authentication_expiry, card_expiry, signature_expiry
from tests.unit.rules.questions import AUTHENTICATION, BORN, EXPIRES, FAR, LEAP, ON, end_of, may_sign, renewed, routed

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")


def _issue(procedure: Procedure, **counter: str | bool) -> Callable[[Policy], object]:
    """Return a probe: the route of a case at the counter, and the refusals told."""

    def probe(policy: Policy) -> object:
        found = routed(policy, procedure, **counter)  # type: ignore[arg-type]  # the words of the table below
        return found.route, [finding.code for finding in found.findings if finding.severity == "refusal"]

    return probe


def _lower_case(policy: Policy) -> object:
    try:
        return check_pin(PinKind.SIGNATURE, "abc123", policy)
    except Failure as refusal:
        return refusal.code


def _fee_of(reason: FeeReason) -> Callable[[Policy], object]:
    return lambda policy: fee(policy, reason=reason, on=ON).yen


def _effect(cause: Cause) -> Callable[[Policy], object]:
    return lambda policy: effect_of(policy, cause, ON)


def second_person(policy: Policy, ground: ApprovalGround) -> ApplicationState:
    """Return how far a re-issue with one ground for a second person's approval comes without it."""
    settled = Application(
        procedure=Procedure.REISSUE,
        kinds=frozenset({AUTHENTICATION}),
        state=ApplicationState.FEE_SETTLED,
        grounds=frozenset({ground}),
    )
    return clear(policy, settled).application.state


AGENT = Applicant.VOLUNTARY_AGENT
FEES = (
    FeeReason.FIRST,
    FeeReason.RENEWAL,
    FeeReason.AFTER_EXPIRY,
    FeeReason.ATTRIBUTES_CHANGED,
    FeeReason.CARD_LOST,
    FeeReason.OWN_REQUEST,
    FeeReason.AFTER_HOLD,
)
PROBES: Mapping[str, Callable[[Policy], object]] = {
    "15 tomorrow": lambda policy: may_sign(policy, born=date(2012, 4, 1), on=date(2027, 3, 31)).eligible,
    "15 today": lambda policy: may_sign(policy, born=date(2012, 4, 1), on=date(2027, 4, 1)).eligible,
    "18 tomorrow, card": lambda policy: card_expiry(
        policy, issued=date(2026, 3, 31), received=date(2026, 3, 31), born=date(2008, 4, 1)
    ),
    "child with parent": lambda policy: may_sign(policy, born=date(2015, 4, 1), both=True).eligible,
    "child alone": lambda policy: may_sign(policy, born=date(2015, 4, 1)).eligible,
    "ward with guardian": lambda policy: may_sign(policy, ward=True, both=True).eligible,
    "ward alone": lambda policy: may_sign(policy, ward=True).eligible,
    "resident elsewhere": lambda policy: (
        eligibility(policy, kind=AUTHENTICATION, born=BORN, on=ON, resident=False).eligible
    ),
    "new, PIN": _issue(Procedure.NEW, pin=True),
    "new, document": _issue(Procedure.NEW, own="passport"),
    "new, nothing": _issue(Procedure.NEW),
    "new, insurance card": _issue(Procedure.NEW, pin=False, own="health-insurance-card"),
    "renewal, document": _issue(Procedure.RENEWAL, own="passport"),
    "renewal, insurance card": _issue(Procedure.RENEWAL, own="health-insurance-card"),
    "revocation, document": _issue(Procedure.REVOCATION, own="passport"),
    "agent, sealed form": lambda policy: (
        routed(policy, Procedure.RENEWAL, AGENT, pin=True, agent="passport", form="sealed").route
    ),
    "agent, first visit": lambda policy: routed(policy, Procedure.NEW, AGENT, agent="passport").route,
    "agent, reply": lambda policy: routed(policy, Procedure.NEW, AGENT, agent="passport", form="returned").route,
    "agent, revocation": lambda policy: routed(policy, Procedure.REVOCATION, AGENT, agent="passport").route,
    "reply from": lambda policy: reply_from(policy, asked=ON),
    "reply term": lambda policy: last_day(policy, term=Term.INQUIRY_REPLY, since=ON),
    "three months before": lambda policy: renewed(policy, date(2026, 3, 10)).open,
    "three months before, notice": lambda policy: renewed(policy, date(2026, 3, 10), notice=True).open,
    "window's first day, notice": lambda policy: renewed(policy, date(2026, 3, 11), notice=True).open,
    "window's first day": lambda policy: renewed(policy, date(2026, 3, 11)).open,
    "expiry day, notice": lambda policy: renewed(policy, EXPIRES, notice=True).open,
    "day after, notice": lambda policy: renewed(policy, date(2026, 6, 11), notice=True).open,
    "card ends too, notice": lambda policy: renewed(policy, date(2026, 6, 1), card=EXPIRES, notice=True).open,
    "31 May opens": lambda policy: renewal_window(policy, date(2026, 5, 31)).opens,
    "end, three months before": lambda policy: end_of(policy, date(2026, 3, 10), EXPIRES),
    "end, window's first day": lambda policy: end_of(policy, date(2026, 3, 11), EXPIRES),
    "end, expiry day": lambda policy: end_of(policy, EXPIRES, EXPIRES),
    "end, day after": lambda policy: end_of(policy, date(2026, 6, 11)),
    "signature beside": lambda policy: (
        signature_expiry(
            policy, issued=date(2024, 5, 1), born=BORN, card_expires=FAR, authentication_expires=EXPIRES
        ).expires
    ),
    "authentication beside": lambda policy: (
        authentication_expiry(
            policy, issued=date(2024, 5, 1), born=BORN, card_expires=FAR, authentication_expires=EXPIRES
        ).expires
    ),
    "leap, common year": lambda policy: (
        authentication_expiry(policy, issued=date(2021, 3, 1), born=LEAP, card_expires=FAR).expires
    ),
    "leap, leap year": lambda policy: (
        authentication_expiry(policy, issued=date(2024, 2, 28), born=LEAP, card_expires=FAR).expires
    ),
    "after the end": state_at_expiry,
    **{f"fee {reason.value}": _fee_of(reason) for reason in FEES},
    "move": _effect(LifeEvent.MOVE),
    "renaming": _effect(OtherCause.ADMINISTRATIVE_RENAMING),
    "guardianship": _effect(OtherCause.GUARDIANSHIP),
    "death": _effect(LifeEvent.DEATH),
    "card lost": _effect(LifeEvent.CARD_LOST),
    "record error": _effect(OtherCause.RECORD_ERROR),
    "card found": lambda policy: after_hold(policy, ON),
    "move shows": lambda policy: visible_at(policy, LifeEvent.MOVE, datetime(2026, 4, 1, 2, 30, tzinfo=UTC)),
    "request shows": lambda policy: visible_at(policy, LifeEvent.REQUEST, datetime(2026, 4, 1, 2, 30, tzinfo=UTC)),
    "lower case": _lower_case,
    "PINs": lambda policy: policy.window_pins,
    "second person, document": lambda policy: second_person(policy, ApprovalGround.NO_PIN),
    "second person, agent": lambda policy: second_person(policy, ApprovalGround.ACTED_FOR),
}
"""Questions to the rules that show a ruling, or show that it has moved nothing else."""

STILL = frozenset(
    {
        "15 today",
        "child alone",
        "ward alone",
        "new, PIN",
        "new, nothing",
        "renewal, document",
        "revocation, document",
        "agent, reply",
        "window's first day, notice",
        "day after, notice",
        "31 May opens",
        "end, day after",
        "leap, leap year",
        "signature beside",
        "fee first",
        "fee attributes-changed",
        "fee card-lost",
        "move",
        "request shows",
    }
)
"""What no ruling below moves."""

MOVED: Mapping[tuple[str, str], set[str]] = {
    ("age_rule", "eve"): {"15 tomorrow", "18 tomorrow, card"},
    ("ward_sign_if_accompanied", "true"): {"ward with guardian"},
    ("under15_sign_if_accompanied", "true"): {"child with parent"},
    ("accept_via_other_municipality", "true"): {"resident elsewhere"},
    ("revoke_on_guardianship", "true"): {"guardianship"},
    ("same_day_identity", "pin"): {"new, document"},
    ("agent_one_visit_renewal", "false"): {"agent, sealed form"},
    ("agent_first_visit_mandate", "true"): {"agent, first visit"},
    ("agent_revocation_mandate", "false"): {"agent, revocation"},
    ("inquiry_reply_days", "14"): {"reply term"},
    ("inquiry_letter_days", "5"): {"reply from"},
    ("health_insurance_card_accept_until", "none"): {"new, insurance card", "renewal, insurance card"},
    ("notice_opens_window", "true"): {"three months before, notice"},
    ("notice_required", "true"): {"window's first day"},
    ("card_first_if_same_expiry", "false"): {"card ends too, notice"},
    ("auth_expiry_caps", "both"): {"authentication beside"},
    ("early_renewal_birthdays", "5"): {"end, window's first day"},
    ("expiry_day_birthdays", "6"): {"end, expiry day"},
    ("feb29_validity_birthday", "03-01"): {"leap, common year"},
    ("renewal_window_start", "same_day"): {
        "three months before",
        "three months before, notice",
        "end, three months before",
    },
    ("renewal_last_day_offset", "-1"): {"expiry day, notice"},
    ("expired_is_revoked", "true"): {"after the end"},
    ("fee_table", "first=0;renewal=200;after-expiry=200;attributes-changed=0;card-lost=1000"): {
        "fee renewal",
        "fee after-expiry",
    },
    ("fee_after_own_revocation", "0"): {"fee own-request"},
    ("fee_after_hold_found", "200"): {"fee after-hold"},
    ("administrative_renaming_lapses_sign", "true"): {"renaming"},
    ("auth_hold_release", "release"): {"card found"},
    ("register_event_visibility", "at_once"): {"move shows"},
    ("record_deletion_reason", "affiliation_changed"): {"death"},
    ("card_lost_reason", "cessation_of_operation"): {"card lost"},
    ("record_error_reason", "unspecified"): {"record error"},
    ("sign_pin_lowercase", "fold"): {"lower case"},
    ("window_pins", "signature,authentication"): {"PINs"},
    ("second_person_for", "no-pin"): {"second person, document"},
    ("second_person_for", "acted-for"): {"second person, agent"},
}
"""A changed ruling → exactly the answers that it changes."""

PAGE_MOVED = {
    "expiry day, notice",
    "new, document",
    "new, insurance card",
    "renewal, insurance card",
    "authentication beside",
    "agent, sealed form",
    "fee renewal",
    "fee after-expiry",
    "fee after-hold",
    "after the end",
}
"""The answers in which the page's letter differs from the ruling (CF-2 to CF-5, CF-7 to CF-9)."""


def _differing(policy: Policy) -> set[str]:
    return {name for name, probe in PROBES.items() if probe(policy) != probe(NATIONAL)}


@pytest.mark.parametrize(("setting", "value"), list(MOVED), ids=[f"{name}={value}" for name, value in MOVED])
def test_a_changed_ruling_moves_what_it_says_and_nothing_else(setting: str, value: str) -> None:
    """CF-1 to CF-14: every other answer of the table stays as it was."""
    assert _differing(NATIONAL.with_settings({setting: value})) == MOVED[setting, value]


def test_the_page_moves_what_its_letter_says() -> None:
    """CF-1 to CF-9: the preset `page` differs in these answers; in "new, insurance card" by what is refused alone."""
    assert _differing(PAGE) == PAGE_MOVED


def test_every_question_is_moved_by_a_ruling_or_known_to_stand_still() -> None:
    """No probe is idle by accident."""
    moved = set().union(*MOVED.values())

    assert moved | STILL == set(PROBES)
    assert moved & STILL == set()


def test_every_ruling_on_a_conflict_is_tried() -> None:
    """Each setting that holds a conflict (CF-n) is changed above, unless it knows one value only."""
    one_value = {"expired_card_route", "missing_day_rule"}
    holding = {name for name, setting in SETTINGS.items() if "CF-" in setting.rule}

    assert holding - one_value <= {name for name, _ in MOVED}
    assert one_value <= holding
