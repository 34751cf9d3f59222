"""What a web server's worker loads: the application over the home that `OPENJPKI_HOME` names."""

import os
from pathlib import Path

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.key_pool import KeyPool
from openjpki.site.opening import assemble
from openjpki.site.orphans import end_with_parent
from openjpki.site.watching.logs import install

end_with_parent()
forbid()  # a worker is a program of its own: the wish does not pass through its start
install()

RESPONDERS = 2
"""Keys kept ready for the OCSP responders of both CAs, which are certified anew in the midst of an answer."""

home = Home.open(Path(os.environ["OPENJPKI_HOME"]))
keys = KeyPool(FreshKeys(), (KeyAlgorithm(home.settings.algorithm),), ready=RESPONDERS)
house = assemble(home, key_source=keys)
keys.start()

from openjpki.site.web import application_over  # noqa: E402  -- Django's modules load after the home is known

application = application_over(house)
