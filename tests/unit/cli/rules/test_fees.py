import pytest

from tests.unit.cli.rules.asking import ask, codes, told, wrong

LOST = "remake --reason card-lost --on 2026-03-11"


@pytest.mark.parametrize(
    ("options", "card", "certificates"),
    [
        ("", 800, 200),
        ("--without-certificates", 800, 0),
        ("--express", 1800, 200),
        ("--policy fee_table=card-lost=0", 0, 0),
    ],
)
def test_a_card_made_anew(capsys: pytest.CaptureFixture[str], options: str, card: int, certificates: int) -> None:
    """R-4.1; E-31: card and certificates apart, their sum, and the sentence to be read out."""
    answer = ask(capsys, f"{LOST} {options}")

    assert (answer["card_yen"], answer["certificates_yen"]) == (card, certificates)
    assert answer["yen"] == card + certificates
    assert codes(answer) == (["fee.remake"] if answer["yen"] else [])
    assert answer["rules"] == ["R-4.1"]


@pytest.mark.parametrize(
    ("expires", "near", "ja", "en"),
    [
        ("2026-06-11", False, "有効期限まで3か月以上", "three months or more left"),
        ("2026-06-10", True, "有効期限まで3か月未満", "less than three months left"),
    ],
)
def test_near_its_end(capsys: pytest.CaptureFixture[str], expires: str, near: bool, ja: str, en: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-4.1, R-3.8: whether a card is near enough to its end to be made anew free of charge."""
    question = f"remake --reason card-damaged --on 2026-03-11 --card-expires {expires}"

    assert ask(capsys, question)["near_expiry"] is near
    assert ja in told(capsys, question, "ja")
    assert en in told(capsys, question, "en")
    assert ask(capsys, LOST)["near_expiry"] is None
    assert "¥800 + ¥200 = ¥1,000\n" in told(capsys, LOST, "ja")


def test_a_card_that_is_not_near_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.1: its end is held against the reason, and has to be told."""
    question = "remake --reason card-near-expiry --on 2026-03-11"

    assert ask(capsys, f"{question} --card-expires 2026-06-10")["near_expiry"] is True
    assert ask(capsys, f"{question} --card-expires 2026-06-11", 1)["error"]["code"] == "fees.not-near-expiry"
    assert "--card-expires" in wrong(capsys, question)


def test_what_makes_no_card(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.1: a renewal is no reason; there was no 特急発行 before 2024-12-02."""
    assert "usage.arguments" in wrong(capsys, "remake --reason renewal --on 2026-03-11")
    assert ask(capsys, "remake --reason card-lost --on 2024-12-01 --express", 1)["error"]["code"] == "fees.no-express"


@pytest.mark.parametrize(("voided", "yen"), [("office-fault", 1000), ("not-handed-over", 1000), ("holders-wish", 0)])
def test_what_is_paid_back(capsys: pytest.CaptureFixture[str], voided: str, yen: int) -> None:
    """R-4.2: everything before hand-over and for an error of the office, nothing for what is given up."""
    answer = ask(capsys, f"refund --paid 1000 --voided {voided}")

    assert (answer["yen"], answer["rules"]) == (yen, ["R-4.2"])
    assert codes(answer) == ["fee.refunded" if yen else "fee.kept"]
    assert f"¥{yen:,}" in told(capsys, f"refund --paid 1000 --voided {voided}", "ja")


@pytest.mark.parametrize("paid", ["-1", "1000001", "千", ""])
def test_what_was_paid_is_an_amount(capsys: pytest.CaptureFixture[str], paid: str) -> None:
    """R-4.2: yen, and no typing error."""
    assert "--paid" in wrong(capsys, f"refund --paid={paid} --voided office-fault")
