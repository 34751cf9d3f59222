import io
import json
import sys
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path

import pytest

from openjpki.card.terminal import WrongPin
from openjpki.cli import groups, window
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.main import main, parser
from openjpki.cli.pins import NoPrompt, PinLinesMissing
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.sealing import Sealed
from openjpki.errors import Failure, Kind
from openjpki.readers.store import CardStore
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import BadSignaturePin
from openjpki.site.home import Home, Settings
from openjpki.window.loading import ResidentNotFound
from openjpki.window.register_csv import BadFile, BadLines
from tests.support.cards import with_pin

pytestmark = pytest.mark.django_db(databases=["authority", "window"])

HANAKO = "12345678901"
REGISTER = f"""resident_code,name,kana,address,birth_date,sex,resident_since
{HANAKO},見本　花子,ミホン　ハナコ,見本県若葉市一丁目2番3号,1990-06-10,female,2015-04-01
"""
WAKABA = ("--municipality", "99201")
MINATO = ("--municipality", "99202")
PERSON = ("--resident", HANAKO)
LICENCE = ("--document", "drivers-licence", "--copies-taken")


class Counter:
    """A home with both CAs, and the command line at its counter."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *words: str, language: str = "en") -> Answer:
        """Run `openjpki window …` in this home; the answer is fit for JSON."""
        arguments: Namespace = parser().parse_args(["window", *words, "--home", str(self.path), "--lang", language])
        answer = arguments.run(arguments)
        assert isinstance(answer, Answer)
        json.dumps(answer.data)
        return answer

    def register(self) -> None:
        """Import the register of one person."""
        file = self.path / "register.csv"
        file.write_text(REGISTER, encoding="utf-8")
        self("import", str(file), *WAKABA)


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Return the counter of a new home whose authority holds its keys and lists."""
    monkeypatch.setattr(groups, "REGISTER", (window.register,))
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    from openjpki.site.city import MUNICIPALITIES
    from openjpki.site.house import House

    house = House.of(home, home.clock())
    for municipality in MUNICIPALITIES:
        house.authority.enrol(municipality)
    house.authority.ceremony()
    today = civil_date(house.clock())
    image = house.factory.make_numbered("1" * 15, municipality="99201", expires=today + timedelta(days=3650))
    CardStore(home.cards).create("hanako", image)
    return Counter(home.path)


@pytest.fixture
def served(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Return a counter where Hanako has her card, with PINs that she typed."""
    counter.register()
    typed(monkeypatch, "ABC123\n1234\n")
    counter("hand-over", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")
    return counter


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put text on standard input, which is no terminal."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def issue(counter: Counter, *more: str) -> Answer:
    """Issue both certificates, identified by a driver's licence."""
    return counter("issue", *WAKABA, *PERSON, "--card", "hanako", *LICENCE, *more)


def test_a_register_is_imported_and_listed(counter: Counter) -> None:
    """Import and list: who is on the register, in both languages."""
    assert counter("residents", *WAKABA).lines == ["Nobody is on the register."]
    counter.register()

    listed = counter("residents", *WAKABA)
    (row,) = listed.data["residents"]
    assert (row["resident_code"], row["birth_date"], row["state"]) == (HANAKO, "1990-06-10", "resident")
    assert listed.lines == [f"{HANAKO}  見本　花子  1990-06-10  resident"]
    assert counter("residents", *WAKABA, language="ja").lines[0].endswith("平成2年（1990年）6月10日  住民")
    assert counter("residents", *WAKABA, "--after", HANAKO).data == {"residents": []}
    assert counter("residents", *MINATO).data == {"residents": []}


@pytest.mark.parametrize(
    ("content", "failure"),
    [(b"", BadFile), (b"x" * 100, BadFile), (REGISTER.replace("female", "f").encode(), BadLines)],
    ids=["empty", "no register", "bad line"],
)
def test_a_bad_file_is_refused(counter: Counter, content: bytes, failure: type[Failure]) -> None:
    """A file of zero bytes, another file, a bad line: one clear refusal, and nobody is entered."""
    file = counter.path / "bad.csv"
    file.write_bytes(content)

    with pytest.raises(failure):
        counter("import", str(file), *WAKABA)
    assert counter("residents", *WAKABA).data == {"residents": []}


def test_a_refusal_is_one_line_and_a_status(counter: Counter, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown file, a wrong municipality: the code, the exit status of the kind."""
    home = ("--home", str(counter.path), "--lang", "en")

    assert main(["window", "import", str(counter.path / "none.csv"), *WAKABA, *home]) == 4
    assert main(["window", "residents", "--municipality", "00000", *home]) == 2
    assert main(["window", "residents", *home]) == 2
    err = capsys.readouterr().err.splitlines()
    assert [line.split("]")[0] for line in err] == [
        "openjpki: [storage.failed",
        "openjpki: [usage.arguments",
        "openjpki: [usage.arguments",
    ]


def test_a_card_is_handed_over_with_the_holders_pins(served: Counter) -> None:
    """The holder sets both PINs; afterwards the card is the person's."""
    (row,) = served("residents", *WAKABA).data["residents"]

    assert [card["state"] for card in row["cards"]] == ["active"]


def test_the_card_itself_says_its_last_day(served: Counter) -> None:
    """R-3.7: what the register computed at the hand-over stands on the card too."""
    (row,) = served("residents", *WAKABA).data["residents"]
    image = CardStore(served.path / "cards").look("hanako")

    assert image.expires.isoformat() == row["cards"][0]["expires"]
    assert image.municipality == "99201"


@pytest.mark.parametrize(
    ("lines", "failure"),
    [("ABC123\n", PinLinesMissing), ("abc\n1234\n", BadSignaturePin)],
    ids=["one line", "bad form"],
)
def test_a_card_is_not_handed_over_without_good_pins(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, lines: str, failure: type[Failure]
) -> None:
    """R-6.1: both PINs, each of its form, or no hand-over."""
    counter.register()
    typed(monkeypatch, lines)

    with pytest.raises(failure):
        counter("hand-over", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")
    assert counter("residents", *WAKABA).data["residents"][0]["cards"] == []


def test_pins_are_asked_for_where_somebody_can_type(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal and without `--pin-stdin` no PIN can be given."""
    counter.register()
    typed(monkeypatch, "ABC123\n1234\n")

    with pytest.raises(NoPrompt):
        counter("hand-over", *WAKABA, *PERSON, "--card", "hanako")


def test_both_certificates_are_issued_and_told(served: Counter) -> None:
    """An issue tells receipt number, fee with its reason, each certificate, and what should be known."""
    answer = issue(served)

    assert answer.kind is None
    assert (answer.data["state"], answer.data["fee"]["yen"], answer.data["interruption"]) == ("done", 0, None)
    assert [row["step"] for row in answer.data["certificates"]] == ["active", "active"]
    assert [finding["code"] for finding in answer.data["findings"]] == ["identity.copies-kept"]
    assert answer.lines[1].startswith("  fee ¥0  first")
    (row,) = served("residents", *WAKABA).data["residents"]
    assert [certificate["state"] for certificate in row["certificates"]] == ["valid", "valid"]
    (listed,) = served("applications", *WAKABA).data["applications"]
    assert listed["receipt"] == answer.data["receipt"]
    assert served("applications", *WAKABA, "--waiting", language="ja").lines == ["申請はありません。"]


def test_the_pin_identifies_the_holder(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-13: a PIN that matches needs no document; a wrong one is refused with the tries left, and nothing is applied for."""
    words = ("issue", *WAKABA, *PERSON, "--card", "hanako", "--kind", "authentication", "--pin-stdin")
    typed(monkeypatch, "9999\n")
    with pytest.raises(WrongPin) as wrong:
        served(*words)
    assert wrong.value.data["tries"] == 2
    assert served("applications", *WAKABA).data == {"applications": []}

    typed(monkeypatch, "1234\n")
    answer = served(*words)
    assert (answer.data["state"], answer.data["kinds"], answer.data["findings"]) == ("done", ["authentication"], [])


def test_a_representative_comes_with_the_papers(served: Counter) -> None:
    """R-1.6, R-2.22: who came, by what right and with which papers is given on the command line, and the rules judge it."""
    papers = ("--representative-document", "passport", "--representative-document", "family-register-certificate")

    answer = served("issue", *WAKABA, *PERSON, "--card", "hanako", "--representative", "parent", *papers)

    assert answer.kind is Kind.REFUSED
    assert answer.data["findings"][0]["code"] == "representative.acts-alone"


def test_a_refusal_tells_its_rules_and_what_to_bring(served: Counter) -> None:
    """S-14, S-15: refused, exit 1, with the rule, the sentence and what to bring, in both languages."""
    words = ("issue", *WAKABA, *PERSON, "--card", "hanako")

    english, japanese = served(*words), served(*words, language="ja")

    assert english.kind is Kind.REFUSED
    (finding,) = english.data["findings"]
    assert finding["code"] == "identity.inquiry"
    assert english.lines[0].endswith("refused")
    assert "[identity.inquiry; R-2.20, S-14]" in english.lines[1]
    assert english.lines[2].startswith("    → Bring")
    assert japanese.lines[0].endswith("お手続きできません。")
    assert served("applications", *WAKABA).data["applications"][0]["state"] == "refused"


def test_a_renewal_too_early_and_a_reissue(served: Counter) -> None:
    """R-3.8, R-2.4: before the window a renewal is refused; a re-issue of a certificate in force costs 200 yen."""
    issue(served)

    refused = served("renew", *WAKABA, *PERSON, "--card", "hanako", *LICENCE)
    again = served("reissue", *WAKABA, *PERSON, "--card", "hanako", *LICENCE, "--kind", "signature")

    assert [finding["code"] for finding in refused.data["findings"]] == ["renewal.not-yet"]
    assert (again.data["state"], again.data["fee"]["yen"]) == ("done", 200)


def test_a_withdrawal_tells_of_the_refund(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-4.2: whether and how much is paid back stands in the answer, for a person and for a program."""
    issue(served)
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    words = ("reissue", *WAKABA, *PERSON, "--card", "hanako", *LICENCE, "--kind", "signature")
    receipt = served(*words).data["receipt"]

    withdrawn = served("withdraw", *WAKABA, "--receipt", receipt, "--office-fault", language="ja")

    monkeypatch.setattr(Sealed, "send", send)
    assert withdrawn.data["fee"] == {"yen": 200, "reason": "own-request", "rules": ["R-4.2"], "refunded": 200}
    assert withdrawn.lines[1].endswith("[R-4.2]  返金 ¥200")
    assert "手続きを取りやめたため、お支払いの200円をお返しします。" in withdrawn.lines[-2]


def test_an_application_waits_and_goes_on(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority away: exit 4 with the receipt number; resumed it is done, withdrawn it is closed."""
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    first = issue(served)
    assert first.kind is Kind.UNAVAILABLE
    assert first.data["interruption"]["code"] == "desk.authority-unreachable"
    assert first.data["receipt"] in first.lines[-1]
    assert served("deliver").kind is None

    waits = served("queue", *WAKABA)
    assert [row["receipt"] for row in waits.data["applications"]] == [first.data["receipt"]]
    assert waits.lines[-1] == (
        f"  goes on with the card on the reader and `openjpki window resume --receipt {first.data['receipt']}`"
    )
    withdrawn = served("withdraw", *WAKABA, "--receipt", first.data["receipt"])
    assert withdrawn.data["state"] == "withdrawn"
    second = issue(served)
    monkeypatch.setattr(Sealed, "send", send)
    done = served("resume", *WAKABA, "--receipt", second.data["receipt"], "--card", "hanako")
    assert (done.data["state"], done.kind) == ("done", None)


def _away(_: Sealed, __: object) -> None:
    raise AuthorityUnreachable


def test_a_move_is_shown_entered_and_waits(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-25: a move ends the signature certificate; previewed it enters nothing; the authority away, its report waits."""
    issue(served)
    day = civil_date(Home.open(served.path).clock()()).isoformat()
    words = ("event", *WAKABA, *PERSON, "--event", "move", "--on", day, "--address", "見本県若葉市五丁目6番7号")

    shown = served(*words, "--preview", language="ja")
    assert [row["kind"] for row in shown.data["certificates"]] == ["signature"]
    assert shown.lines[0] == "  署名用電子証明書: 失効します(記載内容の変更) [R-5.3]"
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    waiting = served(*words)
    assert (waiting.data["certificates"], waiting.data["waiting"]) == ([], 1)
    assert "openjpki window queue" in waiting.lines[-1]
    left = served("deliver", *WAKABA)
    assert (left.kind, left.data["messages"][0]["last_error"]) == (Kind.UNAVAILABLE, "desk.authority-unreachable")

    monkeypatch.setattr(Sealed, "send", send)
    assert served("deliver").kind is Kind.UNAVAILABLE
    assert served("deliver", "--now").data == {"sent": 1, "waiting": 0, "errors": [], "messages": []}
    (row,) = served("residents", *WAKABA).data["residents"]
    assert {c["kind"]: c["state"] for c in row["certificates"]} == {"authentication": "valid", "signature": "revoked"}


def test_a_move_to_the_next_city(served: Counter) -> None:
    """転入: entered at the new counter; the old register keeps the removed record (R-5.21)."""
    issue(served)
    day = civil_date(Home.open(served.path).clock()()).isoformat()
    words = ("event", *WAKABA, *PERSON, "--on", day, "--to-municipality", "99202")
    move = ("--event", "move", "--address", "見本県みなと市港町9番地")

    assert served(*words, *move, "--preview").data["effect"]["authentication"] is None
    assert [row["kind"] for row in served(*words, *move).data["certificates"]] == ["signature"]
    assert served("residents", *WAKABA).data["residents"][0]["state"] == "moved-out"
    assert served("residents", *MINATO).data["residents"][0]["state"] == "resident"
    for wrong in (("--event", "death"), (*move, "--name", "実例　花子")):
        with pytest.raises(BadValue):
            served(*words, *wrong)


def test_a_hold_and_a_request(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-5.8, R-5.1: a hold needs nothing shown; a request ends what it names, by PIN or document."""
    issue(served)
    typed(monkeypatch, "1234\n")
    ended = served(
        "revoke", *WAKABA, *PERSON, "--event", "request", "--kind", "signature", "--card", "hanako", "--pin-stdin"
    )
    held = served("revoke", *WAKABA, *PERSON, "--event", "hold", language="ja")

    assert [(row["kind"], row["reason"]) for row in ended.data["certificates"]] == [
        ("signature", "cessation_of_operation")
    ]
    assert ended.data["application"]["state"] == "done"
    assert [row["state"] for row in held.data["certificates"]] == ["held"]
    assert any("一時保留されます" in line for line in held.lines)
    assert "一時保留 (一時保留)" not in "".join(held.lines)
    refused = served("revoke", *WAKABA, *PERSON, "--event", "request", "--kind", "signature", *LICENCE)
    assert [finding["code"] for finding in refused.data["findings"]] == ["window.ending.nothing"]


def test_a_locked_pin_is_no_end_where_a_document_is_shown(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.2, R-6.3; S-61 to S-63: locked by the third miss; with a document it is set anew first, then the procedure goes on."""
    for _ in range(2):
        typed(monkeypatch, "9999\n")
        with pytest.raises(WrongPin):
            issue(served, "--pin-stdin")

    typed(monkeypatch, "9999\n")
    without = served("issue", *WAKABA, *PERSON, "--card", "hanako", "--pin-stdin")
    typed(monkeypatch, "1234\n")
    with_licence = issue(served, "--pin-stdin")
    typed(monkeypatch, "8765\n")
    served("pin-reset", *WAKABA, *PERSON, "--card", "hanako", "--kind", "authentication", *LICENCE, "--pin-stdin")
    typed(monkeypatch, "8765\n")
    after_reset = issue(served, "--pin-stdin")

    assert [finding["code"] for finding in without.data["findings"]] == ["identity.inquiry"]
    assert [finding["code"] for finding in with_licence.data["findings"]] == ["application.pin-first"]
    assert after_reset.data["state"] == "done"


def test_the_pin_of_anothers_card_ends_nothing(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-2.20: whoever lays a card of their own on the reader and knows its PIN is still not this person."""
    issue(served)
    from openjpki.site.house import House

    home = Home.open(served.path)
    image = House.of(home, home.clock()).factory.make(municipality="99201", expires=date(2036, 1, 1))
    CardStore(home.cards).create("stranger", with_pin(image, PinKind.AUTHENTICATION, "4321"))
    typed(monkeypatch, "4321\n")

    refused = served("revoke", *WAKABA, *PERSON, "--event", "request", "--card", "stranger", "--pin-stdin")

    assert [finding["code"] for finding in refused.data["findings"]] == ["window.other-card"]
    (row,) = served("residents", *WAKABA).data["residents"]
    assert {certificate["state"] for certificate in row["certificates"]} == {"valid"}


def test_an_unknown_resident(served: Counter) -> None:
    """A person of another municipality, or nobody: not found."""
    with pytest.raises(ResidentNotFound):
        served("revoke", *MINATO, *PERSON, "--event", "hold")


def test_everything_that_was_interrupted_is_taken_up(served: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a receipt number all of it goes on: messages, and with the card on the reader its application."""
    send = Sealed.send
    monkeypatch.setattr(Sealed, "send", _away)
    receipt = issue(served).data["receipt"]
    monkeypatch.setattr(Sealed, "send", send)

    told = served("resume")
    assert [needed["receipt"] for needed in told.data["cards_needed"]] == [receipt]
    assert any(receipt in line for line in told.lines)
    done = served("resume", "--card", "hanako")
    assert [(one["receipt"], one["state"]) for one in done.data["applications"]] == [(receipt, "done")]
    with pytest.raises(BadValue):
        served("resume", "--receipt", receipt)
