"""What one kind of irradiation adds to an exam."""

from dataclasses import dataclass
from typing import Generic

from dose_core.ledger.exam import Counted, EventT_co, NotCounted
from dose_core.ledger.totals import Total
from dose_core.model import DeviceStated


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The totals of what one device irradiated."""

    device: DeviceStated
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[EventT_co]):
    """
    The events of one kind of irradiation, each once, with the totals and all that a person should know of them.

    ``device`` of the events is not settled yet, for it counts the devices of the whole exam.
    """

    modalities: frozenset[str] = frozenset()
    events: tuple[Counted[EventT_co], ...] = ()
    shares: tuple[Share, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()
    conflicts: tuple[str, ...] = ()
