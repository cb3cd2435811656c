"""Which message types (MSH-9.1) are used, and what applies each; observations are read from any of them."""

from collections.abc import Mapping
from types import MappingProxyType

from db.session import Session
from hl7_bridge import adt_applying, observations
from hl7_bridge.applying import Applied, Applier, Received
from hl7_bridge.order_applying import apply_orders, apply_schedule
from hl7_bridge.orders import SAID

APPLIERS: Mapping[str, Applier] = MappingProxyType(
    {
        "ADT": adt_applying.apply,
        **dict.fromkeys(SAID, apply_orders),
        "SIU": apply_schedule,
    }
)


def apply(session: Session, kind: str, received: Received) -> Applied | None:
    """Apply a message of this type and what it observes of the patient; ``None`` if nothing of it is used."""
    applier = APPLIERS.get(kind)
    applied = applier(session, received) if applier is not None else None
    if applied is not None and applied.answer is not None:
        return applied  # refused: nothing else of the message is true either
    observed = observations.apply(session, received)
    return adt_applying.together([one for one in (applied, observed) if one is not None])
