import argparse
from datetime import UTC, date, datetime

import pytest

from openjpki.cli.answer import BadValue
from openjpki.cli.main import main
from openjpki.cli.rules.arguments import add_choice, add_day, day, document, echoed, moment, not_before, policy_of
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.policy import Policy


def test_days_moments_and_documents_are_read() -> None:
    """Dates are ISO; a moment without an offset is Japanese time; a document is KIND or KIND:EXPIRES."""
    assert day("--on")("2026-11-24") == date(2026, 11, 24)
    assert moment("--at")("2026-11-24T10:00") == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert document("--document")("passport") == ShownDocument(kind=DocumentKind.PASSPORT)
    assert document("--document")("passport:2027-01-01") == ShownDocument(
        kind=DocumentKind.PASSPORT, expires=date(2027, 1, 1)
    )


@pytest.mark.parametrize("text", ["passport:", "passport:soon", "licence", ""])
def test_a_bad_document_names_its_option(text: str) -> None:
    """The refusal says which option was wrong and where the kinds are listed."""
    with pytest.raises(BadValue, match=r"--agent-document.*rules documents"):
        document("--agent-document")(text)


def test_bad_days_and_moments_name_their_option() -> None:
    """The refusal says which option was wrong and what it takes."""
    with pytest.raises(BadValue, match=r"--on: .*YYYY-MM-DD"):
        day("--on")("tomorrow")
    with pytest.raises(BadValue, match=r"--at: .*YYYY-MM-DDTHH:MM"):
        moment("--at")("tomorrow")


def test_the_preset_comes_first_wherever_it_stands() -> None:
    """`--policy preset=page` never undoes a single setting."""
    arguments = argparse.Namespace(policy=["renewal_last_day_offset=0", "preset=page"])

    assert policy_of(arguments) == Policy.preset("page").with_settings({"renewal_last_day_offset": "0"})
    assert policy_of(argparse.Namespace(policy=[])) == Policy.preset("national")


def test_a_setting_has_a_name_and_a_value() -> None:
    """`--policy age_rule` alone is refused."""
    with pytest.raises(BadValue, match="NAME=VALUE"):
        policy_of(argparse.Namespace(policy=["age_rule"]))


def test_a_day_before_what_it_follows_is_refused() -> None:
    """Nobody is served before birth, nothing ends before it is issued; an absent day is not compared."""
    parser = argparse.ArgumentParser()
    add_day(parser, "--card-expires", "…", required=False)
    add_day(parser, "--issued", "…")
    add_choice(parser, "--kind", ["a"], "…")
    issued = ["--issued", "2026-01-02", "--kind", "a"]

    not_before(parser.parse_args(issued), "card_expires", "issued")
    not_before(parser.parse_args([*issued, "--card-expires", "2026-01-02"]), "card_expires", "issued")
    with pytest.raises(BadValue, match=r"--card-expires.*before --issued"):
        not_before(parser.parse_args([*issued, "--card-expires", "2026-01-01"]), "card_expires", "issued")


@pytest.mark.parametrize("text", ["R8.4.1", "令和8年4月1日", "2026-04-01"])
def test_a_day_is_taken_by_era_and_what_was_understood_is_said(text: str) -> None:
    """As forms have it; the command goes on with the plain day, and only a day by era is echoed, beside the answer."""
    arguments = argparse.Namespace(on=day("--on")(text), other="x")
    said = list(echoed(arguments))

    assert (arguments.on, type(arguments.on)) == (date(2026, 4, 1), date)
    assert said == ([] if text[0] == "2" else [f"{text} = 2026-04-01"])


@pytest.mark.parametrize("text", ["R0.4.1", "平成40年1月1日", "R8.13.1", "R8.4.1" + "0" * 40])
def test_a_day_that_no_era_has_is_refused(text: str) -> None:
    """A day after its era ended is a slip."""
    with pytest.raises(BadValue):
        day("--on")(text)


def test_the_command_line_says_how_a_day_by_era_was_understood(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, so that the answer stays what scripts read."""
    words = ["rules", "fee", "--reason", "renewal", "--on", "R8.4.1", "--json"]
    assert main(words) == 0
    told = capsys.readouterr()

    assert "R8.4.1 = 2026-04-01" in told.err
    assert "R8.4.1" not in told.out
