"""Certificates ordered one by one, each through its five committed steps on PostgreSQL, beside the bare RSA signature.

Eight clients order at the same time; every commit is forced to disk. A client is a process of its own with an authority
of its own over the one database, as where web servers stand side by side. Making the holders' keys and signing the
orders is the counter's work, and done beforehand. The bare signatures are one core's, by the same library; clients and
database share whatever cores there are.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from openjpki.site.opening import start_django
from tests.support.postgres import Server

if TYPE_CHECKING:
    from openjpki.desk.messages import CertificateOrder
    from tests.support.authority import Scene

Work = Callable[[], object]
CLIENTS = 8
ORDERS = 15
"""Orders of each client in one measurement."""


def order_rows(stack: ExitStack, rounds: int) -> list[tuple[str, str, Work, Work]]:
    """Return the comparison, prepared for so many rounds; raises `ServerUnavailable` without PostgreSQL."""
    server = Server(durable=True)
    stack.callback(server.stop)
    os.environ["OPENJPKI_POSTGRES_HOST"] = host = server.start()
    with psycopg.connect(host=host, user="openjpki", dbname="postgres", autocommit=True) as connection:
        for role in ("authority", "window", "staff"):
            connection.execute(f"CREATE DATABASE openjpki_{role}".encode())
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    start_django(folder)
    scene = _scene(folder)
    batches = [_batch(scene, client, rounds) for client in range(CLIENTS)]
    _close_connections()  # none may be shared with the clients
    clients = [_client(stack, scene, batch) for batch in batches]

    def measured() -> None:
        for client in clients:
            client.send("go")
        for client in clients:
            client.recv()

    key = rsa.generate_private_key(65537, 2048)

    def bare() -> None:
        for _ in range(CLIENTS * ORDERS):
            key.sign(b"x" * 1000, padding.PKCS1v15(), hashes.SHA256())

    work = f"{CLIENTS * ORDERS} orders of {CLIENTS} clients, PostgreSQL"
    return [(work, "the bare RSA signatures", measured, bare)]


def _scene(folder: Path) -> "Scene":
    from openjpki.pki.algorithms import KeyAlgorithm
    from openjpki.site.migration import migrate
    from tests.support.authority import Scene

    migrate()
    return Scene(folder, algorithm=KeyAlgorithm.RSA_2048_SHA_256).open()


def _batch(scene: "Scene", client: int, rounds: int) -> list[list["CertificateOrder"]]:
    """Return the orders of a client, for each round: as many people with a card each, at a town of two."""
    from openjpki.desk.messages import ReportAccepted
    from openjpki.rules.kinds import CertificateKind

    orders = []
    for number in range(rounds * ORDERS):
        resident = f"{1_000_000 + client * 10_000 + number:011d}"
        card = f"{1_000_000 + client * 10_000 + number:015d}"
        scene.expect(ReportAccepted, scene.person(resident))
        scene.expect(ReportAccepted, scene.card(card, resident=resident))
        orders.append(scene.order(CertificateKind.AUTHENTICATION, card=card, resident=resident))
    return [orders[start : start + ORDERS] for start in range(0, len(orders), ORDERS)]


def _client(stack: ExitStack, scene: "Scene", batch: list[list["CertificateOrder"]]) -> Connection:
    """Start a client, and return the line over which it is told to begin a round and says that it is through."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_orders, args=(scene, batch, theirs), daemon=True)
    process.start()

    def stop() -> None:
        process.terminate()
        process.join()

    stack.callback(stop)
    return ours


def _orders(scene: "Scene", batch: list[list["CertificateOrder"]], line: Connection) -> None:
    from openjpki.desk.messages import CertificateActivated, CertificateIssued

    for orders in batch:
        line.recv()
        for order in orders:
            issued = scene.expect(CertificateIssued, order)
            scene.expect(CertificateActivated, scene.confirmation(issued))
        line.send("done")


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
