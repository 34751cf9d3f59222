from openjpki.documents.evidence import Evidence
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
