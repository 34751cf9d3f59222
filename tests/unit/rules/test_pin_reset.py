from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from openjpki.rules.dates import JST
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.identity import route
from openjpki.rules.kinds import Applicant, CertificateKind, PinKind, Procedure
from openjpki.rules.pin_reset import KioskReset, kiosk_helps, kiosk_reset
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=JST)
SIGNATURE, AUTHENTICATION = PinKind.SIGNATURE, PinKind.AUTHENTICATION
BOTH = frozenset(CertificateKind)


def _reset(
    pin: PinKind = SIGNATURE,
    *,
    known: Iterable[PinKind] = (AUTHENTICATION,),
    in_force: frozenset[CertificateKind] = BOTH,
    ago: timedelta | None = timedelta(hours=1),
    at: datetime = NOON,
    policy: Policy = NATIONAL,
) -> KioskReset:
    applied = None if ago is None else at - ago
    return kiosk_reset(policy, pin=pin, known=frozenset(known), in_force=in_force, applied=applied, at=at)


def _codes(found: KioskReset) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("pin", "known", "place"), [(SIGNATURE, AUTHENTICATION, "ローソン"), (AUTHENTICATION, SIGNATURE, "イオンリテール")]
)
def test_one_pin_opens_the_way_to_the_other(pin: PinKind, known: PinKind, place: str) -> None:
    """R-6.6: the other certificate's PIN is known: done at a kiosk, free; where, is told."""
    found = _reset(pin, known=[known])

    assert (found.place, _codes(found)) == ("kiosk", ["kiosk.free"])
    assert place in found.findings[0].ja


@pytest.mark.parametrize("known", [(), (SIGNATURE,), (PinKind.RESIDENT_RECORD, PinKind.CARD_FACE_ENTRY)])
def test_without_the_other_pin_only_the_window_helps(known: tuple[PinKind, ...]) -> None:
    """R-6.3, R-6.6; S-61: both unknown or locked: the window, with its papers."""
    found = _reset(SIGNATURE, known=known)

    assert (found.place, _codes(found)) == ("window", ["kiosk.other-pin-unknown"])
    assert "本人確認書類" in found.findings[0].bring_ja


@pytest.mark.parametrize("pin", [PinKind.RESIDENT_RECORD, PinKind.CARD_FACE_ENTRY])
def test_the_other_two_pins_never(pin: PinKind) -> None:
    """R-6.5, R-6.6: 住民基本台帳用 and 券面事項入力補助用 are reset at the window, whatever is known."""
    found = _reset(pin, known=set(PinKind) - {pin})

    assert (found.place, _codes(found)) == ("window", ["kiosk.window-only"])


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_both_certificates_must_be_in_force(kind: CertificateKind) -> None:
    """R-6.6: one that expired, was ended or never issued closes the kiosk."""
    found = _reset(in_force=BOTH - {kind})

    assert (found.place, _codes(found)) == ("window", ["kiosk.certificate-not-in-force"])


@pytest.mark.parametrize(
    ("ago", "codes"),
    [
        (None, ["kiosk.app-first"]),
        (timedelta(seconds=-1), ["kiosk.app-first"]),
        (timedelta(0), ["kiosk.free"]),
        (timedelta(hours=24), ["kiosk.free"]),
        (timedelta(hours=24, seconds=1), ["kiosk.too-late"]),
    ],
)
def test_within_a_day_of_the_app(ago: timedelta | None, codes: list[str]) -> None:
    """R-6.6: the app first, then 24 hours, the last second included."""
    found = _reset(ago=ago)

    assert _codes(found) == codes
    assert found.place == ("kiosk" if codes == ["kiosk.free"] else "kiosk-later")


@pytest.mark.parametrize(
    ("hour", "minute", "codes"),
    [
        (6, 29, ["kiosk.closed"]),
        (6, 30, ["kiosk.free"]),
        (23, 0, ["kiosk.free"]),
        (23, 1, ["kiosk.closed"]),
    ],
)
def test_the_hours_of_a_kiosk(hour: int, minute: int, codes: list[str]) -> None:
    """R-6.6: 6:30 to 23:00 in Japan, both ends included, wherever the moment was written down."""
    at = NOON.replace(hour=hour, minute=minute)

    assert _codes(_reset(at=at)) == codes
    assert _codes(_reset(at=at.astimezone(UTC))) == codes


def test_all_reasons_are_told() -> None:
    """Nobody is sent away twice: the term and the hour, the PIN and the certificate are told together."""
    late = _reset(ago=None, at=NOON.replace(hour=3))
    window = _reset(known=(), in_force=frozenset())

    assert _codes(late) == ["kiosk.app-first", "kiosk.closed"]
    assert _codes(window) == ["kiosk.other-pin-unknown", "kiosk.certificate-not-in-force"]


def test_hours_and_term_are_settings() -> None:
    """R-6.6: `kiosk_hours`, `kiosk_reset_hours`; the sentences say them."""
    policy = NATIONAL.with_settings({"kiosk_hours": "09:00-10:00", "kiosk_reset_hours": "2"})
    found = _reset(ago=timedelta(hours=3), policy=policy)

    assert _codes(found) == ["kiosk.too-late", "kiosk.closed"]
    assert "2時間" in found.findings[0].ja
    assert "09:00から10:00まで" in found.findings[1].ja


@pytest.mark.parametrize(
    ("applicant", "own", "agent", "way"),
    [
        (Applicant.SELF, "pension-book", "", "same_day"),
        (Applicant.SELF, "", "", "inquiry"),
        (Applicant.LEGAL_REPRESENTATIVE, "", "passport drivers-licence resident-record", "same_day"),
        (Applicant.LEGAL_REPRESENTATIVE, "", "passport passport resident-record", "refused"),
        (Applicant.VOLUNTARY_AGENT, "", "passport", "inquiry"),
        (Applicant.HOUSEHOLD, "", "passport move-report", "inquiry"),
    ],
)
def test_the_window_instead(applicant: Applicant, own: str, agent: str, way: str) -> None:
    """R-6.3, R-6.4: one document of the holder; two kinds of a representative, twice the same is one; an agent by letter."""
    found = route(
        NATIONAL,
        procedure=Procedure.PIN_RESET,
        applicant=applicant,
        pin_matches=None,
        documents=[ShownDocument(kind=DocumentKind(kind)) for kind in own.split()],
        agent_documents=[ShownDocument(kind=DocumentKind(kind)) for kind in agent.split()],
        on=date(2026, 11, 24),
    )

    assert found.route == way


@pytest.mark.parametrize(
    ("pin", "usable", "hours", "helps"),
    [
        (SIGNATURE, {AUTHENTICATION}, 24, True),
        (AUTHENTICATION, {SIGNATURE}, 24, True),
        (SIGNATURE, {AUTHENTICATION}, 0, False),
        (SIGNATURE, set(), 24, False),
        (PinKind.RESIDENT_RECORD, {SIGNATURE, AUTHENTICATION}, 24, False),
    ],
)
def test_a_kiosk_may_help_where_the_other_pin_still_works(
    pin: PinKind, usable: set[PinKind], hours: int, *, helps: bool
) -> None:
    """R-6.6: what a locked PIN's refusal may promise; where the municipality has no such hours, the window only."""
    policy = replace(NATIONAL, kiosk_reset_hours=hours)

    assert kiosk_helps(policy, pin=pin, usable=frozenset(usable)) is helps
    assert not kiosk_helps(policy, pin=pin, usable=frozenset(usable), in_force=frozenset())
