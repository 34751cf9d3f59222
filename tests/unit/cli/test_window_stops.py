import pytest

from openjpki.cli.window_stops import Stage, stage_of
from openjpki.errors import Failure
from openjpki.rules.phone_hold import ALWAYS
from openjpki.site.home import Home
from openjpki.window.officer import Clerk
from tests.unit.cli.test_window import LICENCE, PERSON, WAKABA, Counter, counter, issue, served

__all__ = ["counter", "served"]
pytestmark = pytest.mark.django_db(databases=["authority", "window", "staff"])
ASK = ("residents", *WAKABA, *PERSON)


def stopped_by_phone(counter: Counter) -> None:
    """Let the telephone desk stop the card of Hanako."""
    from openjpki.site.house import House

    home = Home.open(counter.path)
    House.of(home, home.clock()).verifiers().stop("suzuki", ALWAYS, card_number="", resident_code=PERSON[1])


def stage(counter: Counter) -> Stage | None:
    """Return how far the stop of Hanako's card has come, as the window knows it."""
    from openjpki.site.house import House

    home = Home.open(counter.path)
    house = House.of(home, home.clock())
    return stage_of(house.window.residents.show(Clerk("sato", WAKABA[1]), PERSON[1]))


def states(answer_rows: list[dict[str, str]]) -> list[str]:
    """Return the states of certificates."""
    return [row["state"] for row in answer_rows]


def test_a_stop_by_telephone_is_followed_step_by_step(served: Counter) -> None:
    """R-5.8, R-5.20: the list shows what was last heard and says so; one person is asked about, and each answer names the next command."""
    issue(served)
    stopped_by_phone(served)
    listed = served("residents", *WAKABA)
    assert states(listed.data["residents"][0]["certificates"]) == ["valid", "valid"]
    assert "`openjpki window residents --resident CODE`" in listed.lines[-1]

    asked = served(*ASK)
    assert sorted(states(asked.data["residents"][0]["certificates"])) == ["held", "revoked"]
    assert "--event suspend`" in asked.lines[-1]
    assert "window reissue" in asked.lines[-1]
    assert stage(served) is Stage.HELD

    stopped = served("card-stop", *WAKABA, *PERSON, "--event", "suspend")
    assert (stopped.data["state"], sorted(states(stopped.data["certificates"]))) == ("suspended", ["held", "revoked"])
    assert [finding["code"] for finding in stopped.data["findings"]] == ["hold.not-found"]
    assert "--event resume`" in stopped.lines[-1]
    assert stage(served) is Stage.STOPPED

    found = served("card-stop", *WAKABA, *PERSON, "--event", "resume", language="ja")
    assert (found.data["state"], states(found.data["certificates"])) == ("active", ["revoked", "held"])
    assert [finding["code"] for finding in found.data["findings"]] == ["hold.found-reissue-both"]
    assert found.lines[0] == "カードの状態: 有効"
    assert "window reissue" in found.lines[-1]
    assert stage(served) is Stage.HELD

    served("reissue", *WAKABA, *PERSON, "--card", "hanako", *LICENCE)
    assert stage(served) is None
    assert "window" not in served(*ASK).lines[-1]


def test_a_card_without_certificates_is_stopped_and_found_too(served: Counter) -> None:
    """R-5.20: nothing is held, nothing is issued anew."""
    stopped_by_phone(served)
    assert served("card-stop", *WAKABA, *PERSON, "--event", "suspend").data["certificates"] == []
    found = served("card-stop", *WAKABA, *PERSON, "--event", "resume")
    assert (found.data["findings"], found.lines) == ([], ["The card is active."])


def test_an_authority_that_is_away_is_told(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was last heard of is shown as such, in both languages, and exits as done: the counter goes on."""
    issue(served)
    monkeypatch.setattr("openjpki.window.known.refresh_known", lambda *_: False)
    english, japanese = served(*ASK), served(*ASK, language="ja")

    assert english.kind is None
    assert english.lines[-1].startswith("The authority could not be asked")
    assert japanese.lines[-1].startswith("機構に確認できませんでした")


def test_a_stop_that_cannot_be_is_refused(counter: Counter) -> None:
    """Nobody without a card has one stopped (R-5.20)."""
    counter.register()
    assert stage(counter) is None
    with pytest.raises(Failure) as caught:
        counter("card-stop", *WAKABA, *PERSON, "--event", "suspend")
    assert caught.value.code == "window.card.not-found"


def test_a_released_hold_leaves_the_signature_certificate_to_issue(served: Counter) -> None:
    """R-5.20 under `auth_hold_release = "release"`: what the stop ended is issued anew, until then the card was found."""
    issue(served)
    stopped_by_phone(served)
    served(*ASK)
    from openjpki.window.models import CertificateCopy

    copies = CertificateCopy.objects.across_municipalities()
    copies.filter(kind="authentication").update(state="valid", event="")
    assert stage(served) is Stage.FOUND
    copies.filter(kind="signature").update(event="request")
    assert stage(served) is None
