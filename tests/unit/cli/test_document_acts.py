import io
import json
import os
import pty
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.card.terminal import NoSignatureCertificate, PinLocked, WrongPin
from openjpki.cli.answer import BadValue
from openjpki.cli.document_acts import (
    BadPolicy,
    FormatComesLater,
    LevelAndAuthority,
    LevelComesLater,
    NotForPdf,
    OutputIsInput,
)
from openjpki.cli.main import main
from openjpki.cli.output import NoOutputFolder, OutputNotAFile
from openjpki.cli.pins import NoPrompt, PinLinesMissing
from openjpki.documents.gather import TrustMissing
from openjpki.documents.limits import DocumentMissing, DocumentTooLarge, EmptyDocument
from openjpki.documents.sign import BrokenPdf, EncryptedPdf, NotAPdf
from openjpki.errors import Failure, Kind
from openjpki.pki.crl import RevokedEntry
from openjpki.readers.store import CardMissing, CardStore
from openjpki.rules.kinds import RevocationReason
from openjpki.site.clock import real_moment
from openjpki.site.place import HomeMissing
from tests.support.cards import blank_card
from tests.support.hierarchy import HOLDER_SERIAL, hierarchy
from tests.unit.cli.signing import PIN, Place, codes, make_place, run, sign, signed_pdf
from tests.unit.documents.world import pdf, updated


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a home whose authority published, with the card "taro"."""
    return make_place(tmp_path)


def test_a_pdf_is_signed_and_verified(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 0; nobody listens at the responder's address, so the status rests on the CRL."""
    signed_pdf(place, monkeypatch)
    answer = run(place, "verify", place.path("out.pdf"))

    assert answer.kind is None
    assert answer.data["indication"] == "TOTAL-PASSED"
    assert answer.data["signatures"][0]["status"]["ocsp"]["says"] == "ocsp.unreachable"
    assert codes(answer) == ["verify.one-status-source"]


def test_the_lines_say_the_same_in_both_languages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict, the holder's attributes with the substituted characters, the status."""
    signed_pdf(place, monkeypatch)
    english, japanese = (
        "\n".join(run(place, "verify", place.path("out.pdf"), "--offline", language=language).lines)
        for language in ("en", "ja")
    )

    assert english.startswith("The signature is valid. [TOTAL-PASSED]")
    assert (
        "Name: 見本　太郎 (character 5 is a substitute: a certificate cannot hold the character of the register)"
        in english
    )
    assert "Status: OCSP: none, CRL: good" in english
    assert japanese.startswith("署名は有効です。 [TOTAL-PASSED]")
    assert "氏名: 見本　太郎(代替文字: 5文字目)" in japanese
    assert "失効の確認: OCSP: なし, CRL: 有効" in japanese


def test_any_file_is_signed_beside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A detached CMS is verified with its content, and not with another."""
    file, out = place.file("a.txt", b"text"), place.path("a.p7s")
    answer = sign(place, monkeypatch, file, "--format", "cms", "--out", out)

    assert answer.data["format"] == "cms"
    assert run(place, "verify", out, "--content", file).kind is None
    assert run(place, "verify", out, "--content", place.file("b.txt", b"other")).kind is Kind.REFUSED
    assert run(place, "verify", out).kind is Kind.INDETERMINATE


def test_a_file_is_signed_inside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attached CMS around a PDF is a CMS."""
    out = place.path("a.p7m")
    sign(place, monkeypatch, place.file("a.pdf", pdf()), "--format", "cms", "--attached", "--out", out)
    answer = run(place, "verify", out)

    assert answer.kind is None
    assert answer.data["subject"] == "cms"


def test_an_altered_document_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1 for a changed byte and for an added page."""
    document = signed_pdf(place, monkeypatch)

    byte = run(place, "verify", place.file("byte.pdf", document.replace(b"Page 1", b"Page 9")), language="ja")
    page = run(place, "verify", place.file("page.pdf", updated(document)))

    assert (byte.kind, byte.data["sub_indication"]) == (Kind.REFUSED, "HASH_FAILURE")
    assert byte.lines[0] == "署名は有効ではありません。 [TOTAL-FAILED / HASH_FAILURE]"
    assert (page.kind, codes(page)[0]) == (Kind.REFUSED, "verify.altered-after-signing")


def test_a_revoked_certificate_by_the_homes_own_list(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revoked before the claimed time: exit 1; a stale list: exit 3."""
    signed_pdf(place, monkeypatch)
    entry = RevokedEntry(
        serial=HOLDER_SERIAL,
        revoked_at=real_moment() - timedelta(hours=2),
        reason=RevocationReason.AFFILIATION_CHANGED,
    )
    place.publish(entry)
    revoked = run(place, "verify", place.path("out.pdf"))
    place.publish(age=timedelta(days=2))
    stale = run(place, "verify", place.path("out.pdf"))

    assert (revoked.kind, revoked.data["sub_indication"]) == (Kind.REFUSED, "REVOKED")
    assert (stale.kind, stale.data["sub_indication"]) == (Kind.INDETERMINATE, "TRY_LATER")
    assert stale.lines[0].startswith("Whether the signature is valid cannot be established.")


def test_a_document_is_judged_at_a_moment(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """--at asks no responder: an answer of now says nothing about then."""
    signed_pdf(place, monkeypatch)
    answer = run(place, "verify", place.path("out.pdf"), "--at", "2020-01-01T00:00:00+09:00")

    assert answer.data["at"] == "2019-12-31T15:00:00Z"
    assert answer.kind is Kind.INDETERMINATE
    assert answer.data["signatures"][0]["status"]["ocsp"]["says"] == "absent"
    with pytest.raises(BadValue):
        run(place, "verify", place.path("out.pdf"), "--at", "yesterday")


def test_trust_may_come_from_elsewhere(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With --trust no home is needed; without either there is nothing to trust."""
    signed_pdf(place, monkeypatch)
    elsewhere = Place(tmp_path / "no-home", place.folder, place.ca)
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "another.cer").write_bytes(hierarchy(ca_position=4, shift=place.ca.shift).ca)

    public = str(place.home / "authority" / "public")
    assert run(elsewhere, "verify", place.path("out.pdf"), "--trust", public).kind is None
    foreign = run(elsewhere, "verify", place.path("out.pdf"), "--trust", str(trust))
    assert foreign.data["sub_indication"] == "NO_CERTIFICATE_CHAIN_FOUND"
    with pytest.raises(TrustMissing):
        run(elsewhere, "verify", place.path("out.pdf"), "--trust", str(tmp_path / "absent"))
    with pytest.raises(HomeMissing):
        run(elsewhere, "verify", place.path("out.pdf"))


def test_the_accepted_policy_is_an_argument(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another policy than the certificate's: exit 3."""
    signed_pdf(place, monkeypatch)
    answer = run(place, "verify", place.path("out.pdf"), "--accept-policy", "1.2.3.4")

    assert answer.data["sub_indication"] == "CHAIN_CONSTRAINTS_FAILURE"


@pytest.mark.parametrize("text", ["", "x", "1", "1..2", "3.1", "1.2.3.", "1.02", "１.2.3", "1." + "2" * 200])
def test_a_policy_is_an_oid(place: Place, text: str) -> None:
    """Words where an OID is asked for are a mistake of the question (exit 2), not a verdict on the signature (X.660)."""
    with pytest.raises(BadPolicy):
        run(place, "verify", place.file("a.pdf", pdf()), "--offline", "--accept-policy", text)


def test_a_wrong_pin_tells_the_tries_and_a_locked_one_that_it_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """R-6.4: five tries; nothing is written."""
    words = (place.file("in.pdf", pdf()), "--format", "pdf", "--out", place.path("out.pdf"))
    for tries in (4, 3, 2, 1):
        with pytest.raises(WrongPin) as refusal:
            sign(place, monkeypatch, *words, pin="WRONG0\n")
        assert refusal.value.data["tries"] == tries
    for _ in range(2):
        with pytest.raises(PinLocked):
            sign(place, monkeypatch, *words, pin="WRONG0\n")

    assert sorted(path.name for path in place.folder.iterdir()) == ["in.pdf"]


@pytest.mark.parametrize(
    ("name", "content", "form"), [("a.PDF", pdf(), "pdf"), ("a.txt", b"x", "cms"), ("a", b"x", "cms")]
)
def test_the_format_is_that_of_the_files_name(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, form: str
) -> None:
    """Without --format: a PDF carries its signature, any other file has it beside; XML is said not to be made yet."""
    assert sign(place, monkeypatch, place.file(name, content), "--out", place.path("out")).data["format"] == form
    with pytest.raises(FormatComesLater):
        sign(place, monkeypatch, place.file("a.xml", b"<a/>"), "--out", place.path("out"))


def test_a_card_without_signature_certificate_asks_for_no_pin(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child's card (R-1.3): what is missing is the certificate, not a PIN; standard input is not read."""
    CardStore(place.home / "cards").create("child", blank_card())
    stdin = io.StringIO("ABC123\n")
    monkeypatch.setattr(sys, "stdin", stdin)
    words = (place.file("in.pdf", pdf()), "--format", "pdf", "--pin-stdin", "--out", place.path("out.pdf"))

    with pytest.raises(NoSignatureCertificate):
        run(place, "sign", *words, "--card", "child")
    assert stdin.read() == "ABC123\n"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"", EmptyDocument), (b"text", NotAPdf), (b"%PDF-1.7\n", BrokenPdf)],
    ids=["empty", "text", "broken"],
)
def test_a_document_that_cannot_be_signed_asks_for_no_pin(
    place: Place, monkeypatch: pytest.MonkeyPatch, content: bytes, refusal: type[Failure]
) -> None:
    """The refusal comes first; standard input is not read and nothing is written."""
    stdin = io.StringIO("ABC123\n")
    monkeypatch.setattr(sys, "stdin", stdin)

    with pytest.raises(refusal):
        run(
            place,
            "sign",
            place.file("in.pdf", content),
            *("--format", "pdf", "--card", "taro", "--pin-stdin", "--out", place.path("out.pdf")),
        )

    assert stdin.tell() == 0
    assert not (place.folder / "out.pdf").exists()


def test_200_megabytes_are_refused_by_both_commands(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at first."""
    with (place.folder / "large.pdf").open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    with pytest.raises(DocumentTooLarge):
        sign(place, monkeypatch, place.path("large.pdf"), "--format", "cms", "--out", place.path("out"))
    with pytest.raises(DocumentTooLarge):
        run(place, "verify", place.path("large.pdf"))
    with pytest.raises(DocumentMissing):
        run(place, "verify", place.path("absent.pdf"))


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--format", "xml"), FormatComesLater),
        (("--format", "pdf", "--level", "B-T"), LevelAndAuthority),
        (("--format", "pdf", "--level", "B-LT", "--with-evidence"), LevelAndAuthority),
        (("--format", "cms", "--tsa", "http://127.0.0.1/"), LevelAndAuthority),
        (("--format", "cms", "--level", "B-LTA"), LevelComesLater),
        (("--format", "pdf", "--detached"), NotForPdf),
        (("--format", "pdf", "--attached"), NotForPdf),
    ],
)
def test_what_comes_later_is_said_clearly(
    place: Place, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], refusal: type[Failure]
) -> None:
    """Exit 2."""
    with pytest.raises(refusal) as told:
        sign(place, monkeypatch, place.file("in.pdf", pdf()), *words, "--out", place.path("out.pdf"))

    assert told.value.kind is Kind.USAGE


def test_the_output_goes_where_it_can_and_nowhere_else(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not over the document itself, not into a folder that does not exist, not in the place of a folder or a device."""
    document = pdf()
    file = place.file("in.pdf", document)

    with pytest.raises(OutputIsInput):
        sign(place, monkeypatch, file, "--format", "pdf", "--out", file)
    with pytest.raises(NoOutputFolder):
        sign(place, monkeypatch, file, "--format", "pdf", "--out", place.path("absent/out.pdf"))
    for name in (str(place.folder), "", "/dev/full"):
        with pytest.raises(OutputNotAFile):
            sign(place, monkeypatch, file, "--format", "pdf", "--out", name)
    assert (place.folder / "in.pdf").read_bytes() == document
    assert Path("/dev/full").is_char_device()


def test_an_older_output_stays_if_the_new_one_cannot_be_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all, and no temporary file is left."""
    out = place.file("out.pdf", b"older")

    flush = os.fsync

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().parent == place.folder:
            raise OSError(28, "No space left on device", out)
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        sign(place, monkeypatch, place.file("in.txt", b"text"), "--format", "cms", "--out", out)

    assert (place.folder / "out.pdf").read_bytes() == b"older"
    assert sorted(path.name for path in place.folder.iterdir()) == ["in.txt", "out.pdf"]


def test_what_is_signed_is_no_more_open_than_the_document(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signed copy holds the document and the four attributes: whoever could not read the one cannot read the other."""
    source = Path(place.file("in.pdf", pdf()))
    source.chmod(0o600)

    sign(place, monkeypatch, str(source), "--format", "pdf", "--out", place.path("out.pdf"))

    assert stat.S_IMODE(Path(place.path("out.pdf")).stat().st_mode) == 0o600


def test_a_link_laid_in_a_shared_folder_is_not_followed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever foresees the name of a temporary file must not have the signature written through it."""
    theirs = place.folder / "theirs"
    theirs.write_bytes(b"untouched")
    for name in (f".out.pdf.{os.getpid()}", ".openjpki-0000000000000000"):
        (place.folder / name).symlink_to(theirs)
    monkeypatch.setattr("openjpki.cli.output.entropy", bytes)

    with pytest.raises(FileExistsError):
        sign(place, monkeypatch, place.file("in.pdf", pdf()), "--format", "pdf", "--out", place.path("out.pdf"))

    assert theirs.read_bytes() == b"untouched"
    assert not Path(place.path("out.pdf")).exists()


def test_a_pin_needs_a_place_to_be_typed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a terminal nor --pin-stdin; an empty line is no PIN."""
    words = (place.file("a.txt", b"text"), "--format", "cms", "--out", place.path("a.p7s"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    with pytest.raises(NoPrompt):
        run(place, "sign", *words, "--card", "taro")
    with pytest.raises(PinLinesMissing):
        sign(place, monkeypatch, *words, pin="\n")
    with pytest.raises(CardMissing):
        run(place, "sign", *words, "--card", "hanako", "--pin-stdin")


def test_a_pin_typed_at_a_terminal_is_not_shown(place: Place) -> None:
    """The prompt goes to the terminal; the PIN does not come back on it."""
    program = "import sys; from openjpki.cli.main import main; sys.exit(main(sys.argv[1:]))"
    file, out = place.file("a.txt", b"text"), place.path("a.p7s")
    words = ["sign", file, "--format", "cms", "--card", "taro", "--out", out, "--home", str(place.home), "--lang", "en"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Signature PIN" not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, PIN.encode() + b"\n")
        while b"Signed: " not in shown:
            shown += os.read(ours, 1024)
        status = process.wait(timeout=60)
    os.close(ours)

    assert status == 0
    assert PIN.encode() not in shown


def test_exit_statuses_and_one_json_object(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 valid, 1 invalid, 3 indeterminate; the report is the one object on standard output."""
    document = signed_pdf(place, monkeypatch)
    place.file("altered.pdf", updated(document))
    common = ("--home", str(place.home), "--json", "--offline")

    statuses = [main(["verify", place.path(name), *common]) for name in ("out.pdf", "altered.pdf")]
    (place.home / "authority" / "public" / "crl" / "99201.crl").unlink()
    statuses.append(main(["verify", place.path("out.pdf"), *common]))
    told = capsys.readouterr()

    assert statuses == [0, 1, 3]
    assert told.err == ""
    first, end = json.JSONDecoder().raw_decode(told.out)
    assert first["indication"] == "TOTAL-PASSED"
    assert json.JSONDecoder().raw_decode(told.out[end:].lstrip())[0]["indication"] == "TOTAL-FAILED"


def test_an_encrypted_pdf_is_refused_in_one_line(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stable code and the exit status."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt("owner", "user")
    output = io.BytesIO()
    writer.write(output)
    file = place.file("secret.pdf", output.getvalue())

    with pytest.raises(EncryptedPdf):
        sign(place, monkeypatch, file, "--format", "pdf", "--out", place.path("out.pdf"))
    assert main(["verify", file, "--home", str(place.home), "--lang", "en"]) == 3
    assert "[verify.encrypted]" in capsys.readouterr().out
