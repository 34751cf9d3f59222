from openjpki.cli.rules_findings import coded, told
from openjpki.rules.catalogue import find

EARLY = find("notice.comes-early", opens="2026-05-16")
HARMLESS = find("event.nothing-ends")


def test_a_finding_as_data() -> None:
    """R-7.1; S-33: code, rule, sentence of the page, and what to bring in the language asked for."""
    (data,) = coded([EARLY], "en")

    assert data == {
        "code": "notice.comes-early",
        "rule": "R-7.1",
        "sentence": "S-33",
        "bring": "Check the expiry and come on 2026-05-16 or later.",
    }
    assert coded([EARLY], "ja")[0]["bring"].endswith("お越しください。")


def test_a_finding_as_lines() -> None:
    """R-5.23, R-7.1: the sentence with what it rests on; a line more only where there is something to bring."""
    lines = told([EARLY, HARMLESS], "en")

    assert len(lines) == 3
    assert lines[0].endswith("[notice.comes-early; R-7.1, S-33]")
    assert lines[1].startswith("  → Check the expiry")
    assert lines[2] == f"- {HARMLESS.en} [event.nothing-ends; R-5.23]"
