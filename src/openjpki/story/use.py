"""Chapters at home and at service providers: signing, logging in, being verified."""

from datetime import timedelta

from openjpki.card.terminal import WrongPin
from openjpki.documents.indications import Indication, SubIndication
from openjpki.documents.report import Report
from openjpki.rules.kinds import RevocationReason
from openjpki.story import cast
from openjpki.story.plan import at
from openjpki.story.stage import SIGNATURE, Stage
from openjpki.story.telling import Said


def sign(stage: Stage) -> None:
    """A PDF is signed at home and verified by a service provider; an altered one is not."""
    tell = stage.narrator
    stage.begin(stage.plan.signed, 20, Said("自宅で申請書(PDF)に電子署名する", "A PDF is signed at home"), 15)
    stage.keep("application.pdf", stage.document)
    with stage.reader_at_home() as terminal:
        before = terminal.tries_left(SIGNATURE)
        try:
            terminal.verify_pin(SIGNATURE, b"WRONG0")
        except WrongPin:
            left = terminal.tries_left(SIGNATURE)
        else:
            left = before
    tell.check(
        (before, left) == (5, 4),
        "暗証番号を一度間違えました。残りは5回から4回になりました",
        "a mistyped PIN: four tries are left of five",
    )
    signed = stage.sign("signed-1")
    with stage.reader_at_home() as terminal:
        tell.check(
            terminal.tries_left(SIGNATURE) == 5,  # noqa: PLR2004  -- R-6.2
            "正しい暗証番号で署名すると、残り回数は元に戻りました",
            "the right PIN signs, and restores the tries",
        )
    report = stage.verify(signed, "signed-1")
    _passed(stage, report)
    signature = report.signatures[0]
    attributes = signature.attributes
    tell.check(
        attributes is not None and attributes.address == cast.FIRST_ADDRESS and signature.whole_file is True,
        "署名はファイル全体に及び、氏名・住所・生年月日・性別が確かめられました",
        "the signature covers the whole file; name, address, birth date and sex are confirmed",
    )
    tell.cite(["R-0.2", "R-0.3", "R-6.1", "R-6.2", "R-8.3"])
    altered = bytearray(signed)
    position = len(stage.document) // 2
    altered[position] ^= 1
    stage.keep("signed-1-altered.pdf", bytes(altered))
    broken = stage.verify(bytes(altered), "signed-1-altered")
    tell.check(
        broken.indication is Indication.TOTAL_FAILED,
        f"1バイト変えたファイルは不合格です({broken.indication.value} / {_sub(broken)})",
        f"one byte changed, and it fails ({broken.indication.value} / {_sub(broken)})",
    )


def log_in(stage: Stage) -> None:
    """A login challenge is answered with the other key."""
    tell = stage.narrator
    stage.begin(stage.plan.logged_in, 21, Said("サービスにログインする", "A login"))
    report = stage.log_in("login-1")
    tell.tell(
        f"{cast.SERVICE} が出した使い捨ての問いに、カードが利用者証明用の鍵で答えました。答えはこの相手にしか通用しません。",
        f"The card answers a one-time challenge of {cast.SERVICE} with its authentication key; the answer is good for that origin only.",
    )
    _passed(stage, report)
    tell.check(
        report.signatures[0].attributes is None,
        "利用者証明用電子証明書には氏名も住所も入っていません",
        "the authentication certificate carries neither name nor address",
    )
    tell.cite(["R-0.4", "R-8.4"])


def noticed(stage: Stage) -> None:
    """The day after the move, the signed file no longer passes; the login still does."""
    tell = stage.narrator
    signed = (stage.folder / "signed-1.pdf").read_bytes()
    stage.clock.advance_to(stage.clock() + timedelta(hours=1))
    same_day = stage.verify(signed, "signed-1-on-the-day-of-the-move")
    tell.check(
        same_day.indication is Indication.TOTAL_PASSED,
        "引っ越した当日、検証者にはまだ有効と見えます",
        "on the day of the move itself, verifiers still see it as good",
    )
    stage.begin(stage.plan.noticed, 9, Said("翌日、失効が見える", "The next day, the revocation shows"))
    report = stage.verify(signed, "signed-1-after-the-move")
    status = report.signatures[0].status
    tell.check(
        status is not None
        and status.reason is RevocationReason.AFFILIATION_CHANGED
        and status.ocsp.word == status.crl.word == "revoked",
        "OCSP も若葉市分の失効リストも「失効(affiliation_changed)」と答えます",
        "OCSP and the list of Wakaba both say revoked (affiliation_changed)",
    )
    tell.check(
        report.sub_indication is SubIndication.REVOKED_NO_POE,
        f"署名が失効より前だという証拠(タイムスタンプ)がないので、判定は保留です({report.indication.value} / {_sub(report)})",
        f"nothing proves that the signature is older than the revocation, so the verdict is {report.indication.value} / {_sub(report)}",
    )
    login = stage.log_in("login-2")
    tell.check(
        login.indication is Indication.TOTAL_PASSED,
        "ログインは引き続きできます",
        "logging in still works",
    )
    tell.cite(["R-5.3", "R-5.24", "R-5.25"])


def sign_again(stage: Stage) -> None:
    """A signature under the second generation of the CA passes."""
    stage.begin(
        stage.plan.signed_again,
        19,
        Said("更新した電子証明書で署名する", "A signature with the renewed certificate"),
        40,
    )
    report = stage.verify(stage.sign("signed-2"), "signed-2")
    _passed(stage, report)
    attributes = report.signatures[0].attributes
    stage.narrator.check(
        attributes is not None and attributes.address == cast.SECOND_ADDRESS,
        "発行者は第2世代の認証局で、住所は新しい住所です",
        "its issuer is the second generation, its address the new one",
    )
    stage.narrator.cite(["R-8.3"])


def last_day(stage: Stage) -> None:
    """The certificate is valid through the last second of its last day."""
    stage.begin(stage.plan.last_day, 23, Said("有効期間の最後の夜", "The last evening"), 59)
    report = stage.log_in("login-3")
    _passed(stage, report)
    stage.narrator.tell(
        "満了日の23時59分59秒まで有効です。", "It is valid through 23:59:59 of its last day, Japanese time."
    )
    stage.narrator.cite(["R-3.6"])


def expired(stage: Stage) -> None:
    """A minute later it is expired: not revoked, and not usable."""
    tell = stage.narrator
    stage.begin(stage.plan.expired, 0, Said("有効期間が満了する", "Expired"), 1)
    report = stage.log_in("login-4")
    tell.check(
        report.indication is not Indication.TOTAL_PASSED,
        f"ログインはもうできません({report.indication.value} / {_sub(report)})",
        f"logging in no longer works ({report.indication.value} / {_sub(report)})",
    )
    status = report.signatures[0].status
    tell.check(
        status is not None and status.ocsp.word == "good" and status.revoked_at is None,
        "満了は失効ではありません。OCSP は「失効していない」と答え、失効リストにも載りません",
        "expiry is no revocation: OCSP says not revoked, and no list names it",
    )
    tell.cite(["R-3.10", "R-5.12"])
    stage.clock.advance_to(at(stage.plan.expired, 10))


def _passed(stage: Stage, report: Report) -> None:
    status = report.signatures[0].status if report.signatures else None
    words = "" if status is None else f"OCSP={status.ocsp.word}, CRL={status.crl.word}"
    stage.narrator.check(
        report.indication is Indication.TOTAL_PASSED and words == "OCSP=good, CRL=good",
        f"検証の結果は {report.indication.value}({words})",
        f"the verifier says {report.indication.value} ({words})",
    )


def _sub(report: Report) -> str:
    return "-" if report.sub_indication is None else report.sub_indication.value
