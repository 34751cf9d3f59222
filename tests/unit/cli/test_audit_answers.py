import json

from openjpki.audit.faults import Fault, FaultKind, Remark
from openjpki.audit.purging import Purged
from openjpki.cli.audit_answers import purged_data, purged_lines, verdict_data, verdict_lines
from tests.support.audit import chain, head_of, purged, verdict_on, with_records

GROUPS = chain(2, 3)


def test_a_whole_record_is_told() -> None:
    """How much was checked, and the head to keep."""
    verdict = verdict_on(GROUPS)
    data = json.loads(json.dumps(verdict_data(verdict, 4, [])))

    assert (data["valid"], data["fault"], data["records"], data["batches"]) == (True, None, 5, 2)
    assert (data["head"], data["unsealed"], data["remarks"]) == (str(head_of(GROUPS)), 4, [])
    assert verdict_lines(verdict, 4, [], "en") == [
        "window: whole (records: 5, seals: 2).",
        "  personal data: 2 checked, 0 deleted or not exported",
        "  not sealed yet: 4",
        f"  {head_of(GROUPS)}",
    ]
    assert verdict_lines(verdict, 0, [], "ja")[0] == "window: 完全です(記録 5 件、封印 2 件)。"


def test_a_broken_record_is_told() -> None:
    """Which record, and what is wrong with it, in either language."""
    verdict = verdict_on(with_records(GROUPS, 1, GROUPS[1].records[1:]))
    data = verdict_data(verdict, 0, [])

    assert data["fault"]["code"] == "audit.record.removed"
    assert (data["fault"]["record"], data["fault"]["last_record"]) == (3, None)
    assert verdict_lines(verdict, 0, [], "en")[0] == "window: broken. Record 3 was removed."
    assert "記録 3 番がありません" in verdict_lines(verdict, 0, [], "ja")[0]
    assert verdict.fault == Fault(kind=FaultKind.REMOVED, sequence=3)


def test_what_left_and_what_to_know_is_told() -> None:
    """Purged parts, and remarks."""
    verdict = verdict_on(GROUPS[1:], purges=[purged(GROUPS, 1)])
    lines = verdict_lines(verdict, 0, [Remark.KEY_UNTRUSTED], "en")

    assert "  purged when their time was over: records 2, seals 1" in lines
    assert lines[-1].startswith("  Checked against the key in the file itself")
    assert verdict_data(verdict, 0, [Remark.KEY_UNTRUSTED])["remarks"][0]["code"] == "audit.key-untrusted"
    assert verdict_lines(verdict_on([]), 0, [], "ja") == ["window: 完全です(記録 0 件、封印 0 件)。"]


def test_a_purge_is_told() -> None:
    """What left, by kind."""
    left = Purged(batches=1, records=2, personal=3)

    assert purged_data("window", left) == {"role": "window", "records": 2, "batches": 1, "personal": 3}
    assert purged_lines(left, "en") == ["Purged: records 2, seals 1, personal values 3."]
    assert "記録 2 件" in purged_lines(left, "ja")[0]
