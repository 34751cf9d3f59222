from openjpki.rules.policy import SETTINGS
from openjpki.rules.subjects import SUBJECTS


def test_every_setting_has_a_subject() -> None:
    """R-2.29: each ruling is told in both languages, in the order of the register, and no two alike."""
    assert list(SUBJECTS) == list(SETTINGS)
    for language in ("ja", "en"):
        told = [subject.says(language) for subject in SUBJECTS.values()]
        assert len(set(told)) == len(told)
        assert all(told)
    assert not any(subject.ja.isascii() for subject in SUBJECTS.values())
    assert all("  " not in subject.en for subject in SUBJECTS.values())
