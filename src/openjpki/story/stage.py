"""The stage: what the chapters do, in terms of the people in them. Each act goes through the same doors as anybody's."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openjpki.card.terminal import JpkiTerminal
from openjpki.documents.card_signer import CardSigner
from openjpki.documents.challenge import answer_challenge, make_challenge, verify_login
from openjpki.documents.evidence import Evidence
from openjpki.documents.gather import Transport, ask_responders, read_trust
from openjpki.documents.report import Report
from openjpki.documents.sign import sign_pdf
from openjpki.documents.verify import signers_of, verify_pdf
from openjpki.readers.inprocess import InProcessReader
from openjpki.rules.kinds import CertificateKind
from openjpki.site.clock import SteppedClock
from openjpki.site.entropy import entropy
from openjpki.site.house import CounterCard, House
from openjpki.site.private import write_private
from openjpki.story import cast
from openjpki.story.plan import Plan, at
from openjpki.story.telling import Narrator, Said
from openjpki.window.entries import CertificateEntry
from openjpki.window.officer import Officer

SIGNATURE = CertificateKind.SIGNATURE
AUTHENTICATION = CertificateKind.AUTHENTICATION


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A house on a stepped clock, a plan, a narrator, the resident's secrets, the document to sign, the way to responders."""

    house: House
    clock: SteppedClock
    plan: Plan
    narrator: Narrator
    pins: cast.Pins
    document: bytes
    transport: Transport
    """How verifiers reach the OCSP responder that a certificate names."""

    @property
    def folder(self) -> Path:
        """Return where the story leaves what it made."""
        return self.house.home.story

    def begin(self, day: date, hour: int, title: Said, minute: int = 0) -> None:
        """Open a step at a wall-clock time; the authority's daily lists of that day are out before it."""
        moment = at(day, hour, minute)
        self.clock.advance_to(moment)
        if self.narrator.steps:
            self.house.authority.publish_crls()
        self.narrator.begin(moment, title)

    def keep(self, name: str, content: bytes) -> Path:
        """Leave a file in the story's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, content)
        self.narrator.left(path, self.house.home.path)
        return path

    @contextmanager
    def counter(self, clerk: Officer) -> Iterator[CounterCard]:
        """Lay the resident's card on the reader of a clerk's counter."""
        with self.house.card_at_counter(cast.CARD, clerk, cast.RESIDENT_CODE) as card:
            yield card

    @contextmanager
    def reader_at_home(self) -> Iterator[JpkiTerminal]:
        """Lay the resident's card on the reader at home (R-0.2)."""
        with InProcessReader(self.house.cards, entropy=entropy).insert(cast.CARD) as inserted:
            yield JpkiTerminal(inserted)

    def certificates(self, clerk: Officer) -> dict[CertificateKind, CertificateEntry]:
        """Return the newest certificate of each kind, as the clerk's window knows them."""
        resident = self.house.window.residents.show(clerk, cast.RESIDENT_CODE)
        return {entry.kind: entry for entry in resident.certificates}

    def sign(self, name: str) -> bytes:
        """Let the resident sign the document at home; leave the signed file and the certificate, return the file."""
        with self.reader_at_home() as terminal:
            signer = CardSigner(terminal, self.pins.signature.encode(), SIGNATURE)
            signed = sign_pdf(self.document, signer, moment=self.clock())
            certificate = signer.certificate
        self.keep(f"{name}.pdf", signed)
        self.keep(f"certificates/{name}-signature.cer", certificate)
        return signed

    def verify(self, document: bytes, name: str) -> Report:
        """Let a service provider verify a document now, with live status; leave the evidence and the report."""
        evidence = self._gather(signers_of(document), name)
        report = verify_pdf(
            document, policies=[self.house.profiles.policy(SIGNATURE)], evidence=evidence, at=self.clock()
        )
        self._keep_report(report, name)
        return report

    def log_in(self, name: str) -> Report:
        """Let the resident log in to a service: a fresh challenge, the card's answer, the service's judgement."""
        nonce = make_challenge(entropy)
        with self.reader_at_home() as terminal:
            signer = CardSigner(terminal, self.pins.authentication.encode(), AUTHENTICATION)
            proof = answer_challenge(signer, origin=cast.SERVICE, nonce=nonce)
            certificate = signer.certificate
        self.keep(f"{name}-proof.json", proof.to_json())
        self.keep(f"certificates/{name}-authentication.cer", certificate)
        evidence = self._gather((certificate,), name)
        report = verify_login(
            proof.to_json(),
            origin=cast.SERVICE,
            nonce=nonce,
            policies=[self.house.profiles.policy(AUTHENTICATION)],
            evidence=evidence,
            at=self.clock(),
        )
        self._keep_report(report, name)
        return report

    def _gather(self, certificates: tuple[bytes, ...], name: str) -> Evidence:
        """Gather evidence as any verifier would, and leave a copy that can be judged again later."""
        folder = f"evidence/{name}"
        for path in sorted(self.house.home.public.rglob("*")):
            if path.is_file():
                self.keep(f"{folder}/{path.relative_to(self.house.home.public)}", path.read_bytes())
        evidence = ask_responders(
            read_trust(self.house.home.public), certificates, transport=self.transport, entropy=entropy
        )
        for certificate in certificates:
            self.keep(f"{folder}/signer.cer", certificate)
        for answer in evidence.ocsp:
            if answer.answer is not None:
                self.keep(f"{folder}/answer.ocsp", answer.answer)
        self.keep(f"{folder}/moment", self.clock().strftime("%Y-%m-%dT%H:%M:%SZ\n").encode())
        return evidence

    def _keep_report(self, report: Report, name: str) -> None:
        self.keep(f"reports/{name}.json", json_bytes(report.as_data()))


def json_bytes(data: Any) -> bytes:
    """Return data as readable JSON."""
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def random_pins(source: Callable[[int], bytes]) -> cast.Pins:
    """Return PINs of the grammar (R-6.1) that nobody chose: ten letters and digits, and four digits."""
    letters = base64.b32encode(source(5)).decode()
    digits = int.from_bytes(source(8))
    return cast.Pins(signature=f"{letters}{digits % 10}A", authentication=f"{digits // 10 % 10_000:04}")
