"""Days of messages as the services hear them."""

from db.session import Session
from dose_services import identity_changes
from dose_services.identity import update_patient
from dose_services.identity_merge import merge_patients
from dose_services.identity_values import Outcome
from tests.builders.identity import change, into, person
from tests.builders.identity_model import Said


def deliver(session: Session, said: Said, minute: int) -> Outcome:
    """Have the services hear one message of a minute."""
    kind, who, other = said
    if kind == "update":
        return update_patient(session, person(who, name=other or None), change(minute))
    if kind == "listed":
        return update_patient(session, person(who, other, name=None), change(minute))
    if kind == "merge":
        return merge_patients(session, [into(who, other)], change(minute))
    two = {
        "move": lambda: identity_changes.move_identifiers(session, [into(who, other)], change(minute)),
        "change": lambda: identity_changes.change_identifiers(session, [into(who, other)], change(minute)),
        "link": lambda: identity_changes.link_patients(session, person(who), person(other), change(minute)),
        "unlink": lambda: identity_changes.unlink_patients(session, person(who), person(other), change(minute)),
    }
    return two[kind]()
