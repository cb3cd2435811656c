"""
Where PACS report what they commit themselves to keep, in associations of their own.

Source: PS3.4, J.3.3.1.3: the report comes in an association in which the PACS proposes to be the SCP.
"""

import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock, Thread, Timer
from typing import Any, TypeAlias, cast
from weakref import WeakSet

from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # generated names
    StorageCommitmentPushModel,
    Verification,
)
from pynetdicom.transport import ThreadedAssociationServer

from dose_services.archive_values import CommitmentReport
from dose_worker.commitment_report import UnreadableReportError, report_in
from dose_worker.dicom_connection import bounded
from dose_worker.settings import ListenerSettings

_SUCCESS, _FAILED, _INVALID = 0x0000, 0x0110, 0x0115  # PS3.7, Annex C
_SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
_CONNECTIONS = 10  # ours: each PACS needs one, for a moment
_TIMEOUT_S = 20
_LONGEST_S = 60.0  # a report is some hundred bytes
_END_S = 1.0
_HANDSHAKE_S = 5.0
_HANDSHAKES, _HANDSHAKES_OF_PEER = 32, 4  # ours, at once: one takes milliseconds, and some PACS report in parallel
_log = logging.getLogger(__name__)

Take: TypeAlias = Callable[[CommitmentReport], bool]
Networks: TypeAlias = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


class CommitmentListener:
    """
    Takes reports until it is closed. ``take`` keeps one and tells if it is of a request of ours; it may raise.

    A report that could not be kept is answered with a failure, so that the PACS may send it again.
    """

    def __init__(self, settings: ListenerSettings, take: Take) -> None:
        self._take = take
        self._opened: WeakSet[socket.socket] = WeakSet()
        entity = AE(ae_title=settings.ae_title)
        entity.require_called_aet = True
        entity.maximum_associations = _CONNECTIONS
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = _TIMEOUT_S
        entity.add_supported_context(StorageCommitmentPushModel, _SYNTAXES, scu_role=True, scp_role=True)
        entity.add_supported_context(Verification, _SYNTAXES)
        server = entity.make_server(
            (settings.host, settings.port),
            ssl_context=_server_context(settings),
            evt_handlers=[(evt.EVT_N_EVENT_REPORT, self._receive), (evt.EVT_CONN_OPEN, self._limit)],
            server_class=_Server,
            allowed=tuple(ipaddress.ip_network(peer) for peer in settings.allowed_peers),
        )
        self._server: _Server = cast("_Server", server)
        self._entity = entity
        self._thread = Thread(target=server.serve_forever, name="commitment reports", daemon=True)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Listen from now on."""
        self._entity._servers.append(self._server)  # noqa: SLF001  as `start_server` does; its shutdown looks for it
        self._thread.start()

    def close(self) -> None:
        """Listen no longer; an association that runs is ended."""
        self._server.shutdown()
        self._thread.join(_TIMEOUT_S)
        self._server.end_handshakes()
        # pynetdicom's own way fails for connections on which nothing was said yet.
        for connection in tuple(self._opened):
            _end(connection)
        for association in self._server.active_associations:
            association.join(_END_S)  # those that never asked for anything take longer, and are not waited for

    def _limit(self, event: Event) -> None:
        """End a connection that takes or sends far more than a report does, and close what pynetdicom leaves open."""
        wrapped = event.assoc.dul.socket
        connection = wrapped.socket if wrapped is not None else None
        if wrapped is not None and connection is not None:
            wrapped.recv = partial(bounded, wrapped.recv)  # type: ignore[method-assign]  # pynetdicom makes it itself
            self._opened.add(connection)
            timer = Timer(_LONGEST_S, _end, (connection,))
            timer.daemon = True
            timer.start()

    def _receive(self, event: Event) -> tuple[int, None]:
        return self._kept(event), None

    def _kept(self, event: Event) -> int:
        try:
            report = report_in(event)
            is_ours = self._take(report)
        except UnreadableReportError as error:
            _log.warning("a report on storage commitment could not be read", extra={"reason": str(error)})
            return _INVALID
        except Exception as error:  # noqa: BLE001  pynetdicom would keep it to itself
            # Without its trace: what it was about to write may name a patient.
            _log.error("a report on storage commitment could not be kept", extra={"bug": type(error).__name__})
            return _FAILED
        if not is_ours:
            _log.warning("a report on storage commitment that nobody asked for")
            return _INVALID
        return _SUCCESS


class _Server(ThreadedAssociationServer):
    """Hears those who are allowed; whoever takes their time over a TLS handshake keeps nobody else from being heard."""

    daemon_threads = True  # an end of the process waits for no handshake

    def __init__(self, *arguments: Any, allowed: Networks, **named: Any) -> None:  # noqa: ANN401  pynetdicom's
        super().__init__(*arguments, **named)
        self._allowed = allowed
        self._shaking: dict[socket.socket, str] = {}  # connections in a handshake, and with whom
        self._lock = Lock()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection; the handshake follows in a thread of its own, and not before who it is was looked at."""
        connection, address = cast("socket.socket", self.socket).accept()
        if not self._is_allowed(address[0]):
            connection.close()
            msg = "this peer may not report"
            raise OSError(msg)  # which the loop that calls this passes over
        if self.ssl_context is not None and not self._begin(connection, address[0]):
            connection.close()
            msg = "too many handshakes at once"
            raise OSError(msg)
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  socketserver's
        """Shake hands, where TLS is spoken, and hear what is said; this is a thread of the connection's own."""
        if self.ssl_context is not None:
            try:
                request.settimeout(_HANDSHAKE_S)
                request = self._shaken(request, self.ssl_context)
                request.settimeout(None)
            except OSError:
                return
        super().finish_request(request, client_address)

    def end_handshakes(self) -> None:
        """Wait for no handshake any more."""
        with self._lock:
            shaking = tuple(self._shaking)
        for connection in shaking:
            _end(connection)

    def _begin(self, connection: socket.socket, peer: str) -> bool:
        with self._lock:
            peers = tuple(self._shaking.values())
            if len(peers) >= _HANDSHAKES or peers.count(peer) >= _HANDSHAKES_OF_PEER:
                return False
            self._shaking[connection] = peer
        return True

    def _shaken(self, connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        try:
            return context.wrap_socket(connection, server_side=True)
        except BaseException:
            connection.close()
            raise
        finally:
            with self._lock:
                self._shaking.pop(connection, None)

    def _is_allowed(self, address: str) -> bool:
        peer = ipaddress.ip_address(address)
        if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped is not None:
            peer = peer.ipv4_mapped
        return not self._allowed or any(peer in network for network in self._allowed)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side ended it
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _server_context(settings: ListenerSettings) -> ssl.SSLContext | None:
    """Return what a listener speaks TLS with: PS3.15, B.12, as `dose_worker.client_tls` does."""
    if settings.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.load_cert_chain(settings.certificate, settings.key, password="")
    if settings.client_ca is not None:
        context.load_verify_locations(settings.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
