from openjpki.cli.rules.findings import coded, refused, told
from openjpki.errors import Kind
from openjpki.rules.catalogue import find

EARLY = find("notice.comes-early", opens="2026-05-16", first="2026-05-18")
HARMLESS = find("event.nothing-ends")


def test_a_finding_as_data() -> None:
    """R-7.1; S-33: code, rule, sentence of the page, its gist and what to bring in the language asked for."""
    (data,) = coded([EARLY], "en")

    assert data == {
        "code": "notice.comes-early",
        "rule": "R-7.1",
        "sentence": "S-33",
        "page": "an early notice opens nothing",
        "bring": "Check the expiry and come on 2026-05-18 or on a later open day.",
    }
    assert coded([EARLY], "ja")[0]["bring"].endswith("お越しください。")
    assert coded([EARLY], "ja")[0]["page"] == "通知が早く届いても期間の前は受け付けない"
    assert coded([HARMLESS], "ja")[0]["page"] == ""


def test_a_finding_as_lines() -> None:
    """R-5.23, R-7.1; S-33: the sentence with what it rests on; a line more for the page's, and for what to bring."""
    lines = told([EARLY, HARMLESS], "en")

    assert len(lines) == 4
    assert lines[0].endswith("[notice.comes-early; R-7.1, S-33]")
    assert lines[1] == "  S-33: an early notice opens nothing"
    assert lines[2].startswith("  → Check the expiry")
    assert lines[3] == f"- {HARMLESS.en} [event.nothing-ends; R-5.23]"


def test_a_refusal_among_findings_is_the_exit_status() -> None:
    """R-3.8: advice alone is done; one refusal is 1."""
    late = find("renewal.over", closes="2026-08-15")

    assert refused([EARLY, HARMLESS]) is None
    assert refused([EARLY, late]) is Kind.REFUSED
