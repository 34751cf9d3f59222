"""Draws the trace as a page: each sentence of the municipal page and each rule, with the code and the tests that cite it."""

from collections.abc import Sequence

from openjpki.rules.book import RULES, Rule
from openjpki.rules.page import SENTENCES, Sentence
from tools.draw_errors import WRITTEN, cell
from tools.traceability import Places, Trace, reached, trace

_ABOUT = f"""# Traceability

{WRITTEN}. Each sentence of the municipal page, the rules that carry it out, the code that cites it, and the
tests. Gists are our own words; the rules are those of [rules.md](rules.md), CF-n their conflicts. *By rule* says that no docstring
cites the sentence itself, only one of its rules; a number in parentheses counts those who do so besides.
`make traceability` fails where something is missing.
"""


def traceability_page() -> str:
    """Return `docs/traceability.md`."""
    traced = trace()
    return "\n".join(
        (
            _ABOUT,
            "## Sentences",
            "",
            "| sentence | gist | rules | code | tests |",
            "|---|---|---|---|---|",
            *(_sentence_row(sentence, traced) for sentence in SENTENCES.values()),
            "",
            "## Rules",
            "",
            "| rule | title | mark | code | tests |",
            "|---|---|---|---|---|",
            *(_rule_row(rule, traced) for rule in RULES.values()),
            "",
            *_list("What is missing", traced.gaps()),
            *_list("Rules that are open", traced.open_rules()),
        )
    )


def _sentence_row(sentence: Sentence, traced: Trace) -> str:
    cells = (
        sentence.number,
        cell(f"{sentence.ja} / {sentence.en}"),
        ", ".join((*sentence.rules, *sentence.conflicts)),
        _who(sentence, traced.code),
        _who(sentence, traced.tests),
    )
    return f"| {' | '.join(cells)} |"


def _who(sentence: Sentence, places: Places) -> str:
    own = places.get(sentence.number, ())
    others = len(reached(sentence, places)) - len(own)
    if own:
        return _names(own) + (f" (+{others})" if others else "")
    return f"*by rule:* {_names(reached(sentence, places))}" if others else "**none**"


def _rule_row(rule: Rule, traced: Trace) -> str:
    code = traced.code.get(rule.number, ())
    tests = len(traced.tests.get(rule.number, ()))
    cells = (rule.number, cell(f"{rule.ja} / {rule.en}"), rule.mark, _names(code) or "**none**", str(tests))
    return f"| {' | '.join(cells)} |"


def _names(places: Sequence[str]) -> str:
    return "<br>".join(f"`{place}`" for place in places)


def _list(title: str, lines: Sequence[str]) -> Sequence[str]:
    return (f"## {title}", "", *(f"* {line}" for line in lines), "") if lines else ()
