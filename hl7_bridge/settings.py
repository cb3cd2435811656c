"""Settings of the HL7 bridge. Built at the edge, checked once, handed down."""

from dataclasses import dataclass

from dose_core.hl7.framing import MAX_BLOCK_BYTES
from dose_core.hl7.sender_rules import SenderRule
from hl7_bridge.tls import TlsFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Hl7Settings:
    """
    Where the bridge listens, and whom and what it accepts.

    An empty ``allowed_peers`` (addresses and networks) accepts every network address, an empty
    ``allowed_certificates`` (see ``hl7_bridge.tls.identities``) every certificate that an authority of ``tls`` has
    signed, an empty ``allowed_senders`` every sending application and facility (MSH-3.1, MSH-4.1). With
    ``sender_rules`` a peer may speak for the senders alone that a rule names beside it. Test and training messages
    (MSH-11 ``T``, ``D``) are refused unless ``processing_ids`` names them.
    """

    host: str = "127.0.0.1"
    port: int = 2575  # IANA: hl7
    tls: TlsFiles | None = None
    idle_timeout_s: float = 3600.0  # feeds are silent at night
    block_timeout_s: float = 30.0  # from the first byte of a block to its last
    write_timeout_s: float = 30.0
    handshake_timeout_s: float = 10.0
    stop_timeout_s: float = 10.0  # how long messages under way may take when the bridge stops
    max_connections: int = 600  # a process has 1,024 descriptors as a rule, and the database needs some
    max_connections_per_peer: int = 20  # an interface engine has one or two per feed
    max_block_bytes: int = MAX_BLOCK_BYTES
    workers: int = 8  # threads, each with one database connection
    # How often changed certificates are looked for, and messages that were taken and could not be applied then.
    check_interval_s: float = 30.0
    allowed_peers: frozenset[str] = frozenset()
    allowed_certificates: frozenset[str] = frozenset()
    allowed_senders: frozenset[tuple[str, str]] = frozenset()
    sender_rules: tuple[SenderRule, ...] = ()
    processing_ids: frozenset[str] = frozenset({"P"})
