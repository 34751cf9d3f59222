from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki.attributes import read_attributes
from openjpki.pki.certificate import issue, lint, prepare_signature
from openjpki.rules.characters import in_repertoire
from openjpki.rules.kinds import Sex
from openjpki.rules.person import CertifiedAttributes
from tests.support.hierarchy import EXPIRES, ISSUED, SUBJECT_ID, WAKABA, hierarchy

CHARACTERS = [chr(code) for code in (*range(0x21, 0x7F), *range(0x3000, 0x30FF), *range(0x4E00, 0x9FFF, 7))]
TEXT = st.text(st.sampled_from([each for each in CHARACTERS if in_repertoire(each)]), min_size=1, max_size=200)
MADE = hierarchy()


def flags(text: str) -> st.SearchStrategy[str]:
    """Return one '0' or '1' for each character."""
    return st.text("01", min_size=len(text), max_size=len(text))


@st.composite
def attributes(draw: st.DrawFn) -> CertifiedAttributes:
    """Make four attributes in the repertoire."""
    name, address = draw(TEXT), draw(TEXT)
    return CertifiedAttributes(
        name=name,
        name_substitutions=draw(flags(name)),
        address=address,
        address_substitutions=draw(flags(address)),
        birth_date=draw(st.dates(date(1873, 1, 1), date(2026, 1, 5))),
        sex=draw(st.sampled_from(Sex)),
    )


@given(attributes())
def test_attributes_go_through_a_certificate_unchanged(person: CertifiedAttributes) -> None:
    """R-1.9: whatever the repertoire allows is certified, passes its lint, and is read as it was."""
    prepared = prepare_signature(
        MADE.profiles,
        issuer=MADE.ca,
        public_key=MADE.holder_signer.public_key,
        serial=5,
        subject_id=SUBJECT_ID,
        municipality=WAKABA,
        attributes=person,
        not_before=ISSUED,
        not_after=EXPIRES,
    )

    assert read_attributes(issue(lint(prepared, MADE.ca), MADE.ca_signer)) == person
