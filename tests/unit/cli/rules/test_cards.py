import pytest

from tests.unit.cli.rules.asking import ask, codes, told, wrong

SWITCH = "face-card --on 2026-11-24 --born 1950-06-10"
KIOSK = "kiosk --pin signature --applied 2026-11-24T10:00 --at 2026-11-24T12:00"
STAY = "stay --card-expires 2026-08-31 --stay-until 2029-08-31 --card-issued 2025-05-01 --born 1995-10-10"
SPECIAL = "special-period --stay-until 2026-08-31"
NOTHING_ENDS: list[str] = []


@pytest.mark.parametrize(
    ("options", "way", "ends", "code", "status"),
    [
        ("--direction to-face --applicant self --document passport", "same_day", ["signature"], "face.uses", 0),
        (
            "--direction to-pin --face-card --applicant voluntary-agent --agent-document passport --agent-document mandate",
            "same_day",
            NOTHING_ENDS,
            "face.pins-by-holder",
            0,
        ),
        ("--direction to-face --applicant self", "inquiry", ["signature"], "identity.inquiry", 0),
        (
            "--direction to-face --applicant voluntary-agent --agent-document passport",
            "refused",
            ["signature"],
            "agent.mandate",
            1,
        ),
    ],
)
def test_a_face_card(
    capsys: pytest.CaptureFixture[str], options: str, way: str, ends: list[str], code: str, status: int
) -> None:
    """R-1.11: both directions, free, an agent with a 委任状; only a refusal has exit 1."""
    answer = ask(capsys, f"{SWITCH} {options}", status)

    assert (answer["route"], answer["ends"], answer["yen"]) == (way, ends, 0)
    assert answer["sets_pins"] is ("to-pin" in options)
    assert code in codes(answer)


@pytest.mark.parametrize(
    ("options", "place", "found", "status"),
    [
        ("--known authentication", "kiosk", ["kiosk.free"], 0),
        ("", "window", ["kiosk.other-pin-unknown"], 1),
        ("--known authentication --not-in-force signature", "window", ["kiosk.certificate-not-in-force"], 1),
        ("--known authentication --policy kiosk_reset_hours=1", "kiosk-later", ["kiosk.too-late"], 1),
    ],
)
def test_a_kiosk(capsys: pytest.CaptureFixture[str], options: str, place: str, found: list[str], status: int) -> None:
    """R-6.6: at a kiosk now, later, or at the window."""
    answer = ask(capsys, f"{KIOSK} {options}", status)

    assert (answer["place"], codes(answer)) == (place, found)


def test_a_kiosk_without_an_application(capsys: pytest.CaptureFixture[str]) -> None:
    """R-6.6: the app comes first, and now is the moment if none is named."""
    answer = ask(capsys, "kiosk --pin authentication --known signature", 1)

    assert answer["place"] == "kiosk-later"
    assert codes(answer)[0] == "kiosk.app-first"


@pytest.mark.parametrize(
    ("options", "found", "status"),
    [
        ("--applicant self --pin-matches", ["phone.at-once"], 0),
        ("--applicant self", ["phone.pin-needed"], 1),
        ("--applicant household --pin-matches --at-the-window", ["phone.holder-only", "phone.online-only"], 1),
        ("--applicant self --not-in-force signature", ["phone.signature-first"], 1),
    ],
)
def test_a_phone(capsys: pytest.CaptureFixture[str], options: str, found: list[str], status: int) -> None:
    """R-2.11: the holder alone, online, with card and signature PIN."""
    answer = ask(capsys, f"phone {options}", status)

    assert (answer["open"], codes(answer)) == (status == 0, found)


@pytest.mark.parametrize(
    ("options", "until", "certificates", "code", "status"),
    [
        ("--applicant self --on 2026-08-31", "2029-08-31", True, "stay.certificates-again", 0),
        ("--applicant household --on 2026-08-31", "2029-08-31", False, "stay.certificates-need-holder", 0),
        ("--applicant voluntary-agent --on 2026-08-31", None, False, "stay.holder-or-household", 1),
        ("--applicant self --on 2026-09-01", None, False, "stay.too-late", 1),
    ],
)
def test_a_new_period_of_stay(
    capsys: pytest.CaptureFixture[str],
    options: str,
    until: str | None,
    certificates: bool,  # noqa: FBT001  -- a column of the table
    code: str,
    status: int,
) -> None:
    """R-2.12, R-3.7: extended on the last day at the latest, with the certificates only for the holder."""
    answer = ask(capsys, f"{STAY} {options}", status)

    assert (answer["card_until"], answer["certificates"], codes(answer)) == (until, certificates, [code])


def test_a_stay_never_passes_the_birthday(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.7: the tenth birthday after the issue is the limit; for a card applied for before 2022-04-01 at 19, the fifth."""
    far = STAY.replace("--stay-until 2029-08-31", "--stay-until 2040-01-01")
    young = "stay --card-expires 2026-08-31 --stay-until 2029-01-01 --card-issued 2022-04-10 --born 2002-05-01"

    assert ask(capsys, f"{far} --applicant self --on 2026-08-31")["card_until"] == "2034-10-10"
    assert ask(capsys, f"{young} --applicant self --on 2026-08-01")["card_until"] == "2029-01-01"
    late = ask(capsys, f"{young} --received 2022-03-31 --applicant self --on 2026-08-01", 1)
    assert codes(late) == ["stay.nothing-new"]


@pytest.mark.parametrize(
    ("options", "until", "code", "status"),
    [
        ("--applied 2026-08-01 --on 2026-08-31", "2026-10-31", "stay.special-period", 0),
        ("--applied 2026-08-01 --on 2026-08-31 --used", None, "stay.special-period-once", 1),
        ("--on 2026-08-31", None, "stay.not-pending", 1),
        ("--applied 2026-08-01 --decided 2026-08-30 --on 2026-08-31", None, "stay.not-pending", 1),
    ],
)
def test_a_pending_renewal_of_the_stay(
    capsys: pytest.CaptureFixture[str], options: str, until: str | None, code: str, status: int
) -> None:
    """R-3.7; E-27: two months, once, while it is pending."""
    answer = ask(capsys, f"{SPECIAL} {options}", status)

    assert (answer["card_until"], codes(answer)) == (until, [code])


@pytest.mark.parametrize(
    ("options", "expires", "because"),
    [
        ("--issued 2021-07-01 --born 1990-06-10", "2031-06-10", "tenth-birthday"),
        ("--issued 2022-04-20 --born 2003-01-15 --received 2022-03-31", "2027-01-15", "fifth-birthday"),
        (
            "--issued 2025-05-01 --born 1995-10-10 --status fixed-stay --stay-until 2026-08-31",
            "2026-08-31",
            "period-of-stay",
        ),
        (
            "--issued 2025-05-01 --born 1995-10-10 --status permanent --stay-until 2026-08-31",
            "2034-10-10",
            "tenth-birthday",
        ),
    ],
)
def test_until_when_a_card_is_valid(
    capsys: pytest.CaptureFixture[str], options: str, expires: str, because: str
) -> None:
    """R-1.8, R-3.7; E-13, E-24, E-26: birthdays, the old line of twenty years, the period of stay of who has one."""
    answer = ask(capsys, f"card-validity {options}")

    assert (answer["expires"], answer["because"]) == (expires, because)


def test_a_fixed_stay_has_a_last_day(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.7: it is asked for, not guessed."""
    assert "[stay.needed]" in wrong(capsys, "card-validity --issued 2025-05-01 --born 1995-10-10 --status fixed-stay")


@pytest.mark.parametrize(
    ("options", "usable", "found", "status"),
    [
        ("--on 2026-06-10", True, [], 0),
        ("--on 2026-09-30", True, ["insurance.grace"], 0),
        ("--on 2026-10-01", False, ["insurance.over"], 1),
        ("--on 2026-06-10 --state revoked", False, ["insurance.revoked"], 1),
    ],
)
def test_the_insurance_card(
    capsys: pytest.CaptureFixture[str],
    options: str,
    usable: bool,  # noqa: FBT001  -- a column of the table
    found: list[str],
    status: int,
) -> None:
    """R-3.11: three months more, for a certificate that only expired."""
    answer = ask(capsys, f"insurance --expires 2026-06-10 {options}", status)

    assert (answer["usable"], answer["until"], codes(answer)) == (usable, "2026-09-30", found)


@pytest.mark.parametrize(
    ("question", "ja", "en"),
    [
        (f"{SWITCH} --direction to-face --applicant self --document passport", "(¥0)", "Done on the same day. (¥0)"),
        (f"{KIOSK} --known authentication", "キオスク端末で再設定できます。", "At a kiosk."),
        ("phone --applicant self", "申し込めません。", "May not apply."),
        ("phone --applicant self --pin-matches", "申し込めます。", "May apply."),
        (
            f"{STAY} --applicant self --on 2026-08-31",
            "令和11年（2029年）8月31日（金）まで",
            "The card runs to 2029-08-31",
        ),
        (f"{SPECIAL} --on 2026-08-31", "延長できません。", "Not extended."),
        ("card-validity --issued 2021-07-01 --born 1990-06-10", "10回目の誕生日", "valid through 2031-06-10"),
        ("insurance --expires 2026-06-10 --on 2026-06-10", "マイナ保険証: 使えます", "The card serves."),
        ("insurance --expires 2026-06-10 --on 2027-06-10", "マイナ保険証: 使えません", "The card does not serve."),
    ],
)
def test_cards_for_people(capsys: pytest.CaptureFixture[str], question: str, ja: str, en: str) -> None:
    """R-1.11, R-2.11, R-3.7, R-3.11, R-6.6: the same in lines, in both languages."""
    assert ja in told(capsys, question, "ja")
    assert en in told(capsys, question, "en")


@pytest.mark.parametrize(
    "question",
    [
        "stay --card-expires 2026-08-31 --stay-until 2029-08-31 --card-issued 1990-01-01 --born 1995-10-10 --applicant self",
        "stay --card-expires 2024-08-31 --stay-until 2029-08-31 --card-issued 2025-05-01 --born 1995-10-10 --applicant self",
        "card-validity --issued 1990-01-01 --born 1995-10-10",
        "kiosk --pin signature --at noon",
    ],
)
def test_days_that_contradict_each_other(capsys: pytest.CaptureFixture[str], question: str) -> None:
    """R-3.7: nothing is issued before birth, nothing ends before it is issued."""
    assert "[usage.bad-value]" in wrong(capsys, question)
