"""
The connections that pynetdicom makes for us: closed in the end, over in time, and with the reason if there was none.

pynetdicom 3.0 leaves a socket open whose connection failed or was closed by the other side, and tells nobody why a
connection could not be made.
"""

import ssl
import sys
from collections.abc import Callable
from typing import TypeAlias

from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.transport import T_CONNECT, AddressInformation, AssociationSocket

from dose_worker.deadline import Deadline
from dose_worker.peer_check import check_peer

Receive: TypeAlias = Callable[[int], bytearray]

# Ours. A PDU with data has 16 KiB at most, as we ask for; a long list of contexts has some dozens.
_MAX_PDU_BYTES = 256 * 1024


def bounded(receive: Receive, count: int) -> bytearray:
    """
    Return so many bytes of a PDU, as ``receive`` does, unless they are more than we ever take.

    pynetdicom would collect the 4 GiB that any peer may announce, before it looks at them.

    Raises:
        OSError: they are.
    """
    if count > _MAX_PDU_BYTES:
        raise OSError("the announced PDU is longer than any that we take")
    return receive(count)


class Connection(AssociationSocket):
    """A connection to a PACS; ``failure`` is why it could not be made, if that is so."""

    def __init__(self, assoc: Association, *, address: AddressInformation, deadline: Deadline) -> None:
        super().__init__(assoc, address=address)
        self.failure: OSError | None = None
        self._deadline = deadline
        self._opened = self.socket

    def connect(self, primitive: T_CONNECT) -> None:
        """Connect, and end all that is said over it when the time is over."""
        super().connect(primitive)
        if self.socket is not None:
            self._opened = self.socket
            self._deadline.watch(self.socket)
            try:
                check_peer(self.socket)
            except OSError as error:
                self.failure = error
                self._shutdown_socket()  # what is said over it from now on reaches nobody, and ends the association

    def recv(self, nr_bytes: int) -> bytearray:
        """Return so many bytes of a PDU."""
        return bounded(super().recv, nr_bytes)

    def close_for_good(self) -> None:
        """Close it, whoever ended the conversation; nobody may be reading of it any more."""
        if self._opened is not None:
            self._opened.close()

    def _shutdown_socket(self) -> None:
        error = sys.exception()
        if self.failure is None and isinstance(error, OSError):  # it is called while this is handled
            self.failure = error
        left = self.socket
        super()._shutdown_socket()
        if left is not None:
            left.close()


class Entity(AE):
    """An application entity that makes one such connection."""

    def __init__(self, ae_title: str, deadline: Deadline) -> None:
        super().__init__(ae_title=ae_title)
        self.connection: Connection | None = None
        self._deadline = deadline

    def _create_socket(
        self, assoc: Association, address: AddressInformation, tls_args: tuple[ssl.SSLContext, str] | None
    ) -> AssociationSocket:
        self.connection = Connection(assoc, address=address, deadline=self._deadline)
        self.connection.tls_args = tls_args
        return self.connection
