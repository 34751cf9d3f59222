import shlex
from enum import Enum

import pytest

from openjpki.cli.checklist.words import word
from openjpki.cli.main import main
from openjpki.rules.checklist.items import Thing
from openjpki.rules.kinds import Applicant, CertificateKind, PinKind, Power, Procedure

BORN = "--born 1990-06-10"
ENDS = "--signature-expires 2026-06-10 --authentication-expires 2026-06-10"
SPOKEN = (
    *Procedure,
    *Applicant,
    *Power,
    *PinKind,
    *CertificateKind,
    *(one for one in Thing if one is not Thing.DOCUMENT),
)


@pytest.mark.parametrize("member", SPOKEN, ids=str)
def test_residents_read_japanese(member: Enum) -> None:
    """Every word of the list has a Japanese one and an English one."""
    assert not word(member, "ja").isascii()
    assert word(member, "en") != word(member, "ja")


def test_the_reason_of_a_new_card_is_in_the_title(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.1: who lost the card is not told of moves."""
    lost = f"checklist --procedure reissue --applicant self {BORN} --pins known --reason card-lost --on 2026-05-01"

    assert main([*lost.split(), "--lang", "ja"]) == 0
    assert capsys.readouterr().out.startswith("■ 再発行:カードの紛失・返納による再交付(")
    assert main([*lost.split(), "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("■ reissue, card-lost (")


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ("--reason attributes-changed", "■ 再発行(引越し・氏名変更の後など)(署名用電子証明書) "),
        ("", "■ 再発行(引越し・氏名変更の後など)(署名用電子証明書・利用者証明用電子証明書) "),
        ("--reason after-hold", "■ 再発行:一時保留後の発行("),
        ("--reason own-request", "■ 再発行:本人の希望による失効後の発行("),
        (f"{ENDS} --on 2025-01-06", "■ 再発行(署名用電子証明書・利用者証明用電子証明書) "),
    ],
)
def test_the_title_of_a_reissue_says_why(capsys: pytest.CaptureFixture[str], options: str, title: str) -> None:
    """R-2.4, R-5.20, R-5.22: moves are spoken of where a move may be the reason, and not before the window of a renewal."""
    asked = f"checklist --procedure reissue --applicant self {BORN} --pins known --on 2026-05-01 {options}"

    assert main([*shlex.split(asked), "--lang", "ja"]) == 0
    assert capsys.readouterr().out.startswith(title)
