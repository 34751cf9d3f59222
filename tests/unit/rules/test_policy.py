import re
from dataclasses import fields
from pathlib import Path

import pytest

from openjpki.rules.policy import FORMS, SETTINGS, Policy
from openjpki.rules.settings import BadSetting, UnknownSetting

RULE_BOOK = Path(__file__).parents[3] / "docs" / "rules.md"

ANNEX_B = set(
    """
accept_via_other_municipality administrative_renaming_lapses_sign age_rule agent_first_visit_mandate
agent_one_visit_renewal audit_retention_years auth_expiry_caps auth_hold_release card_first_if_same_expiry crl_schedule
early_renewal_birthdays expired_card_route expired_is_revoked expiry_day_birthdays feb29_validity_birthday
fee_after_hold_found fee_after_own_revocation fee_table health_insurance_card_accept_until inquiry_reply_days
missing_day_rule notice_opens_window notice_required ocsp_mode office_calendar office_contact office_hours office_place
renewal_last_day_offset renewal_window_start revoke_on_guardianship same_day_identity sign_pin_lowercase terminal_hours
ward_sign_if_accompanied window_pins
""".split()  # noqa: SIM905  -- a list to read, not a column
)

PAGE_DIFFERS = {
    "renewal_last_day_offset",  # CF-2
    "same_day_identity",  # CF-3
    "auth_expiry_caps",  # CF-4
    "agent_one_visit_renewal",  # CF-5
    "fee_table",  # CF-7
    "fee_after_hold_found",  # CF-7
    "expired_is_revoked",  # CF-8
    "health_insurance_card_accept_until",  # CF-9
}


def test_every_ruling_of_the_register_is_a_setting() -> None:
    """No setting of the rule book's register is missing."""
    assert {field.name for field in fields(Policy)} >= ANNEX_B


def test_every_setting_has_rule_mark_source_and_form() -> None:
    """Each ruling says where it comes from and how certain it is."""
    assert list(SETTINGS) == [field.name for field in fields(Policy)] == list(FORMS)
    for setting in SETTINGS.values():
        assert re.match(r"R-\d+\.\d+", setting.rule)
        assert setting.mark in {"C", "I", "U"}
        assert setting.source


def test_the_defaults_are_the_national_preset() -> None:
    """`national` is the law and confirmed practice, and what a policy is if nothing is said."""
    assert Policy() == Policy.preset("national")


def test_the_page_preset_differs_where_the_page_contradicts_the_ruling() -> None:
    """CF-2 to CF-5 and CF-7 to CF-9; CF-1 and CF-6 come out alike, CF-10 to CF-14 are gaps without a letter."""
    national, page = Policy.preset("national"), Policy.preset("page")

    assert {name for name in SETTINGS if getattr(national, name) != getattr(page, name)} == PAGE_DIFFERS


def test_settings_are_read_from_text() -> None:
    """A change of a ruling is a change of data; the policy it came from stays as it was."""
    national = Policy.preset("national")
    changed = national.with_settings({"age_rule": "eve", "renewal_last_day_offset": "-1"})

    assert (changed.age_rule, changed.renewal_last_day_offset) == ("eve", -1)
    assert national == Policy()


def test_an_unknown_setting_is_refused() -> None:
    """A misspelt setting is never silently ignored."""
    with pytest.raises(UnknownSetting) as refused:
        Policy().with_settings({"age-rule": "eve"})

    assert refused.value.code == "policy.unknown-setting"


def test_a_bad_value_is_refused_with_the_good_ones() -> None:
    """The refusal lists what the setting takes."""
    with pytest.raises(BadSetting, match="birthday / eve"):
        Policy().with_settings({"age_rule": "evening"})
    with pytest.raises(BadSetting, match="national / page"):
        Policy.preset("law")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_rule_book_documents_every_setting(name: str) -> None:
    """docs/rules.md has a row of the register for every setting, with its mark."""
    row = next(line for line in RULE_BOOK.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}` |"))

    assert f"| {SETTINGS[name].mark} |" in row
    assert SETTINGS[name].rule in row
