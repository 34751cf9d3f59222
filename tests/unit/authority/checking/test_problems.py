from openjpki.authority.checking.problems import ProblemKind


def test_every_sentence_is_in_its_language() -> None:
    """Each kind has a code of its own and two sentences that name the subject."""
    found = [kind.value for kind in ProblemKind]

    assert len({one.code for one in found}) == len(found)
    for one in found:
        assert "{subject}" in one.ja
        assert "{subject}" in one.en
        assert one.en.isascii()
        assert not one.ja.isascii()
