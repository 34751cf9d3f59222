"""What a worker of `serve responder` loads: the responder over the home that `OPENJPKI_HOME` names, without Django."""

import os
from pathlib import Path

from openjpki.authority.means import Terms
from openjpki.authority.responding.answering import StatusDesk
from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.requesters import RequesterFolder
from openjpki.authority.responding.store import StatusFile
from openjpki.errors import trace
from openjpki.site.clock import real_moment
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.orphans import end_with_parent
from openjpki.site.signing import answering_keys
from openjpki.site.watching import logs


def application_of(home: Home) -> OcspApplication:
    """Put a home's responder together; raises `SignerNeeded`, and `Failure`s for settings that do not exist."""
    terms = Terms()
    store = StatusFile(
        home.status, answer=terms.ocsp_answer, bound=terms.ocsp_store_bound, tolerance=terms.clock_tolerance
    )
    policy = home.policy()
    registered = "registered" in (policy.ocsp_requesters, policy.status_access)
    requesters = RequesterFolder(home.path / "responder" / "requesters", real_moment) if registered else None
    desk = StatusDesk(store=store, keys=answering_keys(home), requesters=requesters)
    return OcspApplication(
        desk=CachedDesk(desk, store),
        store=store,
        clock=home.clock(),
        real=real_moment,
        fault=_tell,
        signs_elsewhere=home.settings.signer,
    )


def _tell(error: Exception) -> None:
    logs.logger().error("ocsp-failed", fault=trace(error))


def worker() -> OcspApplication:
    """Return the application of a worker process, which ends with the program that started it."""
    end_with_parent()
    forbid()  # a worker is a program of its own: the wish does not pass through its start
    logs.install()
    return application_of(Home.open(Path(os.environ["OPENJPKI_HOME"])))
