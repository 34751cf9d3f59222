"""The story as a newcomer runs it: told to the end, in two languages, again, on another document, on other days."""

import json
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from pypdf import PdfReader, PdfWriter

from openjpki.card.imagefile import from_bytes
from openjpki.errors import Language
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.era import in_era, spoken
from openjpki.site.settings import ROLES
from tests.support.canaries import holders, numbers, texts, word, written
from tests.support.postgres import Server
from tests.support.programs import ROOT, Finished, openjpki
from tests.support.stories import AUTHENTICATION_PIN, LATER, NOW, SIGNATURE_PIN, Story, load, shared, today, told

pytestmark = pytest.mark.slow

STEPS = 13
TITLES = (
    "The authority makes its keys",
    "A card and two certificates at Wakaba's counter",
    "A PDF is signed at home",
    "A login",
    "A move to the city of Minato",
    "The next day, the revocation shows",
    "The signature certificate is issued again, in Minato",
    "The authority moves to its second generation of keys",
    "Too early, notice in hand",
    "Both certificates are renewed inside the window",
    "A signature with the renewed certificate",
    "The last evening",
    "Expired",
)
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
NAMES = re.compile(r"[髙高]橋　さくら|髙|高")
"""The only Japanese in the English telling: the resident's name, and the character that a certificate cannot carry."""


# --- what it tells ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a place for the story as the command line tells it, twice."""
    return tmp_path_factory.mktemp("told") / "home"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PDF of somebody's own: two empty pages."""
    path = tmp_path_factory.mktemp("own") / "自分の文書.pdf"
    with PdfWriter() as writer:
        writer.add_blank_page(595, 842)
        writer.add_blank_page(842, 595)
        writer.write(path)
    return path


@pytest.fixture(scope="module")
def first(home: Path) -> tuple[Finished, Story]:
    """Tell the story as `openjpki story` does without options but the language, and keep what it left then."""
    done = openjpki("story", "--home", home, "--lang", "ja")
    assert done.status == 0, done.text
    kept = Path(shutil.copytree(home, home.with_name("first")))
    return done, Story(kept, KeyAlgorithm.RSA_2048_SHA_256)


@pytest.fixture(scope="module")
def second(home: Path, first: object, document: Path) -> tuple[Finished, Story]:
    """Tell it again over the first, with the coming card's keys, another document, and JSON; a stray file lies there."""
    assert first
    (home / "story" / "stray").write_text("of the first story", encoding="utf-8")
    coming = KeyAlgorithm.P384_SHA_384
    done = openjpki("story", "--home", home, "--json", "--document", document, "--algorithm", coming.value)
    return done, Story(home, coming)


def test_every_step_is_told_to_the_end(first: tuple[Finished, Story]) -> None:
    """`openjpki story` ends with 0, tells 13 steps and says nothing on standard error."""
    done, story = first
    steps = story.transcript["steps"]

    assert done.status == 0
    assert done.err == ""
    assert [step["step"] for step in steps] == list(range(1, STEPS + 1))
    assert tuple(step["title"]["en"] for step in steps) == TITLES


def said(story: Story, language: Language) -> list[str]:
    """Return every sentence of a story in the order of the transcript's kinds."""
    return [
        sentence[language]
        for step in story.transcript["steps"]
        for sentence in (step["title"], *step["told"], *step["checked"])
    ]


def test_it_says_in_japanese_what_the_transcript_holds(first: tuple[Finished, Story]) -> None:
    """Every sentence of the transcript was said; each is Japanese; checks are marked, rules named."""
    done, story = first
    sentences = said(story, "ja")

    assert len(sentences) > 60
    for sentence in sentences:
        assert sentence in done.out
        assert JAPANESE.search(sentence) or sentence.startswith("検証"), sentence
    assert done.out.count("✓") == sum(len(step["checked"]) for step in story.transcript["steps"])
    assert "適用した規則: " in done.out


def test_it_says_in_english_what_the_transcript_holds(second: tuple[Finished, Story]) -> None:
    """The same in English, where nothing is Japanese but names; with `--json` the telling goes to standard error."""
    done, story = second
    sentences = said(story, "en")

    assert len(sentences) > 60
    for sentence in sentences:
        assert sentence in done.err
        assert not JAPANESE.search(NAMES.sub("", sentence)), sentence
    assert done.err.count("✓") == sum(len(step["checked"]) for step in story.transcript["steps"])
    assert "rules applied: " in done.err


def test_each_step_has_its_day_in_two_calendars_its_rules_and_its_checks(story: Story) -> None:
    """Days are Gregorian and in era years, in order, and end yesterday; rules are known ones."""
    rules = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    steps = story.transcript["steps"]
    moments = [datetime.fromisoformat(step["at"]) for step in steps]

    assert moments == sorted(moments)
    assert len(set(moments)) == STEPS
    assert all(moment.utcoffset() is not None for moment in moments)
    for step, moment in zip(steps, moments, strict=True):
        assert step["era"] == in_era(moment.date())
        assert step["checked"], step["title"]
        assert step["rules"], step["title"]
        assert all(
            re.search(rf"^\| (R[-.0-9]+, )*{re.escape(rule)}[ ,]", rules, re.MULTILINE) for rule in step["rules"]
        )
    assert story.transcript["last_day"] == moments[-1].date().isoformat()
    assert (today() - moments[-1].date()).days in {1, 2}, "a night may pass between the telling and this test"


def test_its_days_are_said_in_two_calendars(first: tuple[Finished, Story]) -> None:
    """The heading of each step bears number, day by era and Gregorian year, and time."""
    done, story = first
    for step in story.transcript["steps"]:
        moment = datetime.fromisoformat(step["at"])
        day = spoken(moment.date(), "ja")
        heading = f"[{step['step']:2}/{STEPS}] {day} {moment:%H:%M}  {step['title']['ja']}"

        assert heading in done.out.splitlines()


def test_the_transcript_names_every_file_that_was_left(story: Story) -> None:
    """Nothing lies in the story's folder that no step answers for, and nothing is missing."""
    named = {name for step in story.transcript["steps"] for name in step["artefacts"]}
    left = {str(path.relative_to(story.home)) for path in story.folder.rglob("*") if path.is_file()}

    assert left == named | {"story/transcript.json"}


def test_json_is_one_object_on_standard_output(second: tuple[Finished, Story]) -> None:
    """`--json`: scripts read one object, people read standard error."""
    done, story = second
    facts = {name: value for name, value in story.transcript.items() if name != "steps"}

    assert done.status == 0, done.text
    assert done.json == facts | {
        "home": str(story.home),
        "steps": STEPS,
        "checks": sum(len(step["checked"]) for step in story.transcript["steps"]),
        "ended": "well",
    }


def test_another_document_can_be_signed(second: tuple[Finished, Story], document: Path) -> None:
    """`--document FILE`: the signed PDF begins with the user's own bytes and has its pages."""
    _, story = second
    signed = story.folder / "signed-1.pdf"

    assert (story.folder / "application.pdf").read_bytes() == document.read_bytes()
    assert signed.read_bytes().startswith(document.read_bytes())
    assert len(PdfReader(signed).pages) == 2
    assert document.read_bytes() not in (ROOT / "src/openjpki/story/document.pdf").read_bytes()


def rows(story: Story, role: str, table: str) -> int:
    """Return how many rows a table of a story has."""
    path = story.home / role / "db.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as database:
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  -- names of this file
    return int(count)


def test_told_again_it_starts_anew(first: tuple[Finished, Story], second: tuple[Finished, Story]) -> None:
    """A second story in the same home replaces the first: serials restart, no row and no file of the first is left."""
    before, after = first[1], second[1]
    names = [{str(path.relative_to(each.folder)) for path in each.folder.rglob("*")} for each in (before, after)]

    assert names[0] == names[1]
    assert before.transcript["algorithm"] != after.transcript["algorithm"] == "p-384-sha-384"
    for role, table in (("authority", "authority_certificate"), ("window", "window_application")):
        assert rows(before, role, table) == rows(after, role, table) > 0
    assert len(list((after.home / "authority" / "keys").iterdir())) == len(
        list((before.home / "authority" / "keys").iterdir())
    )


def test_the_story_ends_as_the_rules_say(story: Story) -> None:
    """After the move one certificate is revoked and the other is not; the re-issue ends with the other; then both end."""
    reports = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (story.folder / "reports").iterdir()}
    moved = reports["signed-1-after-the-move"]["signatures"][0]["status"]
    login = reports["login-2"]["signatures"][0]["status"]
    signatures = sorted(
        (story.folder / "certificates").glob("signature-*.cer"), key=lambda path: load(path).serial_number
    )
    first, reissued, renewed = (load(path).not_valid_after_utc for path in signatures)
    authentication = load(story.gathered("login-2").signer).not_valid_after_utc

    assert moved["reason"] == "affiliation_changed"
    assert moved["ocsp"]["says"] == moved["crl"]["says"] == "revoked"
    assert login["ocsp"]["says"] == login["crl"]["says"] == "good"
    assert first == reissued == authentication
    assert renewed.year == authentication.year + 5
    assert {name: (report["indication"], report["sub_indication"]) for name, report in reports.items()} == {
        "signed-1": ("TOTAL-PASSED", None),
        "signed-1-altered": ("TOTAL-FAILED", "HASH_FAILURE"),
        "login-1": ("TOTAL-PASSED", None),
        "signed-1-on-the-day-of-the-move": ("TOTAL-PASSED", None),
        "signed-1-after-the-move": ("INDETERMINATE", "REVOKED_NO_POE"),
        "login-2": ("TOTAL-PASSED", None),
        "signed-2": ("TOTAL-PASSED", None),
        "login-3": ("TOTAL-PASSED", None),
        "login-4": ("TOTAL-FAILED", "EXPIRED"),
    }


# --- what it keeps to itself --------------------------------------------------------------------------------------


@pytest.fixture(params=[NOW, LATER])
def any_story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return each shared story; their PINs are known to the tests."""
    return shared(tmp_path_factory, request.param)


def test_the_pin_of_letters_stands_nowhere(any_story: Story) -> None:
    """The signature PIN, known to this test, is in no file of the home."""
    assert holders(any_story.home, SIGNATURE_PIN.encode()) == set()
    assert holders(any_story.home, SIGNATURE_PIN.encode("utf-16-be")) == set()


def test_the_pin_of_digits_stands_nowhere(any_story: Story) -> None:
    """Four digits turn up by chance in keys and signatures; as a word of its own the PIN is in no row and no report."""
    pin = word(AUTHENTICATION_PIN)
    sources = list(written(any_story.home))

    assert len(sources) > 40
    assert {name for name, value in sources for text in texts(value) if pin.search(text)} == set()


def test_secrets_stand_in_their_own_files_only(any_story: Story) -> None:
    """The passphrase and Django's signing key: one file each, as text or as the bytes that it stands for."""
    for name in ("authority/passphrase", "secret"):
        secret = (any_story.home / name).read_bytes()

        assert holders(any_story.home, secret) == {name}
        assert holders(any_story.home, bytes.fromhex(secret.decode())) == {name}, "the file has it in hex"


def test_the_authoritys_keys_leave_their_encrypted_files_never(any_story: Story) -> None:
    """Every CA's and responder's key, opened with its passphrase: its numbers stand nowhere in the home.

    The other private keys of a home are those of the desk and of the verifiers' CA, which certify nothing for a holder.
    """
    rooms = [any_story.home / name for name in ("authority", "responder")]
    kept = [sorted((room / "keys").glob("*.pem")) for room in rooms]
    files = [path for one in kept for path in one]

    assert [len(one) >= 4 for one in kept] == [True, True], "two kinds, two generations"
    for path in files:
        passphrase = (path.parent.parent / "passphrase").read_bytes().strip()
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
        for number in numbers(key):
            assert holders(any_story.home, number) == set(), path.name
    desk = [*(any_story.home / "window" / "desk").rglob("*.key"), *(any_story.home / "authority").glob("*-ca/ca.key")]
    seals = [any_story.home / role / "audit.key" for role in ROLES]
    assert holders(any_story.home, b"PRIVATE KEY-----") == {
        str(path.relative_to(any_story.home)) for path in [*files, *desk, *seals]
    }
    assert len(desk) == 3 + 2 + 2, "the desk's CA, the verifiers', the operators', two cities, and an officer of each"
    assert {path.stat().st_mode & 0o777 for path in [*desk, *seals]} == {0o600}
    assert all(b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes() for path in files)


def test_the_cards_keys_leave_the_card_never(any_story: Story) -> None:
    """The holder's private keys stand in the card's file, as in a chip, and nowhere else (R-0.3)."""
    card = any_story.home / "cards" / "sakura.card"
    image = from_bytes(card.read_bytes())
    keys = [slot.active.private_key for slot in image.keys.values() if slot.active is not None]

    assert len(keys) == 2
    for encoded in keys:
        for number in numbers(serialization.load_der_private_key(encoded, None)):
            assert holders(any_story.home, number) == {"cards/sakura.card"}


def test_only_what_is_public_is_open_to_others(any_story: Story) -> None:
    """Whatever the umask hides (these homes were made with one that hides nothing), the home is its owner's alone."""
    modes = {
        str(path.relative_to(any_story.home)): stat.S_IMODE(path.stat().st_mode)
        for path in any_story.home.rglob("*")
        if path.is_file()
    }
    open_to_others = {name for name, mode in modes.items() if mode & 0o077}

    to_verify_with = {f"audit/{role}.pem" for role in ("authority", "window", "staff")}
    assert {name for name in open_to_others if not name.startswith("authority/public/")} <= {"lock", *to_verify_with}
    for folder in (".", "authority", "window", "staff", "cards"):
        assert stat.S_IMODE((any_story.home / folder).stat().st_mode) == 0o700


# --- on other days, on another database ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "born"),
    [
        pytest.param("2024-03-02", "1992-02-29", id="the last day is a birthday on 29 February"),
        pytest.param("2024-03-01", "1992-02-28", id="expired on 29 February", marks=pytest.mark.thorough),
        pytest.param("2028-03-01", "1996-02-28", id="the next leap year", marks=pytest.mark.thorough),
        pytest.param("2027-01-02", "1994-12-31", id="closed days of the new year", marks=pytest.mark.thorough),
        pytest.param("2030-07-01", "1998-06-29", id="years ahead", marks=pytest.mark.thorough),
    ],
)
def test_it_can_be_told_on_any_day(day: str, born: str, tmp_path: Path) -> None:
    """Leap days, closed days, years to come: every step is told, and the last is the day before."""
    done = told(tmp_path / "home", today=date.fromisoformat(day), algorithm=KeyAlgorithm.P384_SHA_384)
    assert done.status == 0, done.text
    transcript = Story(tmp_path / "home", KeyAlgorithm.P384_SHA_384).transcript

    assert len(transcript["steps"]) == STEPS
    assert transcript["born"] == born
    assert date.fromisoformat(transcript["last_day"]) == date.fromisoformat(day) - timedelta(days=1)


def test_two_stories_can_be_told_at_once(tmp_path: Path) -> None:
    """Each takes a port of its own before its home is made."""
    arguments = ("story", "--json", "--algorithm", KeyAlgorithm.P384_SHA_384.value)
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda name: openjpki(*arguments, "--home", tmp_path / name), ("one", "two")))

    assert [one.status for one in done] == [0, 0], [one.err[-400:] for one in done]
    assert len({one.json["port"] for one in done}) == 2


@pytest.fixture
def databases() -> Iterator[dict[str, str]]:
    """Start a private PostgreSQL with an empty database for each role; return the environment that names it."""
    server = Server()
    try:
        host = server.start()
        with psycopg.connect(host=host, user="openjpki", dbname="postgres", autocommit=True) as administrator:
            for role in ROLES:
                administrator.execute(f"CREATE DATABASE openjpki_{role}")
        yield {"OPENJPKI_POSTGRES_HOST": host}
    finally:
        server.stop()


@pytest.mark.postgres
def test_it_is_told_on_postgresql(databases: dict[str, str], tmp_path: Path) -> None:
    """The same story on PostgreSQL, and again in the same home: no table keeps anything of the first."""
    command = ("story", "--json", "--home", tmp_path / "home", "--algorithm", KeyAlgorithm.P384_SHA_384.value)
    done = [openjpki(*command, environment=databases) for _ in range(2)]
    serials = {path.name for path in (tmp_path / "home" / "story" / "certificates").iterdir()}

    other = openjpki("init", "--home", tmp_path / "other", environment=databases)

    for one in done:
        assert one.status == 0, one.text[-800:]
        assert one.json["steps"] == STEPS
    assert not any(path.stat().st_size for path in (tmp_path / "home").rglob("db.sqlite3"))
    assert "signature-2.cer" in serials, "serials restart"
    assert (other.status, other.codes) == (1, ["home.databases-taken"])
    assert not (tmp_path / "other" / "openjpki.json").exists()
