import pytest

from openjpki.authority.control.kinds import RULES, ActKind, DualControl


def test_every_kind_of_act_has_its_rule_and_its_words() -> None:
    """A kind without a rule could be approved by anybody."""
    assert set(RULES) == set(ActKind)
    assert all(rule.ja and rule.en for rule in RULES.values())


def test_what_stops_harm_may_be_approved_by_its_proposer() -> None:
    """A revocation cannot wait for a third person; a new key, a switch or an end can."""
    stops = {kind for kind, rule in RULES.items() if rule.proposer_may_approve}

    assert {ActKind.MASS_REVOCATION, ActKind.REVOCATION} <= stops
    assert not stops & {
        ActKind.KEY_CEREMONY,
        ActKind.GENERATION_SWITCH,
        ActKind.TERMINATION,
        ActKind.PROFILE_CHANGE,
        ActKind.VERIFIER_REGISTRATION,
    }


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", DualControl(required=2, operators=3, strict=False)),
        ("2-of-3", DualControl(required=2, operators=3, strict=True)),
        ("3-of-5", DualControl(required=3, operators=5, strict=True)),
        ("3-of-3", DualControl(required=3, operators=3, strict=True)),
        ("3-of-2", None),
        ("1-of-3", None),
        ("4-of-5", None),
        ("2-of-10", None),
        ("２-of-3", None),
        ("two", None),
    ],
)
def test_m_of_n_is_two_or_three_of_at_most_nine(text: str, read: DualControl | None) -> None:
    """One alone is no dual control, and the database has three seats."""
    assert DualControl.read(text) == read
