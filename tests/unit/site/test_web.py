from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler

from openjpki.authority import wiring as authority_wiring
from openjpki.site import wiring
from openjpki.site.web import application_over
from tests.unit.site.test_wiring import house


def test_the_views_of_every_role_answer_for_one_house(tmp_path: Path) -> None:
    """The start page and the responders speak for the same house."""
    shown = house(tmp_path)
    application = application_over(shown)

    assert isinstance(application, WSGIHandler)
    assert wiring.current() is shown
    assert authority_wiring.current() is shown.authority
