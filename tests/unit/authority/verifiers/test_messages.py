import json

import msgspec
import pytest

from openjpki.authority.verifiers.messages import QUESTIONS, AttributesTold, StatusAsked, openapi


def test_the_description_describes_every_question() -> None:
    """Each path with its forms, and every reference leads to a schema (R-5.25)."""
    told = openapi()
    references = {one.partition('"')[0] for one in json.dumps(told).split("#/components/schemas/")[1:]}

    assert list(told["paths"]) == list(QUESTIONS)
    assert references <= set(told["components"]["schemas"])
    assert told["security"] == [{"client-certificate": []}]
    assert set(told["components"]["schemas"]["AttributesTold"]["required"]) == set(AttributesTold.__struct_fields__)


@pytest.mark.parametrize(
    "text", [b'{"kind":"signature","serials":[1],"more":1}', b'{"kind":"signature","serials":[true]}']
)
def test_what_is_not_described_is_not_read(text: bytes) -> None:
    """An unknown field and another type are no question (R-5.25)."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=StatusAsked)
