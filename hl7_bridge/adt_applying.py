"""
Which trigger events (MSH-9.2) of ADT messages are used, and what applies each.

A message can concern a patient, their visit and what was observed of them: each is one step, and the
steps of an event are taken in the order in which they stand here, in one transaction.
"""

from collections.abc import Mapping
from types import MappingProxyType

from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from hl7_bridge import adt_identity
from hl7_bridge.applying import Applied, Applier, Received
from hl7_bridge.order_applying import apply_stay
from hl7_bridge.stays import CHANGE_OF_ALTERNATE, DELETION

_TELLS_OF_ONE = (
    "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A10", "A11", "A12", "A13", "A28", "A31", "A38",
)  # fmt: skip
_MERGES = ("A18", "A34", "A39", "A40")
_TELLS_OF_A_STAY = (DELETION, "A35", "A41", "A42", "A44", "A45", "A49", "A50", CHANGE_OF_ALTERNATE)

STEPS: Mapping[str, tuple[Applier, ...]] = MappingProxyType(
    {
        **dict.fromkeys(_TELLS_OF_ONE, (adt_identity.apply_update,)),
        **dict.fromkeys(_MERGES, (adt_identity.apply_merge,)),
        "A36": (adt_identity.apply_merge, apply_stay),
        **dict.fromkeys(_TELLS_OF_A_STAY, (apply_stay,)),
        "A24": (adt_identity.apply_link,),
        "A29": (adt_identity.apply_delete,),
        "A37": (adt_identity.apply_unlink,),
        "A43": (adt_identity.apply_move,),
        "A46": (adt_identity.apply_change_of_id,),
        "A47": (adt_identity.apply_change_of_list,),
        "A48": (adt_identity.apply_change_of_alternate_id,),
    }
)


def apply(session: Session, received: Received) -> Applied | None:
    """Apply an ADT message; ``None`` if its event is not used. See ``hl7_bridge.applying.Applier``."""
    done: list[Applied] = []
    for step in STEPS.get(received.trigger, ()):
        applied = step(session, received)
        if applied is not None and applied.answer is not None:
            return applied  # refused: nothing else of the message is true either
        done += [applied] if applied is not None else []
    return together(done)


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
