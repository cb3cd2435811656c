"""
Whom a connection reached, looked at before anything is said over it: a name may lead to where nothing is ever sent.

What an administrator names is looked at when it is named (``dose_services.addresses``), and says nothing of what its
name leads to when it is connected to.
"""

import socket

from dose_services.addresses import is_never_a_destination

FORBIDDEN = "its name leads to a link-local address, or to that of a cloud's metadata, where nothing is sent"


class ForbiddenPeerError(OSError):
    """The connection reached an address to which nothing is sent."""


def check_peer(connection: socket.socket) -> None:
    """
    Let a connection be used.

    Raises:
        ForbiddenPeerError: it reached somebody to whom nothing is sent.
    """
    if is_never_a_destination(str(connection.getpeername()[0])):
        raise ForbiddenPeerError(FORBIDDEN)
