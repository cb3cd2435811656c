"""Who looked at what: recorded before the answer goes out, in the same unit of work."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from db.reaching import Reach
from db.repositories import access_log
from db.session import Session
from dose_services.roles import Purpose


class Action(StrEnum):
    """Looks that are recorded, and what was decided about exams."""

    REFUSED = "refused"  # no role of who asked allows it
    SEARCH_PATIENT = "search_patient"
    READ_EXAMS = "read_exams"
    READ_CUMULATIVE_DOSE = "read_cumulative_dose"
    READ_PRIOR_SIMILAR = "read_prior_similar"
    JUSTIFY_ORDER = "justify_order"
    READ_EXAM = "read_exam"
    FIND_EXAM = "find_exam"
    READ_VALUE = "read_value"
    REQUEST_LAUNCH = "request_launch"
    OPEN_VIEW = "open_view"
    READ_DESK = "read_desk"
    READ_IDENTITY = "read_identity"
    UNMERGE_PATIENT = "unmerge_patient"
    LINK_PATIENTS = "link_patients"
    UNLINK_PATIENTS = "unlink_patients"
    MOVE_IDENTIFIER = "move_identifier"
    READ_PLACEHOLDERS = "read_placeholders"
    MERGE_PLACEHOLDER = "merge_placeholder"
    CLOSE_FINDING = "close_finding"
    RELEASE_EXAM = "release_exam"
    WITHDRAW_RELEASE = "withdraw_release"
    MARK_NOT_PATIENT = "mark_not_patient"
    MARK_PATIENT = "mark_patient"
    READ_ORDERS = "read_orders"
    READ_ORDER = "read_order"
    MATCH_ORDER = "match_order"
    UNMATCH_ORDER = "unmatch_order"
    WITHDRAW_MATCH = "withdraw_match"
    STATE_VALUES = "state_values"
    WITHDRAW_VALUES = "withdraw_values"
    BREAK_GLASS = "break_glass"
    RESTRICT_PATIENT = "restrict_patient"
    LIFT_RESTRICTION = "lift_restriction"
    SUBJECT_REPORT = "subject_report"
    READ_AUDIT = "read_audit"
    EXPORT_AUDIT = "export_audit"
    READ_MESSAGE = "read_message"
    QUEUE_MESSAGE = "queue_message"
    PARK_MESSAGE = "park_message"
    DROP_MESSAGE = "drop_message"
    CHANGE_DESTINATION = "change_destination"
    CHANGE_PACS = "change_pacs"
    CHANGE_FORWARDING = "change_forwarding"
    RETRY_FORWARD = "retry_forward"
    CANCEL_FORWARD = "cancel_forward"
    RETRY_PUBLICATION = "retry_publication"
    SWITCH_EFFECTIVE_DOSE = "switch_effective_dose"
    CHANGE_SENTENCE = "change_sentence"
    READ_SKIN_DOSE = "read_skin_dose"
    PLACE_PATIENT = "place_patient"
    CALIBRATE_SKIN_DOSE = "calibrate_skin_dose"
    CALIBRATE_LOCALISERS = "calibrate_localisers"
    RECORD_REACTION = "record_reaction"
    WITHDRAW_REACTION = "withdraw_reaction"
    CHANGE_ORGANISATION = "change_organisation"
    CHANGE_GRANT = "change_grant"
    CHANGE_ROLE = "change_role"
    LET_IN = "let_in"
    CHANGE_CLIENT = "change_client"
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    END_SESSIONS = "end_sessions"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the word, not a secret


class Via(StrEnum):
    """By which door somebody came."""

    TOKEN = "token"  # noqa: S105 - the word, not a secret
    LAUNCH = "launch"
    VIEW = "view"
    SESSION = "session"
    COMMAND = "command"
    HOOK = "hook"
    SERVICE = "service"  # DoseLedger itself, of what a directory says


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """
    Who looks. ``reference`` is the id of the token, handle or view that let them in.

    ``reads_uncounted`` allows exams that are nobody's history: held at the desk, or no patient's. ``break_glass`` is
    why they must see who is restricted, or out of reach, given only by who ``may_break_glass``; they then see what is
    within ``broken_reach``.

    ``reach`` are the exams that they may see, for their duty in an organisation and for a purpose; ``None`` are all.
    Who was ``launched_for`` a patient sees that patient, even if they have no exam within reach.
    """

    subject: str
    user_id: UUID | None
    via: Via
    reference: UUID | None
    route: str  # the template of the route, or the command
    reads_uncounted: bool = False
    may_break_glass: bool = False
    break_glass: str | None = None
    reach: Reach | None = None
    broken_reach: Reach | None = None
    launched_for: UUID | None = None
    purpose: Purpose = Purpose.TREAT

    @property
    def sight(self) -> Reach | None:
        """
        The exams that this look may show, where the breaking of the glass is recorded with it.

        For what is changed, and for lists that are of no patient, ``reach`` is what counts.
        """
        return self.reach if self.break_glass is None else self.broken_reach

    @classmethod
    def of_service(cls, name: str, route: str) -> Self:
        """Return DoseLedger itself, of what it does by itself: ``name`` is the part that does it."""
        return cls(subject=f"service:{name}", user_id=None, via=Via.SERVICE, reference=None, route=route)


def record_look(
    session: Session,
    looker: Looker,
    action: Action,
    *,
    now: datetime,
    patient_id: UUID | None = None,
    exam_id: UUID | None = None,
    reason: str | None = None,
    outcome: str | None = None,
) -> None:
    """
    Record one look in this unit of work; if it cannot be recorded, the answer does not go out.

    ``outcome`` is why it was refused, if it was.
    """
    look = {
        "at": now,
        "subject": looker.subject,
        "user_id": looker.user_id,
        "action": action,
        "patient_id": patient_id,
        "exam_id": exam_id,
        "route": looker.route,
        "via": looker.via,
        "reference": looker.reference,
        "reason": reason,
        "outcome": outcome,
    }
    access_log.add(session, look)
