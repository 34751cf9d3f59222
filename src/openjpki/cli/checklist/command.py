"""`openjpki checklist`: the resident's interview. Answers in; days, place, papers, PINs and fee out (R-2.20 to R-2.30)."""

import argparse
from datetime import date

from openjpki.cli.answer import Answer, BadValue, Commands, language_of
from openjpki.cli.checklist.data import as_data
from openjpki.cli.checklist.dialogue import answer_missing
from openjpki.cli.checklist.lines import as_lines
from openjpki.cli.rules.arguments import add_day, document, not_before, only_with, policy_of
from openjpki.cli.rules.people import add_holder, holder_of
from openjpki.errors import Kind
from openjpki.rules.checklist.checklist import checklist
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.dates import civil_date
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Applicant, Capacity, CertificateKind, FeeReason, PinKind, Power, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim, powers_over
from openjpki.site.clock import real_moment

_FORMS = ("none", "sealed", "opened", "returned")
_WORDS = "what to bring, when and where, for one person's procedure; asks at a terminal for what is not given"
_FORGOTTEN = frozenset({"forgotten", "locked"})
_ABOUT_PINS = frozenset({Procedure.PIN_RESET.value, Procedure.PIN_CHANGE.value})
_ABOUT_NO_CERTIFICATE = _ABOUT_PINS | {Procedure.HOLD.value}


def register(commands: Commands) -> None:
    """Add the `checklist` command."""
    parser = commands.add_parser("checklist", help="what to bring, when and where", description=_WORDS)
    _add_who(parser)
    add_holder(parser)
    _add_what_there_is(parser)
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the rule book, or preset=national|page; may be repeated",
    )
    parser.set_defaults(run=_run, certificates_expire=None, same_expiry=None)


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--procedure", choices=[one.value for one in Procedure], help="what is wanted")
    parser.add_argument("--applicant", choices=[one.value for one in Applicant], help="who will come")
    kinds = [kind.value for kind in CertificateKind]
    parser.add_argument("--kind", action="append", choices=kinds, help="a certificate it is about (default: both)")
    add_day(parser, "--born", "the holder's birth date", required=False)
    powers = [power.value for power in Power]
    parser.add_argument("--power", choices=powers, help="by what right a legal representative acts")
    parser.add_argument("--covered", action="store_true", help="the list of acts (代理行為目録) covers the application")
    _add_flag(parser, "--same-household", "parent and child are in one household")
    parser.add_argument("--register-here", action="store_true", help="the family register (戸籍) is kept here")
    _add_flag(parser, "--move-report", "the household reports the move on the same day")
    add_day(parser, "--on", "day of the interview (default: today)", required=False)


def _add_what_there_is(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--card-expires", "last day of the card", required=False)
    for kind in CertificateKind:
        add_day(parser, f"--{kind.value}-expires", f"last day of the {kind.value} certificate", required=False)
    parser.add_argument("--pins", choices=("known", *sorted(_FORGOTTEN)), help="what became of the PINs")
    pins = [pin.value for pin in PinKind]
    parser.add_argument(
        "--pin",
        action="append",
        default=[],
        choices=pins,
        help="a PIN that --pins or the procedure is about (default: all)",
    )
    for option, words in (("--document", "a document of the holder"), ("--agent-document", "one of who will come")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            type=document(option),
            metavar="KIND[:EXPIRES][@ISSUED]",
            help=f"{words} that is there (default: any can be brought)",
        )
    _add_flag(parser, "--no-document", "the holder has no identity document besides the card")
    _add_flag(parser, "--no-agent-document", "who will come has no identity document")
    parser.add_argument("--notice", action="store_true", help="the expiry notice is there")
    parser.add_argument("--inquiry-form", choices=_FORMS, help="the 照会書兼回答書 that is there (default: none)")
    add_day(parser, "--form-until", "last day printed on the form that came with the notice", required=False)
    add_day(parser, "--inquiry-sent", "day on which the inquiry letter was sent", required=False)
    parser.add_argument("--mail-came-back", action="store_true", help="an inquiry letter to this address came back")
    parser.add_argument("--card-items-change", action="store_true", help="items on the card are to be changed")
    reasons = [reason.value for reason in FeeReason]
    parser.add_argument("--reason", choices=reasons, help="why it is issued, for the fee (default: from the last days)")


def _add_flag(parser: argparse.ArgumentParser, option: str, words: str) -> None:
    """Add a flag that knows whether it was given: a question may ask for it."""
    parser.add_argument(option, action="store_true", default=None, help=words)


def _run(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    arguments.on = arguments.on or civil_date(real_moment())
    not_before(arguments, "on", "born")
    only_with(arguments, "power", ("covered", "same_household", "register_here"))
    _no_document_and_one(arguments)
    _goes_with_the_procedure(arguments)
    answer_missing(arguments, language)
    _goes_with_the_procedure(arguments)  # which may have been an answer
    _pin_of_something(arguments)
    interview = interview_of(policy, arguments)
    found = checklist(policy, interview)
    return Answer(
        data=as_data(interview, found, language),
        lines=as_lines(policy, interview, found, language),
        kind=Kind.REFUSED if found.means == "not" else None,
    )


def _no_document_and_one(arguments: argparse.Namespace) -> None:
    """Refuse to hear both that there is no document and which one there is (BadValue)."""
    for name in ("document", "agent_document"):
        if getattr(arguments, f"no_{name}") and getattr(arguments, name):
            option = f"--{name.replace('_', '-')}"
            given = getattr(arguments, name)[0].kind.value
            raise BadValue(
                option=option,
                value=given,
                expected_ja=f"--no-{option[2:]} と同時には指定できません。",
                expected_en=f"It cannot stand beside --no-{option[2:]}.",
            )


def _goes_with_the_procedure(arguments: argparse.Namespace) -> None:
    """Refuse what says nothing of the procedure: a certificate where it is about PINs, known ones where they are reset (BadValue)."""
    if arguments.kind and arguments.procedure in _ABOUT_NO_CERTIFICATE:
        about_pins = arguments.procedure in _ABOUT_PINS
        raise BadValue(
            option="--kind",
            value=arguments.kind[0],
            expected_ja=f"{arguments.procedure} は電子証明書を選ぶ手続きではありません。"
            + ("暗証番号は --pin で指定してください。" if about_pins else ""),
            expected_en=f"No certificate is chosen for {arguments.procedure}"
            + ("; name a PIN with --pin." if about_pins else "."),
        )
    if arguments.procedure == Procedure.PIN_RESET.value and arguments.pins == "known":
        raise BadValue(
            option="--pins",
            value=arguments.pins,
            expected_ja="pin-reset は、忘れた暗証番号やロックした暗証番号の手続きです。設定し直す暗証番号は --pin で指定してください。",
            expected_en="A pin-reset is for PINs that are forgotten or locked; name those to be set anew with --pin.",
        )


def _pin_of_something(arguments: argparse.Namespace) -> None:
    """Refuse a PIN of which nothing is said: neither that it is reset or changed, nor that it is forgotten or locked (BadValue)."""
    if arguments.pin and arguments.procedure not in _ABOUT_PINS and arguments.pins not in _FORGOTTEN:
        raise BadValue(
            option="--pin",
            value=arguments.pin[0],
            expected_ja="--pins forgotten か --pins locked も指定してください。",
            expected_en="Give --pins forgotten or --pins locked as well.",
        )


def interview_of(policy: Policy, arguments: argparse.Namespace) -> Interview:
    """Return the interview that the answers make. What was not asked is as usual: both certificates, a card in force."""
    ends = {kind: _end(arguments, kind) for kind in CertificateKind}
    applicant = Applicant(arguments.applicant or Applicant.SELF.value)
    procedure = Procedure(arguments.procedure)
    represented = applicant is Applicant.LEGAL_REPRESENTATIVE and procedure is not Procedure.HOLD
    pins = frozenset(PinKind(pin) for pin in arguments.pin)
    lost = arguments.pins in _FORGOTTEN
    return Interview(
        procedure=procedure,
        applicant=applicant,
        on=arguments.on,
        kinds=_kinds(arguments, procedure, ends),
        holder=_holder(policy, arguments) if arguments.born else None,
        claim=_claim(arguments) if represented else None,
        accompanied=arguments.accompanied,
        signature_expires=ends[CertificateKind.SIGNATURE],
        authentication_expires=ends[CertificateKind.AUTHENTICATION],
        card_expires=arguments.card_expires,
        unknown_pins=_unknown(procedure, pins, lost=lost),
        knows_pins=arguments.pins == "known",
        changed_pins=frozenset() if lost else pins,
        documents=() if arguments.no_document else tuple(arguments.document) or None,
        agent_documents=() if arguments.no_agent_document else tuple(arguments.agent_document) or None,
        notice=arguments.notice,
        form=arguments.inquiry_form or "none",
        form_until=arguments.form_until,
        inquiry_sent=arguments.inquiry_sent,
        address_flagged=arguments.mail_came_back,
        move_report=bool(arguments.move_report),
        card_items_change=arguments.card_items_change,
        reason=FeeReason(arguments.reason) if arguments.reason else None,
    )


def _end(arguments: argparse.Namespace, kind: CertificateKind) -> date | None:
    """Return the last day of a certificate: its own, or the one told for both."""
    own: date | None = getattr(arguments, f"{kind.value}_expires")
    told: date | None = arguments.certificates_expire
    return own or told


def _kinds(
    arguments: argparse.Namespace, procedure: Procedure, ends: dict[CertificateKind, date | None]
) -> frozenset[CertificateKind]:
    """Return the certificates named, or those that the reason ended; at a renewal those whose ends are known, and no other can be renewed (BadValue)."""
    named = frozenset(CertificateKind(kind) for kind in arguments.kind or ())
    if procedure is Procedure.REISSUE and arguments.reason == FeeReason.ATTRIBUTES_CHANGED.value and not named:
        return frozenset({CertificateKind.SIGNATURE})  # the other one does not end with them
    if procedure is not Procedure.RENEWAL:
        return named or frozenset(CertificateKind)
    known = frozenset(kind for kind, end in ends.items() if end is not None)
    if lacking := sorted(kind.value for kind in named - known):
        raise BadValue(
            option="--kind",
            value=lacking[0],
            expected_ja=f"--{lacking[0]}-expires も指定してください。",
            expected_en=f"Give --{lacking[0]}-expires as well.",
        )
    return named or known


def _unknown(procedure: Procedure, pins: frozenset[PinKind], *, lost: bool) -> frozenset[PinKind]:
    if procedure is Procedure.PIN_RESET:  # none named means all there are
        return pins
    return pins or frozenset(PinKind) if lost else frozenset()


def _claim(arguments: argparse.Namespace) -> Claim:
    return Claim(
        power=Power(arguments.power),
        covered=arguments.covered,
        same_household=bool(arguments.same_household),
        register_here=arguments.register_here,
    )


def _holder(policy: Policy, arguments: argparse.Namespace) -> Holder:
    """Return the holder; a representative's power tells the capacity where nothing else does (R-1.6)."""
    if arguments.power and not (arguments.capacity or arguments.ward):
        for capacity in Capacity:
            arguments.capacity = capacity.value
            if Power(arguments.power) in powers_over(policy, holder_of(arguments), arguments.on):
                return holder_of(arguments)
        arguments.capacity = None
    return holder_of(arguments)
