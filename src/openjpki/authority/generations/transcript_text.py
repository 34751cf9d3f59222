"""The words of a transcript: a pure function of what was done, Japanese first, then English, moments in Japanese time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from openjpki.authority.generations.script import Script
from openjpki.errors import Language
from openjpki.rules.dates import in_japan


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Who approved it, and when."""

    operator: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Made:
    """A key that was to be made, and what became of it."""

    position: int
    attempt: int
    intended_at: datetime
    key_identifier: str
    """Empty: the ceremony was cut off, and whether there is a key is not known."""
    made_at: datetime | None
    name: str
    serial: int
    fingerprint: str
    not_before: datetime | None
    not_after: datetime | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything that a transcript says."""

    number: int
    digest: str
    script: Script
    proposer: str
    proposed_at: datetime
    required: int
    approvals: tuple[Approval, ...]
    begun_at: datetime
    made: tuple[Made, ...]
    done_at: datetime


_WORDS = {
    "title": ("鍵生成の式 議事録", "Transcript of a key ceremony"),
    "what": ("件名", "title"),
    "place": ("場所", "place"),
    "act": ("提案番号", "act"),
    "statement": ("提案の SHA-256", "SHA-256 of the proposal"),
    "script": ("手順書の SHA-256", "SHA-256 of the script"),
    "algorithm": ("鍵の種類", "algorithm"),
    "keeper": ("鍵の保管", "keeper of the keys"),
    "operators": ("立会う運用者", "operators to be present"),
    "proposed": ("提案", "proposed"),
    "approved": ("承認", "approved"),
    "begun": ("開始", "begun"),
    "done": ("終了", "done"),
    "key": ("鍵の生成", "key made"),
    "identifier": ("鍵識別子", "key identifier"),
    "lost": (
        "鍵の生成中に中断。記録にない鍵が保管場所に残っている可能性がある",
        "cut off while the key was made; its keeper may have a key that no record names",
    ),
    "certificate": ("自己署名証明書", "self-signed certificate"),
    "serial": ("シリアル番号", "serial"),
    "fingerprint": ("証明書の SHA-256", "SHA-256 of the certificate"),
    "validity": ("有効期間", "validity"),
    "attempt": ("回目", "attempt"),
}


def transcript_text(facts: Facts) -> str:
    """Return the text that the operators sign."""
    return "\n".join([*_in("ja", facts), "", "-" * 72, "", *_in("en", facts), ""])


def _in(language: Language, facts: Facts) -> Iterator[str]:
    def word(name: str) -> str:
        ja, en = _WORDS[name]
        return ja if language == "ja" else en

    yield word("title")
    yield ""
    yield f"{word('what')}: {facts.script.title}"
    yield f"{word('place')}: {facts.script.place}"
    yield f"{word('act')}: {facts.number}"
    yield f"{word('statement')}: {facts.digest}"
    yield f"{word('script')}: {facts.script.digest}"
    yield f"{word('algorithm')}: {facts.script.algorithm.value}"
    yield f"{word('keeper')}: {facts.script.keeper}"
    yield f"{word('operators')}: {', '.join(facts.script.operators)}"
    yield ""
    yield f"{_when(facts.proposed_at)} {word('proposed')}: {facts.proposer}"
    for place, approval in enumerate(facts.approvals, start=1):
        yield f"{_when(approval.at)} {word('approved')} ({place}/{facts.required}): {approval.operator}"
    yield f"{_when(facts.begun_at)} {word('begun')}"
    for made in facts.made:
        yield from _made(word, made)
    yield f"{_when(facts.done_at)} {word('done')}"


def _made(word: Callable[[str], str], made: Made) -> Iterator[str]:
    if made.made_at is None or made.not_before is None or made.not_after is None:
        yield f"{_when(made.intended_at)} {word('lost')} (#{made.position + 1}, {word('attempt')} {made.attempt})"
        return
    yield f"{_when(made.made_at)} {word('key')} (#{made.position + 1}, {word('attempt')} {made.attempt})"
    yield f"    {word('identifier')}: {made.key_identifier}"
    yield f"{_when(made.not_before)} {word('certificate')}: {made.name}"
    yield f"    {word('serial')}: {made.serial}"
    yield f"    {word('fingerprint')}: {made.fingerprint}"
    yield f"    {word('validity')}: {_when(made.not_before)} - {_when(made.not_after)}"


def _when(moment: datetime) -> str:
    return f"{in_japan(moment):%Y-%m-%d %H:%M:%S} JST"
