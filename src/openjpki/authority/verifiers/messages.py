"""The JSON of the verifiers' door: one structure a message, from which its OpenAPI description is drawn too."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec

from openjpki.rules.kinds import CertificateKind

MOST_SERIALS: Final = 100
"""Serials in one question about status: a page of a service's users; more come in the next."""
LARGEST_SERIAL: Final = 2**63 - 1
"""What the register can hold; a larger one was never given."""

Serial = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SERIAL, description="発行の番号")]
ConsentId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the signed text")]


class StatusAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Status of serials of one kind."""

    kind: CertificateKind
    serials: Annotated[list[Serial], msgspec.Meta(min_length=1, max_length=MOST_SERIALS)]


class StatusTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Status of one serial (R-5.25)."""

    serial: int
    status: str
    check_method: str
    source_updated_at: datetime
    revoked_at: datetime | None
    reason: str | None


class StatusesTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """In the order asked."""

    statuses: list[StatusTold]


class LinkAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which serial stands for this one today (R-5.26)."""

    kind: CertificateKind
    serial: Serial


class LinkTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """None: there is none, or there never was such a serial."""

    serial: int
    current_serial: int | None


class ConsentBrought(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A holder's consent: a CMS SignedData (DER) that carries the text, in base64."""

    document: bytes


class ConsentTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A consent as it is registered."""

    consent_id: str
    items: list[str]
    since: date
    until: date
    withdrawn: bool


class WithdrawalBrought(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The holder takes a consent back."""

    consent_id: ConsentId


class AttributesAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is newer than the certificate of this serial (R-8.7)."""

    consent_id: ConsentId
    serial: Serial


class AttributesTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Given: the items consented to, and the new signature certificate's serial. Not given: why."""

    given: bool
    reason: str | None
    serial: int | None
    items: dict[str, str] | None


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A refusal: its stable code, and a sentence in each language."""

    code: str
    ja: str
    en: str


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every answer but a good one says."""

    error: Refusal


QUESTIONS: Final[dict[str, tuple[type[msgspec.Struct], type[msgspec.Struct]]]] = {
    "/v1/status": (StatusAsked, StatusesTold),
    "/v1/current-serial": (LinkAsked, LinkTold),
    "/v1/consents": (ConsentBrought, ConsentTold),
    "/v1/consents/withdraw": (WithdrawalBrought, ConsentTold),
    "/v1/attributes": (AttributesAsked, AttributesTold),
}
"""Path → what is posted there, and what comes back."""


def openapi() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the door's JSON."""
    types = [*(kind for pair in QUESTIONS.values() for kind in pair), Refused]
    _, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "OpenJPKI, for registered verifiers", "version": "1"},
        "components": {
            "schemas": components,
            "securitySchemes": {"client-certificate": {"type": "mutualTLS"}},
        },
        "security": [{"client-certificate": []}],
        "paths": {path: {"post": _operation(*pair)} for path, pair in QUESTIONS.items()},
    }


def _operation(asked: type[msgspec.Struct], told: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "summary": str(asked.__doc__),
        "requestBody": {"required": True, "content": _content(asked)},
        "responses": {
            "200": {"description": str(told.__doc__), "content": _content(told)},
            "default": {"description": str(Refused.__doc__), "content": _content(Refused)},
        },
    }


def _content(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
