import json
import os
import threading
from pathlib import Path

import pytest

from openjpki.authority.models import Issuer, Person
from openjpki.authority.signing.client import SignerSilent
from openjpki.authority.signing.server import listening
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.init import chosen
from openjpki.cli.main import main, parser
from openjpki.errors import Failure
from openjpki.lab.catalogue import CATALOGUE, NoSuchTestCard
from openjpki.pki.keys import FreshKeys
from openjpki.readers.store import CardStore
from openjpki.rules.policy import Policy
from openjpki.rules.settings import BadSetting, UnknownSetting
from openjpki.site import seeding
from openjpki.site.home import Home, Settings
from openjpki.site.house import House
from openjpki.site.lives import making
from openjpki.site.place import HomeMissing, HomeNotEmpty
from openjpki.site.settings import ROLES
from openjpki.site.signer_place import SignerPlace
from openjpki.window.models import OutboxMessage

pytestmark = pytest.mark.django_db(databases=ROLES)

P384 = ("--algorithm", "p-384-sha-384")


def init(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki init` for this folder."""
    arguments = parser().parse_args(["init", *P384, *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    return answer


def test_an_empty_folder_becomes_a_sandbox(tmp_path: Path) -> None:
    """Keys, lists, cities and residents: from nothing to a home that can be served."""
    path = tmp_path / "home"
    answer = init(path)

    assert answer.data == {"home": str(path), "residents": 8}
    assert "8 residents, 2 CAs" in answer.lines[0]
    assert "`openjpki serve`" in answer.lines[1]
    assert Home.open(path).settings == Settings(purpose="sandbox", algorithm="p-384-sha-384")
    assert Issuer.objects.count() == 2
    assert len(list((path / "authority" / "public" / "crl").iterdir())) == 6


def test_it_says_so_in_japanese(tmp_path: Path) -> None:
    """The same in the other language."""
    answer = init(tmp_path / "home", language="ja")

    assert "試験環境を作りました。住民 8 人、認証局 2。" in answer.lines[0]


def test_the_settings_are_kept(tmp_path: Path) -> None:
    """Port, shift and rulings stand in the marker file, the shift in seconds."""
    init(tmp_path, "--port", "9100", "--shift-days", "30", "--policy", "preset=page", "--policy", "age_rule=eve")
    home = Home.open(tmp_path)

    assert home.settings.port == 9100
    assert home.settings.clock_shift_seconds == 30 * 86_400
    assert home.policy() == Policy.preset("page").with_settings({"age_rule": "eve"})


def test_window_and_authority_may_be_apart(tmp_path: Path) -> None:
    """With a desk port the marker names it; founded in one process, the sandbox is complete all the same."""
    assert init(tmp_path, "--desk-port", "8791").data["residents"] == 8

    assert Home.open(tmp_path).settings.desk == "https://127.0.0.1:8791"
    assert OutboxMessage.objects.across_municipalities().filter(sent_at=None).count() == 0
    assert Person.objects.count() == 8
    with pytest.raises(BadValue):
        init(tmp_path / "other", "--desk-port", "70000")


@pytest.mark.parametrize("days", ["0", "36525"])
def test_a_sandbox_may_live_up_to_a_century_ahead(tmp_path: Path, days: str) -> None:
    """Both ends of the range are taken, and a certificate can be issued there (GeneralizedTime, RFC 5280 §4.1.2.5)."""
    init(tmp_path, "--shift-days", days)

    assert Home.open(tmp_path).settings.clock_shift_seconds == int(days) * 86_400


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--shift-days", "-1"), BadValue),
        (("--shift-days", "36526"), BadValue),
        (("--port", "0"), BadValue),
        (("--policy", "age_rule"), BadValue),
        (("--dual-control", "1-of-3"), BadValue),
        (("--signer-at", "/place"), BadValue),
        (("--signer-user", "keeper"), BadValue),
        (("--only-signer", "--signer-at", "/place", "--signer-user", "keeper"), BadValue),
        (("--policy", "preset=kyoto"), Failure),
        (("--policy", "no_such_ruling=1"), UnknownSetting),
        (("--policy", "age_rule=noon"), BadSetting),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...], refusal: type[Failure]
) -> None:
    """Shift, port and rulings are looked at first: what is refused leaves no folder."""
    with pytest.raises(refusal):
        init(tmp_path / "home", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_shift_is_a_number_of_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words are wrong usage."""
    assert main(["init", "--shift-days", "soon", "--home", str(tmp_path / "home"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage.arguments"


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """Somebody's files are neither overwritten nor added to."""
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(HomeNotEmpty):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    """A sandbox is made once; the refusal says that a home is there already, and how it is used."""
    init(tmp_path)
    secret = (tmp_path / "secret").read_bytes()

    with pytest.raises(HomeNotEmpty) as refused:
        init(tmp_path)
    assert refused.value.code == "home.not-empty"
    assert f"is an OpenJPKI home already, which will not be overwritten. To use it, give --home {tmp_path}" in str(
        refused.value
    )
    assert (tmp_path / "secret").read_bytes() == secret


def test_a_failure_on_the_way_leaves_no_half_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After keys and lists the register cannot be read: nothing that looks like a home is left, no key, no secret."""

    def fails(house: House) -> int:
        house.authority.ceremony()
        raise OSError(28, "No space left on device", "register.csv")

    monkeypatch.setattr(seeding, "seed", fails)

    assert main(["init", *P384, "--home", str(tmp_path / "home")]) == 4
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["lock"]
    with pytest.raises(HomeMissing):
        Home.open(tmp_path / "home")


def test_test_cards_are_made_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are named, in the catalogue's order; each is told on standard error, the PINs in the end."""
    answer = init(tmp_path / "home", "--test-cards", "blank", "no-certificates")

    assert answer.data["test_cards"] == ["no-certificates", "blank"]
    assert answer.data["residents"] == 9
    assert "TEST2026" in answer.lines[1]
    assert capsys.readouterr().err.splitlines() == ["[ 1/2] no-certificates", "[ 2/2] blank"]
    assert CardStore(tmp_path / "home" / "cards").list() == ("blank", "no-certificates")
    assert Issuer.objects.count() == 4, "two generations of each CA"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("adlut",), NoSuchTestCard),
        (("adult", "--policy", "age_rule=eve"), BadValue),
        (("adult", "--dual-control", "2-of-3"), BadValue),
        (("adult", "--signer-at", "/place", "--signer-user", "keeper"), BadValue),
    ],
    ids=["unknown", "a policy", "under dual control", "a signing process of another user"],
)
def test_test_cards_that_cannot_be_are_refused_before_anything_is_made(
    tmp_path: Path, words: tuple[str, ...], refusal: type[Failure]
) -> None:
    """A name that is not there, and rulings under which a card might not be what its name says."""
    with pytest.raises(refusal):
        init(tmp_path / "home", "--test-cards", *words)
    assert list(tmp_path.iterdir()) == []


def test_without_names_all_test_cards_are_meant(tmp_path: Path) -> None:
    """The option alone asks for the whole catalogue; without it there are none."""
    asked = parser().parse_args(["init", "--test-cards", "--home", str(tmp_path)])
    not_asked = parser().parse_args(["init", "--home", str(tmp_path)])

    assert chosen(asked) == CATALOGUE
    assert chosen(not_asked) == ()


def test_an_interruption_leaves_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C between two cards: no home, and the way on."""

    def stopped(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "live_through", stopped)

    with pytest.raises(KeyboardInterrupt):
        init(tmp_path / "home", "--test-cards", "blank")
    assert capsys.readouterr().err.splitlines() == [
        "Interrupted. Nothing half-made is left: the same command begins anew."
    ]
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["lock"]


def test_under_dual_control_there_is_no_ca_yet(tmp_path: Path) -> None:
    """The operators hold the ceremony: until then residents are there, and nothing that could sign."""
    answer = init(tmp_path / "home", "--dual-control", "2-of-3", "--algorithm", "p-384-sha-384")

    assert "0 CAs" in answer.lines[0]
    assert "key ceremony" in answer.lines[1]
    assert Home.open(tmp_path / "home").settings.dual_control == "2-of-3"
    assert not list((tmp_path / "home" / "authority" / "keys").glob("*-ca-*"))


def test_the_place_of_a_signing_process_is_no_sandbox(tmp_path: Path) -> None:
    """Nothing but keys and what they may sign; it says how to run it, in both languages."""
    told = init(tmp_path / "place", "--only-signer", "--port", "9001")
    assert "serve signer" in told.lines[0]
    assert SignerPlace.open(tmp_path / "place").settings.port == 9001
    assert "署名プロセスの場所" in init(tmp_path / "other", "--only-signer", language="ja").lines[0]


def test_a_home_with_the_keys_of_another_user_asks_from_the_start(tmp_path: Path) -> None:
    """The first ceremony is the signing process's too: without it no half home is left; with it no CA's key is in the home."""
    place = SignerPlace.create(tmp_path / "place", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    words = ("--signer-at", str(place.path), "--signer-user", str(os.geteuid()), "--algorithm", "p-384-sha-384")
    with pytest.raises(SignerSilent):
        init(tmp_path / "home", *words)
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["lock"]

    keys = place.keys(FreshKeys())
    with listening(place.path, keys, place.guard()) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            init(tmp_path / "home", *words)
        finally:
            server.stop()
            thread.join()
    settings = Home.open(tmp_path / "home").settings
    assert (settings.signer, settings.signer_at, settings.signer_user) == (True, str(place.path), str(os.geteuid()))
    assert not list((tmp_path / "home" / "authority" / "keys").glob("*-ca-*"))
    assert len(list((place.path / "keys").iterdir())) == len(list((place.path / "ca").iterdir())) == 2


def test_another_program_may_hold_the_certificates(tmp_path: Path) -> None:
    """Setting `external_lint`: both CAs of the new home were held against pkilint before they were signed."""
    init(tmp_path / "home", "--external-lint", "pkilint", "--algorithm", "p-384-sha-384")

    assert Home.open(tmp_path / "home").settings.external_lint == "pkilint"
