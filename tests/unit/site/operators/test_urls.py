from django.urls import reverse

from openjpki.site.operators.urls import ActNumber, urlpatterns
from openjpki.site.operators.views import ROOMS

URLS = "openjpki.site.operators.urls"


def test_every_page_has_an_address_and_acts_have_short_numbers() -> None:
    """What has more digits than any act is no address: it never reaches a database."""
    names = {pattern.name for pattern in urlpatterns if hasattr(pattern, "name")}

    assert set(ROOMS) <= names
    assert reverse("act", URLS, kwargs={"number": 3}) == "/acts/3"
    assert ActNumber.regex == "[0-9]{1,9}"
