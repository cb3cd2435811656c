"""
Which trigger events (MSH-9.2) of ADT messages are used, and what applies each.

A message can concern a patient, their visit and what was observed of them: each is one step, and the
steps of an event are taken in the order in which they stand here, in one transaction.
"""

from collections.abc import Mapping
from types import MappingProxyType

from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from hl7_bridge.adt import MERGE, UPDATES
from hl7_bridge.adt_identity import apply_merge, apply_update
from hl7_bridge.applying import Applied, Applier, Received

STEPS: Mapping[str, tuple[Applier, ...]] = MappingProxyType(
    {
        **dict.fromkeys(sorted(UPDATES), (apply_update,)),
        MERGE: (apply_merge,),
    }
)


def apply(session: Session, received: Received) -> Applied | None:
    """Apply an ADT message; ``None`` if its event is not used. See ``hl7_bridge.applying.Applier``."""
    steps = [step(session, received) for step in STEPS.get(received.trigger, ())]
    return together([step for step in steps if step is not None])


def together(steps: list[Applied]) -> Applied | None:
    """Return what became of a message of which several things were applied: it is applied if one of them was."""
    if not steps:
        return None
    reasons = list(dict.fromkeys(step.reason for step in steps if step.reason is not None))
    is_applied = any(step.status is MessageStatus.APPLIED for step in steps)
    return Applied(
        status=MessageStatus.APPLIED if is_applied else steps[0].status,
        reason="; ".join(reasons) or None,
        warnings=tuple(dict.fromkeys(warning for step in steps for warning in step.warnings)),
    )
