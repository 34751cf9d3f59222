"""Whatever evidence is taken away or spoiled, nothing passes that should not."""

from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from openjpki.documents.evidence import Embedded, Evidence
from openjpki.documents.indications import Indication
from openjpki.documents.keep import keep_in_cms
from openjpki.documents.report import Report
from openjpki.documents.sign import sign_cms
from openjpki.documents.status import OcspEvidence
from openjpki.documents.verify import verify_cms
from tests.support.examples import FEW
from tests.unit.documents.stamps import AUTHORITY, STAMPED, TSA_CA, TSA_CRL
from tests.unit.documents.world import (
    HOLDER,
    NOW,
    SIGN_CA,
    SIGN_POLICY,
    SIGNED,
    Ca,
    Card,
    Holder,
    crl,
    ocsp_answer,
    partition,
)

CONTENT = b"content"
MESSAGE = sign_cms(CONTENT, Card(), moment=SIGNED)
REVOKED_AT = NOW - timedelta(minutes=30)
REVOKED = [(HOLDER.serial, REVOKED_AT, x509.ReasonFlags.key_compromise)]
EARLIER, OVER = NOW - timedelta(hours=3), NOW - timedelta(hours=2)


@dataclass(frozen=True)
class Piece:
    """Evidence, and what an honest reader may take from it."""

    content: bytes
    says: str | None
    """"good", "revoked", "unknown"; None if nothing."""
    is_list: bool = True


PIECES = (
    Piece(crl(), "good"),
    Piece(crl(revoked=REVOKED), "revoked"),
    Piece(crl(revoked=REVOKED, this_update=EARLIER, next_update=OVER), "revoked"),
    Piece(crl(this_update=EARLIER, next_update=OVER), None),
    Piece(crl(this_update=NOW + timedelta(hours=1)), None),
    Piece(crl(point=partition("elsewhere")), None),
    Piece(crl(Ca(label="second-generation")), None),
    Piece(ocsp_answer(), "good", is_list=False),
    Piece(ocsp_answer(revoked_at=REVOKED_AT), "revoked", is_list=False),
    Piece(ocsp_answer(unknown=True), "unknown", is_list=False),
    Piece(ocsp_answer(this_update=EARLIER, next_update=OVER), None, is_list=False),
    Piece(ocsp_answer(Holder(serial=4712)), None, is_list=False),
)
NEEDED = Evidence(anchors=(SIGN_CA.der,))


@dataclass(frozen=True)
class Given:
    """A piece as the verifier gets it: whole or spoiled, in the folder or in the document."""

    piece: Piece
    content: bytes
    embedded: bool

    @property
    def whole(self) -> bool:
        """Whether nothing was done to it."""
        return self.content == self.piece.content


@st.composite
def given_pieces(draw: st.DrawFn) -> Given:
    """Draw a piece, perhaps with a byte changed or its end cut off."""
    piece = draw(st.sampled_from(PIECES))
    spoiled = bytearray(piece.content)
    how = draw(st.sampled_from(["whole", "whole", "changed", "cut"]))
    place = draw(st.integers(0, len(spoiled) - 1))
    if how == "changed":
        spoiled[place] ^= draw(st.integers(1, 255))
    content = piece.content[:place] if how == "cut" else bytes(spoiled)
    return Given(piece, content, draw(st.booleans()))


def _judge(pieces: list[Given]) -> Report:
    outside = [one for one in pieces if not one.embedded]
    inside = Embedded(
        crls=tuple(one.content for one in pieces if one.embedded and one.piece.is_list),
        answers=tuple(one.content for one in pieces if one.embedded and not one.piece.is_list),
    )
    known = Evidence(
        anchors=NEEDED.anchors,
        crls=tuple(one.content for one in outside if one.piece.is_list),
        ocsp=tuple(OcspEvidence(answer=one.content) for one in outside if not one.piece.is_list),
    )
    return verify_cms(MESSAGE, content=CONTENT, policies={SIGN_POLICY}, evidence=known.with_embedded(inside), at=NOW)


@FEW
@given(st.lists(given_pieces(), max_size=5))
def test_nothing_passes_without_a_good_word_or_against_a_bad_one(pieces: list[Given]) -> None:
    """A pass needs one authentic, current "good", and no authentic "revoked" or "unknown"; with them it is a pass."""
    passed = _judge(pieces).indication is Indication.TOTAL_PASSED
    good = [one for one in pieces if one.piece.says == "good"]
    bad = [one for one in pieces if one.whole and one.piece.says in {"revoked", "unknown"}]

    if passed:
        assert good
        assert not bad
    if any(one.whole for one in good) and all(one.whole for one in pieces) and not bad:
        assert passed


@FEW
@given(st.lists(given_pieces().filter(lambda one: one.piece.says != "good"), max_size=6), st.data())
def test_taking_evidence_away_never_makes_a_pass(pieces: list[Given], data: st.DataObject) -> None:
    """Where no source says good, no subset of the evidence passes, in any order."""
    subset = data.draw(st.lists(st.sampled_from(pieces), unique_by=id) if pieces else st.just([]))

    assert _judge(pieces).indication is not Indication.TOTAL_PASSED
    assert _judge(subset).indication is not Indication.TOTAL_PASSED


STAMPED_MESSAGE = keep_in_cms(
    sign_cms(CONTENT, Card(), moment=SIGNED, timestamper=AUTHORITY), Embedded(crls=(crl(),), answers=(ocsp_answer(),))
)
LATER = NOW + timedelta(minutes=5)
TRUSTING = Evidence(
    anchors=(SIGN_CA.der,), stamp_anchors=(TSA_CA.der,), crls=(TSA_CRL, crl(revoked=REVOKED, this_update=NOW))
)


@FEW
@given(st.integers(0, len(STAMPED_MESSAGE) - 1), st.integers(1, 255))
def test_a_revoked_certificate_passes_only_by_a_whole_time_stamp(place: int, change: int) -> None:
    """The certificate was revoked after the time-stamp: a byte changed anywhere leaves the proof whole, or ends it."""
    spoiled = bytearray(STAMPED_MESSAGE)
    spoiled[place] ^= change
    report = verify_cms(bytes(spoiled), content=CONTENT, policies={SIGN_POLICY}, evidence=TRUSTING, at=LATER)

    if report.indication is Indication.TOTAL_PASSED:
        (signature,) = report.signatures
        assert signature.proven == STAMPED
        assert "verify.revoked-later" in {finding.code for finding in signature.findings}


def test_the_whole_one_passes() -> None:
    """So that the property above speaks of something."""
    whole = verify_cms(STAMPED_MESSAGE, content=CONTENT, policies={SIGN_POLICY}, evidence=TRUSTING, at=LATER)

    assert whole.indication is Indication.TOTAL_PASSED
