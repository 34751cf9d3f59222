"""What the tables, the folder and the cards of a home say: small questions that acts and invariants share."""

from datetime import date

from openjpki.authority.models import Certificate, CrlPublication, Issuer
from openjpki.authority.models.certificate import LIVE
from openjpki.authority.publishing.lists import ListFolder
from openjpki.authority.publishing.partitions import partitions
from openjpki.authority.publishing.publication import newest_list
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import ApplicationState, CertificateKind
from openjpki.site.house import House
from openjpki.window.answers import AuthorityRefused
from openjpki.window.applications import ENDS
from openjpki.window.models import Application, OutboxMessage
from tests.faults.stage import CARDS, NUMBERS, Stage

__all__ = ["AuthorityRefused"]
_OPEN = tuple(state.value for state in ApplicationState if state not in ENDS)
_LIVE = [state.value for state in LIVE]


def nothing(_: object) -> None:
    """Forget what an act returned."""


def today(stage: Stage) -> date:
    """Return the day of the stage."""
    return civil_date(stage.clock())


def newest_numbers() -> dict[str, int]:
    """Return the newest list's number of every partition."""
    numbers: dict[str, int] = {}
    for row in CrlPublication.objects.select_related("issuer"):
        key = f"{row.issuer}-{row.municipality}"
        numbers[key] = max(row.number, numbers.get(key, 0))
    return numbers


def folder_is_current(house: House) -> bool:
    """Say whether the public folder holds the newest rows and nothing else."""
    wanted = {f"ca/{issuer}.cer": bytes(issuer.certificate) for issuer in Issuer.objects.all()}
    for issuer in Issuer.objects.all():
        for partition in partitions():
            newest = newest_list(issuer, partition.code)
            if newest is not None:
                with ListFolder.of(house.authority.lists, issuer, partition.code).open(newest) as file:
                    wanted[f"crl/{issuer}-{partition.code}.crl"] = file.read()
    public = house.home.public
    found = {str(path.relative_to(public)): path.read_bytes() for path in sorted(public.rglob("*")) if path.is_file()}
    return found == wanted


def live_certificate(resident: str, kind: CertificateKind) -> Certificate | None:
    """Return the certificate that the authority holds for live on a person's card."""
    rows = Certificate.objects.filter(card__card_number=NUMBERS[resident], kind=kind.value)
    return rows.filter(state__in=_LIVE).first()


def card_uses_live(house: House, resident: str, kind: CertificateKind) -> bool:
    """Say whether the card's certificate is the authority's live one; without one there is nothing to compare."""
    live = live_certificate(resident, kind)
    active = house.cards.look(CARDS[resident]).keys[kind].active
    return live is not None and active is not None and active.certificate == bytes(live.der or b"")


def card_uses_all_live(house: House) -> bool:
    """Say the same of every certificate that is live."""
    return all(
        live_certificate(resident, kind) is None or card_uses_live(house, resident, kind)
        for resident in CARDS
        for kind in CertificateKind
    )


def application_of(resident: str) -> Application:
    """Return a person's last application."""
    rows = Application.objects.for_municipality("99201").filter(resident__resident_code=resident)
    return rows.order_by("-pk")[0]


def last_application(resident: str) -> str:
    """Return the state of a person's last application, empty if there is none."""
    rows = Application.objects.for_municipality("99201").filter(resident__resident_code=resident)
    last = rows.order_by("-pk").first()
    return last.state if last else ""


def nothing_open(resident: str) -> bool:
    """Say whether every application of a person's is at its end."""
    rows = Application.objects.for_municipality("99201").filter(resident__resident_code=resident)
    return not rows.filter(state__in=_OPEN).exists()


def nothing_waits() -> bool:
    """Say whether the authority has heard everything."""
    return not OutboxMessage.objects.across_municipalities().filter(sent_at__isnull=True).exists()


def settled(house: House) -> bool:
    """Say whether nothing is left to be taken up."""
    applications = Application.objects.across_municipalities().filter(state__in=_OPEN)
    return nothing_waits() and not applications.exists() and folder_is_current(house)
