import pytest

from tests.unit.cli.rules.asking import ask, codes, told, wrong

FAMILY = "family --came Hana --shown drivers-licence --shown family-register-certificate --on 2026-11-24"
MOTHER = '--member "Hana: --procedure new --applicant self --born 1990-06-10 --pin-matches"'
CHILD = '--member "Sora: --procedure new --applicant legal-representative --power parent --born 2015-01-01 --kind {}"'
MOVED = "continued-use --reported 2026-04-01"
LEAVES = "continued-use-abroad --leaves 2026-05-12 --born 1990-06-10"


def test_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.20, R-2.22: each member with their own route; the papers shown once are named."""
    answer = ask(capsys, f"{FAMILY} {MOTHER} {CHILD.format('authentication')}")

    assert {name: one["route"] for name, one in answer["members"].items()} == {"Hana": "same_day", "Sora": "same_day"}
    assert answer["shared"] == ["drivers-licence", "family-register-certificate"]
    assert codes(answer) == ["family.one-set"]


def test_one_refusal_in_a_family(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.3, S-08: one member's refusal is nobody else's, but it is the exit status."""
    question = f"{FAMILY} {MOTHER} {CHILD.format('signature')}"
    answer = ask(capsys, question, 1)

    assert {name: one["route"] for name, one in answer["members"].items()} == {"Hana": "same_day", "Sora": "refused"}
    assert answer["members"]["Sora"]["findings"][0]["page"] == "no signature certificate under 15 or for wards"
    assert "Sora: お受けできません。" in told(capsys, question, "ja")
    assert "Hana: Done on the same day." in told(capsys, question, "en")


def test_for_one_nothing_is_shared(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.22: who comes alone is told nothing about a family; today is the day if none is named."""
    answer = ask(capsys, f"family --came Hana --shown drivers-licence {MOTHER}")

    assert (answer["shared"], answer["findings"]) == ([], [])


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ('--member "--procedure new"', "usage.bad-value"),
        ('--member ": --procedure new --applicant self"', "usage.bad-value"),
        ('--member "Hana: \'"', "usage.bad-value"),
        ('--member "Hana: --procedure new"', "usage.arguments"),
        ('--member "Hana: --procedure new --applicant self --ward"', "usage.bad-value"),
        ('--member "Hana: --procedure new --applicant self --born 2027-01-01"', "usage.bad-value"),
        (f"{MOTHER} {MOTHER}", "usage.bad-value"),
        ("", "usage.arguments"),
    ],
)
def test_a_member_has_a_name_and_what_a_route_asks(capsys: pytest.CaptureFixture[str], members: str, code: str) -> None:
    """NAME: OPTIONS, each name once; what is wrong in the options is said as `rules route` says it."""
    said = wrong(capsys, f"family --came Hana --on 2026-11-24 {members}")

    assert f"[{code}]" in said
    assert "--member --help" not in said  # the command that has the options is named


@pytest.mark.parametrize(
    ("options", "state", "code", "status"),
    [
        ("--on 2026-11-02", "open", "inquiry.reply-until", 0),
        ("--on 2026-11-03", "lapsed", "inquiry.lapsed", 1),
        ("--on 2026-10-05 --mail-came-back", "cancelled", "inquiry.mail-returned", 1),
    ],
)
def test_where_a_letter_stands(
    capsys: pytest.CaptureFixture[str], options: str, state: str, code: str, status: int
) -> None:
    """R-2.24; S-15: open to its last day, lapsed, or come back."""
    answer = ask(capsys, f"inquiry --sent 2026-10-01 {options}", status)

    assert (answer["state"], answer["until"], codes(answer)) == (state, "2026-11-02", [code])
    assert answer["address_flagged"] is (state == "cancelled")


@pytest.mark.parametrize(
    ("options", "address", "copies", "status"),
    [
        ("--to self --protected", True, ["signature", "authentication"], 0),
        ("--to voluntary-agent", True, ["signature", "authentication"], 0),
        ("--to voluntary-agent --protected", False, ["authentication"], 1),
        ("--to legal-representative --protected", False, ["authentication"], 1),
    ],
)
def test_whose_address_is_shown(
    capsys: pytest.CaptureFixture[str],
    options: str,
    address: bool,  # noqa: FBT001  -- a column of the table
    copies: list[str],
    status: int,
) -> None:
    """R-0.3, R-2.26: under 支援措置 nobody but the holder sees the address or gets a copy that has it."""
    answer = ask(capsys, f"disclosure {options}", status)

    assert (answer["address"], answer["copies"]) == (address, copies)


@pytest.mark.parametrize(
    ("options", "card", "signature", "status"),
    [
        ("--on 2026-04-01 --applicant household --agent-document passport", "same_day", None, 0),
        ("--on 2026-04-01 --applicant household --agent-document passport --signature", "same_day", "inquiry", 0),
        ("--on 2026-04-02 --applicant household --agent-document passport", "inquiry", None, 0),
        ("--on 2026-06-30 --applicant self --document passport --signature", "refused", "refused", 1),
        ("--on 2026-06-30 --applicant self --document passport --within", "same_day", None, 0),
        ("--on 2026-05-11 --applicant self --document passport --moved-again 2026-05-10", "refused", None, 1),
    ],
)
def test_a_card_after_a_move(
    capsys: pytest.CaptureFixture[str], options: str, card: str, signature: str | None, status: int
) -> None:
    """R-2.13, R-5.21; E-37: with the report at once, later by letter, after the term not at all."""
    answer = ask(capsys, f"{MOVED} {options}", status)

    assert (answer["card"], answer["signature"]) == (card, signature)
    assert answer["last_day"] == (None if "--within" in options else "2026-06-29")


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        ("--on 2026-05-11", "event.continued-abroad", 0),
        ("--on 2026-05-12", "deadline.left-japan", 1),
        ("--on 2026-05-11 --foreign-national", "moving.nationals-only", 1),
    ],
)
def test_a_card_abroad(capsys: pytest.CaptureFixture[str], options: str, code: str, status: int) -> None:
    """R-2.14, R-5.5: up to the day before leaving, by Japanese nationals."""
    answer = ask(capsys, f"{LEAVES} {options}", status)

    assert (answer["open"], answer["last_day"], answer["last_open_day"]) == (status == 0, "2026-05-11", "2026-05-11")
    assert code in codes(answer)


@pytest.mark.parametrize(
    ("question", "ja", "en"),
    [
        ("inquiry --sent 2026-10-01 --on 2026-10-02", "期限は令和8年（2026年）11月2日（月）です", "through 2026-11-02"),
        ("disclosure --to self", "住所を見せてよい。", "The address may be shown. Copies: signature, authentication."),
        ("disclosure --to household --protected", "住所を見せてはいけない。", "The address may not be shown."),
        (
            f"{MOVED} --on 2026-04-01 --applicant self --document passport --signature",
            "署名用電子証明書: 即日で手続きできます。",
            "Card: Done on the same day. Signature certificate: Done on the same day.",
        ),
        (
            f"{MOVED} --on 2026-04-02 --applicant self --document passport",
            "継続利用の期限は令和8年",
            "The continued use is asked for by 2026-06-29",
        ),
        (
            f"{LEAVES} --on 2026-05-11",
            "手続きできます(期限は令和8年（2026年）5月11日（月）)。",
            "May apply: through 2026-05-11",
        ),
        (f"{LEAVES} --on 2026-05-12", "手続きできません", "May not apply"),
    ],
)
def test_visits_for_people(capsys: pytest.CaptureFixture[str], question: str, ja: str, en: str) -> None:
    """R-2.13, R-2.14, R-2.24, R-2.26: the same in lines, in both languages."""
    assert ja in told(capsys, question, "ja")
    assert en in told(capsys, question, "en")


@pytest.mark.parametrize(
    "question",
    [
        "inquiry --sent 2026-10-02 --on 2026-10-01",
        f"{MOVED} --on 2026-03-31 --applicant self",
        f"{MOVED} --on 2026-04-02 --applicant self --moved-again 2026-03-31",
        f"{LEAVES} --on 1990-06-09",
    ],
)
def test_days_that_contradict_each_other(capsys: pytest.CaptureFixture[str], question: str) -> None:
    """R-2.13, R-2.24: nothing happens before what it follows."""
    assert "[usage.bad-value]" in wrong(capsys, question)
