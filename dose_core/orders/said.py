"""
What one message says of one order, in values.

Source: HL7 v2.5.1, 4.5.1 (ORC), 4.5.3 (OBR), 4.5.6 (IPC); IHE RAD TF-2, 4.4 (ZDS).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dose_core.model import Code


class Said(StrEnum):
    """What sort of message speaks of the order."""

    ORDER = "order"
    RESULT = "result"
    REPLY = "reply"  # an order was accepted, or was not
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number with the namespace that gave it, ``""`` where none is stated (HL7 EI)."""

    value: str
    issuer: str = ""

    def is_same(self, other: "Number") -> bool:
        """Tell if both are one number; an issuer counts only where both state one."""
        return self.value == other.value and (self.issuer == other.issuer or "" in {self.issuer, other.issuer})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureSaid:
    """One requested procedure of an order: the study that it is to become, and on which station, of which modality."""

    study_instance_uid: str | None = None
    accession: Number | None = None
    requested_procedure_id: str | None = None
    step_ids: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    station_ae_titles: tuple[str, ...] = ()
    station_name: str | None = None
    location: str | None = None
    protocol: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSaid:
    """
    What one message says of one order. ``None`` leaves a value as it is; ``cleared`` names those that it deletes.

    ``said_at`` is the time of the message (MSH-7), which orders what is said; ``control_id`` is its number (MSH-10),
    which orders what was said in one second. ``status_at`` is when the status changed, as the message says. ``patient``
    are value and authority of the identifier that says whose the order is.
    """

    said_at: datetime
    control_id: str
    said: Said
    control: str = ""  # ORC-1, table 0119
    order_status: str = ""  # ORC-5, table 0038
    result_status: str = ""  # OBR-25, table 0123
    status_at: datetime | None = None
    placer: Number | None = None
    filler: Number | None = None
    patient: tuple[str, str] | None = None
    visit: Number | None = None
    account: Number | None = None
    procedure: Code | None = None
    indication: str | None = None
    reason: Code | None = None
    referrer: str | None = None
    priority: str | None = None
    section: str | None = None
    planned_at: datetime | None = None
    procedures: tuple[ProcedureSaid, ...] = ()
    cleared: frozenset[str] = frozenset()
