"""Draws what becomes of each act when something fails in its middle, from the table over which `tests/faults` runs."""

from tests.faults.table import KILLS, Act, Fault, Outcome, outcome_of

PREFACE = """# Faults

Drawn by `tools/make_docs.py` from the table in `tests/faults/table.py`. The tests run over the same table: for each line a process does the act in a home
of its own and, right after the step was made durable, the fault strikes. Then everything is taken up again, and every invariant is held on the way: one live
certificate of a kind per card, nobody left with nothing, serials and list numbers once and rising, every ending in the next list, no PIN try given back, every
message with one effect, an audit row for every act, the public folder a copy of the newest rows, no session counter believed that a card does not have, every
certificate over a key that was made in its card.

A work on a card that was cut off is begun anew in a session of its own, which takes the place of the one before. The municipality and the last day that a
hand-over puts on a card are part of every session: where the first one was cut off, the next work on the card writes them. A PIN reset that was cut off is
applied for again: `openjpki window resume --card NAME`, or the new application, takes back what it may have left on the card and withdraws it.

**The clock is set back**: what the authority did at a later moment already holds it (docs/issuance.md); what is still to be asked of it waits until its time has come back.

**Killed** means SIGKILL: no buffer is flushed, no lock given back but by the operating system. A step that the code passes and the table lacks fails the suite.

| outcome | what it means |
|---|---|"""

MEANINGS = {
    Outcome.STANDS: "the act is done, and nothing is left to take up",
    Outcome.RESUMED: "`openjpki authority resume` and `openjpki window resume` bring it to its end",
    Outcome.WITH_CARD: "the same, with the card on the reader: `openjpki window resume --card NAME`",
    Outcome.BEGUN_ANEW: "nothing of it counts; the same act is done once more",
}


def faults_page() -> str:
    """Return the page: what the outcomes mean, then a table for each act."""
    lines = PREFACE.splitlines()
    lines += [f"| {outcome.value} | {MEANINGS[outcome]} |" for outcome in Outcome]
    for act in Act:
        faults = [fault for fault in Fault if any(outcome_of(fault, act, step) for step in KILLS[act])]
        lines += ["", f"## {act.value[0].upper()}{act.value[1:]}", ""]
        lines += ["| " + " | ".join(["after the step", "killed", *(fault.value for fault in faults)]) + " |"]
        lines += ["|" + "---|" * (2 + len(faults))]
        for step, killed in KILLS[act].items():
            struck = [outcome_of(fault, act, step) for fault in faults]
            words = [killed.value, *(outcome.value if outcome else "–" for outcome in struck)]
            lines += ["| " + " | ".join([f"`{step.value}`", *words]) + " |"]
    return "\n".join(lines) + "\n"
