from openjpki.authority.models import Notice, NoticeBatch, NoticeDecision


def test_rows_are_named_by_numbers() -> None:
    """What the audit record and a log call these rows says nothing of a person."""
    assert str(NoticeBatch(pk=3)) == "notice-batch:3"
    assert str(Notice(notice_id="a")) == "notice:a"
    assert str(NoticeDecision(key="signature/12")) == "notice-decision:signature/12"
