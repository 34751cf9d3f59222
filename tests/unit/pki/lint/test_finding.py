from collections.abc import Iterator

from openjpki.pki.lint.finding import Findings, LintFinding, rule
from openjpki.pki.lint.specimen import Specimen
from openjpki.pki.profiles import Profile
from tests.unit.pki.lint.tampering import specimen


@rule("lint.example", "D")
def example(subject: Specimen) -> Iterator[str]:
    """RFC 0000 §1: an example has one detail and then breaks."""
    yield "first"
    raise LookupError(subject.profile.value)


@rule("lint.calm", "D")
def calm(subject: Specimen) -> Iterator[str]:
    """RFC 0000 §2: nothing is wrong with a known profile."""
    if subject.profile not in Profile:
        yield "unknown"


def _subject() -> Specimen:
    made, raw, issuer = specimen(Profile.SIGNATURE)
    return Specimen.of(made.profiles, Profile.SIGNATURE, raw, issuer)


def test_a_rule_that_fails_is_a_finding() -> None:
    """A certificate that a rule cannot examine is not signed: a bug in a rule never lets one pass."""
    findings = list(example(_subject()))

    assert findings == [
        LintFinding(
            "lint.unexamined",
            "RFC 0000 §1: an example has one detail and then breaks.",
            "lint.example: LookupError",
        )
    ]


def test_a_rule_without_detail_is_no_finding() -> None:
    """Silence is agreement."""
    assert list(calm(_subject())) == []


def test_findings_are_listed_for_a_person() -> None:
    """Code and detail, in the order of the rules."""
    findings = Findings((LintFinding("lint.a", "A", "one"), LintFinding("lint.b", "B", "two")))

    assert str(findings) == "lint.a (one); lint.b (two)"
    assert findings.codes == {"lint.a", "lint.b"}
