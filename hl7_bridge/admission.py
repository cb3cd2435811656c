"""Who may connect, how often, and for whom they may speak: by network address and by certificate."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from dose_core.errors import DoseError
from dose_core.hl7.sender_rules import Speaker
from hl7_bridge.settings import Hl7Settings
from hl7_bridge.tls import identities

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAdmittedError(DoseError):
    """This connection is not taken; the text is for the log and names nobody."""


class Admission:
    """Count connections, and compare peers with the lists. Belongs to one event loop."""

    def __init__(self, settings: Hl7Settings) -> None:
        self._settings = settings
        self._networks = [ipaddress.ip_network(text, strict=False) for text in settings.allowed_peers]
        self._certificates = frozenset(name.lower() for name in settings.allowed_certificates)
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, peer: str) -> Iterator[None]:
        """
        Hold a place for a connection of this network address.

        Raises:
            NotAdmittedError: the address is not on the list, or there is no place.
        """
        self._open[peer] += 1
        try:
            if self._networks and not self._is_listed(peer):
                raise NotAdmittedError("this network address is not on the list of allowed peers")
            if self._open.total() > self._settings.max_connections:
                raise NotAdmittedError("too many connections")
            if self._open[peer] > self._settings.max_connections_per_peer:  # nobody alone may lock out all others
                raise NotAdmittedError("too many connections from this network address")
            yield
        finally:
            self._open -= Counter((peer,))  # forgets a peer with none left

    def check_certificate(self, certificate: bytes | None) -> None:
        """
        Compare the certificate (DER) that TLS has verified with the list.

        Raises:
            NotAdmittedError: it is not on the list, or there is none.
        """
        if self._certificates and not self._certificates & identities(certificate):
            raise NotAdmittedError("this certificate is not on the list of allowed certificates")

    def speaker(self, peer: str, certificate: bytes | None) -> Speaker:
        """Return for whom a peer with this network address and this verified certificate (DER) may speak."""
        rules = self._settings.sender_rules
        return Speaker.of(rules, peer, identities(certificate) if rules else frozenset())

    def _is_listed(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)


def plain_address(text: str) -> str:
    """Return a network address in one way of writing: a socket for IPv6 tells IPv4 as ``::ffff:10.0.0.1``."""
    address = _address(text)
    return text if address is None else str(address)


def _address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
