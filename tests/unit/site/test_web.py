import os
import subprocess
import sys
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler

from openjpki.authority import wiring as authority_wiring
from openjpki.site import wiring
from openjpki.site.home import Home
from openjpki.site.web import application_over
from tests.support.story import SETTINGS
from tests.unit.site.test_wiring import house


def test_the_views_of_every_role_answer_for_one_house(tmp_path: Path) -> None:
    """The start page and the responders speak for the same house."""
    shown = house(tmp_path)
    application = application_over(shown)

    assert isinstance(application, WSGIHandler)
    assert wiring.current() is shown
    assert authority_wiring.current() is shown.authority


def test_a_web_servers_worker_shows_the_home_of_its_environment(tmp_path: Path) -> None:
    """Workers are processes of their own: they find the home by OPENJPKI_HOME, and answer for it at once."""
    made = Home.create(tmp_path / "home", SETTINGS)
    code = (
        "from openjpki.site import wsgi; from openjpki.site import wiring; from openjpki.site.migration import migrate; migrate();"
        "from django.test import Client;"
        "print(wiring.current().home.path, Client(SERVER_NAME='127.0.0.1').get('/').status_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"OPENJPKI_HOME": str(made.path)},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert done.stdout.split() == [str(made.path), "200"], done.stderr
