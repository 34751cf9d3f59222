"""What is done while the fault strikes: each act with its moment, what was before it, and how it is told to be done."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from openjpki.audit.models import Entry
from openjpki.authority.acts import verifier_at
from openjpki.authority.control.controlled import Going, for_issuer
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.generations.ceremony import content_for
from openjpki.authority.generations.script import read_script
from openjpki.authority.models import Card as AuthorityCard
from openjpki.authority.models import (
    CardSession,
    Certificate,
    Consent,
    ControlledAct,
    Issuer,
    MunicipalityRow,
    Notice,
    OcspResponder,
    Operator,
    Person,
    StatusChange,
    TranscriptSignature,
    Verifier,
)
from openjpki.authority.models import Order as AuthorityOrder
from openjpki.authority.moments import moment
from openjpki.authority.phone_hold import stop
from openjpki.authority.publishing.following import following
from openjpki.authority.responding.store import StatusWriter
from openjpki.authority.verifiers import consents
from openjpki.authority.verifiers.register import register
from openjpki.card.face import ATTRIBUTES
from openjpki.card.terminal import WrongPin
from openjpki.documents.card_signer import CardSigner
from openjpki.documents.sign import sign_cms
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import ApprovalGround, CardState, LifeEvent, PinKind, ResidenceStatus
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.person import Municipality
from openjpki.rules.phone_hold import ALWAYS
from openjpki.rules.stay import Stay
from openjpki.site.entropy import entropy
from openjpki.window.changes import Change
from openjpki.window.models import CardHolding, ExpiryNotice, Resident
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.relay import CardWorkRefused
from openjpki.window.window import Window
from tests.faults import facts
from tests.faults.stage import (
    ALL_PINS,
    AUTHENTICATION,
    BEGUN,
    BY_LICENCE,
    CARDS,
    HANAKO,
    JIRO,
    MINATO,
    NEW_PIN,
    NEWCOMER,
    NUMBERS,
    PINS,
    RENEWAL,
    SABURO,
    SECOND,
    TARO,
    WAKABA,
    WRONG_PIN,
    Interrupted,
    Stage,
)
from tests.faults.table import Act
from tests.support.operators import TANAKA, Operators, script
from tests.support.verifiers import consent_text, registration

FIELDS = Municipality(
    code="99203", prefecture="見本県", name="野原市", prefecture_romaji="Mihon-ken", name_romaji="Nohara-shi"
)
_ELSEWHERE = "見本県みなと市港町9番地"
_STAY, _RENEWED = date(2028, 3, 31), date(2031, 3, 31)
_NEW_NAME = "手本　次郎"
_LATER = BEGUN + timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Doing:
    """How an act is done, and known to be done."""

    do: Callable[[Stage], None]
    done: Callable[[Stage], bool]
    at: datetime = _LATER
    before: Callable[[Stage], None] = lambda _: None
    """What is done beforehand, without a fault."""


def _ceremony(stage: Stage) -> None:
    stage.house.authority.ceremony()


def _two_generations(_: Stage) -> bool:
    return all(Issuer.objects.filter(kind=kind).count() > 1 for kind in ("signature", "authentication"))


def _operators(stage: Stage) -> Operators:
    return Operators(stage.house.authority)


def _enrol_operators(stage: Stage) -> None:
    _operators(stage).enrolled()


def _script(stage: Stage) -> dict[str, str]:
    return content_for(read_script(script(stage.house.authority, ("signature", 2, "at-once"))))


def _propose_ceremony(stage: Stage) -> None:
    _operators(stage).propose(ActKind.KEY_CEREMONY, _script(stage))


def _enrol_and_propose(stage: Stage) -> None:
    _enrol_operators(stage)
    _propose_ceremony(stage)


def _approve_ceremony(stage: Stage) -> None:
    operators = _operators(stage)
    operators.operation.approve(1, operators.hand(TANAKA))


def _ready(kind: ActKind, content: Callable[[Stage], dict[str, str]]) -> Callable[[Stage], None]:
    """Return what has an act proposed and approved."""

    def ready(stage: Stage) -> None:
        facts.nothing(_operators(stage).enrolled().approved(kind, content(stage)))

    return ready


def _carry_out(stage: Stage) -> None:
    """Carry the one act out; whoever does it again after a kill has looked for the key that may lie unused."""
    _operators(stage).operation.carry_out(1, Going(new_key=True))


def _carried_out(_: Stage) -> bool:
    return ControlledAct.objects.filter(pk=1, done_at__isnull=False).exists()


def _hold_ceremony(stage: Stage) -> None:
    _ready(ActKind.KEY_CEREMONY, _script)(stage)
    _carry_out(stage)
    stage.house.authority.publish_crls()


def _sign_transcript(stage: Stage) -> None:
    stage.house.authority.operation.sign_transcript(1, _operators(stage).hand(TANAKA))


def _first(_: Stage) -> dict[str, str]:
    return for_issuer("signature-1")


def _respond(stage: Stage) -> None:
    certificate = Certificate.objects.select_related("issuer").get(kind="signature")
    question = build_request([(bytes(certificate.der or b""), bytes(certificate.issuer.certificate))], None)
    stage.house.authority.answer_ocsp(question)


def _follow(stage: Stage) -> None:
    authority = stage.house.authority
    with following(stage.house.home.status, authority.terms.clock_tolerance, authority.checkpoint) as follower:
        follower.round(stage.clock())


def _follow_another(stage: Stage) -> None:
    """Leave a store that followed a journal of which this one knows nothing, as after a restore."""
    _follow(stage)
    writer = StatusWriter(stage.house.home.status)
    writer.add((), replace(writer.head, witness=bytes(32)))
    writer.close()


def _follows(stage: Stage) -> bool:
    writer = StatusWriter(stage.house.home.status)
    head = writer.head
    writer.close()
    last = StatusChange.objects.latest("position")
    return head.complete_at > 0 and head.position == last.position and head.witness != bytes(32)


def _published(stage: Stage) -> bool:
    numbers = facts.newest_numbers()
    return len(numbers) == 6 and min(numbers.values()) > 1 and facts.folder_is_current(stage.house)


def _announced(_: Stage) -> bool:
    """Say whether one letter to Hanako waits, about both certificates."""
    letters = Notice.objects.filter(card__card_number=NUMBERS[HANAKO], state="waiting")
    return [letter.decisions.filter(without="").count() for letter in letters] == [2]


def _select_notices(stage: Stage) -> None:
    stage.clock.advance_to(RENEWAL)
    stage.house.authority.select_notices()


def _fetch_notices(stage: Stage) -> None:
    _select_notices(stage)
    stage.house.window.notices.fetch(WAKABA)


def _fetched(_: Stage) -> bool:
    """Say whether one letter stands at the municipality, and the authority knows."""
    here = ExpiryNotice.objects.for_municipality("99201").filter(resident_code=HANAKO)
    return here.count() == 1 and Notice.objects.get().state == "handed-over"


def _print_notice(stage: Stage) -> None:
    (entry,) = stage.house.window.notices.list(WAKABA)
    stage.house.window.notices.print(WAKABA, entry.notice_id)


def _printed(_: Stage) -> bool:
    return ExpiryNotice.objects.for_municipality("99201").get().state == "printed"


def _import(stage: Stage) -> None:
    stage.house.window.residents.import_csv(WAKABA, NEWCOMER)


def _imported(_: Stage) -> bool:
    entered = Resident.objects.for_municipality("99201").filter(resident_code=SABURO)
    return entered.exists() and Person.objects.filter(resident_code=SABURO).exists()


def _handed_over(stage: Stage) -> bool:
    holding = CardHolding.objects.for_municipality("99201").filter(card_number=NUMBERS[JIRO]).first()
    known = AuthorityCard.objects.filter(card_number=NUMBERS[JIRO]).first()
    image = stage.house.cards.look("jiro")
    ready = all(image.pins[kind].digest is not None for kind in PINS)
    return holding is not None and known is not None and ready


def _face_handed_over(stage: Stage) -> bool:
    """The PIN of the text application may wait for a reset (R-6.3)."""
    image = stage.house.cards.look("jiro")
    by_himself = ALL_PINS.keys() - {PinKind.CARD_FACE_ENTRY}
    return _handed_over(stage) and all(image.pins[kind].digest is not None for kind in by_himself)


def _rename_with_a_face(stage: Stage) -> None:
    stage.hand_over(JIRO, ALL_PINS)
    change = Change(event=LifeEvent.NAME, on=facts.today(stage), name=_NEW_NAME, kana="テホン　ジロウ")
    stage.house.window.events.record(WAKABA, resident_code=JIRO, change=change)


def _update_card(stage: Stage) -> None:
    with stage.card(JIRO) as card:
        stage.house.window.card_updates.update(WAKABA, resident_code=JIRO, card=card, pin_shown=True)


def _card_is_up_to_date(stage: Stage) -> bool:
    face = stage.house.cards.look("jiro").face
    written = face is not None and _NEW_NAME.encode() in face.text[ATTRIBUTES]
    return written and Entry.objects.using("window").filter(verb="card.updated").exists()


def _renew(stage: Stage) -> None:
    with stage.card(HANAKO) as card:
        stage.house.window.procedures.renew(WAKABA, resident_code=HANAKO, card=card, shown=BY_LICENCE)


def _issued(stage: Stage) -> bool:
    return facts.card_uses_live(stage.house, TARO, AUTHENTICATION) and facts.nothing_open(TARO)


def _renewed(stage: Stage) -> bool:
    superseded = Certificate.objects.filter(card__card_number=NUMBERS[HANAKO], state="superseded").count()
    return superseded == 2 and facts.card_uses_all_live(stage.house) and facts.nothing_open(HANAKO)


def _expire_behind_the_window(_: Stage) -> None:
    AuthorityCard.objects.filter(card_number=NUMBERS[TARO]).update(expires=BEGUN.date() - timedelta(days=1))


def _refused(_: Stage) -> bool:
    return (
        facts.last_application(TARO) == "refused"
        and not AuthorityOrder.objects.filter(card__card_number=NUMBERS[TARO]).exists()
    )


def _try_to_issue(stage: Stage) -> None:
    with suppress(ProcedureRefused, facts.AuthorityRefused):
        stage.issue(TARO, AUTHENTICATION)


def _closed(_: Stage) -> bool:
    return AuthorityOrder.objects.filter(card__card_number=NUMBERS[TARO], state="closed").exists()


def _rename_unheard(stage: Stage) -> None:
    stage.line.cut()
    _rename(stage)


def _rename(stage: Stage) -> None:
    change = Change(event=LifeEvent.NAME, on=facts.today(stage), name="手本　花子", kana="テホン　ハナコ")
    stage.house.window.events.record(WAKABA, resident_code=HANAKO, change=change)


def _signature_ended(_: Stage) -> bool:
    return Certificate.objects.get(card__card_number=NUMBERS[HANAKO], kind="signature").state == "revoked"


def _renew_stay(stage: Stage, *, resident: str = TARO, until: date = _STAY) -> None:
    stay = Stay(status=ResidenceStatus.FIXED_STAY, until=until)
    stage.house.window.stays.record(WAKABA, resident_code=resident, stay=stay, on=facts.today(stage))


def _stay_is_known(_: Stage) -> bool:
    return Person.objects.get(resident_code=TARO).stay_until == _STAY


def _end_card_with_stay(stage: Stage) -> None:
    """Hand a card over that ends with the stay, and renew the stay."""
    _renew_stay(stage, resident=JIRO)
    stage.hand_over(JIRO)
    _renew_stay(stage, resident=JIRO, until=_RENEWED)


def _extend(stage: Stage) -> None:
    with stage.card(JIRO) as card:
        stage.house.window.stays.extend(WAKABA, resident_code=JIRO, card=card)


def _extended(_: Stage) -> bool:
    here = CardHolding.objects.for_municipality("99201").get(card_number=NUMBERS[JIRO]).expires_date
    return here == AuthorityCard.objects.get(card_number=NUMBERS[JIRO]).expires == _RENEWED


def _revoke(stage: Stage) -> None:
    stage.house.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.REQUEST, shown=BY_LICENCE)


def _revoked(_: Stage) -> bool:
    states = Certificate.objects.filter(card__card_number=NUMBERS[HANAKO]).values_list("state", flat=True)
    return set(states) == {"revoked"} and facts.last_application(HANAKO) == "done"


def _lose_card(stage: Stage) -> None:
    stage.house.window.cards.change(
        WAKABA,
        resident_code=HANAKO,
        card_number=NUMBERS[HANAKO],
        event=CardEvent.ABOLISH,
        cause=LifeEvent.CARD_LOST,
    )


def _card_lost(_: Stage) -> bool:
    return AuthorityCard.objects.get(card_number=NUMBERS[HANAKO]).state == CardState.ABOLISHED.value


def _withdraw(stage: Stage) -> None:
    receipt = facts.application_of(TARO).receipt
    stage.house.window.procedures.withdraw(WAKABA, receipt=receipt)


def _enter_for_two(stage: Stage) -> None:
    """Enter an application where the municipality wants a second person to approve it."""
    two = replace(stage.house.policy, second_person_for=(ApprovalGround.NO_PIN,))
    window = Window(carrier=stage.line, policy=two, clock=stage.clock, entropy=entropy)
    with stage.card(TARO) as card:
        window.procedures.new_issue(WAKABA, resident_code=TARO, card=card, shown=BY_LICENCE, kinds=(AUTHENTICATION,))


def _approve(stage: Stage) -> None:
    receipt = facts.application_of(TARO).receipt
    stage.house.window.procedures.approve(SECOND, receipt=receipt)


def _move_too_late(stage: Stage) -> None:
    """Enter a move whose departure the authority takes, and let its arrival wait beyond the departure's term."""
    with suppress(Interrupted):
        stage.interrupted_at("message-marked").house.window.events.move_in(
            MINATO, resident_code=TARO, from_municipality="99201", address=_ELSEWHERE, on=facts.today(stage)
        )


def _take_back_move(stage: Stage) -> None:
    stage.house.window.withdrawn_moves.withdraw(WAKABA, resident_code=TARO)


def _stays(_: Stage) -> bool:
    here = Resident.objects.for_municipality("99201").get(resident_code=TARO)
    there = Resident.objects.for_municipality("99202").get(resident_code=TARO)
    known = Person.objects.get(resident_code=TARO)
    return (here.state, there.state, known.municipality, known.leaving_to) == ("resident", "moved-out", "99201", "")


def _lose_key(stage: Stage) -> None:
    stage.issue_until("keyed")
    with stage.card(TARO) as card:
        card.discard(AUTHENTICATION)


def _resume_with_card(stage: Stage) -> None:
    with stage.house.card_on_reader(CARDS[TARO]) as card:
        stage.house.window.recovery.resume(WAKABA, waiting=card)


def _ask_in_vain(stage: Stage) -> None:
    with stage.card(TARO) as card, suppress(CardWorkRefused):
        card.prove(AUTHENTICATION, "an-order-without-a-key")


def _refusal_is_recorded(_: Stage) -> bool:
    sessions = CardSession.objects.filter(card__card_number=NUMBERS[TARO], state="closed")
    return sessions.exclude(closed_because="replaced").exists()


def _reset_pin(stage: Stage) -> None:
    with stage.card(HANAKO) as card:
        stage.house.window.pin_resets.reset(
            WAKABA, resident_code=HANAKO, pin=PinKind.AUTHENTICATION, shown=BY_LICENCE, card=card
        )


def _reset_is_permitted(stage: Stage) -> bool:
    permitted = PinKind.AUTHENTICATION in stage.house.cards.look("hanako").permitted
    return permitted and facts.last_application(HANAKO) == "done"


def _cut_reset_off(stage: Stage) -> None:
    """Have the card permit a PIN to be set, and the process die before the application says so."""
    with suppress(Interrupted):
        _reset_pin(stage.interrupted_at("card-work-done"))
    assert PinKind.AUTHENTICATION in stage.house.cards.look("hanako").permitted


def _take_back_reset(stage: Stage) -> None:
    with stage.house.card_on_reader(CARDS[HANAKO]) as card:
        stage.house.window.recovery.resume(WAKABA, waiting=card)


def _reset_is_taken_back(stage: Stage) -> bool:
    permitted = PinKind.AUTHENTICATION in stage.house.cards.look("hanako").permitted
    return not permitted and facts.last_application(HANAKO) == "withdrawn"


def _wrong_pin(stage: Stage) -> None:
    with stage.card(TARO) as card:
        try:
            card.terminal.verify_pin(AUTHENTICATION, bytearray(WRONG_PIN))
        except WrongPin:
            return
    raise AssertionError(stage)


def _try_is_spent(stage: Stage) -> bool:
    pin = stage.house.cards.look("taro").pins[PinKind.AUTHENTICATION]
    return pin.tries < pin.limit


def _change_pin(stage: Stage) -> None:
    with stage.card(TARO) as card:
        terminal = card.terminal
        terminal.verify_pin(AUTHENTICATION, bytearray(PINS[PinKind.AUTHENTICATION].encode()))
        terminal.change_pin(AUTHENTICATION, bytearray(NEW_PIN))


def _pin_changed(stage: Stage) -> bool:
    image = stage.house.cards.look("taro")
    return image.pins[PinKind.AUTHENTICATION].matches(NEW_PIN, image.salt_of(PinKind.AUTHENTICATION))


def _register_verifier(stage: Stage) -> None:
    register(stage.house.authority, registration(), moment(stage.house.authority))


def _let_consent(stage: Stage) -> None:
    """Register a verifier, and let Hanako sign a consent that lies beside the home; the responder has its certificate."""
    _register_verifier(stage)
    _respond(stage)
    with stage.card(HANAKO) as card:
        signer = CardSigner(card.terminal, bytearray(PINS[PinKind.SIGNATURE].encode()))
        document = sign_cms(consent_text(since="2026-04-01"), signer, moment=stage.clock(), detached=False)
    _consent_of(stage).write_bytes(document)


def _consent_of(stage: Stage) -> Path:
    return stage.house.home.path / "hanako.consent"


def _tell_verifier(stage: Stage) -> None:
    """Register the consent unless it is, ask under it, and withdraw it; each at the moment of the authority's clock."""
    authority, row = stage.house.authority, Verifier.objects.get()
    with suppress(consents.ConsentReplayed):
        consents.register(authority, row, _consent_of(stage).read_bytes(), verifier_at(moment(authority), row.code))
    number = Consent.objects.get().consent_id
    serial = Certificate.objects.get(kind="signature").serial
    consents.provide(authority, row, number, serial, verifier_at(moment(authority), row.code))
    consents.withdraw(authority, number, verifier_at(moment(authority), row.code), row=row)


def _stop_card(stage: Stage) -> None:
    stop(stage.house.authority, NUMBERS[HANAKO], ALWAYS, "suzuki", moment(stage.house.authority))


def _stopped(_: Stage) -> bool:
    states = dict(Certificate.objects.filter(card__card_number=NUMBERS[HANAKO]).values_list("kind", "state"))
    card = AuthorityCard.objects.get(card_number=NUMBERS[HANAKO])
    return states == {"signature": "revoked", "authentication": "held"} and card.state == CardState.SUSPENDED.value


DOINGS: dict[Act, Doing] = {
    Act.ENROL: Doing(
        do=lambda stage: stage.house.authority.enrol(FIELDS),
        done=lambda _: MunicipalityRow.objects.filter(code=FIELDS.code).exists(),
    ),
    Act.CEREMONY: Doing(do=_ceremony, done=_two_generations),
    Act.ENROL_OPERATOR: Doing(
        do=lambda stage: facts.nothing(
            stage.house.authority.operation.enrol_first(TANAKA, _operators(stage).keys[TANAKA].public_key)
        ),
        done=lambda _: Operator.objects.filter(name=TANAKA).exists(),
    ),
    Act.PROPOSE: Doing(do=_propose_ceremony, done=lambda _: ControlledAct.objects.exists(), before=_enrol_operators),
    Act.APPROVE_ACT: Doing(
        do=_approve_ceremony,
        done=lambda _: ControlledAct.objects.filter(approver_1=TANAKA).exists(),
        before=_enrol_and_propose,
    ),
    Act.HOLD_CEREMONY: Doing(do=_carry_out, done=_carried_out, before=_ready(ActKind.KEY_CEREMONY, _script)),
    Act.SIGN_TRANSCRIPT: Doing(
        do=_sign_transcript, done=lambda _: TranscriptSignature.objects.exists(), before=_hold_ceremony
    ),
    Act.REVOKE_GENERATION: Doing(do=_carry_out, done=_carried_out, before=_ready(ActKind.MASS_REVOCATION, _first)),
    Act.TERMINATE: Doing(do=_carry_out, done=_carried_out, before=_ready(ActKind.TERMINATION, _first)),
    Act.RESPOND: Doing(do=_respond, done=lambda _: OcspResponder.objects.exists()),
    Act.FOLLOW: Doing(do=_follow, done=_follows, before=_follow_another),
    Act.PUBLISH: Doing(do=lambda stage: facts.nothing(stage.house.authority.publish_crls()), done=_published),
    Act.NOTICES: Doing(
        do=lambda stage: facts.nothing(stage.house.authority.select_notices()), done=_announced, at=RENEWAL
    ),
    Act.FETCH_NOTICES: Doing(
        do=lambda stage: facts.nothing(stage.house.window.notices.fetch(WAKABA)),
        done=_fetched,
        before=_select_notices,
        at=RENEWAL,
    ),
    Act.MARK_NOTICE: Doing(do=_print_notice, done=_printed, before=_fetch_notices, at=RENEWAL),
    Act.IMPORT: Doing(do=_import, done=_imported),
    Act.HAND_OVER: Doing(do=lambda stage: stage.hand_over(JIRO), done=_handed_over),
    Act.HAND_OVER_FACE: Doing(do=lambda stage: stage.hand_over(JIRO, ALL_PINS), done=_face_handed_over),
    Act.UPDATE_CARD: Doing(do=_update_card, done=_card_is_up_to_date, before=_rename_with_a_face),
    Act.ISSUE: Doing(do=lambda stage: stage.issue(TARO, AUTHENTICATION), done=_issued),
    Act.RENEW: Doing(do=_renew, done=_renewed, at=RENEWAL),
    Act.REFUSED_ORDER: Doing(do=_try_to_issue, done=_refused, before=_expire_behind_the_window),
    Act.UNDO_ORDER: Doing(
        do=lambda stage: facts.nothing(stage.house.authority.resume()),
        done=_closed,
        before=lambda stage: stage.issue_until("signed"),
        at=_LATER + timedelta(days=9),
    ),
    Act.EVENT: Doing(do=_rename, done=_signature_ended),
    Act.UNHEARD_EVENT: Doing(do=_rename_unheard, done=_signature_ended),
    Act.STAY: Doing(do=_renew_stay, done=_stay_is_known),
    Act.EXTEND: Doing(do=_extend, done=_extended, before=_end_card_with_stay),
    Act.REVOKE: Doing(do=_revoke, done=_revoked),
    Act.CHANGE_CARD: Doing(do=_lose_card, done=_card_lost),
    Act.WITHDRAW: Doing(
        do=_withdraw,
        done=lambda _: facts.last_application(TARO) == "withdrawn",
        before=lambda stage: stage.issue_until("application-entered"),
    ),
    Act.APPROVE: Doing(
        do=_approve,
        done=lambda stage: _issued(stage) and facts.application_of(TARO).approved_by == SECOND.login,
        before=_enter_for_two,
    ),
    Act.TAKE_BACK_MOVE: Doing(do=_take_back_move, done=_stays, before=_move_too_late, at=BEGUN + timedelta(days=120)),
    Act.NEW_KEY: Doing(do=_resume_with_card, done=_issued, before=_lose_key),
    Act.CARD_REFUSES: Doing(do=_ask_in_vain, done=_refusal_is_recorded),
    Act.PIN_RESET: Doing(do=_reset_pin, done=_reset_is_permitted),
    Act.TAKE_BACK_RESET: Doing(do=_take_back_reset, done=_reset_is_taken_back, before=_cut_reset_off),
    Act.REGISTER_VERIFIER: Doing(do=_register_verifier, done=lambda _: Verifier.objects.exists()),
    Act.TELL_VERIFIER: Doing(
        do=_tell_verifier,
        done=lambda _: Consent.objects.filter(withdrawn_at__isnull=False).exists(),
        before=_let_consent,
    ),
    Act.STOP_CARD: Doing(do=_stop_card, done=_stopped),
    Act.WRONG_PIN: Doing(do=_wrong_pin, done=_try_is_spent),
    Act.CHANGE_PIN: Doing(do=_change_pin, done=_pin_changed),
}
"""Every act; `before` stands on the home's first day, `do` at `at`."""
