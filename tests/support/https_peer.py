"""Another system that answers by https as a test tells it to; its name is invented and its address is ours."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

from api.auth.outgoing import Outgoing, OutgoingRules
from tests.support.certificates import authority, issued

NAME = "ehr.example"


@dataclass
class Peer:
    """A peer that listens; ``answers`` holds (status, headers, body) by path, ``asked`` the paths that came."""

    port: int
    authorities: Path
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    drips: bool = False

    @property
    def origin(self) -> str:
        """Its origin, by the name that its certificate has."""
        return f"https://{NAME}:{self.port}"

    def outgoing(
        self,
        *,
        resolve: Callable[[str, int], list[str]] = lambda _host, _port: ["127.0.0.1"],
        networks: str = "127.0.0.0/8",
    ) -> Outgoing:
        """Return what may ask this peer and nobody else."""
        rules = OutgoingRules(
            origins=frozenset({self.origin}),
            networks=(ip_network(networks),),
            authorities=str(self.authorities),
        )
        return Outgoing(rules, resolve=resolve)


@contextmanager
def https_peer(folder: Path) -> Iterator[Peer]:
    """Yield a peer that listens on 127.0.0.1 and shows a certificate for ``NAME``."""
    signer = authority(folder)
    shown = issued(signer, folder / "peer.pem", name=NAME, dns=NAME)
    peer = Peer(port=0, authorities=signer.file)

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            peer.asked.append(self.path)
            status, headers, body = peer.answers.get(self.path, (404, {}, b"{}"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not peer.drips:
                self.wfile.write(body)
                return
            for one in body:
                self.wfile.write(bytes([one]))
                self.wfile.flush()
                time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            pass

    class _Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # a client that hangs up is what some tests are about

    server = _Server(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
