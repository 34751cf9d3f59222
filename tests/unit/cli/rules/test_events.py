import pytest

from openjpki.rules.kinds import LifeEvent, OtherCause
from tests.unit.cli.rules.asking import ask, codes, told, wrong

NOTHING = {"ends": None, "reason": None}
ON = "--on 2026-04-01"


def _ends(reason: str) -> dict[str, str]:
    return {"ends": "2026-04-01", "reason": reason}


@pytest.mark.parametrize(
    ("event", "signature", "authentication", "fee", "code"),
    [
        ("move", _ends("affiliation_changed"), NOTHING, "attributes-changed", "event.sign-again"),
        ("hold", _ends("certificate_hold"), _ends("certificate_hold"), "after-hold", "hold.not-found"),
        ("guardianship", NOTHING, NOTHING, None, "event.guardianship"),
        (
            "ex-officio-deletion",
            _ends("cessation_of_operation"),
            _ends("cessation_of_operation"),
            "card-lost",
            "event.off-the-record",
        ),
        (
            "emigration-continued",
            _ends("affiliation_changed"),
            NOTHING,
            "attributes-changed",
            "event.continued-abroad",
        ),
        ("face-authentication", _ends("cessation_of_operation"), NOTHING, None, "face.signature-ends"),
        ("ca-compromise", _ends("ca_compromise"), _ends("ca_compromise"), "office-error", "event.office-reissue"),
    ],
)
def test_what_an_event_ends(
    capsys: pytest.CaptureFixture[str],
    event: str,
    signature: dict[str, str],
    authentication: dict[str, str],
    fee: str | None,
    code: str,
) -> None:
    """R-5.1 to R-5.11, R-5.22; S-25 to S-27: the two certificates, what follows, and what the holder does next."""
    answer = ask(capsys, f"revocation --event {event} {ON}")

    assert (answer["signature"], answer["authentication"]) == (signature, authentication)
    assert answer["follows"]["fee"] == fee
    assert codes(answer)[0] == code
    assert answer["rules"]


@pytest.mark.parametrize("event", [cause.value for cause in (*LifeEvent, *OtherCause)])
def test_every_cause_can_be_asked(capsys: pytest.CaptureFixture[str], event: str) -> None:
    """R-1.7, R-1.11, R-5.1 to R-5.11, R-5.23: those that people report and the others; only a renewal leaves no word."""
    answer = ask(capsys, f"revocation --event {event} {ON}")

    assert set(answer) == {"signature", "authentication", "follows", "findings", "rules"}
    assert bool(answer["findings"]) is (event != "renewal")


def test_a_request_names_its_certificates(capsys: pytest.CaptureFixture[str]) -> None:
    """R-5.1: only what is named ends and is issued anew; other events name nothing."""
    answer = ask(capsys, f"revocation --event request --kind authentication {ON}")

    assert (answer["signature"], answer["follows"]["reissue"]) == (NOTHING, ["authentication"])
    assert "--kind" in wrong(capsys, f"revocation --event move --kind signature {ON}")
    assert "--kind" in wrong(capsys, f"correction --event move --kind signature {ON}")


@pytest.mark.parametrize(
    ("question", "ja", "en"),
    [
        (f"revocation --event hold {ON}", "に一時保留(6)", "held on 2026-04-01"),
        (f"revocation --event move {ON}", "利用者証明用電子証明書: 失効しません", "(affiliation_changed, 3)"),
        (f"revocation --event move {ON}", "S-26: 使い続けるには申請し直す", "S-26: to go on, apply again"),
        (
            f"hold-found {ON}",
            "発行し直すもの: 署名用電子証明書、利用者証明用電子証明書",
            "Issued anew: signature, auth",
        ),
        (f"correction --event furigana {ON}", "発行し直すもの: なし", "Issued anew: nothing."),
        (f"deceased {ON}", "に失効(利用の終了, 5)", "ends on 2026-04-01"),
        (f"deceased --death-recorded {ON}", "死亡の記録により失効しています", "The recorded death ended them"),
    ],
)
def test_events_for_people(capsys: pytest.CaptureFixture[str], question: str, ja: str, en: str) -> None:
    """R-5.4, R-5.8, R-5.9, R-5.20; S-26: the same in lines, in both languages."""
    assert ja in told(capsys, question, "ja")
    assert en in told(capsys, question, "en")


@pytest.mark.parametrize(
    ("options", "authentication", "reissue", "code"),
    [
        ("", _ends("cessation_of_operation"), ["signature", "authentication"], "hold.found-reissue-both"),
        ("--policy auth_hold_release=release", NOTHING, ["signature"], "hold.found-released"),
        ("--phone", NOTHING, ["signature"], "hold.on-the-phone"),
    ],
)
def test_a_stopped_card_is_found(
    capsys: pytest.CaptureFixture[str], options: str, authentication: dict[str, str], reissue: list[str], code: str
) -> None:
    """R-2.8, R-5.20: by the setting revoked and issued anew, or released; on a phone in the app."""
    answer = ask(capsys, f"hold-found {ON} {options}")

    assert (answer["authentication"], answer["follows"]["reissue"]) == (authentication, reissue)
    assert codes(answer) == [code]


def test_a_mistaken_entry(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.1, R-5.9: nothing comes back; a card abolished by mistake is made anew, free."""
    answer = ask(capsys, f"correction --event death {ON}")

    assert answer["follows"] == {
        "reissue": ["signature", "authentication"],
        "fee": "office-error",
        "new_card": True,
    }
    assert codes(answer) == ["correction.never-undone", "correction.card-remade"]


def test_the_card_of_a_person_who_died(capsys: pytest.CaptureFixture[str]) -> None:
    """R-5.4, R-5.6: the return ends the certificates only if the death is not recorded yet."""
    recorded, not_yet = ask(capsys, f"deceased --death-recorded {ON}"), ask(capsys, f"deceased {ON}")

    assert recorded["signature"] == recorded["authentication"] == NOTHING
    assert not_yet["signature"] == not_yet["authentication"] == _ends("cessation_of_operation")
    assert codes(not_yet) == ["event.death-not-recorded", "event.deceased-card"]
