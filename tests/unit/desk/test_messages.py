from datetime import UTC, date, datetime

import msgspec
import pytest

from openjpki.desk.carrier import decode_request, encode
from openjpki.desk.messages import (
    Attributes,
    CertificateIssued,
    CertificateOrder,
    CertificatesAsked,
    Message,
    PersonReported,
    order_proof_input,
)
from openjpki.rules.kinds import CertificateKind, Sex


def everything() -> list[type[Message]]:
    """Return every message type of the desk."""
    return sorted(Message.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", everything(), ids=lambda kind: kind.__name__)
def test_a_message_is_frozen_tagged_and_closed(kind: type[Message]) -> None:
    """A message cannot be changed, names its own type on the wire, and refuses fields it does not know."""
    config = kind.__struct_config__

    assert config.frozen
    assert config.tag == kind.__name__
    assert config.forbid_unknown_fields


@pytest.mark.parametrize("kind", everything(), ids=lambda kind: kind.__name__)
def test_every_moment_must_name_its_zone(kind: type[Message]) -> None:
    """A moment without a zone is refused on the wire: Japan and UTC are nine hours and sometimes a day apart."""
    for field in msgspec.structs.fields(kind):
        if field.name.endswith("_at"):
            alone = msgspec.defstruct("alone", [("moment", field.type)])
            with pytest.raises(msgspec.ValidationError):
                msgspec.json.decode(b'{"moment":"2026-04-01T09:00:00"}', type=alone)


def test_attributes_show_no_personal_data() -> None:
    """The four attributes appear in no log by way of `repr`, not even inside a larger message (R-1.9)."""
    attributes = Attributes(
        name="見本　花子", address="見本県若葉市一丁目1番1号", birth_date=date(1990, 6, 10), sex=Sex.FEMALE
    )
    message = PersonReported(
        report_id="r",
        municipality="99201",
        resident_code="12345678901",
        attributes=attributes,
        reported_at=datetime(2026, 4, 1, tzinfo=UTC),
    )

    assert repr(attributes) == "Attributes(…)"
    assert "花子" not in repr(message)
    assert "若葉市" not in repr(message)
    assert "1990" not in repr(message)


def test_a_message_shows_its_name_and_nothing_of_the_person() -> None:
    """`repr` shows what an order or report is called; a signature certificate's bytes carry the four attributes (R-0.3)."""
    issued = CertificateIssued(
        order_id="order-1",
        serial=12,
        certificate="見本　花子".encode(),
        issuer_certificate=b"",
        expires=date(2031, 6, 10),
        because="birthday",
    )
    asked = CertificatesAsked(
        municipality="99201",
        resident_code="12345678901",
        card_number="123456789012345",
        asked_at=datetime(2026, 4, 1, tzinfo=UTC),
    )

    assert repr(issued) == "CertificateIssued(order-1)"
    assert repr(asked) == "CertificatesAsked(…)"


def test_the_proof_binds_every_part_of_the_order() -> None:
    """The card's proof of possession covers the order, the municipality, the card, the kind and the key."""
    parts = ("order-1", "99201", "123456789012345", CertificateKind.SIGNATURE, b"key")
    whole = order_proof_input(*parts)
    others = (
        order_proof_input("order-2", *parts[1:]),
        order_proof_input(parts[0], "99202", *parts[2:]),
        order_proof_input(*parts[:2], "123456789012346", *parts[3:]),
        order_proof_input(*parts[:3], CertificateKind.AUTHENTICATION, parts[4]),
        order_proof_input(*parts[:4], b"other"),
    )

    assert whole.startswith(b"openjpki certificate order 1\n")
    assert len({whole, *others}) == 6


def test_a_question_is_a_value() -> None:
    """Equal questions are equal: a message has no identity of its own."""
    asked = datetime(2026, 4, 1, tzinfo=UTC)
    one = CertificatesAsked(
        municipality="99201", resident_code="12345678901", card_number="123456789012345", asked_at=asked
    )

    assert one == msgspec.structs.replace(one)
    assert one != msgspec.structs.replace(one, municipality="99202")


ORDER_OF_BEFORE = (
    b'{"type":"CertificateOrder","order_id":"o1","municipality":"99201","officer":"sato","resident_code":"12345678901",'
    b'"card_number":"123456789012345","kind":"signature","procedure":"new","public_key":"a2V5","proof_of_possession":"cHI=",'
    b'"ordered_at":"2026-04-01T00:00:00Z"}'
)
"""As homes of format 3 and before have stored it, at the window and at the authority."""


def test_an_order_of_before_keeps_its_wire_form() -> None:
    """R-1.9: an order without a reading is what it was, byte for byte: one that is under way is not taken for another."""
    order = decode_request(ORDER_OF_BEFORE)

    assert isinstance(order, CertificateOrder)
    assert order.name_reading is None
    assert encode(order) == ORDER_OF_BEFORE
    read = msgspec.structs.replace(order, name_reading="ミホン\u3000ハナコ")
    assert decode_request(encode(read)) == read
    assert "ハナコ" not in repr(read)
