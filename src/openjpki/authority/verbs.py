"""The authority's closed vocabulary of acts, as the audit record spells them."""

from enum import Enum, unique


@unique
class Verb(Enum):
    """What the authority did, or refused to do."""

    MUNICIPALITY_ENROLLED = "municipality.enrolled"
    DESK_KEY_ENROLLED = "desk-key.enrolled"
    DESK_KEY_REVOKED = "desk-key.revoked"
    CA_CREATED = "ca.created"
    RESPONDER_CERTIFIED = "responder.certified"
    PERSON_REGISTERED = "person.registered"
    PERSON_CHANGED = "person.changed"
    PERSON_LEAVES = "person.leaves"
    PERSON_READ = "person.read"
    CARD_REGISTERED = "card.registered"
    CARD_CHANGED = "card.changed"
    ORDER_NUMBERED = "order.numbered"
    ORDER_CONFIRMED = "order.confirmed"
    ORDER_CLOSED = "order.closed"
    CERTIFICATE_LINTED = "certificate.linted"
    CERTIFICATE_SIGNED = "certificate.signed"
    CERTIFICATE_ACTIVATED = "certificate.activated"
    CERTIFICATE_SUPERSEDED = "certificate.superseded"
    CERTIFICATE_EXPIRED = "certificate.expired"
    CERTIFICATE_HELD = "certificate.held"
    CERTIFICATE_RELEASED = "certificate.released"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_DISCARDED = "certificate.discarded"
    REVOCATION_HASTENED = "revocation.hastened"
    CRL_PUBLISHED = "crl.published"
    SERIALS_SKIPPED = "serials.skipped"
    REQUEST_REFUSED = "request.refused"
    ENVELOPE_REFUSED = "envelope.refused"
