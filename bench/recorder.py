"""Stands where the service stands, in a process of its own: counts the instances that the plugin delivered."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dose_core.contract import decode_series, unpack

_delivered: set[str] = set()


class Recorder(BaseHTTPRequestHandler):
    """``PUT`` of the contract is counted, ``GET`` answers the count."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        """Count what is in the message."""
        body = unpack(self.rfile.read(int(self.headers["Content-Length"])), self.headers["Content-Encoding"])
        _delivered.update(one.sop_instance_uid for one in decode_series(self.headers["Content-Type"], body))
        self._answer(200, b"{}")

    def do_GET(self) -> None:
        """Tell the count."""
        self._answer(200, str(len(_delivered)).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Stay quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
