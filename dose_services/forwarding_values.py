"""What is said about who gets forwarded dose SRs: where they are, which they get, and what stays in them."""

import hashlib
import hmac
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from db.tables.forwarding import ForwardDestinationRow
from dose_core.deidentify.policy import SHORTEST_KEY
from dose_core.errors import DoseError
from dose_services.archive_values import DicomNode, StowNode


class UnusableForwardError(DoseError):
    """A destination is described so that nothing could, or nothing may, be forwarded to it."""


class UnknownForwardError(DoseError):
    """No destination has this name, or no queued object this number."""


class ForwardNotMovableError(DoseError):
    """The object cannot be moved so as it stands; nothing was changed."""


class NoForwardingKeyError(DoseError):
    """Nothing is de-identified without the site's key."""


NO_KEY = "no key is set to de-identify with: set DOSELEDGER_FORWARDING_KEY_FILE"


class ForwardState(StrEnum):
    """How a queued object stands, see ``db.tables.forwarding.ForwardRow``."""

    WAITING = "waiting"
    WITHHELD = "withheld"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


class Reports(StrEnum):
    """Whose dose SRs are forwarded: those of devices as they came, those that we wrote, or both."""

    DEVICE = "device"
    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPacs:
    """An archive of the site that is listed as one which gets our dose SRs."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderNode:
    """A folder on the worker's machine that somebody empties."""

    path: str

    def __post_init__(self) -> None:
        if not PurePath(self.path).is_absolute():
            raise UnusableForwardError("the folder is named by its whole path")


ForwardNode: TypeAlias = ListedPacs | FolderNode | DicomNode | StowNode
_NODES: dict[str, TypeAdapter[Any]] = {
    "pacs": TypeAdapter(ListedPacs),
    "folder": TypeAdapter(FolderNode),
    "c-store": TypeAdapter(DicomNode),
    "stow-rs": TypeAdapter(StowNode),
}
_PROTOCOLS = {ListedPacs: "pacs", FolderNode: "folder", DicomNode: "c-store", StowNode: "stow-rs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardRule:
    """
    Which dose SRs a destination gets, and what stays in them.

    Those received at ``since`` or later, of ``modalities`` and ``device_ids`` (all, if there are none). Unless
    ``is_identified``, they are de-identified, and the rest says what stays, see ``dose_core.deidentify.policy``.
    """

    since: datetime
    modalities: tuple[str, ...] = ()
    device_ids: tuple[UUID, ...] = ()
    reports: Reports = Reports.DEVICE
    is_identified: bool = False
    keeps_characteristics: bool = False
    keeps_device: bool = False
    released_texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not one.isalnum() or one != one.upper() for one in self.modalities):
            raise UnusableForwardError("modalities are written as in DICOM: CT, XA, MG")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardDestination:
    """Who gets dose SRs; one that is not active rests. ``problem`` is what the last attempt came to."""

    name: str
    node: ForwardNode
    rule: ForwardRule
    is_active: bool
    problem: str | None
    changed_at: datetime
    counts: dict[ForwardState, int] = field(default_factory=dict)

    @property
    def protocol(self) -> str:
        """How it is spoken to."""
        return protocol_of(self.node)

    @property
    def address(self) -> str:
        """Where it is, for people."""
        if isinstance(self.node, DicomNode):
            return f"{self.node.called_ae_title}@{self.node.host}:{self.node.port}"
        if isinstance(self.node, StowNode):
            return self.node.url
        return self.node.path if isinstance(self.node, FolderNode) else self.node.name


def protocol_of(node: ForwardNode) -> str:
    """Return how a destination is spoken to."""
    return _PROTOCOLS[type(node)]


def stored_node(node: ForwardNode) -> dict[str, Any]:
    """Return what is kept of where a destination is."""
    return asdict(node)


def node_of(row: ForwardDestinationRow) -> ForwardNode:
    """
    Return where a destination is, as it was kept.

    Raises:
        UnusableForwardError: what was kept tells no such place.
    """
    try:
        node: ForwardNode = _NODES[row.protocol].validate_python(row.node)
    except ValidationError:
        raise UnusableForwardError("where it is was not kept as this release keeps it") from None
    return node


def rule_of(row: ForwardDestinationRow) -> ForwardRule:
    """Return what a destination gets, as it was kept."""
    return ForwardRule(
        since=row.since,
        modalities=tuple(row.modalities),
        device_ids=tuple(row.device_ids),
        reports=Reports(row.reports),
        is_identified=row.is_identified,
        keeps_characteristics=row.keeps_characteristics,
        keeps_device=row.keeps_device,
        released_texts=tuple(row.released_texts),
    )


def key_for(site_key: bytes | None, destination: str) -> bytes:
    """
    Return the key of one destination, so that two of them cannot put together what they got.

    Raises:
        NoForwardingKeyError: the site has none, or one that could be guessed.
    """
    if site_key is None:
        raise NoForwardingKeyError(NO_KEY)
    if len(site_key) < SHORTEST_KEY:
        msg = f"the key of DOSELEDGER_FORWARDING_KEY_FILE has less than {SHORTEST_KEY} bytes"
        raise NoForwardingKeyError(msg)
    return hmac.new(site_key, f"forward\x1f{destination}".encode(), hashlib.sha256).digest()


def check_of(key: bytes) -> str:
    """Return what tells a key from another one, and does not tell the key."""
    return hmac.new(key, b"check", hashlib.sha256).hexdigest()[:16]
