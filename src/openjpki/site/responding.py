"""The responder of a home as processes: workers that answer, without Django, and what they count.

Each worker listens on the responder's port itself, and the kernel deals the connections out (`SO_REUSEPORT`).
"""

import asyncio
import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from openjpki.authority.means import Terms
from openjpki.authority.responding.answering import StatusDesk
from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.lines import Lines
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.requesters import StoredRequesters
from openjpki.authority.responding.tally import ROW, Tally
from openjpki.errors import trace
from openjpki.site.clock import real_moment
from openjpki.site.cores import forbid
from openjpki.site.home import Home
from openjpki.site.orphans import end_with_parent
from openjpki.site.server import LOOPBACK
from openjpki.site.signing import answering_keys
from openjpki.site.watching import logs
from openjpki.site.workers import kept_running

BACKLOG = 1024
"""Connections that may wait to be taken up."""
RESTART_SECONDS = 1.0
"""Before a worker that died is started anew."""


def store_of(home: Home) -> StatusFile:
    """Return the status store of a home, for whoever reads it."""
    terms = Terms()
    return StatusFile(
        home.status, answer=terms.ocsp_answer, bound=terms.ocsp_store_bound, tolerance=terms.clock_tolerance
    )


def application_of(home: Home, tally: Tally | None = None) -> OcspApplication:
    """Put a home's responder together; raises `SignerNeeded`, and `Failure`s for settings that do not exist."""
    store = store_of(home)
    policy = home.policy()
    registered = "registered" in (policy.ocsp_requesters, policy.status_access)
    requesters = StoredRequesters(store, real_moment) if registered else None
    desk = StatusDesk(store=store, keys=answering_keys(home), requesters=requesters)
    return OcspApplication(
        desk=CachedDesk(desk, store),
        store=store,
        clock=home.clock(),
        real=real_moment,
        fault=_tell,
        signs_elsewhere=home.settings.signer,
        tally=tally or Tally([0] * ROW),
    )


def _tell(error: Exception) -> None:
    logs.logger().error("ocsp-failed", fault=trace(error))


@contextmanager
def answering(home: Home, port: int, workers: int) -> Iterator["ctypes.Array[ctypes.c_uint64]"]:
    """Answer on a port of loopback in so many processes while the block runs; what they count is given to it."""
    context = get_context("spawn")
    numbers = context.RawArray(ctypes.c_uint64, ROW * workers)

    def worker(row: int) -> BaseProcess:
        return context.Process(target=_process, args=(home.path, port, numbers, row), daemon=True)

    with kept_running([partial(worker, row) for row in range(workers)], RESTART_SECONDS):
        yield numbers


def _process(path: Path, port: int, numbers: Any, row: int) -> None:
    """Be a worker, until the program that started it ends; it opens the home by its path, and no database."""
    end_with_parent()
    forbid()  # a worker is a program of its own: the wish does not pass through its start
    logs.install()
    tally = Tally(memoryview(numbers).cast("B").cast("Q"), row)
    asyncio.run(serve(application_of(Home.open(path), tally), port))


async def serve(application: OcspApplication, port: int) -> None:
    """Answer on a port of loopback until a signal says to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    lines = Lines(application, real_moment)
    server = await loop.create_server(lines.connection, LOOPBACK, port, backlog=BACKLOG, reuse_port=True)
    async with server:
        sweep = loop.create_task(lines.sweep())
        await stop.wait()
        sweep.cancel()
