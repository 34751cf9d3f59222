from pathlib import Path

import pytest

from openjpki.documents.limits import (
    MAX_DOCUMENT,
    DocumentMissing,
    DocumentTooLarge,
    EmptyDocument,
    check_size,
    read_document,
)


def test_a_document_of_the_largest_size_is_read() -> None:
    """The limit itself is allowed."""
    check_size(MAX_DOCUMENT)


def test_a_document_above_the_limit_is_refused() -> None:
    """One byte more is not."""
    with pytest.raises(DocumentTooLarge) as refusal:
        check_size(MAX_DOCUMENT + 1)

    assert refusal.value.data == {"size": MAX_DOCUMENT + 1, "limit": MAX_DOCUMENT}


def test_zero_bytes_are_refused() -> None:
    """A file of zero bytes is no document."""
    with pytest.raises(EmptyDocument):
        check_size(0)


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The size is looked up first: a sparse file takes no time and no memory."""
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    with pytest.raises(DocumentTooLarge):
        read_document(large)


def test_a_file_comes_back_as_it_is(tmp_path: Path) -> None:
    """An ordinary file is read whole."""
    (tmp_path / "a").write_bytes(b"abc")

    assert read_document(tmp_path / "a") == b"abc"


@pytest.mark.parametrize("name", ["absent", "."])
def test_what_is_no_file_is_missing(tmp_path: Path, name: str) -> None:
    """A folder is as missing as nothing."""
    with pytest.raises(DocumentMissing):
        read_document(tmp_path / name)


def test_an_endless_file_is_cut_at_the_limit(tmp_path: Path) -> None:
    """A file that grows after its size was read is still refused at the limit."""
    (tmp_path / "a").write_bytes(b"abcd")

    with pytest.raises(DocumentTooLarge):
        read_document(tmp_path / "a", limit=3)
