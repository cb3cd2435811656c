"""What is said about an archive that gets dose SRs of ours: where it is, and what it gets."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from dose_core.errors import DoseError
from dose_core.writers.kinds import PATIENT_DOSE, choices
from dose_services.archive_values import DicomNode, StowNode

# The destination that is always there: the Orthanc that the worker's settings name.
ORTHANC = "orthanc"


class UnusablePacsError(DoseError):
    """An archive is described so that nothing could be sent to it."""


class UnknownPacsError(DoseError):
    """No archive has this name."""


class Protocol(StrEnum):
    """How an archive is spoken to."""

    ORTHANC = "orthanc"
    C_STORE = "c-store"
    STOW_RS = "stow-rs"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrthancNode:
    """The Orthanc that the worker's settings name, with its user and password."""


Node: TypeAlias = OrthancNode | DicomNode | StowNode

_NODES: dict[Protocol, TypeAdapter[Any]] = {
    Protocol.ORTHANC: TypeAdapter(OrthancNode),
    Protocol.C_STORE: TypeAdapter(DicomNode),
    Protocol.STOW_RS: TypeAdapter(StowNode),
}
_PROTOCOLS = {OrthancNode: Protocol.ORTHANC, DicomNode: Protocol.C_STORE, StowNode: Protocol.STOW_RS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PacsRule:
    """
    Which dose SRs an archive gets, and how they leave it.

    Those of ``kinds`` (if ``None`` every kind but patient dose reports, which it gets only where they are named), of
    exams of ``sites`` (all, if none is named) known at ``exams_since`` or later (all, if ``None``). Where ``deletes``,
    one that is taken back is deleted; else a rejection note is stored.
    """

    kinds: tuple[str, ...] | None = None
    sites: tuple[str, ...] = ()
    exams_since: datetime | None = None
    deletes: bool = True

    @property
    def told(self) -> str:
        """Which kinds an archive gets, for people."""
        if self.kinds is None:
            return f"every kind but {PATIENT_DOSE}"
        return ", ".join(self.kinds) or "no kind"

    def gets(self, kind: str) -> bool:
        """Tell if an archive gets objects of this choice, see ``dose_core.writers.kinds.choices``."""
        return kind != PATIENT_DOSE if self.kinds is None else kind in self.kinds

    def check(self) -> None:
        """
        Check that there are dose SRs of its kinds. What was kept is not checked: another release may have had others.

        Raises:
            UnusablePacsError: there is no such kind.
        """
        for name in self.kinds or ():
            if name not in choices():
                msg = f"there is no kind of dose SR named {name!r}"
                raise UnusablePacsError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """An archive that gets dose SRs of ours; one that is not active rests."""

    name: str
    node: Node
    rule: PacsRule
    is_active: bool = True
    changed_at: datetime | None = None  # None: what stands in the settings was never changed

    @property
    def protocol(self) -> Protocol:
        """How it is spoken to."""
        return _PROTOCOLS[type(self.node)]

    @property
    def address(self) -> str:
        """Where it is, for people."""
        if isinstance(self.node, DicomNode):
            return f"{self.node.called_ae_title}@{self.node.host}:{self.node.port}"
        return self.node.url if isinstance(self.node, StowNode) else "as the worker's settings say"

    @property
    def deletes(self) -> bool:
        """Whether what is taken back is deleted there; no DICOM service deletes."""
        return self.rule.deletes and isinstance(self.node, OrthancNode)

    def wants(self, kind: str, *, site: str, known_since: datetime) -> bool:
        """Tell if it gets dose SRs of this kind of an exam of this site, which became known then."""
        return (
            self.rule.gets(kind)
            and (not self.rule.sites or site in self.rule.sites)
            and (self.rule.exams_since is None or known_since >= self.rule.exams_since)
        )


def node_from(protocol: str, stored: dict[str, Any]) -> Node:
    """Return where an archive is, as it was kept."""
    node: Node = _NODES[Protocol(protocol)].validate_python(stored)
    return node


def stored_node(node: Node) -> dict[str, Any]:
    """Return what is kept of where an archive is."""
    return asdict(node)
