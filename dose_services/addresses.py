"""
Hosts that no destination is ever at: what a machine hears of itself there is for itself alone.

An administrator names destinations inside of the house, so that private addresses are theirs to name. Link-local ones
are not: behind them clouds tell a machine its credentials.

Source: RFC 3927 and RFC 4291, 2.5.6 (link-local); the documentation of the metadata services of AWS (fd00:ec2::254),
Alibaba Cloud (100.100.100.200), Azure (168.63.129.16) and Google Cloud (metadata.google.internal).
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"})
_METADATA = frozenset({IPv4Address("100.100.100.200"), IPv4Address("168.63.129.16"), IPv6Address("fd00:ec2::254")})


def is_never_a_destination(host: str) -> bool:
    """Tell if a host, by name or by address in any spelling that is connected to, is none that objects are sent to."""
    if host.rstrip(".").casefold() in _METADATA_NAMES:
        return True
    address = _address(host)
    return address is not None and _is_for_itself(address)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    else:
        return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
    try:  # 169.254.43518, 0xa9fea9fe and 2852039166 are taken for addresses by whoever connects
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_for_itself(address: IPv4Address | IPv6Address) -> bool:
    return address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA
