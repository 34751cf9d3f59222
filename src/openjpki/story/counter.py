"""Chapters at the authority and at the counter."""

from openjpki.authority.cards.holders import made_for, registered
from openjpki.pki.attributes import read_attributes
from openjpki.pki.inspect import facts
from openjpki.rules.dates import civil_date
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CertificateState, LifeEvent
from openjpki.rules.validity import card_expiry
from openjpki.rules.words import limit, word
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.house import CounterCard
from openjpki.story import cast
from openjpki.story.stage import AUTHENTICATION, SIGNATURE, Stage
from openjpki.story.telling import Said
from openjpki.window.changes import Change
from openjpki.window.examination import Shown
from openjpki.window.officer import Officer
from openjpki.window.procedures import Outcome, ProcedureRefused

LICENCE = Shown(documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=None),), copies_taken=True)


def ceremony(stage: Stage) -> None:
    """The first generation of both CAs is made."""
    stage.begin(
        stage.plan.ceremony,
        9,
        Said("認証局の鍵を作る", "The authority makes its keys"),
    )
    _new_generation(stage, 1)


def second_ceremony(stage: Stage) -> None:
    """The second generation takes over: same names, new keys."""
    stage.begin(
        stage.plan.second_ceremony,
        9,
        Said("認証局が第2世代の鍵に移る", "The authority moves to its second generation of keys"),
    )
    _new_generation(stage, 2)
    stage.narrator.tell(
        "名前は第1世代と同じなので、検証する人は名前でなく鍵で発行者を選びます。第1世代は、発行済みの証明書の失効リストだけを作り続けます。",
        "It bears the same names, so verifiers choose the issuer by its key, not by its name. "
        "The first generation goes on signing lists for what it issued.",
    )


def _new_generation(stage: Stage, generation: int) -> None:
    tell = stage.narrator
    for kind in (SIGNATURE, AUTHENTICATION):
        (issuer,) = stage.house.authority.ceremony(kind)
        certificate = bytes(issuer.certificate)
        found = facts(certificate)
        stage.keep(f"certificates/ca-{kind.value}-{generation}.cer", certificate)
        tell.tell(
            f"{word(kind, 'ja')}の認証局(第{generation}世代): 鍵は暗号化して機構だけが持ち、{spoken(civil_date(found.not_after), 'ja')}まで有効です。",
            f"CA of the {kind.value} certificates, generation {generation}: its key stays encrypted with the authority, valid until "
            f"{spoken(civil_date(found.not_after), 'en')}.",
        )
    stage.house.authority.publish_crls()
    lists = len(list((stage.house.home.public / "crl").glob(f"*-{generation}-*.crl")))
    tell.check(
        lists == (len(MUNICIPALITIES) + 1) * 2,
        "2つの認証局が、2つの市と自身の証明書の失効リストをそれぞれ公開しました(計6)",
        "each of the two CAs published a revocation list for each of the two cities and for its own certificate (6 in all)",
    )
    tell.cite(["R-8.0", "R-5.25"])


def first_issue(stage: Stage) -> None:
    """A card is handed over; both certificates are issued on the same day, free of charge."""
    plan, tell, window = stage.plan, stage.narrator, stage.house.window
    stage.begin(
        plan.issued,
        10,
        Said(
            "若葉市の窓口で、カードを受け取り、電子証明書の発行を受ける",
            "A card and two certificates at Wakaba's counter",
        ),
    )
    window.residents.import_csv(cast.WAKABA_CLERK, cast.register_line(plan.born, plan.issued.replace(day=1)))
    card_ends = card_expiry(stage.house.policy, issued=plan.issued, received=plan.issued, born=plan.born)
    at = stage.clock()
    holder = registered(cast.RESIDENT_CODE, at)
    stage.house.cards.create(cast.CARD, made_for(stage.house.factory, holder, card_ends.expires, at))
    with stage.counter(cast.WAKABA_CLERK) as card:
        card.terminal.change_pin(SIGNATURE, stage.pins.signature.encode())
        card.terminal.change_pin(AUTHENTICATION, stage.pins.authentication.encode())
        window.cards.hand_over(cast.WAKABA_CLERK, resident_code=cast.RESIDENT_CODE, card=card)
        tell.tell(
            f"{cast.NAME}さん({spoken(plan.born, 'ja', weekday=False)}生)がカードを受け取り、暗証番号を自分で設定しました。窓口にも記録にも番号は残りません。",
            f"{cast.NAME}, born {plan.born}, takes the card and sets the PINs; neither clerk nor record learns them.",
        )
        outcome = window.procedures.new_issue(
            cast.WAKABA_CLERK, resident_code=cast.RESIDENT_CODE, card=card, shown=LICENCE
        )
    tell.tell(
        "運転免許証を示したので、即日発行できます。鍵はカードの中で作られ、秘密鍵はカードから出ません。",
        "A driver's licence is shown, so the certificates are issued the same day. The keys are made inside the card and never leave it.",
    )
    _issued(stage, cast.WAKABA_CLERK, outcome)
    _fee(stage, outcome, "first")
    tell.cite(["R-1.1", "R-1.3", "R-2.2", "R-2.20", "R-2.21", "R-2.26", *card_ends.rules])
    certified = read_attributes(stage.certificates(cast.WAKABA_CLERK)[SIGNATURE].certificate)
    tell.check(
        certified is not None and certified.name == "高橋　さくら" and certified.name_substitutions == "100000",
        "証明書に使えない「髙」は「高」に置き換わり、その位置に印が付きました(高橋　さくら / 100000)",
        "髙 cannot stand in a certificate: it became 高, and its place is marked (高橋　さくら / 100000)",
    )
    tell.cite(["R-1.9"])


def move(stage: Stage) -> None:
    """The resident moves to another city: the signature certificate ends, visible from the next day."""
    tell, window, plan = stage.narrator, stage.house.window, stage.plan
    stage.begin(plan.moved, 11, Said("みなと市へ引っ越す", "A move to the city of Minato"))
    change = Change(event=LifeEvent.MOVE, on=plan.moved, address=cast.SECOND_ADDRESS)
    shown = window.events.effects_before_confirming(cast.WAKABA_CLERK, resident_code=cast.RESIDENT_CODE, change=change)
    tell.tell(
        "確認画面: 住所が変わるため署名用電子証明書は失効し、利用者証明用電子証明書はそのまま使えます。",
        "Shown before confirming: the address changes, so the signature certificate ends; the authentication certificate stays.",
    )
    recorded = window.events.move_in(
        cast.MINATO_CLERK,
        resident_code=cast.RESIDENT_CODE,
        from_municipality=cast.WAKABA_CLERK.municipality,
        address=cast.SECOND_ADDRESS,
        on=plan.moved,
    )
    tell.cite([*shown.effect.rules, "R-8.2", "R-2.28"])
    now = stage.certificates(cast.MINATO_CLERK)
    ended = now[SIGNATURE]
    tell.check(
        ended.state is CertificateState.REVOKED and now[AUTHENTICATION].state is CertificateState.VALID,
        "署名用は失効(affiliation_changed)、利用者証明用は有効のままです",
        "the signature certificate is revoked (affiliation_changed), the authentication certificate is not",
    )
    tell.check(
        len(recorded.ended) == 1 and ended.visible_at is not None and ended.visible_at > stage.clock(),
        "失効が検証者に見えるのは翌日からです",
        "verifiers see the revocation from the next day",
    )


def reissue(stage: Stage) -> None:
    """The signature certificate is issued again, free of charge; it ends with the authentication certificate."""
    tell, window = stage.narrator, stage.house.window
    stage.begin(
        stage.plan.reissued,
        10,
        Said(
            "みなと市の窓口で、署名用電子証明書の再発行を受ける", "The signature certificate is issued again, in Minato"
        ),
        30,
    )
    with stage.counter(cast.MINATO_CLERK) as card:
        matched = _pin_matches(card, stage)
        outcome = window.procedures.reissue(
            cast.MINATO_CLERK,
            resident_code=cast.RESIDENT_CODE,
            card=card,
            shown=Shown(pin_matches=matched),
            kinds=[SIGNATURE],
        )
    tell.tell(
        "カードの暗証番号が合ったので、ほかの本人確認書類は要りません。",
        "The card's PIN matches, so no other identity document is needed.",
    )
    _issued(stage, cast.MINATO_CLERK, outcome)
    _fee(stage, outcome, "attributes-changed")
    now = stage.certificates(cast.MINATO_CLERK)
    tell.check(
        now[SIGNATURE].expires == now[AUTHENTICATION].expires,
        "有効期間は利用者証明用電子証明書と同じ日に終わります",
        "it ends on the same day as the authentication certificate",
    )
    certified = read_attributes(now[SIGNATURE].certificate)
    tell.check(
        certified is not None and certified.address == cast.SECOND_ADDRESS,
        "新しい証明書には新しい住所が入りました",
        "the new certificate carries the new address",
    )
    tell.cite(["R-5.22", "R-2.20", "R-3.1"])


def too_early(stage: Stage) -> None:
    """A renewal before the window opens is refused with the date."""
    tell, window, plan = stage.narrator, stage.house.window, stage.plan
    stage.begin(plan.too_early, 14, Said("通知を見て、早く来すぎる", "Too early, notice in hand"))
    with stage.counter(cast.MINATO_CLERK) as card:
        try:
            window.procedures.renew(
                cast.MINATO_CLERK, resident_code=cast.RESIDENT_CODE, card=card, shown=Shown(pin_matches=True)
            )
        except ProcedureRefused as refused:
            findings = refused.findings
        else:
            findings = ()
    for finding in findings:
        tell.tell(f"お断り: {finding.ja}({finding.rule})", f"Refused: {finding.en} ({finding.rule})")
    tell.cite([finding.rule for finding in findings])
    opens = plan.window.opens.isoformat()
    tell.check(
        any(finding.rule == "R-3.8" and opens in finding.en for finding in findings),
        f"更新は {spoken(plan.window.opens, 'ja')} からと案内し、断ったことも記録しました",
        f"the resident is told to come from {spoken(plan.window.opens, 'en')}, and the refusal is on record",
    )


def renew(stage: Stage) -> None:
    """Both certificates are renewed inside the window: the sixth birthday, the old ones superseded."""
    tell, window, plan = stage.narrator, stage.house.window, stage.plan
    stage.begin(
        plan.renewed,
        9,
        Said("更新期間に入り、両方の電子証明書を更新する", "Both certificates are renewed inside the window"),
        15,
    )
    before = stage.certificates(cast.MINATO_CLERK)
    with stage.counter(cast.MINATO_CLERK) as card:
        outcome = window.procedures.renew(
            cast.MINATO_CLERK,
            resident_code=cast.RESIDENT_CODE,
            card=card,
            shown=Shown(pin_matches=_pin_matches(card, stage)),
        )
    _issued(stage, cast.MINATO_CLERK, outcome)
    _fee(stage, outcome, "renewal")
    resident = window.residents.show(cast.MINATO_CLERK, cast.RESIDENT_CODE)
    states = {entry.serial: entry.state for entry in resident.certificates if entry.kind is SIGNATURE}
    tell.check(
        states[before[SIGNATURE].serial] is CertificateState.SUPERSEDED,
        "古い証明書は新しい証明書が有効になると同時に失効しました(superseded)",
        "the old certificate ended as superseded the moment the new one became valid",
    )
    after = stage.certificates(cast.MINATO_CLERK)
    tell.check(
        after[AUTHENTICATION].expires == plan.last_day == after[SIGNATURE].expires,
        f"更新期間内なので6回目の誕生日 {spoken(plan.last_day, 'ja')} までになりました",
        f"renewed inside the window, they run to the sixth birthday, {plan.last_day}",
    )
    tell.cite(["R-2.3", "R-3.3", "R-3.8", "R-1.10", "R-5.7"])


def at_the_end(stage: Stage) -> None:
    """The card is over: no certificate on it can be renewed; a new card is needed."""
    tell = stage.narrator
    try:
        with stage.counter(cast.MINATO_CLERK) as card:
            stage.house.window.procedures.new_issue(
                cast.MINATO_CLERK, resident_code=cast.RESIDENT_CODE, card=card, shown=LICENCE
            )
    except ProcedureRefused as refused:
        findings = refused.findings
    else:
        findings = ()
    for finding in findings:
        tell.tell(f"窓口の案内: {finding.ja}({finding.rule})", f"The counter says: {finding.en} ({finding.rule})")
    tell.cite([finding.rule for finding in findings])
    tell.check(
        any(finding.rule == "R-1.2" for finding in findings),
        "カードも同じ日に有効期間が終わったので、新しいカードの申請になります",
        "the card ended on the same day, so a new card must be applied for",
    )


def _pin_matches(card: CounterCard, stage: Stage) -> bool:
    """Let the holder type the PIN at the reader; the window learns only whether it matched."""
    card.terminal.verify_pin(AUTHENTICATION, stage.pins.authentication.encode())
    return True


def _issued(stage: Stage, clerk: Officer, outcome: Outcome) -> None:
    """Tell what was issued, until when and why."""
    tell = stage.narrator
    tell.check(
        outcome.done,
        f"受付番号 {outcome.application.receipt}: 命令・検査・署名・カードへの書込みと読み戻し・有効化の5段階を終えました",
        f"application {outcome.application.receipt}: ordered, linted, signed, written and read back, activated: all five steps done",
    )
    for order in outcome.application.orders:
        if order.expires is not None:
            tell.tell(
                f"{word(order.kind, 'ja')}: {spoken(order.expires, 'ja')}まで({limit(order.because, 'ja')})",
                f"{order.kind.value} certificate: until {order.expires} ({limit(order.because, 'en')})",
            )
    for kind, entry in stage.certificates(clerk).items():
        if kind in outcome.application.kinds:
            stage.keep(f"certificates/{kind.value}-{entry.serial}.cer", entry.certificate)
    tell.cite(["R-8.1"])


def _fee(stage: Stage, outcome: Outcome, reason: str) -> None:
    """Tell the fee and hold its reason."""
    fee = outcome.application.fee
    stage.narrator.check(
        fee is not None and fee.yen == 0 and fee.reason.value == reason,
        "手数料は0円です",
        "the fee is ¥0",
    )
    if fee is not None:
        stage.narrator.cite(fee.rules)
