import re

import pytest

from openjpki.audit.faults import Fault, FaultKind, Remark, Wording
from tools.make_docs import ROOT

DOTTED = re.compile(r"audit(\.[a-z-]+)+")
WORDINGS: list[Wording] = [*(kind.value for kind in FaultKind), *(remark.value for remark in Remark)]


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_is_told_in_both_languages(kind: FaultKind) -> None:
    """The sentence is filled: it names the record, the seal or the row."""
    fault = Fault(kind=kind, sequence=7, last=9, batch=3, row=7)

    assert "{" not in fault.message("ja") + fault.message("en")
    assert {"7", "3"} & set(re.findall(r"\d", fault.message("en")))
    assert re.search("[ぁ-ん]", fault.message("ja"))


def test_codes_are_stable_names_that_stand_in_the_page() -> None:
    """Each code once, dotted, and described in docs/audit.md (there in families)."""
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    codes = [wording.code for wording in WORDINGS]

    assert len(set(codes)) == len(codes)
    for code in codes:
        assert DOTTED.fullmatch(code)
        assert code in page or f"`.{code.rpartition('.')[2]}`" in page
