from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.desk.carrier import MAX_MESSAGE, BadMessage
from openjpki.desk.envelope import (
    CONTEXT,
    MAX_ENVELOPE,
    Envelope,
    decode_envelope,
    encode_envelope,
    signed_bytes,
    signer_of,
)
from openjpki.desk.messages import CardRequest, CertificateOrder, Request, RevocationOrder
from tests.properties.test_desk_messages import requests

SENT = datetime(2026, 11, 27, 3, 0, 0, 250000, tzinfo=UTC)
ENVELOPE = Envelope(
    municipality="99201", signer="sato", nonce=bytes(range(16)), sent_at=SENT, message=b"{}", signature=b"s"
)

envelopes = st.builds(
    Envelope,
    municipality=st.text("0123456789", min_size=5, max_size=5),
    signer=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=64),
    nonce=st.binary(min_size=16, max_size=16),
    sent_at=st.datetimes(timezones=st.just(UTC)),
    message=st.binary(max_size=300),
    signature=st.binary(min_size=1, max_size=80),
)


def test_the_signed_bytes_are_those_of_the_page() -> None:
    """Byte for byte as docs/desk.md says: each field behind its length, the context first."""
    moment = b"2026-11-27T03:00:00.250000+00:00"
    expected = (
        b"\x00\x00\x00\x18openjpki desk envelope 1"
        b"\x00\x00\x00\x0599201\x00\x00\x00\x04sato"
        b"\x00\x00\x00\x10" + bytes(range(16)) + b"\x00\x00\x00\x20" + moment + b"\x00\x00\x00\x02{}"
    )

    assert len(CONTEXT) == 0x18
    assert ENVELOPE.signed_bytes() == expected


def test_the_zone_of_the_wire_does_not_matter() -> None:
    """One instant has one form under the signature."""
    japan = msgspec.structs.replace(ENVELOPE, sent_at=SENT.astimezone(timezone(timedelta(hours=9))))

    assert japan.signed_bytes() == ENVELOPE.signed_bytes()


@given(envelopes)
def test_every_envelope_crosses_unchanged(envelope: Envelope) -> None:
    """Encoding and decoding are inverse, and what was signed stays what is verified."""
    read = decode_envelope(encode_envelope(envelope))

    assert read == envelope
    assert read.signed_bytes() == envelope.signed_bytes()


@given(envelopes, envelopes)
def test_two_envelopes_never_have_the_same_signed_bytes(one: Envelope, two: Envelope) -> None:
    """No field runs into the next: what differs in anything but the signature differs in what is signed."""
    same = [one.municipality, one.signer, one.nonce, one.sent_at, one.message] == [
        two.municipality,
        two.signer,
        two.nonce,
        two.sent_at,
        two.message,
    ]

    assert (one.signed_bytes() == two.signed_bytes()) is same


def test_fields_do_not_run_into_each_other() -> None:
    """A letter moved from one field to the next changes what is signed."""
    assert signed_bytes("99201", "ab", b"", SENT, b"c") != signed_bytes("99201", "a", b"", SENT, b"bc")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_envelope_or_one_refusal(wire: bytes) -> None:
    """A peer's bytes raise `BadMessage` and nothing else."""
    with pytest.raises(BadMessage):
        decode_envelope(wire)


@pytest.mark.parametrize(
    "change",
    [
        {"municipality": "9920"},
        {"signer": "s" * 65},
        {"signer": "sa\nto"},
        {"nonce": b"1"},
        {"nonce": b"1" * 17},
        {"sent_at": SENT.replace(tzinfo=None)},
        {"sent_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))},
        {"message": b" " * (MAX_MESSAGE + 1)},
        {"signature": b""},
        {"signature": b"s" * 81},
    ],
    ids=str,
)
def test_what_is_out_of_its_grammar_is_refused(change: dict[str, object]) -> None:
    """Each field has its shape when it is read from the wire."""
    with pytest.raises(BadMessage):
        decode_envelope(encode_envelope(msgspec.structs.replace(ENVELOPE, **change)))


def test_unknown_fields_and_large_envelopes_are_refused() -> None:
    """Nothing travels beside the signed fields, and nothing without bound."""
    wire = encode_envelope(ENVELOPE)
    for bad in (wire.replace(b'"signer"', b'"more":1,"signer"'), wire + b" " * MAX_ENVELOPE):
        with pytest.raises(BadMessage):
            decode_envelope(bad)


@given(requests)
def test_an_order_is_signed_by_the_officer_it_names(request: Request) -> None:
    """The officer for an order or work on a card, the municipality itself for all else."""
    officer = getattr(request, "officer", "")

    assert signer_of(request) == officer
    assert bool(officer) is isinstance(request, CertificateOrder | RevocationOrder | CardRequest)


def test_an_envelope_shows_its_sender_only() -> None:
    """The message inside is personal data."""
    assert repr(ENVELOPE) == "Envelope(99201/sato)"
    assert repr(msgspec.structs.replace(ENVELOPE, signer="")) == "Envelope(99201/itself)"
