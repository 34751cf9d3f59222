import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import CertificateKind
from openjpki.rules.verifiers import (
    ABOUT,
    GIVES,
    GROUNDS_OF,
    VERIFIER,
    Ground,
    Right,
    VerifierKind,
    VerifierState,
    corporate_number_is_sound,
    grounds_foreign,
    may_ask,
    rights_missing,
)

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def test_every_kind_has_its_grounds_and_every_ground_its_certificates() -> None:
    """Whoever notifies stands on an article, and each article is about one kind of certificates (R-5.24, R-8.0)."""
    assert set(GROUNDS_OF) == set(VerifierKind)
    assert set(ABOUT) == set(GIVES) == set(Ground)
    assert all(GROUNDS_OF.values())
    assert Right.ATTRIBUTES not in GIVES[Ground.ARTICLE_36_1] | GIVES[Ground.ARTICLE_17_5]


@pytest.mark.parametrize(
    ("kind", "grounds", "foreign"),
    [
        (VerifierKind.SIGNATURE_VERIFIER, {Ground.ARTICLE_17_1}, ()),
        (
            VerifierKind.SIGNATURE_VERIFIER,
            {Ground.ARTICLE_36_1, Ground.ARTICLE_17_5},
            (Ground.ARTICLE_17_5, Ground.ARTICLE_36_1),
        ),
        (VerifierKind.PUBLIC_BODY, {Ground.ARTICLE_17_1, Ground.ARTICLE_36_1}, ()),
    ],
)
def test_a_ground_of_another_kind_is_named(
    kind: VerifierKind, grounds: set[Ground], foreign: tuple[Ground, ...]
) -> None:
    """A 署名検証者 does not stand on article 36, nor on the paragraph of the groups (R-5.24)."""
    assert grounds_foreign(kind, grounds) == foreign


def test_rights_beyond_the_ground_are_named() -> None:
    """In the vocabulary's order (R-5.24)."""
    assert rights_missing({Ground.ARTICLE_17_5}, set(Right)) == (Right.LINKING, Right.ATTRIBUTES)
    assert rights_missing({Ground.ARTICLE_17_5, Ground.ARTICLE_17_1}, set(Right)) == ()
    assert rights_missing(set(), {Right.LISTS}) == (Right.LISTS,)


@given(
    grounds=st.sets(st.sampled_from(Ground)),
    rights=st.sets(st.sampled_from(Right)),
    right=st.sampled_from(Right),
    about=st.sampled_from(CertificateKind),
)
def test_nobody_may_ask_what_no_ground_gives(
    grounds: set[Ground], rights: set[Right], right: Right, about: CertificateKind
) -> None:
    """What may be asked is registered, given, and given by a ground that is about these certificates (R-5.24)."""
    allowed = may_ask(grounds, rights, right, about)

    assert allowed == (
        right in rights and any(ABOUT[one] is about and right in GIVES[one] for one in Ground if one in grounds)
    )
    if allowed:
        assert not rights_missing(grounds, {right})
    assert not may_ask(grounds - {one for one in Ground if ABOUT[one] is about}, rights, right, about)


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("7000012050002", True),
        ("8000012050002", False),
        ("7000012050003", False),
        ("700001205000", False),
        ("70000120500021", False),
        ("7000012O50002", False),
        ("７０００００００００００００", False),
    ],
)
def test_a_corporate_number_has_its_check_digit(number: str, *, sound: bool) -> None:
    """法人番号: the first of thirteen digits checks the others (R-8.0)."""
    assert corporate_number_is_sound(number) is sound


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_check_digit_fits(rest: str) -> None:
    """For any twelve digits there is exactly one first digit, 1 to 9 (R-8.0)."""
    assert len([digit for digit in "0123456789" if corporate_number_is_sound(digit + rest)]) == 1
    assert not corporate_number_is_sound("0" + rest)


def test_an_end_is_final() -> None:
    """A registration that ended does not come back (R-5.24)."""
    assert VERIFIER.events(VerifierState.ENDED) == ()
    assert set(VERIFIER.edges.values()) == set(VerifierState)
    assert set(VERIFIER.words) >= set(VerifierState)
