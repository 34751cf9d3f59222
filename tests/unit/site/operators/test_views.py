import pytest

from openjpki.site.settings import ROLES
from tests.support.pages import Pages

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_every_page_is_drawn_in_both_languages(pages: Pages) -> None:
    """Real HTML with a heading; the other language is one link away."""
    for path in ["/", "/acts", "/phone", "/phone/stopped", "/verifiers", "/notices"]:
        for language in ["ja", "en"]:
            page = pages.browser().see(f"{path}?lang={language}")
            assert f'<html lang="{language}">' in page
            assert page.count("<h1>") == 1
