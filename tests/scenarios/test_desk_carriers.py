"""One suite for every carrier of the desk: within the process, and over HTTPS with client certificates."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.desk.gate import GateTerms
from openjpki.authority.models import Certificate, EnrolledKey, Issuer, SeenNonce
from openjpki.desk.carrier import MAX_MESSAGE, AuthorityUnreachable, SealRefused, encode
from openjpki.desk.envelope import MAX_ENVELOPE, encode_envelope
from openjpki.desk.keys import DeskKey
from openjpki.desk.messages import (
    CardCommands,
    CardWork,
    CertificateActivated,
    CertificateIssued,
    Certificates,
    CertificatesAsked,
    Notices,
    NoticesAsked,
    PinResetApproved,
    Refused,
    ReportAccepted,
    Request,
    RevocationAccepted,
)
from openjpki.desk.sealing import InProcessLine
from tests.support.authority import CARD, RESIDENT, Scene
from tests.support.channel import Counter
from tests.support.desk import SENT, Desk, Ends, tampered
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)


@pytest.fixture(params=["in-process", "https"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk before an authority with two towns, reached over one of the lines."""
    found = Desk(Scene(tmp_path).open())
    if request.param == "in-process":
        yield found
        return
    ends = Ends(tmp_path / "ends")
    with ends.serving(found.receive) as port:
        found.line = ends.line(port)
        yield found


def asked(desk: Desk, municipality: str = "99201") -> CertificatesAsked:
    """Return a question about Hanako."""
    return CertificatesAsked(
        municipality=municipality, resident_code=RESIDENT, card_number=CARD, asked_at=desk.scene.clock()
    )


def test_every_message_crosses(desk: Desk) -> None:
    """Each message of the desk gets its own reply, under the signature that it needs."""
    scene, sent = desk.scene, set[type]()

    def send(request: Request) -> object:
        sent.add(type(request))
        return desk.carrier.send(request)

    counter, another = Counter.open(scene), "22222222222"
    assert isinstance(send(scene.person(another)), ReportAccepted)
    assert isinstance(send(scene.card("2" * 15, resident=another)), ReportAccepted)
    assert isinstance(send(scene.stay(date(2030, 1, 5), resident=another)), ReportAccepted)
    opening = send(counter.asked(CardWork.MAKE_KEY))
    assert isinstance(opening, CardCommands)
    assert isinstance(send(counter.carried(opening)), CardCommands)
    assert isinstance(send(counter.reset()), PinResetApproved)
    issued = send(scene.order())
    assert isinstance(issued, CertificateIssued)
    assert isinstance(send(scene.confirmation(issued)), CertificateActivated)
    answer = send(asked(desk))
    assert isinstance(answer, Certificates)
    assert len(answer.records) == 1
    revoked = send(scene.revocation())
    assert isinstance(revoked, Refused)
    assert isinstance(
        send(msgspec.structs.replace(scene.revocation(), kinds=(scene.order().kind,))), RevocationAccepted
    )
    letters = send(NoticesAsked(municipality="99201", asked_at=scene.clock()))
    assert letters == Notices(letters=(), more=False)
    assert isinstance(send(scene.departure()), ReportAccepted)
    assert isinstance(send(scene.arrival_report()), ReportAccepted)

    assert sent == set(get_args(Request))


def test_a_refusal_crosses_with_its_code_and_sentences(desk: Desk) -> None:
    """What the authority refuses is an answer, in both languages."""
    reply = desk.carrier.send(asked(desk))

    assert isinstance(reply, Refused)
    assert reply.code == "authority.person-unknown"
    assert reply.ja
    assert reply.en.isascii()


def test_what_is_unavailable_is_unreachable(desk: Desk) -> None:
    """Without a CA nothing is refused: the sender keeps its order and sends it again, in a new envelope."""
    desk.scene.with_card()
    order = desk.scene.order()
    rows = list(Issuer.objects.all())
    with without_walls():
        Issuer.objects.all().delete()
    with pytest.raises(AuthorityUnreachable):
        desk.carrier.send(order)
    Issuer.objects.bulk_create(rows)

    first, second = desk.carrier.send(order), desk.carrier.send(order)
    assert isinstance(first, CertificateIssued)
    assert first == second
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("wire", [b"", b"{", b"\xff" * 40, b"[]", b'{"municipality":"99201"}'])
def test_what_is_no_envelope_is_refused(desk: Desk, wire: bytes) -> None:
    """Bytes of any other form are answered with one code."""
    assert desk.refusal(wire) == "desk.bad-message"


def test_what_is_no_message_is_refused(desk: Desk) -> None:
    """A well-sealed envelope around anything else is refused before it is believed."""
    envelope = desk.seal(asked(desk))
    for message in (b"", b"{}", b'{"type":"Refused","code":"a","ja":"a","en":"a"}', encode(asked(desk))[:-9]):
        assert desk.refusal(tampered(envelope, message=message)) == "desk.bad-message"


def test_what_is_too_large_is_not_taken(desk: Desk) -> None:
    """An envelope beyond the bound is refused, or not even read."""
    large = tampered(desk.seal(asked(desk)), message=b" " * MAX_MESSAGE)
    assert desk.refusal(large) == "desk.bad-message"

    try:
        assert desk.refusal(b" " * (MAX_ENVELOPE + 1)) == "desk.bad-message"
    except AuthorityUnreachable:
        assert not isinstance(desk.line, InProcessLine)


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_half_a_reply_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    """A reply that breaks off is no reply: the sender keeps its message, and the same again is answered alike."""
    receive = desk.gate.receive
    person = desk.scene.person()
    monkeypatch.setattr(desk.gate, "receive", lambda peer, wire: receive(peer, wire)[:cut])
    with pytest.raises(AuthorityUnreachable):
        desk.carrier.send(person)

    monkeypatch.setattr(desk.gate, "receive", receive)
    assert desk.carrier.send(person) == ReportAccepted(report_id=person.report_id, ended=())


def test_another_municipality_behind_the_line_is_refused(desk: Desk) -> None:
    """The sender is whom the line has proven, whatever the envelope says and whoever signed it."""
    assert desk.refusal(desk.seal(asked(desk)), peer="99202") == "desk.other-peer"
    assert desk.refusal(desk.seal(asked(desk, "99202"), municipality="99201")) == "desk.other-sender"


def test_only_the_named_officer_signs_an_order(desk: Desk) -> None:
    """An order needs the officer whom it names; a fact or a question needs the municipality's own key."""
    order = desk.scene.with_card().order()

    assert desk.refusal(desk.seal(order, signer="tanaka")) == "desk.wrong-signer"
    assert desk.refusal(desk.seal(order, signer="")) == "desk.wrong-signer"
    assert desk.refusal(desk.seal(asked(desk), signer="sato")) == "desk.wrong-signer"
    assert not Certificate.objects.exists()


def test_a_wrong_signature_is_refused(desk: Desk) -> None:
    """Signed by another key, or changed after it was signed: refused, and the nonce is not spent."""
    honest = desk.seal(asked(desk))
    forged = desk.seal(asked(desk), key=DeskKey.generate())
    assert desk.refusal(forged) == "desk.bad-signature"
    assert desk.refusal(tampered(honest, sent_at=SENT - timedelta(seconds=1))) == "desk.bad-signature"
    assert desk.refusal(tampered(honest, nonce=b"\x00" * 16)) == "desk.bad-signature"
    assert desk.refusal(tampered(honest, message=encode(asked(desk)).replace(b"12345678901", b"12345678902"))) == (
        "desk.bad-signature"
    )
    assert not SeenNonce.objects.exists()

    assert desk.refusal(honest) == "authority.person-unknown"


def test_a_replayed_envelope_is_refused(desk: Desk) -> None:
    """The same envelope is taken once, also under a new signature; a municipality's numbers are its own."""
    envelope = desk.seal(desk.scene.person())
    assert isinstance(desk.post(envelope), ReportAccepted)
    assert desk.refusal(envelope) == "desk.replayed"
    assert desk.refusal(desk.seal(asked(desk), nonce=envelope.nonce)) == "desk.replayed"

    other = desk.seal(asked(desk, "99202"), nonce=envelope.nonce)
    assert desk.refusal(other, peer="99202") == "authority.other-municipality"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_envelope_is_refused(desk: Desk, minutes: int) -> None:
    """Sealed too long ago or in the future; the message itself waits, and a fresh envelope takes it across."""
    person = desk.scene.person()
    assert desk.refusal(desk.seal(person, sent_at=SENT + timedelta(minutes=minutes))) == "desk.stale"
    desk.sealer._clock = lambda: SENT + timedelta(minutes=minutes)
    with pytest.raises(SealRefused) as refused:
        desk.carrier.send(person)
    assert refused.value.reason == "desk.stale"

    desk.sealer._clock = desk.clock
    assert isinstance(desk.carrier.send(person), ReportAccepted)


def test_an_unknown_signer_is_refused(desk: Desk) -> None:
    """A key that was never enrolled opens nothing; nor does one municipality's key speak for another."""
    order = desk.scene.with_card().order()
    unknown = desk.keys.made("99201", "sato")
    assert desk.refusal(desk.seal(order, key=unknown)) == "desk.signer-unknown"

    stolen = desk.keys.key_of("99202", "sato")
    assert desk.refusal(desk.seal(order, key=stolen)) == "desk.signer-unknown"
    assert not Certificate.objects.exists()


def test_a_revoked_signer_is_refused(desk: Desk) -> None:
    """From the moment of the revocation on, also for an envelope sealed before; a new key is a person's decision."""
    order = desk.scene.with_card().order()
    sealed = desk.seal(order)
    desk.scene.authority.revoke_desk_key("99201", "sato", at=desk.clock())
    assert desk.refusal(sealed) == "desk.signer-revoked"
    desk.keys.keys.pop(("99201", "sato"))
    assert desk.refusal(desk.seal(order)) == "desk.signer-revoked"

    key = DeskKey.generate()
    desk.scene.authority.readmit("99201", "sato", key.public_key, at=desk.clock())
    assert isinstance(desk.post(desk.seal(order, key=key)), CertificateIssued)
    assert EnrolledKey.objects.filter(signer="sato").count() == 2


def test_who_sends_too_much_waits(desk: Desk) -> None:
    """Beyond its share a municipality is put off, not refused; another one is served; later it goes on."""
    desk.gate._terms = GateTerms(rate=1.0, burst=2.0)
    question = asked(desk)
    for _ in range(2):
        assert isinstance(desk.carrier.send(question), Refused)
    with pytest.raises(AuthorityUnreachable):
        desk.carrier.send(question)
    assert isinstance(desk.carrier.send(asked(desk, "99202")), Refused)

    desk.clock.wait(seconds=1)
    assert isinstance(desk.carrier.send(question), Refused)
    assert Entry.objects.using("authority").filter(verb="envelope.refused").count() == 1


def test_the_wire_form_is_what_crosses(desk: Desk) -> None:
    """An envelope in another zone's words is the same envelope: the signature covers the instant."""
    wire = encode_envelope(desk.seal(desk.scene.person())).replace(
        b"2026-11-27T03:00:00Z", b"2026-11-27T12:00:00+09:00"
    )

    assert isinstance(desk.post(wire), ReportAccepted)
