"""Which addresses of the network may be asked."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052, 2.1: the last 32 bits are an IPv4 address


def is_reachable(address: str, networks: tuple[Network, ...] = ()) -> bool:
    """
    Tell whether an address is a public one, or in one of the networks that the site allows.

    Link-local, multicast and unspecified addresses never are. An IPv4 address inside of an IPv6 one (mapped, NAT64,
    6to4, Teredo) is looked at as well.

    Source: IANA special-purpose address registries, as ``ipaddress`` knows them; RFC 4291, 2.5.5.2; RFC 3056, 2;
    RFC 4380, 4; RFC 6052, 2.1.
    """
    try:
        one = ip_address(address.partition("%")[0])  # a zone, as in fe80::1%eth0, says by which interface
    except ValueError:
        return False
    return all(_is_reachable(each, networks) for each in _meant(one))


def _meant(address: _Address) -> tuple[_Address, ...]:
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    inside = (address.sixtofour, *(address.teredo or ()))
    return (address, *(one for one in inside if one is not None))


def _is_reachable(address: _Address, networks: tuple[Network, ...]) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return (address.is_global and not address.is_reserved) or any(address in network for network in networks)
