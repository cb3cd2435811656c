"""Bring patients up to date as ADT messages ask."""

from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from dose_services.identity import update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Change
from hl7_bridge.adt import AdtMerge, read_adt
from hl7_bridge.applying import Applied, Received


def apply(session: Session, received: Received) -> Applied | None:
    """Apply an ADT message; ``None`` if its event is not used. See ``hl7_bridge.applying.Applier``."""
    asked = read_adt(received.message, received.trigger, received_at=received.received_at, site=received.site)
    if asked is None:
        return None
    change = Change(event_at=asked.at.stated, ordered_at=asked.at.ordered, now=received.now, hl7_message_id=received.id)
    if isinstance(asked, AdtMerge):
        outcome = merge_patients(session, asked.merges, change)
    else:
        outcome = update_patient(session, asked.person, change)
    return Applied(
        status=MessageStatus.APPLIED if outcome.is_applied else MessageStatus.KEPT,
        reason=outcome.reason,
        warnings=(*asked.warnings, *outcome.warnings),
    )
