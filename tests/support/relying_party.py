"""Servers of others that let cards in by their certificate: nginx, and OpenSSL's own. Each is in a room's network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.programs import run
from tests.support.room import Room

HOST, PORT = "localhost", 8443
ADDRESS = f"https://{HOST}:{PORT}/"
NGINX = Path("/usr/sbin/nginx")
_CONFIGURATION = """
user root;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_protocols TLSv1.2;
        ssl_conf_command ClientSignatureAlgorithms RSA+SHA256;
        ssl_client_certificate {authority};
        ssl_verify_client on;
        {status}
        location / {{
            default_type text/html;
            return 200 "<title>verified: $ssl_client_verify</title>";
        }}
    }}
}}
"""
"""TLS 1.2 and PKCS #1 v1.5, since OpenSC knows no other for these cards. `user` is the room's only one."""
OCSP = "ssl_ocsp leaf;"
"""Ask the responder that the card's certificate names: by its address, so that nginx needs no `resolver`."""
LET_IN = "verified: SUCCESS"
"""What nginx's page says to whom it let in."""


def made_certificate(folder: Path) -> Path:
    """Have openssl make the server's own certificate, its own authority, in a folder; return it."""
    names = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "server.key")
    made = run("openssl", "req", "-x509", *key, "-days", "2", *names, "-out", folder / "server.pem")
    assert made.status == 0, made.text
    return folder / "server.pem"


@contextmanager
def nginx(room: Room, folder: Path, authority: Path, status: str = "") -> Iterator[Path]:
    """Let cards of an authority in while the block runs; `status` is how their status is asked. Yield nginx's log."""
    made_certificate(folder)
    told = _CONFIGURATION.format(folder=folder, port=PORT, authority=authority, status=status)
    (folder / "nginx.conf").write_text(told, encoding="ascii")
    command = (NGINX, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf")
    with room.running(*command, ready='using the "epoll" event method', log=folder / "nginx.log"):
        yield folder / "nginx.log"


@contextmanager
def openssl_server(room: Room, folder: Path, authority: Path, lists: Path) -> Iterator[Path]:
    """Let in cards that are on none of the revocation lists, one connection long; yield the server's log."""
    own = ("-cert", made_certificate(folder), "-key", folder / "server.key")
    clients = ("-CAfile", authority, "-Verify", "1", "-verify_return_error", "-crl_check", "-CRL", lists)
    form = ("-tls1_2", "-client_sigalgs", "RSA+SHA256", "-www", "-naccept", "1")
    command = ("openssl", "s_server", "-accept", f"127.0.0.1:{PORT}", *own, *clients, *form)
    with room.running(*command, ready="ACCEPT", log=folder / "openssl.log"):
        yield folder / "openssl.log"
