"""
Who may speak for whom: which sending application a peer, known by its address or certificate, may name in MSH.

MLLP knows no passwords, and MSH-3 and MSH-4 are what a sender says of itself: that alone must not make one
department's engine another's. A rule names both together.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dose_core.errors import DoseError

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CERTIFICATE_KINDS = frozenset({"cn", "subject", "dns", "ip", "email", "uri"})


class UnusableSenderRuleError(DoseError):
    """A rule cannot be read; the text says how one is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule:
    """
    Peers and the sender for whom they may speak.

    A peer has to be in one of ``networks``, if there are any, and bear each of ``certificates``. An empty
    ``processing_ids`` stands for all that the site takes.
    """

    networks: tuple[_Network, ...]
    certificates: tuple[str, ...]
    application: str  # MSH-3.1
    facility: str  # MSH-4.1
    processing_ids: frozenset[str]  # MSH-11.1

    @staticmethod
    def parse(text: str) -> "SenderRule":
        """
        Return the rule that a text like ``dns:engine.example & 10.1.0.0/16 > RIS|XRAY|P`` is.

        Raises:
            UnusableSenderRuleError: it is none.
        """
        peer, arrow, sender = text.partition(">")
        says = [part.strip() for part in sender.split("|")]
        if not arrow or len(says) not in {2, 3} or not all(peer_of.strip() for peer_of in peer.split("&")):
            msg = (
                "each is written PEER > APPLICATION|FACILITY or PEER > APPLICATION|FACILITY|P, with commas between them"
            )
            raise UnusableSenderRuleError(msg)
        networks: list[_Network] = []
        certificates: list[str] = []
        for part in map(str.strip, peer.split("&")):
            try:
                networks.append(ipaddress.ip_network(part))
            except ValueError:
                certificates.append(certificate_name(part).lower())
        return SenderRule(
            networks=tuple(networks),
            certificates=tuple(certificates),
            application=says[0],
            facility=says[1],
            processing_ids=frozenset(filter(None, says[2:])),
        )

    def is_of(self, address: str, names: frozenset[str]) -> bool:
        """Test if a peer with this network address and these names of its certificate is one of the rule's."""
        return set(self.certificates) <= names and (
            not self.networks or any(_holds(one, address) for one in self.networks)
        )

    def lets(self, application: str, facility: str, processing_id: str) -> bool:
        """Test if a peer of the rule may name this sender and this purpose."""
        is_purpose = not self.processing_ids or processing_id in self.processing_ids
        return (application, facility) == (self.application, self.facility) and is_purpose


@dataclass(frozen=True, slots=True)
class Speaker:
    """For whom one connection may speak: ``None`` where the site has no rules, so that anybody may for anybody."""

    rules: tuple[SenderRule, ...] | None

    @staticmethod
    def of(rules: Sequence[SenderRule], address: str, names: frozenset[str]) -> "Speaker":
        """Return for whom a peer may speak."""
        return Speaker(tuple(rule for rule in rules if rule.is_of(address, names)) if rules else None)

    def may_name(self, application: str, facility: str, processing_id: str) -> bool:
        """Test if a message with these MSH-3.1, MSH-4.1 and MSH-11.1 may come over the connection."""
        return self.rules is None or any(rule.lets(application, facility, processing_id) for rule in self.rules)


ANYBODY = Speaker(None)


def certificate_name(text: str) -> str:
    """
    Return the name of a certificate as lists hold it.

    Raises:
        UnusableSenderRuleError: it is written like none.
    """
    kind, _, name = text.partition(":")
    if kind == "sha256":
        digits = name.replace(":", "").lower()  # as OpenSSL prints it, or without colons
        if not re.fullmatch("[0-9a-f]{64}", digits):
            raise UnusableSenderRuleError("sha256: is followed by 64 hexadecimal digits")
        return f"sha256:{digits}"
    if kind not in _CERTIFICATE_KINDS or not name:
        raise UnusableSenderRuleError("each is written like dns:engine.example, with commas between them")
    return text


def _holds(network: _Network, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:  # a socket without an address
        return False
