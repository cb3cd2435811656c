"""Tell who is who, as ADT messages do: one step for each kind of trigger event, see ``hl7_bridge.adt_applying``."""

from collections.abc import Callable
from functools import partial

from db.session import Session
from dose_services import identity_changes
from dose_services.hl7_inbox import MessageStatus
from dose_services.identity import update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Change, Outcome
from hl7_bridge.adt import PlaceOf, Reading, changed, merged, moved
from hl7_bridge.applying import Applied, Applier, Received
from hl7_bridge.faults import answer_to

_Act = Callable[[Session, Reading, Change], Outcome]


def _step(act: _Act) -> Applier:
    """Return the step that reads a message and does what it says."""

    def apply(session: Session, received: Received) -> Applied:
        reading = Reading.of(received)
        at = reading.at
        change = Change(event_at=at.stated, ordered_at=at.ordered, now=received.now, hl7_message_id=received.id)
        return _applied(act(session, reading, change), reading)

    return apply


def _update(session: Session, reading: Reading, change: Change) -> Outcome:
    site = reading.site
    return update_patient(session, reading.person(), change, redirects=site.redirects_merged, rules=site.placeholders)


def _delete(session: Session, reading: Reading, change: Change) -> Outcome:
    person = reading.person()
    return identity_changes.delete_person(session, person, change, redirects=reading.site.redirects_merged)


def _merge(session: Session, reading: Reading, change: Change) -> Outcome:
    return merge_patients(session, reading.pairs(merged), change)


def _move(session: Session, reading: Reading, change: Change) -> Outcome:
    return identity_changes.move_identifiers(session, reading.pairs(moved), change)


def _change(session: Session, reading: Reading, change: Change, *, place_of: PlaceOf) -> Outcome:
    return identity_changes.change_identifiers(session, reading.pairs(place_of), change)


def _link(session: Session, reading: Reading, change: Change) -> Outcome:
    return identity_changes.link_patients(session, *reading.two(), change)


def _unlink(session: Session, reading: Reading, change: Change) -> Outcome:
    return identity_changes.unlink_patients(session, *reading.two(), change)


def _applied(outcome: Outcome, reading: Reading) -> Applied:
    warnings = (*reading.warnings, *outcome.warnings)
    if outcome.refused is not None:
        answer = answer_to(outcome.refused)
        return Applied(status=MessageStatus.REFUSED, reason=outcome.reason, warnings=warnings, answer=answer)
    status = MessageStatus.APPLIED if outcome.is_applied else MessageStatus.KEPT
    return Applied(status=status, reason=outcome.reason, warnings=warnings)


apply_update = _step(_update)
apply_delete = _step(_delete)
apply_merge = _step(_merge)
apply_move = _step(_move)
apply_change_of_id = _step(partial(_change, place_of=changed(2, 4)))  # PID-2, MRG-4
apply_change_of_list = _step(partial(_change, place_of=changed(3, 1)))  # PID-3, MRG-1
apply_change_of_alternate_id = _step(partial(_change, place_of=changed(4, 2)))  # PID-4, MRG-2
apply_link = _step(_link)
apply_unlink = _step(_unlink)
