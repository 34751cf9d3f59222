from datetime import UTC, datetime

import pytest

from openjpki.desk.carrier import (
    MAX_MESSAGE,
    AuthorityUnreachable,
    BadMessage,
    decode_reply,
    decode_request,
    encode,
)
from openjpki.desk.messages import Certificates, CertificatesAsked, Refused, Reply, Request
from openjpki.errors import Failure, Kind
from tests.support.carrier import InProcess

ASKED = CertificatesAsked(
    municipality="99201",
    resident_code="12345678901",
    card_number="123456789012345",
    asked_at=datetime(2026, 4, 1, tzinfo=UTC),
)
WIRE = encode(ASKED).decode()


class Busy(Failure):
    """The answer of an authority that is down."""

    code = "test.busy"
    kind = Kind.UNAVAILABLE
    ja = "只今使えません。"
    en = "Not now."


class No(Failure):
    """The answer of an authority that refuses."""

    code = "test.no"
    kind = Kind.REFUSED
    ja = "{what} はできません。"
    en = "{what} is not possible."


def test_a_request_survives_its_wire_form() -> None:
    """What is sent is what arrives."""
    assert decode_request(encode(ASKED)) == ASKED


def test_a_reply_survives_its_wire_form() -> None:
    """What is answered is what arrives."""
    refused = Refused(code="a.b", ja="だめ。", en="No.")

    assert decode_reply(encode(refused)) == refused


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"1",
        b"{}",
        b"\xff",
        b'{"type":"CertificatesAsked"',
        b'{"type":"Unknown"}',
        b'{"type":"CertificatesAsked","municipality":"\xff\xfe"}',
        b'{"type":"CertificatesAsked","municipality":' + b"[" * 100_000,
        b'{"x":' + b'{"a":' * 40_000,
        encode(Certificates(records=())),
        WIRE.replace('"99201"', '"9920"').encode(),
        WIRE.replace('"99201"', '"99201\\n"').encode(),
        WIRE.replace('"12345678901"', '"1234567890１"').encode(),
        WIRE.replace("00:00:00Z", "00:00:00").encode(),
        WIRE.replace("}", ',"more":1}').encode(),
        b" " * (MAX_MESSAGE + 1),
    ],
    ids=lambda wire: repr(wire[:24]),
)
def test_whatever_is_not_ours_is_a_bad_message(wire: bytes) -> None:
    """The decoder answers any bytes with one refusal: wrong grammar, wrong type, unknown fields, too long, too deep."""
    with pytest.raises(BadMessage):
        decode_request(wire)


def test_a_bad_message_names_the_field_and_not_the_value() -> None:
    """The reason helps a developer and shows nothing of the person."""
    with pytest.raises(BadMessage) as refusal:
        decode_request(WIRE.replace("12345678901", "1234567890x").encode())

    assert "$.resident_code" in refusal.value.message("en")
    assert "1234567890x" not in str(refusal.value)


def test_half_a_character_cannot_be_sent() -> None:
    """A lone surrogate has no UTF-8 form; it is refused before anything is sent."""
    with pytest.raises(BadMessage):
        encode(Refused(code="a.b", ja="\ud800", en="No."))


def test_the_in_process_carrier_delivers() -> None:
    """A request reaches the handler equal to what was sent, and the reply comes back the same way."""
    seen: list[Request] = []

    def handler(request: Request) -> Reply:
        seen.append(request)
        return Certificates(records=())

    reply = InProcess(handler).send(ASKED)

    assert seen == [ASKED]
    assert seen[0] is not ASKED
    assert reply == Certificates(records=())


def test_a_refusal_comes_back_as_a_reply() -> None:
    """A `Failure` of the authority crosses as its code and both sentences."""

    def handler(_: Request) -> Reply:
        raise No(what="それ")

    assert InProcess(handler).send(ASKED) == Refused(
        code="test.no", ja="それ はできません。", en="それ is not possible."
    )


def test_an_authority_that_cannot_answer_is_unreachable() -> None:
    """An unavailable authority is told apart from a refusal: the order stays in the sender's outbox."""

    def handler(_: Request) -> Reply:
        raise Busy

    with pytest.raises(AuthorityUnreachable):
        InProcess(handler).send(ASKED)


def test_a_malformed_request_never_reaches_the_authority() -> None:
    """The carrier reads the wire form before the handler: a wrong municipality code stops there."""

    def handler(_: Request) -> Reply:
        pytest.fail("the handler was called")

    wrong = CertificatesAsked(
        municipality="茨木",
        resident_code="12345678901",
        card_number="123456789012345",
        asked_at=datetime(2026, 4, 1, tzinfo=UTC),
    )

    assert isinstance(InProcess(handler).send(wrong), Refused)
