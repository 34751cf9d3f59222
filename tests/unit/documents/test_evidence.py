from openjpki.documents.evidence import Embedded, Evidence
from openjpki.documents.status import OcspEvidence


def test_answers_are_added_to_a_copy() -> None:
    """Evidence is frozen: more of it is another value."""
    first, more = Evidence(anchors=(b"a",)), OcspEvidence(answer=b"o")
    both = first.with_ocsp([more]).with_ocsp([more])

    assert first.ocsp == ()
    assert both.ocsp == (more, more)
    assert both.anchors == (b"a",)


def test_evidence_shows_no_holder() -> None:
    """A signature certificate that came as evidence holds the four attributes (R-0.3)."""
    assert "Hanako" not in repr(Evidence(anchors=(), certificates=(b"Hanako",)))


def test_what_a_document_carries_is_evidence_and_never_an_anchor() -> None:
    """It joins the rest, as if it had been in the folder; trust is not among it."""
    embedded = Embedded(certificates=(b"c",), crls=(b"l",), answers=(b"o",))
    both = Evidence(anchors=(b"a",), stamp_anchors=(b"t",), crls=(b"k",)).with_embedded(embedded, embedded)

    assert (both.anchors, both.stamp_anchors) == ((b"a",), (b"t",))
    assert both.certificates == (b"c", b"c")
    assert both.crls == (b"k", b"l", b"l")
    assert both.ocsp == (OcspEvidence(answer=b"o"), OcspEvidence(answer=b"o"))


def test_pieces_are_joined_once() -> None:
    """The signer's evidence and the authority's may be the same list."""
    one, two = Embedded(crls=(b"l",), answers=(b"o",)), Embedded(certificates=(b"c",), crls=(b"l", b"m"))

    assert one.joined(two) == Embedded(certificates=(b"c",), crls=(b"l", b"m"), answers=(b"o",))
