"""How `openjpki checklist` tells its answer to a person: short lines to pin on the fridge."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from openjpki.cli.checklist.words import say, title, word
from openjpki.cli.rules.findings import told
from openjpki.errors import Language
from openjpki.rules.checklist.checklist import Checklist, Counter, Means, checklist
from openjpki.rules.checklist.instead import Instead
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Item, Pin, Thing
from openjpki.rules.checklist.papers import Whose
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList
from openjpki.rules.era import spoken
from openjpki.rules.fees import Fee
from openjpki.rules.kinds import Applicant, PinKind
from openjpki.rules.pins import DIGITS_PIN_LENGTH, SIGNATURE_PIN_LONGEST, SIGNATURE_PIN_SHORTEST
from openjpki.rules.policy import Policy
from openjpki.rules.settings import Calendar

_NAMED = 5
"""Documents named on a line: enough to recognise what is meant; `rules documents` lists all."""
_FAMILIAR = (
    DocumentKind.DRIVERS_LICENCE,
    DocumentKind.PASSPORT,
    DocumentKind.MY_NUMBER_CARD,
    DocumentKind.RESIDENCE_CARD,
    DocumentKind.ELIGIBILITY_CERTIFICATE,
    DocumentKind.PENSION_BOOK,
)
"""Named first, where they will do."""

_MEANS = {
    "same_day": ("1回の来庁で、その日に終わります。", "One visit, done on the same day."),
    "two_visits": ("2回の来庁が必要です。", "Two visits."),
    "telephone": ("電話でできます。来庁は要りません。", "By telephone: no visit."),
    "not": ("この手続きはできません。", "This cannot be done."),
}
_WEEKDAYS = (
    ("月曜日", "Monday"),
    ("火曜日", "Tuesday"),
    ("水曜日", "Wednesday"),
    ("木曜日", "Thursday"),
    ("金曜日", "Friday"),
    ("土曜日", "Saturday"),
    ("日曜日", "Sunday"),
)
"""`date.weekday()` counts from Monday = 0."""


def means(how: Means, language: Language) -> str:
    """Return how a procedure is done: in one visit, in two, by telephone, or not."""
    return say(language, *_MEANS[how])


def as_lines(policy: Policy, interview: Interview, found: Checklist, language: Language) -> list[str]:
    """Return the answer as lines a person reads, with a box to tick before each thing to bring or to know."""
    lines = [title(interview, language)]
    if found.waits:
        lines += [say(language, "まだ手続きできません。", "Not yet."), *told(found.waits, language), ""]
    lines.append(means(found.means, language))
    if found.means == "telephone":
        return [*lines, *told(found.findings, language)]
    if found.first_open_day is not None and found.fee is not None:
        lines += [
            "",
            *_when(found, found.first_open_day, language),
            _hours(found.counter, language),
            say(language, f"場所  {found.counter.place}", f"Where {found.counter.place}"),
            _fee(found.fee, language),
            *_visits(interview, found, language),
            *_pins(interview, found.pins, language),
        ]
    if found.kiosk and found.kiosk.place != "window":
        lines += ["", say(language, "窓口のかわりに、コンビニ等の端末でも:", "Or at a kiosk:")]
        lines += told(found.kiosk.findings, language)
    first = tuple(finding for other in found.instead if other.interview is None for finding in other.findings)
    if notes := [finding for finding in found.findings if finding not in {*first, *found.waits}]:
        lines += ["", say(language, "お知らせ:", "Please note:"), *told(notes, language)]
    if first:
        lines += ["", say(language, "先にすること:", "First:")]
        lines += told(first, language)
    for other in found.instead:
        lines += _other(policy, other, language)
    asked = spoken(interview.on, language)
    return [
        *lines,
        "",
        say(language, f"問い合わせ {found.counter.contact}", f"Contact {found.counter.contact}"),
        say(language, f"(この案内は、{asked}現在のものです)", f"(as of {asked})"),
    ]


def _when(found: Checklist, first: date, language: Language) -> Iterator[str]:
    """Tell the open days, and the last day where it is another one (R-4.7)."""
    begin = spoken(first, language)
    if found.last_open_day is None or found.closes is None:
        yield say(language, f"いつ  {begin}から", f"When  from {begin}")
        return
    end = spoken(found.last_open_day, language)
    if begin == end:
        yield say(language, f"いつ  {begin}のみ", f"When  {begin} only")
    else:
        yield say(language, f"いつ  {begin}から{end}まで", f"When  {begin} to {end}")
    if found.closes != found.last_open_day and not found.of_age:
        last = spoken(found.closes, language)
        yield say(language, f"      (期限の{last}は閉庁日です)", f"      (the last day, {last}, is a closed day)")


def _fee(cost: Fee, language: Language) -> str:
    return say(language, f"手数料 {cost.yen:,}円", f"Fee   {cost.yen:,} yen") + f" [{', '.join(cost.rules)}]"


def _hours(counter: Counter, language: Language) -> str:
    opens, closes = (f"{moment.hour}:{moment:%M}" for moment in (counter.hours.opens, counter.hours.closes))
    closed = "、".join(_closed(counter.calendar, language))
    if not closed:
        return say(language, f"時間  {opens}~{closes}", f"Hours {opens}-{closes}")
    return say(
        language,
        f"時間  {opens}~{closes}({closed}は閉庁)",
        f"Hours {opens}-{closes}, closed {closed.replace('、', ', ')}",
    )


def _closed(calendar: Calendar, language: Language) -> Iterator[str]:
    yield from (say(language, *_WEEKDAYS[weekday]) for weekday in sorted(calendar.weekdays))
    if calendar.holidays:
        yield say(language, "祝日", "holidays")
    for closure in calendar.closures:
        ja = "~".join(f"{month}月{day}日" for month, day in (closure.first, closure.last))
        yield say(language, ja, " to ".join(f"{month:02}-{day:02}" for month, day in (closure.first, closure.last)))


def _visits(interview: Interview, found: Checklist, language: Language) -> Iterator[str]:
    for number, items in enumerate(found.visits, start=1):
        if len(found.visits) == 1:
            yield from ("", say(language, "持ち物:", "Bring:"))
        else:
            yield from ("", say(language, f"{number}回目の来庁の持ち物:", f"Bring to visit {number}:"))
        yield from items_lines(interview.applicant, items, language)
        if found.letter and number == 1:
            until = spoken(found.letter.until, language)
            yield say(
                language,
                f"→ 照会書兼回答書がご本人の住所に郵送で届きます(転送されません)。回答の期限は送付から{found.letter.days}日です"
                f"(最初の日に申請した場合は{until}まで) [R-2.24, S-15]",
                f"→ An inquiry letter goes to the holder's address (not forwarded). The reply counts for {found.letter.days} "
                f"days: through {until} if you come on the first day [R-2.24, S-15]",
            )


def items_lines(applicant: Applicant, items: Iterable[Item], language: Language) -> Iterator[str]:
    """Tell what to bring: a box, the thing, what asks for it; below it what will do."""
    for item in items:
        spare = "" if item.required else _spare(item, language)
        yield f"□ {_name(item, applicant, language)}{spare} [{', '.join(item.rules)}]"
        if item.identity:
            kinds = sorted(item.kinds, key=lambda kind: kind not in _FAMILIAR)[:_NAMED]
            names = [say(language, TABLE[kind].ja, TABLE[kind].en) for kind in kinds]
            more = say(language, "など", ", …") if len(item.kinds) > _NAMED else ""
            listed = say(language, "、", ", ").join(names) + more
            yield say(language, f"   {listed}のうち1点、有効期限内のもの", f"   one of: {listed}; in force")


def _spare(item: Item, language: Language) -> str:
    if item.thing is Thing.NOTICE:
        return say(language, "(紛失された場合は不要)", " (not needed if it was lost)")
    if item.thing is Thing.CARD:
        return say(language, "(お手元にある場合)", " (if you have it)")
    if item.whose is Whose.APPLICANT:
        return say(language, "(暗証番号を設定し直すときに必要)", " (needed to have a PIN set anew)")
    return say(language, "(暗証番号の照合ができないときに必要)", " (needed where no PIN matches)")


def _name(item: Item, applicant: Applicant, language: Language) -> str:
    if item.thing is not Thing.DOCUMENT:
        return word(item.thing, language)
    if not item.identity:
        ja, en = (
            "または".join(TABLE[kind].ja for kind in item.kinds),
            " or ".join(TABLE[kind].en for kind in item.kinds),
        )
        term_ja, term_en = (f"(発行から{item.months}か月以内)", f" (issued within {item.months} months)")
        return say(language, ja + (term_ja if item.months else ""), en + (term_en if item.months else ""))
    photo = all(TABLE[kind].list is DocumentList.A for kind in item.kinds)
    ja = "官公署発行の顔写真付き本人確認書類" if photo else "本人確認書類"
    en = "photo identity document (issued by a public office)" if photo else "identity document"
    if item.whose is Whose.HOLDER:
        return say(
            language, f"ご本人の{ja}(マイナンバーカード以外)", f"the holder's {en}, other than the My Number card"
        )
    again_ja, again_en = ("もう1点、別の", "another ") if item.another else ("", "")
    who = word(applicant, language)
    return say(language, f"{who}の{again_ja}{ja}", f"{again_en}{en} of {who}")


def _pins(interview: Interview, pins: Sequence[Pin], language: Language) -> Iterator[str]:
    if not pins:
        return
    yield from ("", say(language, "暗証番号:", "PINs:"))
    written = interview.applicant in {Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD}
    for pin in pins:
        form = _pin_form(pin.kind, language)
        acts = []
        if pin.remember:
            acts.append(say(language, "今の番号を確かめる", "know the present one"))
        if pin.think_of:
            acts.append(say(language, "新しい番号を考えておく", "think of a new one"))
        told_acts = say(language, "、", ", ").join(acts)
        yield f"□ {word(pin.kind, language)} ({form}): {told_acts} [{', '.join(pin.rules)}]"
    if written:
        yield say(
            language,
            "   ご本人だけが知り、封をする書類に書きます。代理人には伝えません。",
            "   The holder alone knows them and writes them on the paper that is sealed.",
        )


def _pin_form(kind: PinKind, language: Language) -> str:
    if kind is PinKind.SIGNATURE:
        shortest, longest = SIGNATURE_PIN_SHORTEST, SIGNATURE_PIN_LONGEST
        return say(
            language,
            f"英大文字と数字で{shortest}~{longest}文字",
            f"{shortest} to {longest} upper-case letters and digits",
        )
    return say(language, f"数字{DIGITS_PIN_LENGTH}桁", f"{DIGITS_PIN_LENGTH} digits")


def _other(policy: Policy, other: Instead, language: Language) -> Iterator[str]:
    """Tell another way, with what to bring on its first visit; what comes first is none."""
    if other.interview is None or other.opens is None:
        return
    yield from ("", say(language, "かわりにできること:", "Instead:"))
    yield from told(other.findings, language)
    served = checklist(policy, other.interview)
    yield title(other.interview, language)
    begin = spoken(other.opens, language)
    yield say(language, f"いつ  {begin}から", f"When  from {begin}") + "  " + means(served.means, language)
    if served.fee is not None:
        yield _fee(served.fee, language)
    for items in served.visits[:1]:
        yield from items_lines(other.interview.applicant, items, language)
