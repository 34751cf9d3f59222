import json

import pytest

from openjpki.cli.checklist.data import as_data
from openjpki.errors import Language
from openjpki.rules.checklist.checklist import checklist
from openjpki.rules.kinds import Applicant, Procedure
from tests.unit.rules.checklist.interviews import ALL_PINS, NATIONAL, interview


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("procedure", list(Procedure), ids=lambda procedure: str(procedure.value))
@pytest.mark.parametrize("applicant", [Applicant.SELF, Applicant.VOLUNTARY_AGENT], ids=lambda who: str(who.value))
def test_an_answer_is_one_plain_object(procedure: Procedure, applicant: Applicant, language: Language) -> None:
    """R-2.20 to R-2.24: of every procedure, with the same words in both languages but for what to bring."""
    asked = interview(procedure, applicant, unknown_pins=ALL_PINS)
    data = as_data(asked, checklist(NATIONAL, asked), language)

    assert json.loads(json.dumps(data)) == data
    assert (data["procedure"], data["applicant"], data["on"]) == (procedure.value, applicant.value, "2026-05-01")
    assert set(data["rules"]) >= {number for items in data["visits"] for item in items for number in item["rules"]}
