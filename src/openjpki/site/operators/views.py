"""The operators' pages. Two of their forms write: an approval, and the stop of a card; one more looks a caller up.

Reading about a person is an act that is written down; so is what an operator was refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from openjpki.authority import phone_hold
from openjpki.authority.acts import Doer, phone_at
from openjpki.authority.control.approvals import NoSuchAct
from openjpki.authority.control.statements import read_signature
from openjpki.authority.models import Card
from openjpki.authority.moments import moment
from openjpki.errors import Failure, Kind, Language
from openjpki.rules.phone_hold import ALWAYS, Question
from openjpki.site.clock import real_moment
from openjpki.site.operators.acts import act_page, acts_before
from openjpki.site.operators.registers import batches, letters, verifiers
from openjpki.site.operators.state import state_of
from openjpki.site.operators.visitors import FIELD, Visitor, hold_form, visitor_of
from openjpki.site.wiring import current

View = Callable[..., HttpResponse]
Again = Callable[[HttpRequest, Failure, dict[str, Any]], HttpResponse]
"""Shows the page from which a form was sent that was not taken, and why; it is told what the address says."""
ROOMS = ("state", "acts", "phone", "verifiers", "notices")
"""The pages that every page leads to, by the names of their addresses."""
_NUMBER = re.compile("[0-9]{1,9}")
_CARD_NUMBER, _RESIDENT_CODE = re.compile("[0-9A-Za-z]{1,15}"), re.compile("[0-9]{11}")


class NobodyNamed(Failure):
    """A caller's card is found by its number, or as a resident's; by both or neither it is not."""

    code = "operators.nobody-named"
    kind = Kind.USAGE
    ja = "カードの製造番号か、11桁の住民票コードの、どちらか一つを入力してください。"
    en = "Enter either a card number, or a resident code of 11 digits."


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What every page has around it."""

    language: Language
    here: str
    """The name of the page's address."""
    heading: str
    """The name of its heading's word."""
    operator: str
    other_language_href: str
    now: datetime
    """The home's legal moment."""
    failure: Failure | None = None
    """Why what was sent was not done."""

    @property
    def said(self) -> str:
        """Return the failure's sentence, the empty text if there is none."""
        return self.failure.message(self.language) if self.failure else ""


def _page(view: View) -> View:
    """Show a page, or why it cannot be shown."""

    @wraps(view)
    def shown(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            return view(request, **address)
        except NoSuchAct:
            return not_found(request)
        except Failure as failure:
            return _shown(request, "failed", {}, heading="not-done", failure=failure)

    return require_GET(shown)


def _form(again: Again) -> Callable[[View], View]:
    """Take what was sent from our own pages; what is refused is written down and told with the page that sent it."""

    def of(view: View) -> View:
        @wraps(view)
        def taken(request: HttpRequest, **address: Any) -> HttpResponse:
            try:
                hold_form(request)
                return view(request, **address)
            except Failure as failure:
                current().authority.operation.refused(visitor_of(request).name, failure.code, real_moment())
                return again(request, failure, address)

        return require_POST(taken)

    return of


# --- what is looked at -----------------------------------------------------------------------------------------------


@_page
def state(request: HttpRequest) -> HttpResponse:
    """Show how the home is."""
    house = current()
    page = state_of(house, house.clock(), _language(request))
    return _shown(request, "state", {"state": page, "home": house.home.path})


@_page
def acts(request: HttpRequest) -> HttpResponse:
    """List the acts, the newest first."""
    asked = request.GET.get("before", "")
    entries, further = acts_before(current().clock(), int(asked) if _NUMBER.fullmatch(asked) else None)
    return _shown(request, "acts", {"acts": entries, "further": further})


@_page
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Show one act whole, and how it is approved."""
    return _act(request, number)


@_page
def statement(_: HttpRequest, number: int) -> HttpResponse:
    """Give what an approval signs, to be carried to where the operator's key is."""
    text = current().authority.operation.statement(number)
    headers = {"Content-Disposition": f'attachment; filename="act-{number}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@_page
def phone(request: HttpRequest) -> HttpResponse:
    """Ask whose card a call is about."""
    return _phone(request)


@_page
def stopped(request: HttpRequest) -> HttpResponse:
    """List the stops that wait for a window; that somebody looked is written down."""
    context = {"holds": phone_hold.listed(_by(request))}
    return _shown(request, "phone", context, template="stopped", heading="stopped-list")


@_page
def register(request: HttpRequest) -> HttpResponse:
    """List the verifiers."""
    return _shown(request, "verifiers", {"verifiers": verifiers(real_moment())})


@_page
def notices(request: HttpRequest) -> HttpResponse:
    """Show how far the expiry notices have come."""
    return _shown(request, "notices", {"letters": letters(), "batches": batches()})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  -- Django's signature
    """Say that there is nothing here."""
    return _shown(request, "not-found", {}, status=HTTPStatus.NOT_FOUND)


# --- what is done ----------------------------------------------------------------------------------------------------


@_form(lambda request, failure, address: _act_again(request, failure, address["number"]))
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Take an approval: a signature over the act's statement by the key of whoever the line has proven to be here."""
    signature = read_signature(request.POST.get("signature", ""))
    current().authority.operation.approve_by(number, visitor_of(request).name, signature)
    address = reverse("act", kwargs={"number": number})
    response = HttpResponseRedirect(f"{address}?lang={_language(request)}&taken=1")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@_form(lambda request, failure, _: _phone(request, failure))
def look_up(request: HttpRequest) -> HttpResponse:
    """Show a card with its holder, against whom the caller's answers are held; that somebody looked is written down."""
    number, code = (request.POST.get(name, "").strip() for name in ("card-number", "resident-code"))
    if bool(number) == bool(code) or not (_CARD_NUMBER.fullmatch(number) or _RESIDENT_CODE.fullmatch(code)):
        raise NobodyNamed
    return _caller(request, phone_hold.caller(card_number=number, resident_code=code, doer=_by(request)))


@_form(lambda request, failure, _: _caller_again(request, failure))
def stop(request: HttpRequest) -> HttpResponse:
    """Stop a card at its holder's word."""
    authority = current().authority
    sent = request.POST.getlist("asked")
    asked = [question for question in Question if question.value in sent]
    done = phone_hold.stop(
        authority, request.POST.get("card-number", ""), asked, visitor_of(request).name, moment(authority)
    )
    return _shown(request, "phone", {"done": done}, template="done", heading="stopped")


# --- how it is drawn -------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, number: int, failure: Failure | None = None) -> HttpResponse:
    house, visitor = current(), visitor_of(request)
    page = act_page(number, visitor.name, house.clock())
    context = {
        "act": page,
        "hindrance": page.hindrance.message(_language(request)) if page.hindrance else "",
        "home": house.home.path,
        "taken": failure is None and "taken" in request.GET,
        "token": visitor.token(reverse("approve", kwargs={"number": number})),
    }
    return _shown(request, "acts", context, template="act", heading="act", failure=failure)


def _act_again(request: HttpRequest, failure: Failure, number: int) -> HttpResponse:
    try:
        return _act(request, number, failure)
    except NoSuchAct:
        return not_found(request)


def _phone(request: HttpRequest, failure: Failure | None = None) -> HttpResponse:
    return _shown(request, "phone", {}, failure=failure)


def _caller(request: HttpRequest, card: Card, failure: Failure | None = None) -> HttpResponse:
    context = {"card": card, "questions": _questions()}
    return _shown(request, "phone", context, template="caller", heading="caller", failure=failure)


def _caller_again(request: HttpRequest, failure: Failure) -> HttpResponse:
    """Show the holder again whose card was not stopped, for a question that was left out; anything else begins anew."""
    if not isinstance(failure, phone_hold.QuestionsUnasked):
        return _phone(request, failure)
    number = request.POST.get("card-number", "")
    try:
        return _caller(request, phone_hold.caller(card_number=number, resident_code="", doer=_by(request)), failure)
    except Failure as unknown:
        return _phone(request, unknown)


def _questions() -> list[tuple[str, bool]]:
    """Return the questions, and whether each must be asked."""
    return [(question.value, question in ALWAYS) for question in Question]


def _by(request: HttpRequest) -> Doer:
    return phone_at(moment(current().authority), visitor_of(request).name)


def _shown(
    request: HttpRequest,
    here: str,
    context: dict[str, Any],
    *,
    template: str = "",
    heading: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    failure: Failure | None = None,
) -> HttpResponse:
    language, visitor, house = _language(request), visitor_of(request), current()
    frame = Frame(
        language=language,
        here=here,
        heading=heading or here,
        operator=visitor.name,
        other_language_href=_in_other_language(request, language),
        now=house.clock(),
        failure=failure,
    )
    found = {"page": frame, "rooms": ROOMS, "tokens": _tokens(visitor), "field": FIELD, **context}
    code = _status(failure) if failure else status
    response = render(request, f"site/operators/{template or here}.html", found, status=code)
    response["Content-Language"] = language
    return response


def _tokens(visitor: Visitor) -> dict[str, str]:
    return {name.replace("-", "_"): visitor.token(reverse(name)) for name in ("look-up", "stop")}


def _status(failure: Failure) -> HTTPStatus:
    return HTTPStatus.SERVICE_UNAVAILABLE if failure.kind is Kind.UNAVAILABLE else HTTPStatus.FORBIDDEN


def _in_other_language(request: HttpRequest, language: Language) -> str:
    """Return this page's address in the other language; a form's answer is not asked again, so it leads to where the form is."""
    path = request.path
    if request.method == "POST":
        path = reverse("phone") if path.startswith(reverse("phone")) else path.removesuffix("/approve")
    return f"{path}?lang={'en' if language == 'ja' else 'ja'}"


def _language(request: HttpRequest) -> Language:
    asked = request.POST.get("lang", "") or request.GET.get("lang", "")
    if asked not in {"ja", "en"}:
        asked = "ja" if request.headers.get("Accept-Language", "ja").startswith("ja") else "en"
    return "ja" if asked == "ja" else "en"
