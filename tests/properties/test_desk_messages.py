"""Every message crosses the desk unchanged, and any bytes are answered by a message or one refusal."""

from contextlib import suppress
from datetime import UTC
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.desk.carrier import BadMessage, decode_reply, decode_request, encode
from openjpki.desk.messages import (
    MOST_NOTICES,
    Attributes,
    CardAnswers,
    CardCommands,
    CardReported,
    CardWork,
    CardWorkAsked,
    CardWorkDone,
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    CertificateRecord,
    Certificates,
    CertificatesAsked,
    DeliveryConfirmed,
    DepartureReported,
    Foreigner,
    LifeEventReported,
    NoticeLetter,
    Notices,
    NoticesAsked,
    PersonReported,
    PinResetApproved,
    PinResetOrder,
    Refused,
    Reply,
    ReportAccepted,
    Request,
    RevocationAccepted,
    RevocationOrder,
    StayReported,
)
from openjpki.rules.kinds import (
    CardState,
    CertificateKind,
    CertificateState,
    LifeEvent,
    PinKind,
    Procedure,
    ResidenceStatus,
    RevocationReason,
    Sex,
)
from openjpki.rules.notices import Enclosure

identifiers = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
lines = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)
moments = st.datetimes(timezones=st.just(UTC))
keys = st.binary(min_size=1, max_size=1024)
digests = st.binary(min_size=32, max_size=32)
officers = lines.map(lambda line: line[:64])
serials = st.integers(min_value=1, max_value=2**63 - 1)


def digits(count: int) -> st.SearchStrategy[str]:
    """Return codes of this many digits."""
    return st.text("0123456789", min_size=count, max_size=count)


municipalities, residents, cards = digits(5), digits(11), digits(15)
attributes = st.builds(Attributes, name=lines, address=lines, birth_date=st.dates(), sex=st.sampled_from(Sex))
foreigners = st.none() | st.builds(
    Foreigner, status=st.sampled_from(ResidenceStatus), stay_until=st.none() | st.dates()
)
events = st.sampled_from(LifeEvent)
kinds = st.sampled_from(CertificateKind)
records = st.builds(
    CertificateRecord,
    serial=serials,
    kind=kinds,
    state=st.sampled_from(CertificateState),
    issued_on=st.dates(),
    expires=st.dates(),
    card_number=cards,
    issuing_municipality=municipalities,
    reason=st.none() | st.sampled_from(RevocationReason),
    event=st.none() | events,
    effective_at=st.none() | moments,
    visible_at=st.none() | moments,
    certificate=st.binary(max_size=200),
)
some_records = st.lists(records, max_size=3).map(tuple)
person = {"municipality": municipalities, "resident_code": residents}
REQUESTS: dict[type, st.SearchStrategy[Request]] = {
    PersonReported: st.builds(
        PersonReported,
        report_id=identifiers,
        **person,
        attributes=attributes,
        reported_at=moments,
        foreigner=foreigners,
    ),
    LifeEventReported: st.builds(
        LifeEventReported,
        report_id=identifiers,
        **person,
        event=events,
        occurred_on=st.dates(),
        attributes=st.none() | attributes,
        reported_at=moments,
    ),
    DepartureReported: st.builds(
        DepartureReported,
        report_id=identifiers,
        **person,
        to_municipality=municipalities,
        left_on=st.dates(),
        reported_at=moments,
    ),
    StayReported: st.builds(
        StayReported,
        report_id=identifiers,
        **person,
        foreigner=foreigners,
        occurred_on=st.dates(),
        reported_at=moments,
    ),
    CardReported: st.builds(
        CardReported,
        report_id=identifiers,
        **person,
        card_number=cards,
        expires=st.dates(),
        state=st.sampled_from(CardState),
        event=st.none() | events,
        reported_at=moments,
    ),
    CertificateOrder: st.builds(
        CertificateOrder,
        order_id=identifiers,
        **person,
        officer=officers,
        card_number=cards,
        kind=kinds,
        procedure=st.sampled_from(Procedure),
        public_key=keys,
        proof_of_possession=keys,
        ordered_at=moments,
        name_reading=st.none() | lines,
    ),
    DeliveryConfirmed: st.builds(
        DeliveryConfirmed,
        order_id=identifiers,
        municipality=municipalities,
        read_back=digests,
        confirmed_at=moments,
    ),
    RevocationOrder: st.builds(
        RevocationOrder,
        order_id=identifiers,
        **person,
        officer=officers,
        event=events,
        kinds=st.lists(kinds, max_size=2).map(tuple),
        occurred_on=st.dates(),
        ordered_at=moments,
    ),
    CertificatesAsked: st.builds(
        CertificatesAsked, **person, card_number=cards, asked_at=moments, after=st.integers(0, 2**31 - 1)
    ),
    NoticesAsked: st.builds(
        NoticesAsked,
        municipality=municipalities,
        asked_at=moments,
        kept=st.lists(identifiers, max_size=MOST_NOTICES).map(tuple),
    ),
    PinResetOrder: st.builds(
        PinResetOrder,
        order_id=identifiers,
        **person,
        officer=officers,
        card_number=cards,
        pin=st.sampled_from(PinKind),
        ordered_at=moments,
    ),
    CardWorkAsked: st.builds(
        CardWorkAsked,
        work_id=identifiers,
        **person,
        officer=officers,
        card_number=cards,
        work=st.sampled_from(CardWork),
        kind=st.none() | kinds,
        order_id=st.none() | identifiers,
        certificate_digest=st.none() | digests,
        asked_at=moments,
    ),
    CardAnswers: st.builds(
        CardAnswers,
        session_id=identifiers,
        municipality=municipalities,
        officer=officers,
        answers=st.lists(st.binary(min_size=2, max_size=300), min_size=1, max_size=4).map(tuple),
    ),
}
REPLIES: dict[type, st.SearchStrategy[Reply]] = {
    ReportAccepted: st.builds(ReportAccepted, report_id=identifiers, ended=some_records),
    CertificateIssued: st.builds(
        CertificateIssued,
        order_id=identifiers,
        serial=serials,
        certificate=st.binary(max_size=2000),
        issuer_certificate=st.binary(max_size=2000),
        expires=st.dates(),
        because=lines,
    ),
    CertificateActivated: st.builds(
        CertificateActivated, order_id=identifiers, serial=serials, superseded=st.none() | serials
    ),
    RevocationAccepted: st.builds(RevocationAccepted, order_id=identifiers, ended=some_records),
    Certificates: st.builds(Certificates, records=some_records, more=st.booleans()),
    Notices: st.builds(
        Notices,
        letters=st.lists(
            st.builds(
                NoticeLetter,
                notice_id=identifiers,
                resident_code=residents,
                card_expires=st.none() | st.dates(),
                signature_expires=st.none() | st.dates(),
                authentication_expires=st.none() | st.dates(),
                opens=st.dates(),
                printed=st.dates(),
                posted=st.dates(),
                enclosed=st.lists(st.sampled_from(Enclosure), max_size=len(Enclosure)).map(tuple),
                told=st.lists(identifiers, max_size=8).map(tuple),
            ),
            max_size=3,
        ).map(tuple),
        more=st.booleans(),
    ),
    PinResetApproved: st.builds(PinResetApproved, order_id=identifiers),
    CardCommands: st.builds(
        CardCommands, session_id=identifiers, apdus=st.lists(st.binary(max_size=300), max_size=4).map(tuple)
    ),
    CardWorkDone: st.builds(
        CardWorkDone,
        work_id=identifiers,
        public_key=st.binary(max_size=1024),
        proof=st.binary(max_size=1024),
        certificate=st.binary(max_size=2000),
        waiting_key=st.none() | digests,
        in_use=st.none() | digests,
    ),
    Refused: st.builds(Refused, code=identifiers, ja=lines, en=lines),
}
requests = st.one_of(*REQUESTS.values())
replies = st.one_of(*REPLIES.values())


@given(requests)
def test_every_request_crosses_unchanged(request: Request) -> None:
    """Encoding and decoding are inverse for every request."""
    assert decode_request(encode(request)) == request


@given(replies)
def test_every_reply_crosses_unchanged(reply: Reply) -> None:
    """Encoding and decoding are inverse for every reply."""
    assert decode_reply(encode(reply)) == reply


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_one_refusal(wire: bytes) -> None:
    """The decoder of a peer's bytes raises `BadMessage` and nothing else."""
    for decode in (decode_request, decode_reply):
        with suppress(BadMessage):
            assert encode(decode(wire))


@given(requests, st.data())
def test_a_damaged_request_is_a_message_or_one_refusal(request: Request, data: st.DataObject) -> None:
    """One changed byte makes another valid request or a `BadMessage`, and never a message out of its grammar."""
    wire = bytearray(encode(request))
    place = data.draw(st.integers(0, len(wire) - 1))
    wire[place] = data.draw(st.integers(0, 255))

    try:
        read = decode_request(bytes(wire))
    except BadMessage:
        return

    assert decode_request(encode(read)) == read


@pytest.mark.parametrize(("built", "union"), [(REQUESTS, Request), (REPLIES, Reply)], ids=["requests", "replies"])
def test_the_properties_cover_every_message(built: dict[type, object], union: object) -> None:
    """The strategies above build every member of the two unions; a new message must be added here."""
    assert set(built) == set(get_args(union))
