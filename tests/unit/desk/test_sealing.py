from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from openjpki.desk.carrier import AuthorityUnreachable, BadMessage, SealRefused, decode_request, encode
from openjpki.desk.envelope import decode_envelope
from openjpki.desk.keys import DeskKey, verify_desk_signature
from openjpki.desk.messages import CertificatesAsked, Refused
from openjpki.desk.sealing import InProcessLine, Sealed, Sealer
from openjpki.errors import Failure, Kind

SENT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
ASKED = CertificatesAsked(
    municipality="99201", resident_code="12345678901", card_number="123456789012345", asked_at=SENT
)
KEY = DeskKey.generate()


class OneKey:
    """Everybody's key."""

    def key_of(self, municipality: str, signer: str) -> DeskKey:
        """Return the one key, for Wakaba itself."""
        assert (municipality, signer) == ("99201", "")
        return KEY


class Away(Failure):
    """Something is absent."""

    code = "test.sealing.away"
    kind = Kind.UNAVAILABLE
    ja = "応答がありません。"
    en = "No answer."


class No(Failure):
    """Something else."""

    code = "test.sealing.no"
    kind = Kind.REFUSED
    ja = "できません。"
    en = "No."


def sealer() -> Sealer:
    """Return a sealer whose nonces count."""
    numbers = iter(range(1, 100))
    return Sealer(OneKey(), clock=lambda: SENT, entropy=lambda count: next(numbers).to_bytes(count))


def carrier(answer: Callable[[str, bytes], bytes]) -> Sealed:
    """Return a carrier to a handler of envelopes."""
    return Sealed(sealer(), InProcessLine(answer))


def test_a_request_is_sealed_as_it_is() -> None:
    """Sender, signer, moment, number and message stand in the envelope, under the sender's signature."""
    envelope = sealer().seal(ASKED)

    assert (envelope.municipality, envelope.signer, envelope.sent_at) == ("99201", "", SENT)
    assert decode_request(envelope.message) == ASKED
    verify_desk_signature(KEY.public_key, envelope.signed_bytes(), envelope.signature)


def test_the_same_message_again_gets_a_new_envelope() -> None:
    """Resending never looks like a replay."""
    sent = []

    def answer(peer: str, wire: bytes) -> bytes:
        assert peer == "99201"
        sent.append(decode_envelope(wire))
        return encode(Refused(code="authority.no", ja="できません。", en="No."))

    line = carrier(answer)
    assert line.send(ASKED) == line.send(ASKED) == Refused(code="authority.no", ja="できません。", en="No.")
    first, second = sent
    assert first.nonce != second.nonce
    assert first.message == second.message


def test_a_refusal_of_the_desk_is_no_answer_to_the_message() -> None:
    """The envelope was refused, not what is in it: the message is kept, with the gate's code."""
    refused = Refused(code="desk.stale", ja="古い封です。", en="Stale.")
    with pytest.raises(SealRefused) as raised:
        carrier(lambda _peer, _wire: encode(refused)).send(ASKED)

    assert raised.value.reason == "desk.stale"
    assert "Stale." in raised.value.message("en")
    assert "古い封です。" in raised.value.message("ja")


@pytest.mark.parametrize("reply", [b"", b"{}", b'{"type":"Refused"'])
def test_an_unreadable_reply_is_none(reply: bytes) -> None:
    """Whatever is not a reply leaves the message with its sender."""
    with pytest.raises(AuthorityUnreachable):
        carrier(lambda _peer, _wire: reply).send(ASKED)


def test_what_is_unavailable_at_the_authority_is_unreachable() -> None:
    """Within a process too; any other failure of a handler is not hidden."""

    def failing(failure: Failure) -> Callable[[str, bytes], bytes]:
        def answer(_peer: str, _wire: bytes) -> bytes:
            raise failure

        return answer

    with pytest.raises(AuthorityUnreachable):
        carrier(failing(Away())).send(ASKED)
    with pytest.raises(No):
        carrier(failing(No())).send(ASKED)


def test_what_cannot_be_written_is_not_sent() -> None:
    """Half a character is refused before the line is asked."""
    broken = CertificatesAsked(
        municipality="99201", resident_code="\ud800", card_number="123456789012345", asked_at=SENT
    )
    with pytest.raises(BadMessage):
        carrier(lambda _peer, _wire: b"").send(broken)
