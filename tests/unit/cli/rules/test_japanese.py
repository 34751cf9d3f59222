import re
import shlex

import pytest

from openjpki.cli.main import main

CODES = r"[a-z_-]+\.(?:[a-z0-9_-]+|\*)|R-\d+\.\d+|[SE]-\d+|CF-\d+"
"""What is cited, or typed in again: findings, rules, sentences, examples, conflicts."""
TERMS = r"J-LIS|JPKI暗証番号リセット|QRコード|申請書ID|e-Tax|E-mail [a-z.@]+"
ASKED = (
    "rules service --service terminal --at 2026-05-05T10:00",
    "rules service --service hold-call --at 2026-05-05T10:00",
    "rules service --service convenience-store --at 2026-12-30T10:00",
    "rules service --service kiosk-reset --at 2026-12-30T05:00",
    "rules office --at 2026-05-05",
    "rules substitute --text 髙橋 --choose 髙=タカ",
    "rules substitute --text ①塚 --choose ①=イチ",
    "rules substitute --text 髙ﾊｼ",
    "rules substitute --text 龘龘 --kana アア",
    "rules lifecycle --of certificate --state valid",
    "rules lifecycle --of certificate --state revoked --event hold",
    "rules lifecycle --of application --state received",
    "rules lifecycle --of application --state received --event issue",
    "rules lifecycle --of card --state active",
    "rules steps --procedure renewal",
    "rules steps --procedure hold",
    "rules fee --reason renewal --on 2026-05-01",
    "rules remake --reason card-lost --on 2026-05-01 --express",
    "rules revocation --event hold --on 2026-05-01",
    "rules correction --event move --on 2026-05-01",
    "rules hold-found --on 2026-05-01 --phone",
    "rules retention --record issue-record --made 2026-04-01 --due-expiry 2031-04-01 --on 2027-01-01",
    "rules retention --record issue-record --made 2026-04-01",
    "rules notice --card-expires 2026-08-15 --signature-expires 2026-08-15 --on 2026-06-01",
    "rules kiosk --pin signature --known authentication --at 2026-05-01T10:00",
    "rules continued-use --reported 2026-04-01 --on 2026-06-29 --applicant household --agent-document passport",
    "checklist --procedure hold",
    "checklist --procedure new --applicant self --born 2012-04-01 --pins known --on 2026-05-01",
    "checklist --procedure pin-reset --applicant self --born 1990-06-10 --pin signature --on 2026-06-01",
    "checklist --procedure revocation --applicant voluntary-agent --born 1990-06-10 --on 2026-06-01",
)


@pytest.mark.parametrize("question", ASKED)
def test_a_clerk_reads_no_english_word(capsys: pytest.CaptureFixture[str], question: str) -> None:
    """In Japanese all is Japanese, but what is cited and what the page itself calls so; a PIN is a 暗証番号."""
    main([*shlex.split(question), "--lang", "ja"])
    told = capsys.readouterr()
    words = re.sub(CODES, "", re.sub(TERMS, "", f"{told.out}{told.err.removeprefix('openjpki: ')}"))

    assert re.findall(r"[A-Za-z]{2,}", words) == []
