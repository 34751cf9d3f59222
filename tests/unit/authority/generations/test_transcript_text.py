from dataclasses import replace
from datetime import UTC, datetime, timedelta

from openjpki.authority.generations.script import read_script
from openjpki.authority.generations.transcript_text import Approval, Facts, Made, transcript_text
from tests.unit.authority.generations.test_script import SCRIPT

AT = datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
MADE = Made(
    position=0,
    attempt=1,
    intended_at=AT,
    key_identifier="ab" * 20,
    made_at=AT,
    name="signature-2",
    serial=7,
    fingerprint="cd" * 32,
    not_before=AT,
    not_after=AT + timedelta(days=3650),
)
LOST = replace(
    MADE, key_identifier="", made_at=None, name="", serial=0, fingerprint="", not_before=None, not_after=None
)
FACTS = Facts(
    number=3,
    digest="ef" * 32,
    script=read_script(SCRIPT),
    proposer="sato",
    proposed_at=AT,
    required=2,
    approvals=(Approval(operator="tanaka", at=AT), Approval(operator="suzuki", at=AT)),
    begun_at=AT,
    made=(MADE,),
    done_at=AT,
)


def test_the_same_facts_give_the_same_text() -> None:
    """It is reproduced years later; its moments are Japanese time, whatever the machine's zone is."""
    text = transcript_text(FACTS)

    assert text == transcript_text(replace(FACTS))
    assert text.count("2026-04-01 00:00:00 JST") > 5
    assert text.endswith("done\n")
    assert text.count("signature-2") == 2


def test_another_fact_gives_another_text() -> None:
    """Nothing that matters is left out."""
    changes = (
        {"number": 4},
        {"digest": "00" * 32},
        {"proposer": "suzuki"},
        {"approvals": FACTS.approvals[:1]},
        {"required": 3},
        {"made": ()},
        {"made": (replace(MADE, key_identifier="00" * 20),)},
        {"made": (replace(MADE, fingerprint="00" * 32),)},
        {"made": (replace(MADE, serial=8),)},
        {"done_at": AT + timedelta(seconds=1)},
    )
    texts = {transcript_text(replace(FACTS, **change)) for change in changes}

    assert len(texts | {transcript_text(FACTS)}) == len(changes) + 1


def test_a_key_that_may_lie_unused_is_told() -> None:
    """In both languages, with its attempt."""
    text = transcript_text(replace(FACTS, made=(LOST, replace(MADE, attempt=2))))

    assert "記録にない鍵が保管場所に残っている可能性がある (#1, 回目 1)" in text
    assert "its keeper may have a key that no record names (#1, attempt 1)" in text
    assert "key made (#1, attempt 2)" in text
