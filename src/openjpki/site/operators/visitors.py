"""Who visits the operators' pages, and whether a form comes from one of our own pages in the visitor's own browser.

A browser shows its certificate to us whichever site asks it to: so what writes is held to where it comes from, and to a
token that only our page in that browser has.
"""

import hmac
from dataclasses import dataclass, field

from django.http import HttpRequest

from openjpki.errors import Failure, Kind

OPERATOR, FORM_KEY = "openjpki.operator", "openjpki.form-key"
"""Where the door says who comes, and what binds forms to the browser's certificate; no header has such a name."""
FIELD = "token"


class FormRefused(Failure):
    """A form that none of our pages sent, or that another browser's page did."""

    code = "operators.form-refused"
    kind = Kind.REFUSED
    ja = "この送信は、この画面から送られたものと確認できません。画面を開き直して、もう一度送信してください。"
    en = "This was not sent from one of these pages in this browser. Open the page again, and send it once more."


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """An operator at the pages, with a key that only this door and this browser's certificate give."""

    name: str
    form_key: bytes = field(repr=False)

    def token(self, path: str) -> str:
        """Return what a form that is sent to an address must carry."""
        return hmac.digest(self.form_key, path.encode(), "sha256").hex()


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who comes; a request that came by no door of ours is a bug, and raises KeyError."""
    return Visitor(name=request.META[OPERATOR], form_key=request.META[FORM_KEY])


def hold_form(request: HttpRequest) -> None:
    """Raise `FormRefused` unless a form was sent by a page of ours, to this address, in the visitor's own browser."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    is_ours = origin in {None, f"https://{request.get_host()}"} and site in {None, "same-origin"}
    is_said = origin is not None or site is not None
    expected = visitor_of(request).token(request.path)
    sent = request.POST.get(FIELD, "")
    if not is_ours or not is_said or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise FormRefused
