"""What a web server's worker loads: the application over the home that `OPENJPKI_HOME` names."""

import os
from pathlib import Path

from openjpki.site.home import Home
from openjpki.site.opening import assemble
from openjpki.site.watching.logs import install

install()
house = assemble(Home.open(Path(os.environ["OPENJPKI_HOME"])))

from openjpki.site.web import application_over  # noqa: E402  -- Django's modules load after the home is known

application = application_over(house)
