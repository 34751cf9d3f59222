import re
from datetime import timedelta

import pytest

from openjpki.authority.means import Terms
from openjpki.pki.algorithms import RSA_BITS
from openjpki.rules.policy import Policy
from tools.draw_cp_cps import PLACE, SETS, TEXT, cp_cps_page, span, tables

CHAPTERS = (
    "Introduction",
    "Publication and repository",
    "Identification and authentication",
    "Life cycle",
    "Facility, management and operational controls",
    "Technical security controls",
    "Profiles",
    "Audit and assessment",
    "Business and legal matters",
)
"""RFC 3647 §6, in its order."""


def test_the_statement_has_the_outline_of_rfc_3647() -> None:
    """Nine chapters, numbered, and no place of a figure left empty or unused."""
    page = cp_cps_page()

    assert re.findall(r"^## (\d)\. (.+)$", page, re.MULTILINE) == [
        (str(number), chapter) for number, chapter in enumerate(CHAPTERS, start=1)
    ]
    assert not PLACE.search(page)
    assert set(PLACE.findall(TEXT.read_text(encoding="utf-8"))) == set(tables())


def test_its_figures_are_the_configuration() -> None:
    """What it says of lists, answers, keys and policies is what the authority works with."""
    page, terms = cp_cps_page(), Terms()

    for said in (
        f"| thisUpdate to nextUpdate of a daily list | {span(terms.crl_daily)} |",
        f"| thisUpdate to nextUpdate of an answer | {span(terms.ocsp_answer)} |",
        f"| a responder's certificate is valid | {span(terms.responder)};",
        f"| a CA generation is valid | {terms.ca_years} years;",
        f"| RSA | {RSA_BITS} bits,",
        f"| the audit record of every role | {Policy.preset('national').audit_retention_years} years ",
        *(f"`{profiles.signature_policy}`" for profiles in SETS),
        *(f"`{profiles.authentication_policy}`" for profiles in SETS),
    ):
        assert said in page


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(days=1), "1 day"),
        (timedelta(days=30), "30 days"),
        (timedelta(hours=25), "25 hours"),
        (timedelta(minutes=65), "65 minutes"),
    ],
)
def test_spans_are_told_in_their_largest_whole_unit(value: timedelta, words: str) -> None:
    """A list's 25 hours are no day and an hour."""
    assert span(value) == words
