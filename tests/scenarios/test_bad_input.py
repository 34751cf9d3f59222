"""Bad input on the command line: one clear line, a stable code, its exit status, and nothing half-written."""

import shutil
from dataclasses import dataclass

import pytest

from tests.support.places import LICENCE, SIGN_PDF, Place, as_declared, assert_refused
from tests.support.stories import AUTHENTICATION_PIN, COUNTER, SIGNATURE_PIN

pytestmark = pytest.mark.slow

NOBODY = ("--municipality", "99201", "--resident", "99201999999")
WINDOW = ("window", "event", *COUNTER, "--event", "move", "--address", "見本県若葉市本町一丁目１番１号")


@dataclass(frozen=True)
class Bad:
    """One row of the table."""

    words: tuple[str, ...]
    code: str
    status: int
    typed: str = ""


WRONG_DATES = {
    "a day that there is not": Bad(("rules", "renewal-window", "--expires", "2026-02-30"), "usage.bad-value", 2),
    "no day at all": Bad(("rules", "fee", "--reason", "first", "--on", "yesterday"), "usage.bad-value", 2),
    "a month that there is not": Bad(("rules", "office", "--at", "2026-13-01T10:00"), "usage.bad-value", 2),
    "a card's last day": Bad(("card", "new", "hanako", "--expires", "31.12.2030"), "usage.bad-value", 2),
    "a moment to verify at": Bad(("verify", "{files}/good.pdf", "--at", "tomorrow"), "usage.bad-value", 2),
    "the day of an event": Bad((*WINDOW, "--on", "2026-06-31"), "usage.bad-value", 2),
    "an event to come": Bad((*WINDOW, "--on", "2999-01-01"), "window.event.date", 2),
    "the day of a document": Bad(
        ("rules", "route", "--procedure", "new", "--applicant", "self", "--document", "passport:2026-99-01"),
        "usage.bad-value",
        2,
    ),
}
UNKNOWN = {
    name: Bad(("window", name, *NOBODY, "--card", card, *more), "window.resident.not-found", 1, typed)
    for name, card, more, typed in (
        ("hand-over", "blank", ("--pin-stdin",), f"{SIGNATURE_PIN}\n{AUTHENTICATION_PIN}\n"),
        ("issue", "taro", LICENCE, ""),
        ("renew", "taro", LICENCE, ""),
        ("reissue", "taro", LICENCE, ""),
    )
} | {
    "event": Bad(
        ("window", "event", *NOBODY, "--event", "death", "--on", "2026-01-05"), "window.resident.not-found", 1
    ),
    "revoke": Bad(("window", "revoke", *NOBODY, "--event", "request", *LICENCE), "window.resident.not-found", 1),
    "another city's": Bad(
        ("window", "event", "--municipality", "99202", *COUNTER[2:], "--event", "death", "--on", "2026-01-05"),
        "window.resident.not-found",
        1,
    ),
    "an application": Bad(
        ("window", "withdraw", "--municipality", "99201", "--receipt", "2026-999999"), "window.application.not-found", 1
    ),
    "a card": Bad(("card", "show", "nobody"), "card.store.missing", 1),
    "a card to sign with": Bad(
        ("sign", "{files}/letter.txt", "--format", "cms", "--card", "nobody", "--out", "{files}/o", "--pin-stdin"),
        "card.store.missing",
        1,
        f"{SIGNATURE_PIN}\n",
    ),
    "a card's name that cannot be": Bad(("card", "show", "../taro"), "card.store.bad-name", 2),
}
FILES = {
    f"{command}, {what}": Bad(
        tuple(word.replace("FILE", f"{{files}}/{name}") for word in words), code, 2 if what == "absent" else 1, typed
    )
    for command, words, typed in (
        ("sign pdf", ("sign", "FILE", *SIGN_PDF[2:]), f"{SIGNATURE_PIN}\n"),
        (
            "sign cms",
            ("sign", "FILE", "--format", "cms", "--card", "taro", "--out", "{files}/out.p7s", "--pin-stdin"),
            f"{SIGNATURE_PIN}\n",
        ),
        ("verify", ("verify", "FILE"), ""),
        ("verify content", ("verify", "{files}/letter.txt", "--content", "FILE"), ""),
        ("story", ("story", "--document", "FILE", "--home", "{files}/story"), ""),
    )
    for what, name, code in (
        ("zero bytes", "empty", "document.empty"),
        ("200 MB", "huge", "document.too-large"),
        ("absent", "nowhere", "document.missing"),
    )
} | {
    "sign, broken PDF": Bad(
        ("sign", "{files}/broken.pdf", *SIGN_PDF[2:]), "document.broken-pdf", 1, f"{SIGNATURE_PIN}\n"
    ),
    "sign, no PDF": Bad(("sign", "{files}/no.pdf", *SIGN_PDF[2:]), "document.not-pdf", 1, f"{SIGNATURE_PIN}\n"),
    "story, broken PDF": Bad(
        ("story", "--document", "{files}/broken.pdf", "--home", "{files}/story"), "document.broken-pdf", 1
    ),
    "story, no PDF": Bad(("story", "--document", "{files}/no.pdf", "--home", "{files}/story"), "document.not-pdf", 1),
    **{
        f"import, {what}": Bad(("window", "import", f"{{files}}/{name}", "--municipality", "99201"), code, 2)
        for what, name, code in (
            ("zero bytes", "empty", "window.import.bad-file"),
            ("200 MB", "huge", "window.import.bad-file"),
            ("a PDF", "good.pdf", "window.import.bad-file"),
        )
    },
    "import, absent": Bad(("window", "import", "{files}/nowhere", "--municipality", "99201"), "storage.failed", 4),
    "trust, absent": Bad(("verify", "{files}/good.pdf", "--trust", "{files}/nowhere"), "verify.trust-missing", 2),
}


TABLE = {
    f"{group}: {name}": bad
    for group, rows in (("date", WRONG_DATES), ("unknown", UNKNOWN), ("file", FILES))
    for name, bad in rows.items()
}


@pytest.mark.parametrize("bad", TABLE.values(), ids=TABLE.keys())
def test_bad_input_is_refused_and_changes_nothing(place: Place, bad: Bad) -> None:
    """A wrong date, somebody unknown, a file that is no document: nothing in the home or beside the file is touched."""
    before = place.tree()
    done = place.run(bad.words, bad.typed)

    assert_refused(done, bad.code, bad.status)
    assert place.tree() == before


@pytest.mark.parametrize("name", ["date: no day at all", "unknown: issue", "unknown: a card", "file: verify, 200 MB"])
def test_refusals_speak_japanese(place: Place, name: str) -> None:
    """`--lang ja`: the same code and status, and the Japanese sentence."""
    bad = TABLE[name]
    done = place.run(bad.words, bad.typed, language="ja")

    assert_refused(done, bad.code, bad.status)
    assert done.json["error"]["ja"] in as_declared(done.err)


def test_a_broken_signed_document_gets_a_verdict(place: Place) -> None:
    """`verify` answers with a report also about what cannot be read: it is certainly no valid signature."""
    done = place.run(("verify", "{files}/broken.pdf", "--offline"))

    assert (done.status, done.json["indication"], done.json["sub_indication"]) == (1, "TOTAL-FAILED", "FORMAT_FAILURE")
    assert done.err == ""


def test_a_damaged_file_of_trust_is_named(place: Place) -> None:
    """Going on without a list that cannot be read could change the verdict silently."""
    trust = place.files / "trust"
    shutil.copytree(place.home / "authority" / "public", trust)
    (trust / "crl" / "signature-1-99201.crl").write_bytes(b"")
    done = place.run(("verify", "{files}/good.pdf", "--trust", "{files}/trust"))

    assert_refused(done, "verify.trust-unreadable", 2)
    assert "signature-1-99201.crl" in done.err


# --- status -------------------------------------------------------------------------------------------------------


def signed_letter(place: Place) -> tuple[str, ...]:
    """Sign a letter with the sandbox's card and return the words that verify it."""
    words = ("sign", "{files}/letter.txt", "--format", "cms", "--card", "taro", "--out", "{files}/o.p7s", "--pin-stdin")
    done = place.run(words, f"{SIGNATURE_PIN}\n")
    assert done.status == 0, done.text
    return ("verify", "{files}/o.p7s", "--content", "{files}/letter.txt")


def test_an_unreachable_responder_is_a_remark_beside_a_good_list(place: Place) -> None:
    """Nobody answers at the address in the certificate; today's list carries the verdict, and the report says so."""
    done = place.run(signed_letter(place))
    status = done.json["signatures"][0]["status"]

    assert done.status == 0, done.text
    assert status["ocsp"]["says"] == "ocsp.unreachable"
    assert [finding["code"] for finding in done.json["signatures"][0]["findings"]] == ["verify.one-status-source"]


def test_an_unreachable_responder_without_a_list_is_no_answer(place: Place) -> None:
    """Neither source: the verdict waits, exit 3, with one finding that names both."""
    words = signed_letter(place)
    for path in (place.home / "authority" / "public" / "crl").iterdir():
        path.unlink()
    before = place.tree()
    done = place.run(words)
    (finding,) = done.json["signatures"][0]["findings"]

    assert (done.status, done.json["indication"], done.json["sub_indication"]) == (3, "INDETERMINATE", "TRY_LATER")
    assert finding["code"] == "verify.status-unknown"
    assert "unreachable" in finding["en"]
    assert place.tree() == before
