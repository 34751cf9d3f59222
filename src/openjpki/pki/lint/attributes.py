"""Rules about the four attributes in subjectAltName."""

from collections.abc import Iterator
from datetime import date

from openjpki.pki import der, oids
from openjpki.pki.lint.finding import rule
from openjpki.pki.lint.specimen import Specimen
from openjpki.rules.birth_date import birth_date_text
from openjpki.rules.characters import LONGEST_ADDRESS, in_repertoire
from openjpki.rules.era import BeforeCalendar

SUBJECT_ALT_NAME = "2.5.29.17"
UTF8_STRING = 0x0C


@rule("lint.attributes.order", "C")
def order(specimen: Specimen) -> Iterator[str]:
    """Profile §4: subjectAltName holds six otherNames, .1 .4 .3 .5 .2 .6, each once, and nothing else."""
    names = list(specimen.extension(SUBJECT_ALT_NAME) or ())
    found = tuple(name.chosen["type_id"].dotted if name.name == "other_name" else name.name for name in names)
    if found != oids.ATTRIBUTE_ORDER:
        yield "other attributes, or another order"


@rule("lint.attributes.strings", "C")
def strings(specimen: Specimen) -> Iterator[str]:
    """Profile §4: each attribute is a UTF8String that is not empty and has no control character."""
    for oid, (text, encoded) in _texts(specimen).items():
        if encoded != der.tlv(der.context(0), der.tlv(UTF8_STRING, text.encode())):
            yield f"{oid} is no UTF8String"
        elif not text or not all(character.isprintable() or character == "\u3000" for character in text):
            yield f"{oid} is empty or holds a control character"


@rule("lint.attributes.repertoire", "C")
def repertoire(specimen: Specimen) -> Iterator[str]:
    """R-1.9: name and address keep to JIS X 0208 and JIS X 0212, without half-width katakana."""
    texts = _texts(specimen)
    for oid in (oids.NAME, oids.ADDRESS):
        text, _ = texts.get(oid, _NONE)
        for position, character in enumerate(text, start=1):
            if not in_repertoire(character):
                yield f"{oid} character {position}"


@rule("lint.attributes.flags", "C")
def flags(specimen: Specimen) -> Iterator[str]:
    """R-1.9: name and address have one substitute flag, '0' or '1', for each character."""
    texts = _texts(specimen)
    for text, marks in ((oids.NAME, oids.NAME_SUBSTITUTIONS), (oids.ADDRESS, oids.ADDRESS_SUBSTITUTIONS)):
        if text in texts and marks in texts:
            written, flagged = texts[text][0], texts[marks][0]
            if len(written) != len(flagged) or not set(flagged) <= {"0", "1"}:
                yield f"{marks} does not fit {text}"


@rule("lint.attributes.address", "C")
def address(specimen: Specimen) -> Iterator[str]:
    """R-1.9: an address has at most 200 characters."""
    text, _ = _texts(specimen).get(oids.ADDRESS, _NONE)
    if len(text) > LONGEST_ADDRESS:
        yield f"{len(text)} characters"


@rule("lint.attributes.sex", "CU")
def sex(specimen: Specimen) -> Iterator[str]:
    """Profile §4: 性別 is '1' male, '2' female, or the code for unknown (setting `unknown_sex`)."""
    text, _ = _texts(specimen).get(oids.SEX, ("1", b""))
    if text not in {"1", "2", specimen.profiles.unknown_sex}:
        yield "another code"


@rule("lint.attributes.birth-date", "C")
def birth_date(specimen: Specimen) -> Iterator[str]:
    """Profile §4: 生年月日 is the era's digit and the Gregorian date, and they agree."""
    text, _ = _texts(specimen).get(oids.BIRTH_DATE, _NONE)
    try:
        expected = birth_date_text(date(int(text[1:5]), int(text[5:7]), int(text[7:])))
    except (ValueError, BeforeCalendar):
        yield "not a date of the calendar"
        return
    if text != expected:
        yield "era and date disagree"


_NONE = ("", b"")


def _texts(specimen: Specimen) -> dict[str, tuple[str, bytes]]:
    """Return text and encoding of each otherName."""
    names = specimen.extension(SUBJECT_ALT_NAME) or ()
    others = [name.chosen for name in names if name.name == "other_name"]
    values = {other["type_id"].dotted: other["value"].parsed for other in others}
    return {oid: (str(value.native), value.dump()) for oid, value in values.items()}


ATTRIBUTE_RULES = (order, strings, repertoire, flags, address, sex, birth_date)
