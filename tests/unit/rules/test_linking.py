from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import CertificateKind
from openjpki.rules.linking import current_serial


@dataclass(frozen=True)
class One:
    """A certificate."""

    holder: int
    kind: CertificateKind
    serial: int
    current: bool


ONES = st.builds(One, st.integers(1, 3), st.sampled_from(CertificateKind), st.integers(1, 20), st.booleans())
REGISTERS = st.lists(ONES, unique_by=lambda one: (one.kind, one.serial))


@given(register=REGISTERS, data=st.data())
def test_a_link_stays_with_its_holder_and_kind(register: list[One], data: st.DataObject) -> None:
    """Whatever the register holds, the answer is the same person's, of the same kind, in force, and newest (R-5.26)."""
    asked = data.draw(ONES if not register else st.one_of(ONES, st.sampled_from(register)))
    found = current_serial(asked, register)
    theirs = [one for one in register if one.holder == asked.holder and one.kind is asked.kind and one.current]

    if found is None:
        assert all(one.serial < asked.serial for one in theirs)
    else:
        assert found in {one.serial for one in theirs}
        assert found >= asked.serial
        assert found == max(one.serial for one in theirs)


@given(register=REGISTERS, asked=ONES)
def test_the_other_kind_changes_nothing(register: list[One], asked: One) -> None:
    """What a person has of the other kind has no part in the answer (R-5.26)."""
    same = [one for one in register if one.kind is asked.kind]

    assert current_serial(asked, register) == current_serial(asked, same)
