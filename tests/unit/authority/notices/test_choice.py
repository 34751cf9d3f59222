from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.notices.choice import Choice, Expiry, choose
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState
from openjpki.rules.notices import Addressee, Enclosure, is_due
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
ON = date(2030, 3, 10)
DUE, FAR = date(2030, 6, 10), date(2035, 6, 10)
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def card(expires: date = FAR, state: CardState = CardState.ACTIVE) -> Expiry:
    """Return a card's expiry."""
    return Expiry(key="card", kind=None, state=state, expires=expires)


def certificate(
    key: str,
    kind: CertificateKind = AUTHENTICATION,
    state: CertificateState = CertificateState.VALID,
    expires: date = DUE,
) -> Expiry:
    """Return a certificate's expiry."""
    return Expiry(key=key, kind=kind, state=state, expires=expires)


def chosen(
    of: Expiry,
    *certificates: Expiry,
    about: str = "card s a",
    addressee: Addressee = Addressee.RESIDENT,
    policy: Policy = NATIONAL,
) -> Choice:
    """Choose on the day."""
    keys = frozenset(about.split())
    return choose(policy, addressee=addressee, card=of, certificates=certificates, about=keys, on=ON)


BOTH = (certificate("s", SIGNATURE), certificate("a"))


def test_both_certificates_are_named() -> None:
    """R-7.1, R-7.3: one letter names both, and says what lies in it; the card's day is far."""
    found = chosen(card(), *BOTH)

    assert found.notice is not None
    assert (found.notice.kinds, found.notice.card) == (frozenset(CertificateKind), False)
    assert [one.key for one in found.named] == ["s", "a"]
    assert found.gone == {"card": "notice.nothing-due"}


def test_the_card_stands_for_what_ends_with_it() -> None:
    """R-7.5: card and certificates of one day: the letter is for the card, and the certificates have had theirs with it."""
    found = chosen(card(DUE), *BOTH)

    assert found.notice is not None
    assert (found.notice.card, found.notice.kinds) == (True, frozenset())
    assert Enclosure.APPLICATION_ID in found.notice.enclosed
    assert [one.key for one in found.named] == ["card", "s", "a"]


def test_a_certificate_after_the_cards_letter_gets_none() -> None:
    """R-7.5: the card's letter has gone; a certificate issued since, that ends with the card, is in no other letter."""
    found = chosen(card(DUE), certificate("s", SIGNATURE), about="s")

    assert (found.notice, found.named, found.skipped) == (None, (), {"s": "notice.card-first"})


def test_a_certificate_after_the_cards_letter_may_be_named() -> None:
    """CF-12: where the card does not come first, or ends later than the certificate, the letter is for the certificate alone."""
    not_first = Policy(card_first_if_same_expiry=False)
    later = DUE + timedelta(days=3)
    for found in (
        chosen(card(DUE), certificate("s", SIGNATURE), about="s", policy=not_first),
        chosen(card(later), certificate("s", SIGNATURE), about="s"),
    ):
        assert found.notice is not None
        assert (found.notice.card, found.notice.kinds) == (False, frozenset({SIGNATURE}))
        assert Enclosure.APPLICATION_ID not in found.notice.enclosed


def test_an_ended_signature_certificate_is_told_beside_the_other() -> None:
    """R-7.4; S-25: the signature certificate has ended; the letter for the other one says so."""
    found = chosen(card(), certificate("s", SIGNATURE, CertificateState.REVOKED), certificate("a"))

    assert found.notice is not None
    assert next(finding.code for finding in found.notice.findings) == "notice.authentication-alone"
    assert found.gone["s"] == "revoked"


@pytest.mark.parametrize(
    ("addressee", "code"),
    [
        (Addressee.FIXED_STAY, "notice.fixed-stay"),
        (Addressee.RESIDENCE_ELSEWHERE, "notice.residence-elsewhere"),
        (Addressee.OFF_THE_RECORD, "notice.off-the-record"),
    ],
)
def test_who_gets_none(addressee: Addressee, code: str) -> None:
    """R-7.2, R-7.4: what is due and gets no letter says why."""
    found = chosen(card(), *BOTH, addressee=addressee)

    assert (found.notice, found.named) == (None, ())
    assert found.skipped == {"s": code, "a": code}


def test_nothing_is_due_on_a_card_that_is_stopped() -> None:
    """R-7.4: of a card that is not in use nothing is announced."""
    found = chosen(card(DUE, CardState.SUSPENDED), *BOTH)

    assert found.gone == {"card": "suspended", "s": "suspended", "a": "suspended"}


def test_nothing_is_due_on_a_card_left_behind() -> None:
    """ADR 0017: the card of before is used no more where its holder came back to."""
    certificates, about = BOTH, frozenset({"s", "a"})
    found = choose(
        NATIONAL,
        addressee=Addressee.RESIDENT,
        card=card(),
        certificates=certificates,
        about=about,
        on=ON,
        left_behind=True,
    )

    assert found.skipped == dict.fromkeys(about, "authority.card-left-behind")


days = st.dates(ON - timedelta(days=40), ON + timedelta(days=140))


@given(
    of=st.builds(card, expires=days, state=st.sampled_from(CardState)),
    signature=st.builds(
        certificate, key=st.just("s"), kind=st.just(SIGNATURE), state=st.sampled_from(CertificateState), expires=days
    ),
    authentication=st.builds(certificate, key=st.just("a"), state=st.sampled_from(CertificateState), expires=days),
    about=st.sets(st.sampled_from(["card", "s", "a"])),
    addressee=st.sampled_from(Addressee),
    left_behind=st.booleans(),
)
def test_each_expiry_has_one_fate(
    of: Expiry,
    signature: Expiry,
    authentication: Expiry,
    about: set[str],
    addressee: Addressee,
    left_behind: bool,  # noqa: FBT001  -- as drawn
) -> None:
    """R-7.4: each expiry asked about is named, skipped or gone; named is only what is alive and due, and then there is a letter."""
    found = choose(
        NATIONAL,
        addressee=addressee,
        card=of,
        certificates=(signature, authentication),
        about=frozenset(about),
        on=ON,
        left_behind=left_behind,
    )
    named = {one.key for one in found.named}

    assert sorted([*named, *found.skipped, *found.gone]) == sorted(about)
    assert (found.notice is not None) is bool(named)
    assert all(one.alive and is_due(NATIONAL, expires=one.expires, on=ON) for one in found.named)
    if found.notice is not None:
        assert of.state is CardState.ACTIVE
        assert addressee is Addressee.RESIDENT
        assert not left_behind
        assert found.notice.card is ("card" in named)
        assert found.notice.kinds <= {one.kind for one in found.named}
