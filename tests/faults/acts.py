"""What is done while the fault strikes: each act with its moment, what was before it, and how it is told to be done."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openjpki.authority.following import following
from openjpki.authority.models import Card as AuthorityCard
from openjpki.authority.models import (
    CardSession,
    Certificate,
    Issuer,
    MunicipalityRow,
    OcspResponder,
    Person,
    StatusChange,
)
from openjpki.authority.models import Order as AuthorityOrder
from openjpki.authority.responding.store import StatusWriter
from openjpki.card.terminal import WrongPin
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import ApprovalGround, CardState, LifeEvent, PinKind
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.person import Municipality
from openjpki.site.entropy import entropy
from openjpki.window.changes import Change
from openjpki.window.models import CardHolding, Resident
from openjpki.window.outcomes import ProcedureRefused
from openjpki.window.relay import CardWorkRefused
from openjpki.window.window import Window
from tests.faults import facts
from tests.faults.stage import (
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

FIELDS = Municipality(
    code="99203", prefecture="見本県", name="野原市", prefecture_romaji="Mihon-ken", name_romaji="Nohara-shi"
)
_ELSEWHERE = "見本県みなと市港町9番地"
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
    return len(numbers) == 4 and min(numbers.values()) > 1 and facts.folder_is_current(stage.house)


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


DOINGS: dict[Act, Doing] = {
    Act.ENROL: Doing(
        do=lambda stage: stage.house.authority.enrol(FIELDS),
        done=lambda _: MunicipalityRow.objects.filter(code=FIELDS.code).exists(),
    ),
    Act.CEREMONY: Doing(do=_ceremony, done=_two_generations),
    Act.RESPOND: Doing(do=_respond, done=lambda _: OcspResponder.objects.exists()),
    Act.FOLLOW: Doing(do=_follow, done=_follows, before=_follow_another),
    Act.PUBLISH: Doing(do=lambda stage: facts.nothing(stage.house.authority.publish_crls()), done=_published),
    Act.IMPORT: Doing(do=_import, done=_imported),
    Act.HAND_OVER: Doing(do=lambda stage: stage.hand_over(JIRO), done=_handed_over),
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
    Act.WRONG_PIN: Doing(do=_wrong_pin, done=_try_is_spent),
    Act.CHANGE_PIN: Doing(do=_change_pin, done=_pin_changed),
}
"""Every act; `before` stands on the home's first day, `do` at `at`."""
