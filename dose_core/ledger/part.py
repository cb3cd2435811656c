"""What one kind of irradiation adds to an exam."""

from dataclasses import dataclass
from typing import Generic

from dose_core.ledger.exam import Counted, EventT_co, NotCounted
from dose_core.ledger.totals import Total


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[EventT_co]):
    """The events of one kind of irradiation, each once, with the totals and all that a person should know of them."""

    modalities: frozenset[str] = frozenset()
    events: tuple[Counted[EventT_co], ...] = ()
    totals: tuple[Total, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()
    conflicts: tuple[str, ...] = ()
