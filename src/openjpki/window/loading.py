"""Loading is the permission: a row of another municipality is not found, exactly as one that does not exist."""

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CardState
from openjpki.window.models import Application, CardHolding, CertificateCopy, Order, Resident
from openjpki.window.officer import Officer


class ResidentNotFound(Failure):
    """No such person in this municipality's register."""

    code = "window.resident.not-found"
    kind = Kind.REFUSED
    ja = "この市区町村の住民記録に該当するかたが見つかりません。住民票コードを確認してください。"
    en = "There is no such person in this municipality's register. Check the resident code."


class ApplicationNotFound(Failure):
    """No such application in this municipality."""

    code = "window.application.not-found"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt} の申請は、この市区町村では見つかりません。"
    en = "There is no application {receipt} in this municipality."


class CardNotFound(Failure):
    """The resident holds no such card."""

    code = "window.card.not-found"
    kind = Kind.REFUSED
    ja = "このかたに交付したカードの記録がありません。"
    en = "There is no record of such a card handed over to this person."


def load_resident(officer: Officer, resident_code: str, *, lock: bool = False) -> Resident:
    """Return a person of the officer's municipality, whatever their state; raise `ResidentNotFound`.

    With `lock`, the row is held until the act's transaction ends: messages about one person are queued in one order.
    """
    rows = Resident.objects.for_municipality(officer.municipality)
    row = (rows.select_for_update() if lock else rows).filter(resident_code=resident_code).first()
    if row is None:
        raise ResidentNotFound
    return row


def load_application(officer: Officer, receipt: str, *, lock: bool = False) -> Application:
    """Return an application of the officer's municipality; raise `ApplicationNotFound`."""
    rows = Application.objects.for_municipality(officer.municipality)
    row = (rows.select_for_update() if lock else rows).filter(receipt=receipt).first()
    if row is None:
        raise ApplicationNotFound(receipt=receipt)
    return row


def load_card(officer: Officer, resident: Resident, card_number: str) -> CardHolding:
    """Return a card of this resident; raise `CardNotFound`."""
    cards = CardHolding.objects.for_municipality(officer.municipality)
    row = cards.filter(resident=resident, card_number=card_number).first()
    if row is None:
        raise CardNotFound
    return row


def cards_of(resident: Resident) -> tuple[CardHolding, ...]:
    """Return a resident's cards, oldest first."""
    return tuple(CardHolding.objects.for_municipality(resident.municipality).filter(resident=resident).order_by("pk"))


def living_card(resident: Resident) -> CardHolding | None:
    """Return the card that is active or suspended, if there is one; it may have expired meanwhile."""
    living = (CardState.ACTIVE.value, CardState.SUSPENDED.value)
    return next((card for card in reversed(cards_of(resident)) if card.state in living), None)


def copies_of(resident: Resident) -> tuple[CertificateCopy, ...]:
    """Return what is known of a resident's certificates, oldest first."""
    copies = CertificateCopy.objects.for_municipality(resident.municipality).filter(resident=resident)
    return tuple(copies.order_by("issued_date", "serial", "pk"))


def orders_of(application: Application) -> tuple[Order, ...]:
    """Return an application's orders in the order in which they are carried out."""
    return tuple(
        Order.objects.for_municipality(application.municipality).filter(application=application).order_by("pk")
    )
