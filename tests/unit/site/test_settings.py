import json
import os
import subprocess
import sys
from pathlib import Path

from openjpki.site.home import Home, Settings

LOOK = """
import json, os, sys
from pathlib import Path
from openjpki.site.opening import opened

with opened(Path(sys.argv[1])):
    from django.conf import settings
    inherited = any(settings.SECRET_KEY in value for value in os.environ.values())
    print(json.dumps({"secret": settings.SECRET_KEY, "inherited": inherited, "debug": settings.DEBUG}))
"""


def test_the_secret_of_a_home_is_not_handed_to_children(tmp_path: Path) -> None:
    """Django's signing key comes from the home's private file; the environment, which children inherit, never holds it."""
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox"))
    looked = subprocess.run(
        [sys.executable, "-c", LOOK, home.path], env=os.environ, capture_output=True, check=True, timeout=60
    )

    secret = (home.path / "secret").read_text(encoding="ascii")
    assert json.loads(looked.stdout) == {"secret": secret, "inherited": False, "debug": False}
