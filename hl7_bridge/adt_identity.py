"""Bring patients up to date, and put them together, as ADT messages ask."""

from db.session import Session
from dose_services.hl7_inbox import MessageStatus
from dose_services.identity import update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Change, Outcome
from hl7_bridge.adt import AdtMerge, AdtUpdate, read_adt
from hl7_bridge.applying import Applied, Received


def apply_update(session: Session, received: Received) -> Applied | None:
    """Apply the demographics and identifiers that a message states. See ``hl7_bridge.applying.Applier``."""
    asked = read_adt(received.message, received.trigger, received_at=received.received_at, site=received.site)
    if not isinstance(asked, AdtUpdate):
        return None
    return _applied(update_patient(session, asked.person, _change(asked, received)), asked)


def apply_merge(session: Session, received: Received) -> Applied | None:
    """Apply the merges that a message asks for. See ``hl7_bridge.applying.Applier``."""
    asked = read_adt(received.message, received.trigger, received_at=received.received_at, site=received.site)
    if not isinstance(asked, AdtMerge):
        return None
    return _applied(merge_patients(session, asked.merges, _change(asked, received)), asked)


def _change(asked: AdtUpdate | AdtMerge, received: Received) -> Change:
    return Change(event_at=asked.at.stated, ordered_at=asked.at.ordered, now=received.now, hl7_message_id=received.id)


def _applied(outcome: Outcome, asked: AdtUpdate | AdtMerge) -> Applied:
    return Applied(
        status=MessageStatus.APPLIED if outcome.is_applied else MessageStatus.KEPT,
        reason=outcome.reason,
        warnings=(*asked.warnings, *outcome.warnings),
    )
