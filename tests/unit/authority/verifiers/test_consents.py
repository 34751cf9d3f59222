import base64
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import ocsp

from openjpki.audit.models import Entry
from openjpki.authority.acts import authority_at
from openjpki.authority.models import Consent, Issuer
from openjpki.authority.verifiers import consents
from openjpki.authority.verifiers.door import DoorRequest
from openjpki.desk.messages import ReportAccepted
from openjpki.documents.sign import sign_cms
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import LifeEvent, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.verifiers import VerifierKind
from tests.support.authority import AUTHENTICATION, MOVED, RESIDENT, SIGNATURE, Scene
from tests.support.verifiers import Verifiers, consent, consent_text, issue

pytestmark = pytest.mark.django_db(databases=["authority"])


class Stage:
    """A bank, and Hanako who may consent."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene.with_card()
        self.login = issue(scene, AUTHENTICATION)
        self.hanako = issue(scene, SIGNATURE)
        self.bodies = Verifiers(scene)
        self.bank = self.bodies.register("bank")

    def bring(self, document: bytes, shown: str = "") -> tuple[int, dict[str, Any]]:
        """Bring a consent to the door."""
        return self.bodies.post(shown or self.bank, "/v1/consents", document=base64.b64encode(document).decode())

    def consented(self, **changes: object) -> str:
        """Register a consent, and return its number."""
        status, told = self.bring(consent(self.scene, self.hanako, **changes))
        assert status == 200, told
        return str(told["consent_id"])

    def ask(self, number: str, serial: int = 0, shown: str = "") -> tuple[int, dict[str, Any]]:
        """Ask for what is newer than Hanako's certificate."""
        return self.bodies.post(
            shown or self.bank, "/v1/attributes", consent_id=number, serial=serial or self.hanako.serial
        )

    def move(self) -> None:
        """Let Hanako move, and let it be the next day, when the end of her certificate shows."""
        self.scene.expect(ReportAccepted, self.scene.life_event(LifeEvent.NAME))
        self.scene.at(date(2026, 1, 6))


@pytest.fixture
def stage(scene: Scene) -> Stage:
    """Return the stage on its first day."""
    return Stage(scene)


def test_what_is_newer_is_given_by_consent_once_it_is_certified(stage: Stage) -> None:
    """Nothing while nothing changed, nothing while no new certificate exists, then the items and its serial (R-8.7)."""
    number = stage.consented()
    assert number == hashlib.sha256(consent_text()).hexdigest()
    nothing = {"given": False, "serial": None, "items": None}
    assert stage.ask(number) == (200, nothing | {"reason": "unchanged"})
    stage.move()
    assert stage.ask(number) == (200, nothing | {"reason": "no-new-certificate"})
    new = issue(stage.scene, SIGNATURE, Procedure.REISSUE)

    assert stage.ask(number) == (
        200,
        {
            "given": True,
            "reason": None,
            "serial": new.serial,
            "items": {"name": MOVED.name, "address": MOVED.address},
        },
    )
    rows = Entry.objects.using("authority").filter(verb="attributes.given").order_by("pk")
    assert [(row.actor, row.data["given"], row.data["items"]) for row in rows] == [
        ("verifier:bank", False, []),
        ("verifier:bank", False, []),
        ("verifier:bank", True, ["address", "name"]),
    ]


def test_no_attribute_stands_in_the_record(stage: Stage) -> None:
    """The record says that something was given, and never what (R-2.26, R-8.7)."""
    number = stage.consented(items=["name", "address", "birth-date", "sex"])
    stage.move()
    issue(stage.scene, SIGNATURE, Procedure.REISSUE)
    status, told = stage.ask(number)
    rows = "".join(f"{row}{row.data}" for row in Entry.objects.using("authority").all())

    assert status == 200
    assert told["items"] == {
        "name": MOVED.name,
        "address": MOVED.address,
        "birth-date": MOVED.birth_date.isoformat(),
        "sex": "female",
    }
    for secret in (MOVED.name, MOVED.address, MOVED.birth_date.isoformat(), RESIDENT):
        assert secret not in rows
    assert "見本" not in repr(
        consents.provide(
            stage.scene.authority,
            Consent.objects.get().verifier,
            number,
            stage.hanako.serial,
            authority_at(stage.scene.clock()),
        )
    )


def test_what_is_no_consent_is_refused(stage: Stage) -> None:
    """By the authentication certificate, altered, forged, for another verifier, over, no consent at all (R-8.7)."""
    good = consent(stage.scene, stage.hanako)
    documents = {
        "by the authentication certificate": (consent(stage.scene, stage.login), "unproven"),
        "altered": (good.replace("普通".encode(), "当座".encode()), "unproven"),
        "forged": (good[:-1] + bytes([good[-1] ^ 1]), "unproven"),
        "detached": (sign_cms(consent_text(), stage.hanako, moment=stage.scene.clock()), "unread"),
        "for another": (consent(stage.scene, stage.hanako, verifier="broker"), "for-another"),
        "over": (consent(stage.scene, stage.hanako, since="2025-12-01", until="2026-01-04"), "lapsed"),
        "another text": (sign_cms(b"{}", stage.hanako, moment=stage.scene.clock(), detached=False), "unread"),
        "no CMS": (b"no CMS", "unread"),
        "too large": (bytes(consents.MAX_CONSENT + 1), "too-large"),
    }
    codes = {name: stage.bring(document)[1]["error"]["code"] for name, (document, _) in documents.items()}

    assert codes == {name: f"verifier.consent-{code}" for name, (_, code) in documents.items()}
    assert not Consent.objects.exists()


def test_an_ended_certificate_signs_no_consent(stage: Stage) -> None:
    """From the moment of its end, whether that shows already or not (R-2.28, R-8.7)."""
    document = consent(stage.scene, stage.hanako)
    stage.scene.expect(ReportAccepted, stage.scene.life_event(LifeEvent.NAME))
    hidden = stage.bring(document)[1]["error"]
    stage.scene.at(date(2026, 1, 6))
    shown = stage.bring(document)[1]["error"]

    assert (hidden["code"], shown["code"]) == ("verifier.consent-unproven",) * 2
    assert "revoked" in hidden["en"]
    assert "REVOKED" in shown["en"]


def test_a_consent_is_registered_where_ocsp_wants_signed_questions(tmp_path: Path) -> None:
    """`ocsp_requesters = "registered"`: the authority asks itself and signs no question; the door has proven who asks."""
    policy = Policy.preset("national").with_settings({"ocsp_requesters": "registered"})
    stage = Stage(Scene(tmp_path, policy=policy).open())
    assert stage.consented()
    question = build_request(
        [(stage.hanako.certificate, bytes(Issuer.objects.get(kind="signature").certificate))], None
    )
    asked = DoorRequest(method="POST", path="/ocsp/signature", content_type="application/ocsp-request", body=question)

    reply = stage.bodies.door.receive(stage.bank, asked)
    assert ocsp.load_der_ocsp_response(reply.body).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_consent_is_registered_once(stage: Stage) -> None:
    """Brought again it is refused, after its withdrawal too: a text that was signed once does not come back (R-8.7)."""
    document = consent(stage.scene, stage.hanako)
    assert stage.bring(document)[0] == 200
    assert stage.bring(document)[1]["error"]["code"] == "verifier.consent-replayed"
    number = hashlib.sha256(consent_text()).hexdigest()
    assert stage.bodies.post(stage.bank, "/v1/consents/withdraw", consent_id=number)[1]["withdrawn"] is True
    status, told = stage.bring(consent(stage.scene, stage.hanako))
    assert (status, told["error"]["code"]) == (409, "verifier.consent-replayed")


def test_a_withdrawn_consent_gives_nothing_from_then_on(stage: Stage) -> None:
    """Withdrawn at will, at once and for good; twice is once (R-8.7)."""
    number = stage.consented()
    stage.move()
    issue(stage.scene, SIGNATURE, Procedure.REISSUE)
    doer = authority_at(stage.scene.clock())
    withdrawn = [consents.withdraw(stage.scene.authority, number, doer).withdrawn_at for _ in range(2)]

    assert withdrawn[0] == withdrawn[1]
    assert stage.ask(number)[1]["error"]["code"] == "verifier.consent-lapsed"
    assert Entry.objects.using("authority").filter(verb="consent.withdrawn").count() == 1
    with pytest.raises(consents.ConsentUnknown):
        consents.withdraw(stage.scene.authority, "0" * 64, doer)


def test_outside_its_days_a_consent_gives_nothing(stage: Stage) -> None:
    """Its first and last day count, the days around them do not (R-8.7)."""
    number = stage.consented(since="2026-01-06", until="2026-01-07")
    codes = []
    for day in (5, 6, 7, 8):
        stage.scene.at(date(2026, 1, day), hour=11)
        status, told = stage.ask(number)
        codes.append(told["reason"] if status == 200 else told["error"]["code"])

    assert codes == ["verifier.consent-lapsed", "unchanged", "unchanged", "verifier.consent-lapsed"]


def test_anothers_consent_looks_like_none(stage: Stage) -> None:
    """Another verifier's, an unknown one, and one asked under by somebody else's serial are told alike (R-8.7)."""
    number = stage.consented()
    broker = stage.bodies.register("broker")
    answers = [
        stage.ask(number, shown=broker),
        stage.ask("0" * 64),
        stage.ask(number, serial=999),
        stage.bodies.post(broker, "/v1/consents/withdraw", consent_id=number),
    ]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404
    assert stage.ask(number)[0] == 200


def test_who_may_not_be_given_attributes_cannot_register_a_consent(stage: Stage) -> None:
    """Neither a 利用者証明検証者 nor a group verifier (R-5.24, R-8.7)."""
    for code, kind in (("portal", VerifierKind.AUTHENTICATION_VERIFIER), ("guild", VerifierKind.GROUP_VERIFIER)):
        shown = stage.bodies.register(code, kind=kind)
        document = consent(stage.scene, stage.hanako, verifier=code)

        assert stage.bring(document, shown)[1]["error"]["code"] == "verifier.not-registered-for"
        assert stage.ask("0" * 64, shown=shown)[1]["error"]["code"] == "verifier.not-registered-for"


@pytest.mark.parametrize("event", [LifeEvent.REQUEST, LifeEvent.KEY_COMPROMISE, LifeEvent.HOLD])
def test_other_ends_are_no_news(stage: Stage, event: LifeEvent) -> None:
    """Only a change or a renewal is a reason to ask for what is newer (R-8.7)."""
    number = stage.consented()
    stage.scene.revoke(event, SIGNATURE)
    issue(stage.scene, SIGNATURE, Procedure.REISSUE)

    assert stage.ask(number)[1]["reason"] == "unchanged"


def test_a_holder_sees_the_consents(stage: Stage) -> None:
    """Looking them up is recorded; a stranger has none (R-8.7)."""
    number = stage.consented()
    doer = authority_at(stage.scene.clock())

    assert [row.consent_id for row in consents.consents_of(RESIDENT, doer)] == [number]
    assert consents.consents_of("99999999999", doer) == []
    assert Entry.objects.using("authority").filter(verb="person.read", actor="authority").count() == 1
