import pytest

from openjpki.desk.messages import Certificates, Refused, ReportAccepted
from openjpki.window.answers import AuthorityRefused, UnexpectedAnswer, expect


def test_the_expected_answer_is_returned() -> None:
    """An answer of the expected kind is the answer."""
    answer = Certificates(records=())

    assert expect(answer, Certificates) is answer


def test_a_refusal_keeps_the_authoritys_words() -> None:
    """The authority's code and both its sentences are passed on, also as a finding under R-8.1."""
    with pytest.raises(AuthorityRefused) as refused:
        expect(Refused(code="order.card", ja="だめです。", en="No."), Certificates)

    assert refused.value.reason == "order.card"
    assert "だめです。" in refused.value.message("ja")
    assert "No." in refused.value.message("en")
    assert (refused.value.finding.code, refused.value.finding.rule) == ("order.card", "R-8.1")


def test_another_answer_is_no_answer() -> None:
    """An answer to another question stops the act: it is not taken for a yes."""
    with pytest.raises(UnexpectedAnswer):
        expect(ReportAccepted(report_id="1", ended=()), Certificates)
