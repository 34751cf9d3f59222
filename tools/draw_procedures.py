"""Draws a page for each procedure of the counter, in Japanese: its way from the table of steps, its papers from the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openjpki.cli.checklist.lines import as_lines
from openjpki.rules.application import ApplicationEvent, Step, steps_of
from openjpki.rules.checklist.checklist import checklist
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import (
    Applicant,
    ApplicationState,
    Capacity,
    CertificateKind,
    FeeReason,
    PinKind,
    Power,
    Procedure,
)
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.words import word

DRAWN = "このページは `tools/make_docs.py` が作ります"
DAY = date(2026, 11, 24)
"""The day on which the papers of the pages are asked for: a Tuesday, inside the example's renewal window."""
EXPIRES = date(2027, 2, 10)
ADULT, CHILD = Holder(born=date(1990, 2, 10)), Holder(born=date(2015, 4, 1))
WARD = replace(ADULT, capacity=Capacity.GUARDIANSHIP)
AUTHENTICATION = frozenset({CertificateKind.AUTHENTICATION})

SUBJECTS: Mapping[str, str] = {
    "eligibility.": "申請できるかた",
    "representative.": "法定代理人",
    "renewal.": "更新期間",
    "identity.": "本人確認",
    "agent.": "任意代理人",
    "household.": "同一世帯のかた",
    "inquiry.": "照会書兼回答書",
    "hold.by-telephone": "電話による一時停止",
    "inquiry.reply-until": "回答の期限",
    "inquiry.address-flagged": "郵便の届かない住所",
    "inquiry.mail-returned": "照会書の返送",
    "inquiry.lapsed": "回答の期限切れ",
    "application.pin-first": "暗証番号の再設定が先",
    "application.pin-by-holder": "暗証番号を入力できるかた",
    "application.fee-open": "手数料の未払い",
    "application.second-person": "別の職員の承認",
    "application.same-person": "受け付けた職員による承認",
}
"""What the findings of a step are about."""


_AT_ANY_TIME = frozenset({ApplicationEvent.REFUSE, ApplicationEvent.WITHDRAW})
"""Told in words: as arrows they would hide the way."""


@dataclass(frozen=True)
class Page:
    """A procedure, what it is for, and who may come."""

    procedure: Procedure
    about: str
    cases: Sequence[tuple[str, Interview]]


def _asked(procedure: Procedure, applicant: Applicant = Applicant.SELF, holder: Holder = ADULT) -> Interview:
    claims = {1990: Claim(power=Power.GUARDIAN), 2015: Claim(power=Power.PARENT)}
    represented = applicant is Applicant.LEGAL_REPRESENTATIVE
    return Interview(
        procedure=procedure,
        applicant=applicant,
        on=DAY,
        holder=holder,
        kinds=frozenset(CertificateKind) if holder is ADULT else AUTHENTICATION,
        claim=claims[holder.born.year] if represented else None,
        card_expires=date(2032, 2, 10),
        signature_expires=EXPIRES if procedure is Procedure.RENEWAL else None,
        authentication_expires=EXPIRES if procedure is Procedure.RENEWAL else None,
    )


def _represented(procedure: Procedure) -> list[tuple[str, Interview]]:
    child = _asked(procedure, Applicant.LEGAL_REPRESENTATIVE, CHILD)
    ward = _asked(procedure, Applicant.LEGAL_REPRESENTATIVE, WARD)
    return [("15歳未満のかたの親権者(利用者証明用)", child), ("成年後見人(利用者証明用)", ward)]


def _forgotten(interview: Interview) -> Interview:
    return replace(interview, unknown_pins=frozenset(PinKind))


def _issue(procedure: Procedure) -> list[tuple[str, Interview]]:
    alone, agent = _asked(procedure), _asked(procedure, Applicant.VOLUNTARY_AGENT)
    moving = replace(_asked(procedure, Applicant.HOUSEHOLD), move_report=True)
    return [
        ("本人(暗証番号を覚えている)", alone),
        ("本人(暗証番号を忘れた、またはロックした)", _forgotten(alone)),
        ("本人(暗証番号も本人確認書類もない)", replace(_forgotten(alone), documents=())),
        *_represented(procedure),
        ("任意代理人", agent),
        ("転入届・転居届と同じ日に来た、同じ世帯のかた", moving),
    ]


def _renewal() -> list[tuple[str, Interview]]:
    agent = _asked(Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT)
    cases = [case for case in _issue(Procedure.RENEWAL) if case[1].applicant is not Applicant.HOUSEHOLD]
    sealed = ("任意代理人(通知に同封の照会書兼回答書に封をして)", replace(agent, form="sealed", notice=True))
    return [*cases[:-1], sealed, *cases[-1:]]


PAGES: Sequence[Page] = (
    Page(
        Procedure.RENEWAL,
        "有効期限の3か月前の翌日から有効期限の日まで、電子証明書を新しいものに替える手続きです(R-2.3、R-3.8、S-31)。手数料はかかりません。",
        _renewal(),
    ),
    Page(
        Procedure.NEW,
        "有効な電子証明書がないかたに発行する手続きです。はじめてのかた、15歳になったかた、有効期限が過ぎたかた、失効したかたが対象です(R-2.2、S-36)。下の例ははじめてのかたです。",
        _issue(Procedure.NEW),
    ),
    Page(
        Procedure.REISSUE,
        "引っ越しや氏名の変更などで失効した電子証明書や、更新期間より前の電子証明書を発行し直す手続きです(R-2.4、R-5.22、S-26)。下の例は引っ越しや氏名の変更の後のもので、手数料はかかりません。更新期間より前の取り替えや、自分で失効させた後の発行は200円です(R-4.2)。",
        [(name, replace(one, reason=FeeReason.ATTRIBUTES_CHANGED)) for name, one in _issue(Procedure.REISSUE)],
    ),
    Page(
        Procedure.REVOCATION,
        "電子証明書を使わなくなったかたの申請や、秘密鍵の漏えいの届出により、電子証明書を失効させる手続きです(R-2.5、R-2.6)。",
        [
            ("本人(暗証番号を覚えている)", replace(_asked(Procedure.REVOCATION), knows_pins=True)),
            ("本人(暗証番号を使わない)", _asked(Procedure.REVOCATION)),
            ("任意代理人", _asked(Procedure.REVOCATION, Applicant.VOLUNTARY_AGENT)),
            *_represented(Procedure.REVOCATION)[1:],
        ],
    ),
    Page(
        Procedure.HOLD,
        "カードをなくしたかたが、電話で一時停止を求める手続きです。24時間、365日受け付けます(R-2.7)。署名用電子証明書は失効し、利用者証明用電子証明書は保留されます(R-5.20)。電話では解除できません。見つかったときは窓口で手続きします(R-2.8)。",
        [("ご本人(電話で)", _asked(Procedure.HOLD))],
    ),
    Page(
        Procedure.PIN_CHANGE,
        "いまの暗証番号がわかるかたが、新しい番号に変える手続きです(R-2.9)。",
        [("本人", _asked(Procedure.PIN_CHANGE)), *_represented(Procedure.PIN_CHANGE)[:1]],
    ),
    Page(
        Procedure.PIN_RESET,
        "暗証番号を忘れたかた、連続して間違えてロックしたかたが、番号を設定し直す手続きです(R-2.10、R-6.3、S-61)。",
        [
            ("本人", _asked(Procedure.PIN_RESET)),
            ("本人(本人確認書類がない)", replace(_asked(Procedure.PIN_RESET), documents=())),
            *_represented(Procedure.PIN_RESET),
            ("任意代理人", _asked(Procedure.PIN_RESET, Applicant.VOLUNTARY_AGENT)),
        ],
    ),
)


def contents_page() -> str:
    """Return the page that lists the pages of the procedures."""
    return "\n".join(_contents())


def procedure_page(page: Page) -> str:
    """Return the page of a procedure."""
    return "\n".join(_page(page))


def _contents() -> Iterator[str]:
    yield from ("# 手続きごとの流れと持ち物", "", f"{DRAWN}。", "")
    yield from (f"* [{word(page.procedure, 'ja')}]({page.procedure.value}.md): {page.about}" for page in PAGES)
    yield "* [窓口でよくある質問](questions.md)"
    yield ""


def _page(page: Page) -> Iterator[str]:
    steps = [step for step in steps_of(page.procedure) if step.event not in _AT_ANY_TIME]
    yield from (f"# {word(page.procedure, 'ja')}", "", page.about, "")
    yield f"{DRAWN}(`rules.checklist` と `rules.application` から)。R- は[規則](../rules.md)の番号、S- は市のページの文の番号です。"
    yield from ("", "## 来るかたと持ち物", "")
    yield f"全国の標準の設定で、{DAY.year}年{DAY.month}月{DAY.day}日(火曜日)にたずねた場合です。ほかの日や場合は `openjpki checklist` で調べられます。"
    yield ""
    for name, interview in page.cases:
        yield from _case(name, interview)
    yield from ("## 流れ", "", "```mermaid", "stateDiagram-v2", *(f"    {line}" for line in _diagram(steps)), "```")
    yield from (
        "",
        "## 段階",
        "",
        "| いま | すること | 次 | 知っておくこと | 案内 | 規則 |",
        "|---|---|---|---|---|---|",
    )
    yield from (_row(page.procedure, step) for step in steps)
    yield from (
        "",
        "発行や実行が始まる前なら、どの段階でも、新しくわかったことにより受け付けないことや、申請者が取り下げることがあります。",
    )
    yield from (
        "",
        "案内は、お受けできない理由や、お伝えすることです。`openjpki rules explain` に番号を続けると、説明と、次に何をすればよいかを示します。",
        "",
    )


def _diagram(steps: Sequence[Step]) -> Iterator[str]:
    states = list(dict.fromkeys(state for step in steps for state in (step.before, step.after)))
    yield from (f'state "{word(state, "ja")}" as {state.name}' for state in states)
    yield f"[*] --> {ApplicationState.RECEIVED.name}"
    yield from (f"{step.before.name} --> {step.after.name}: {word(step.event, 'ja')}" for step in steps)
    going_on = {step.before for step in steps}
    yield from (f"{state.name} --> [*]" for state in states if state not in going_on)


_ONLY = {"renewal.": Procedure.RENEWAL}
"""Subjects that one procedure alone meets."""


def _row(procedure: Procedure, step: Step) -> str:
    needs = "、".join(word(fact, "ja") for fact in step.needs) or "–"
    codes = [code for code in step.finds if _ONLY.get(code, procedure) is procedure]
    finds = "<br>".join(f"{SUBJECTS[code]} `{code}{'…' if code.endswith('.') else ''}`" for code in codes) or "–"
    before, event, after = (word(member, "ja") for member in (step.before, step.event, step.after))
    return f"| {before} | {event} | {after} | {needs} | {finds} | {', '.join(step.rules)} |"


def _case(name: str, interview: Interview) -> Iterator[str]:
    found = checklist(Policy(), interview)
    yield from (f"### {name}", "", "```text", *as_lines(Policy(), interview, found, "ja"), "```", "")
