"""Reads a house into the start page's plain values: registers, cards, CAs, lists, the last story."""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

import openjpki
from openjpki.authority.models import CrlPublication, Issuer
from openjpki.authority.publishing.partitions import OF_THE_CA
from openjpki.authority.publishing.publication import newest_list
from openjpki.errors import Failure, Language
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.house import House
from openjpki.site.start_page import (
    AuthorityEntry,
    CardEntry,
    CertificateEntry,
    Command,
    Link,
    MunicipalityEntry,
    ResidentEntry,
    ResponderEntry,
    RevocationListEntry,
    StartPage,
    Story,
    StoryStep,
    ocsp_command,
)
from openjpki.window import entries
from openjpki.window.officer import Clerk

READER = "start-page"
"""The officer's name under which the sandbox's page reads the registers."""
PAGE = 200
"""Residents drawn on one page: what a person looks through, and a bound on what opening the page costs."""
_MAX_TRANSCRIPT = 4 * 1024 * 1024
"""Bytes of a transcript that are read; a story's has about 60 kB."""


def start_page(house: House, language: Language, *, address: str = "", after: str = "") -> StartPage:
    """Return everything the start page shows, as of the home's legal moment.

    `address` is where the page was asked for ("http://127.0.0.1:8780"), which `serve --port` may have moved away from
    the port that certificates name; commands to be tried go there. `after`: residents are shown from behind this code.
    """
    now = house.clock()
    names = _card_names(house)
    residents, last = _page(house, after)
    return StartPage(
        language=language,
        other_language_href="?lang=en" if language == "ja" else "?lang=ja",
        version=openjpki.__version__,
        now=now,
        clock_shifted=house.home.settings.clock_shift_seconds != 0,
        municipalities=tuple(
            MunicipalityEntry(
                code=municipality.code,
                prefecture=municipality.prefecture,
                name=municipality.name,
                romaji=f"{municipality.name_romaji}, {municipality.prefecture_romaji}",
                residents=house.window.residents.living(Clerk(login=READER, municipality=municipality.code)),
            )
            for municipality in MUNICIPALITIES
        ),
        residents=tuple(
            _resident(resident, municipality.name, house, names)
            for municipality in MUNICIPALITIES
            for resident in residents[municipality.code]
        ),
        further_href=f"?lang={language}&after={last}#residents" if last else "",
        authorities=tuple(_authority(issuer) for issuer in Issuer.objects.order_by("generation", "kind")),
        revocation_lists=tuple(_lists()),
        responders=_responders(house, address),
        story=_story(house, language),
        next_commands=_commands(house, language),
    )


def _card_names(house: House) -> dict[str, str]:
    """Return card number → name of the image; an image that cannot be read has no name here."""
    names: dict[str, str] = {}
    for name in house.cards.list():
        try:
            names[house.cards.look(name).number] = name
        except Failure:
            continue
    return names


def _page(house: House, after: str) -> tuple[dict[str, tuple[entries.ResidentEntry, ...]], str]:
    """Return each municipality's residents behind a code, and the code to go on behind ("" at the end).

    Who is shown is read, and written down; who is not, is not.

    Resident codes are unique over all municipalities, so one code says where every list stands.
    """
    register = house.window.residents
    clerks = [Clerk(login=READER, municipality=municipality.code) for municipality in MUNICIPALITIES]
    next_ones = [register.codes(clerk, after=after, limit=PAGE + 1) for clerk in clerks]
    last = min((codes[PAGE - 1] for codes in next_ones if len(codes) > PAGE), default="")
    shown = {  # who moved away is shown where they live now
        clerk.municipality: register.list(clerk, after=after, until=last, limit=PAGE, living=True) for clerk in clerks
    }
    return shown, last


def _resident(
    resident: entries.ResidentEntry, municipality: str, house: House, names: Mapping[str, str]
) -> ResidentEntry:
    return ResidentEntry(
        code=resident.resident_code,
        name=resident.name,
        birth_date=resident.birth_date,
        municipality=municipality,
        cards=tuple(_card(card, resident, house, names) for card in resident.cards),
    )


def _card(
    card: entries.CardEntry, resident: entries.ResidentEntry, house: House, names: Mapping[str, str]
) -> CardEntry:
    over = civil_date(house.clock()) > card.expires
    return CardEntry(
        name=names.get(card.card_number, card.card_number),
        state=CardState.EXPIRED if over and card.state is CardState.ACTIVE else card.state,
        expires=card.expires,
        certificates=tuple(
            _certificate(certificate, house)
            for certificate in resident.certificates
            if certificate.card_number == card.card_number
        ),
    )


def _certificate(certificate: entries.CertificateEntry, house: House) -> CertificateEntry:
    """Expiry is derived, never stored (R-3.10); what the story left can be downloaded."""
    over = civil_date(house.clock()) > certificate.expires and certificate.state is CertificateState.VALID
    file = f"certificates/{certificate.kind.value}-{certificate.serial}.cer"
    return CertificateEntry(
        kind=certificate.kind,
        serial=certificate.serial,
        state=CertificateState.EXPIRED if over else certificate.state,
        issued=certificate.issued_on,
        expires=certificate.expires,
        ended=None if certificate.effective_at is None else civil_date(certificate.effective_at),
        reason=certificate.reason,
        href=f"/story/{file}" if (house.home.story / file).exists() else "",
    )


def _authority(issuer: Issuer) -> AuthorityEntry:
    der = bytes(issuer.certificate)
    digest = sha256(der).hexdigest().upper()
    return AuthorityEntry(
        kind=CertificateKind(issuer.kind),
        generation=issuer.generation,
        subject=x509.load_der_x509_certificate(der).subject.rfc4514_string(),
        not_before=civil_date(issuer.not_before),
        not_after=civil_date(issuer.not_after),
        fingerprint=":".join(digest[at : at + 2] for at in range(0, len(digest), 2)),
        files=(
            Link(text="DER", href=f"/ca/{issuer}.cer"),
            Link(text="PEM", href=f"/ca/{issuer}.pem"),
        ),
    )


def _lists() -> list[RevocationListEntry]:
    names = {municipality.code: municipality.name for municipality in MUNICIPALITIES} | {OF_THE_CA: ""}
    found = []
    for issuer in Issuer.objects.order_by("generation", "kind"):
        for code, name in names.items():
            newest: CrlPublication | None = newest_list(issuer, code)
            if newest is not None:
                found.append(
                    RevocationListEntry(
                        kind=CertificateKind(issuer.kind),
                        generation=issuer.generation,
                        municipality=name,
                        number=newest.number,
                        this_update=newest.this_update,
                        next_update=newest.next_update,
                        entries=newest.entries,
                        href=f"/crl/{issuer}/{code}.crl",
                    )
                )
    return found


def _responders(house: House, address: str) -> tuple[ResponderEntry, ...]:
    """Name the issuing generation's files as they are downloaded from this page, and the responder where it answers."""
    begun = Issuer.objects.filter(issues_from__lte=house.clock())
    issuers = {CertificateKind(issuer.kind): str(issuer) for issuer in begun.order_by("generation")}
    return tuple(
        ResponderEntry(
            kind=kind,
            url=url,
            command=ocsp_command(
                issuer_file=f"{name}.pem",
                certificate_file=f"{kind.value}.cer",
                url=address + urlsplit(url).path if address else url,
            ),
        )
        for kind, name in issuers.items()
        for url in (house.profiles.ocsp_url(kind),)
    )


def _story(house: House, language: Language) -> Story | None:
    """Read the transcript of the last story; one that is absent or not ours is no story."""
    path = house.home.story / "transcript.json"
    try:
        steps = json.loads(path.read_bytes()[:_MAX_TRANSCRIPT])["steps"]
        return Story(
            steps=tuple(_step(step, language) for step in steps),
            transcript=Link(text="transcript.json", href="/story/transcript.json"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _step(step: Mapping[str, Any], language: Language) -> StoryStep:
    return StoryStep(
        at=datetime.fromisoformat(step["at"]),
        title=step["title"][language],
        sentences=tuple(said[language] for said in step["told"]),
        outcomes=tuple(said[language] for said in step["checked"]),
        rules=tuple(step["rules"]),
        artefacts=tuple(
            Link(text=name.removeprefix("story/"), href=f"/{name}")
            for name in step["artefacts"]
            if "/evidence/" not in name
        ),
    )


def _commands(house: House, language: Language) -> tuple[Command, ...]:
    home = shlex.quote(str(house.home.path))
    words = {
        "ja": ("カードの中身を見る", "署名を今の状態で検証する", "更新期間を調べる"),
        "en": ("See what is on a card", "Verify a signature as of now", "Ask for a renewal window"),
    }[language]
    signed = house.home.story / "signed-2.pdf"
    lines = (
        f"openjpki card list --home {home}",
        f"openjpki verify {shlex.quote(str(signed))} --home {home}",
        "openjpki rules renewal-window --expires 2026-08-15",
    )
    return tuple(
        Command(sentence=sentence, line=line)
        for sentence, line in zip(words, lines, strict=True)
        if "verify" not in line or signed.exists()
    )
