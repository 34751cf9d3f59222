"""What `openjpki sign` and `openjpki verify` do: the card signs, the verdict is given."""

import argparse
import re
from datetime import datetime, timedelta

from openjpki.card.pin_terminal import PinTerminal
from openjpki.card.terminal import JpkiTerminal
from openjpki.cli.answer import Answer, language_of
from openjpki.cli.card_facts import PINS
from openjpki.cli.card_inserted import Inserted, of_home, typed_between
from openjpki.cli.document_lines import report_lines, trust_line
from openjpki.cli.output import require_place, write_whole
from openjpki.cli.pins import one_typed, prompt_for
from openjpki.cli.rules.arguments import moment as read_moment
from openjpki.documents.card_signer import CardSigner
from openjpki.documents.currency import NonceRule, StatusRules
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded, Evidence
from openjpki.documents.gather import ask_responders, http_transport, read_trust
from openjpki.documents.judgement import DEFAULT_RULES
from openjpki.documents.keep import keep_in_cms, keep_in_pdf
from openjpki.documents.limits import MAX_DOCUMENT, MAX_SIGNATURE, read_document
from openjpki.documents.longterm import evidence_to_keep, hold_trial, try_stamp
from openjpki.documents.pdf import is_pdf
from openjpki.documents.report import Report
from openjpki.documents.sign import check_pdf, sign_cms, sign_pdf
from openjpki.documents.stamping import Authority
from openjpki.documents.verify import signers_of, verify_cms, verify_pdf
from openjpki.errors import Failure, Kind
from openjpki.pki import oids
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import real_moment
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.place import HomeMissing

_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_ENDINGS = {".pdf": "pdf", ".xml": "xml"}
"""What a file's name says of the format of its signature; any other file is signed beside (cms)."""
_MAX_OID = 128
"""Characters of an OID; the longest in these certificates has under thirty."""
_MOST_SECONDS = 86400
"""A number beyond any clock, before it becomes a time: what is outside the bound is refused in either case."""
POLICIES = (oids.SIGNATURE_POLICY, oids.TEST_SIGNATURE_POLICY)
"""Accepted by default: the policy of signature certificates, and that of the test hierarchy. The anchors decide which."""


class LevelComesLater(Failure):
    """Archive time-stamps are not made yet."""

    code = "sign.level-comes-later"
    kind = Kind.USAGE
    ja = "{level} の署名はまだ作れません。今は B-B、B-T、B-LT です。"
    en = "Signatures of level {level} come later. For now there are B-B, B-T and B-LT."


class LevelAndAuthority(Failure):
    """A level above B-B is a time-stamp's, and only an authority gives one; evidence alone does not make B-LT."""

    code = "sign.level-and-authority"
    kind = Kind.USAGE
    ja = "B-T と B-LT には --tsa で時刻認証局の URL が必要です。B-B では --tsa は使えません。タイムスタンプなしで検証用データだけを付けるには --with-evidence を使います。"
    en = "B-T and B-LT need a time-stamp authority (--tsa URL), and B-B takes none. Validation data without a time-stamp: --with-evidence."


class FormatComesLater(Failure):
    """XML is not signed yet."""

    code = "sign.format-comes-later"
    kind = Kind.USAGE
    ja = "{format} の署名はまだ作れません。今は pdf と cms です。"
    en = "{format} signatures come later. For now there are pdf and cms."


class NotForPdf(Failure):
    """A PDF carries its signature inside."""

    code = "sign.not-for-pdf"
    kind = Kind.USAGE
    ja = "--detached と --attached は --format cms だけで使えます。PDF の署名は文書の中に入ります。"
    en = "--detached and --attached belong to --format cms. A PDF carries its signature inside."


class OutputIsInput(Failure):
    """The signed document would replace the one that is signed."""

    code = "sign.output-is-input"
    kind = Kind.USAGE
    ja = "--out に署名する文書と同じファイルは指定できません。"
    en = "--out must not be the document that is signed."


class BadPolicy(Failure):
    """Words or blanks stand where an object identifier is asked for."""

    code = "verify.bad-policy"
    kind = Kind.USAGE
    ja = "--accept-policy の「{text}」は OID ではありません。1.2.392.200149 のように数字をピリオドでつないでください。"
    en = '"{text}" of --accept-policy is no OID. Write numbers joined by full stops, such as 1.2.392.200149.'


def sign(arguments: argparse.Namespace) -> Answer:
    """Check the document, ask for the PIN, sign by one call of the card, write the result whole or not at all."""
    arguments.format = arguments.format or _ENDINGS.get(arguments.file.suffix.lower(), "cms")
    _check_sign(arguments)
    document = read_document(arguments.file)
    if arguments.format == "pdf":
        check_pdf(document)
    home = Home.open(arguments.home)
    signed, kept, moment = typed_between(
        lambda: of_home(home, arguments.card),
        ask=_tries,
        prompt=lambda tries: _pin(arguments, tries),
        do=lambda card, pin: _signed(arguments, home, document, CardSigner(JpkiTerminal(card.talk, card.policy), pin)),
    )
    if _with_evidence(arguments):
        signed = keep_in_pdf(signed, kept) if arguments.format == "pdf" else keep_in_cms(signed, kept)
    write_whole(arguments.out, signed, mode=arguments.file.stat().st_mode & 0o666)  # no more open than the document
    line = {"ja": f"署名しました: {arguments.out}", "en": f"Signed: {arguments.out}"}[language_of(arguments)]
    data = {
        "out": str(arguments.out),
        "format": arguments.format,
        "level": "B-LT" if arguments.tsa is not None and _with_evidence(arguments) else arguments.level,
        "evidence": {"crls": len(kept.crls), "ocsp": len(kept.answers)},
        "claimed_signing_time": moment.isoformat().replace("+00:00", "Z"),
        "bytes": len(signed),
    }
    return Answer(data=data, lines=(line,))


def _tries(card: Inserted) -> int:
    """Return the tries of the signature PIN, once there is a certificate to sign with."""
    JpkiTerminal(card.talk, card.policy).hold_present(CertificateKind.SIGNATURE)
    return PinTerminal(card.talk, card.policy).hold_usable(PinKind.SIGNATURE)


def _signed(
    arguments: argparse.Namespace, home: Home, document: bytes, signer: CardSigner
) -> tuple[bytes, Embedded, datetime]:
    """Return the document with its signature, what is to be kept with it, and when it claims to be made."""
    moment = home.clock()()
    authority = None if arguments.tsa is None else Authority(url=arguments.tsa, entropy=entropy)
    kept = _kept(arguments, home, signer, authority, moment)
    if arguments.format == "pdf":
        return sign_pdf(document, signer, moment=moment, timestamper=authority), kept, moment
    signed = sign_cms(document, signer, moment=moment, detached=not arguments.attached, timestamper=authority)
    return signed, kept, moment


def _with_evidence(arguments: argparse.Namespace) -> bool:
    return bool(arguments.with_evidence or arguments.level == "B-LT")


def _kept(
    arguments: argparse.Namespace, home: Home, signer: CardSigner, authority: Authority | None, moment: datetime
) -> Embedded:
    """Gather and judge, before the card signs, what the signature shall carry; try the time-stamp authority."""
    if authority is None and not _with_evidence(arguments):
        return NOTHING_EMBEDDED
    evidence = read_trust(arguments.trust or home.public)
    trial = None if authority is None else try_stamp(authority, signer.certificate, "sha256")
    asked = [signer.certificate] if trial is None or trial.authority is None else [signer.certificate, trial.authority]
    if not arguments.offline:
        evidence = ask_responders(evidence, asked, transport=http_transport, entropy=entropy)
    kept = NOTHING_EMBEDDED
    if _with_evidence(arguments):
        kept = evidence_to_keep(signer.certificate, evidence=evidence, at=moment, rules=DEFAULT_RULES)
    if trial is None:
        return kept
    return kept.joined(hold_trial(trial, evidence=evidence, at=home.clock()(), rules=DEFAULT_RULES))


def _check_sign(arguments: argparse.Namespace) -> None:
    if arguments.format == "xml":
        raise FormatComesLater(format=arguments.format)
    if arguments.level == "B-LTA":
        raise LevelComesLater(level=arguments.level)
    if (arguments.level == "B-B") is (arguments.tsa is not None):
        raise LevelAndAuthority
    if arguments.format == "pdf" and (arguments.detached or arguments.attached):
        raise NotForPdf
    if arguments.out.exists() and arguments.file.exists() and arguments.out.samefile(arguments.file):
        raise OutputIsInput
    require_place(arguments.out)


def _pin(arguments: argparse.Namespace, tries: int) -> bytearray:
    """Return the PIN from standard input, or from a prompt that shows nothing but the tries left."""
    language = language_of(arguments)
    prompt = prompt_for(PINS[PinKind.SIGNATURE][language], tries, language)
    return bytearray(one_typed(prompt, from_stdin=arguments.pin_stdin).encode())


def verify(arguments: argparse.Namespace) -> Answer:
    """Gather the evidence, judge, and answer with the verdict's exit status."""
    document = read_document(arguments.file, MAX_DOCUMENT + MAX_SIGNATURE)
    content = None if arguments.content is None else read_document(arguments.content)
    trust = arguments.trust or Home.open(arguments.home).public
    evidence = _gathered(arguments, read_trust(trust), document)
    at = read_moment("--at")(arguments.at) if arguments.at else _now(arguments)
    report = _judged(arguments, document, content, evidence, at)
    language = language_of(arguments)
    lines = (*report_lines(report, language), trust_line(trust, language))
    return Answer(data=report.as_data() | {"trust": str(trust.resolve())}, lines=lines, kind=report.kind)


def _gathered(arguments: argparse.Namespace, evidence: Evidence, document: bytes) -> Evidence:
    """Ask the responders, unless told not to; an answer of today says nothing about another moment."""
    if arguments.offline or arguments.at:
        return evidence
    signers = signers_of(document, spare=evidence.certificates)
    return ask_responders(evidence, signers, transport=http_transport, entropy=entropy)


def _judged(
    arguments: argparse.Namespace, document: bytes, content: bytes | None, evidence: Evidence, at: datetime
) -> Report:
    policies = tuple(map(_policy, arguments.accept_policy)) if arguments.accept_policy else POLICIES
    rules = _rules(arguments)
    if is_pdf(document) and content is None:
        return verify_pdf(document, policies=policies, evidence=evidence, at=at, rules=rules)
    return verify_cms(document, content=content, policies=policies, evidence=evidence, at=at, rules=rules)


def _rules(arguments: argparse.Namespace) -> StatusRules:
    """Return how evidence is held to time and nonce; raises `BadSkew`."""
    skew = (
        DEFAULT_RULES.skew if arguments.skew is None else timedelta(seconds=max(-1, min(arguments.skew, _MOST_SECONDS)))
    )
    nonce = DEFAULT_RULES.nonce if arguments.nonce is None else NonceRule(arguments.nonce)
    return StatusRules(skew=skew, nonce=nonce)


def _policy(text: str) -> str:
    """Return an OID of --accept-policy as it is; raises `BadPolicy`."""
    if len(text) > _MAX_OID or not _OID.fullmatch(text):
        raise BadPolicy(text=text)
    return text


def _now(arguments: argparse.Namespace) -> datetime:
    """Return the legal moment of the home; without a home, where --trust is enough, the real one."""
    try:
        return Home.open(arguments.home).clock()()
    except HomeMissing:
        return real_moment()
