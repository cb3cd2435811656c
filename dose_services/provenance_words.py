"""The rule by which a value of an event counts, or does not, in words."""

from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.source import SOURCE_OF, Source
from dose_core.model import DoseReport
from dose_services.value_ids import AnyEvent
from dose_services.value_words import KINDS, SOURCES

_WINNER = (
    "Of the objects that state this irradiation event, the one from the best source that knows most speaks for it: "
    "a whole one before one that was cut short, then the one with most events, then the newest."
)
NO_EXAM = "What the object states. No exam is made of its study, so that it counts nowhere."
STATED = "What the object states of itself; no total or event of the exam is made of it."
TOTAL_PART = "What the object states; the exam's total is made of it."
TOTAL_RIVAL = "What the object states as a total; another value counts, as its own rule says."
FORMED = "DoseLedger formed this value from what the statements of the study say."


def rule_of_counted(event: AnyEvent, *, is_filled: bool) -> str:
    """Return why a value of an event counts."""
    if not is_filled:
        return f"It counts: the {SOURCES[event.source]} speaks for the event. {_WINNER}"
    return (
        f"It counts: the {SOURCES[event.source]} that speaks for the event leaves this open, so that the value of the "
        "next source that states it is taken."
    )


def rule_of_other(event: AnyEvent, *, is_counted: bool) -> str:
    """Return why a value of an event does not count."""
    if isinstance(event, ExamEvent) and event.slice_count is not None:
        return f"One image of the event; the event's value is formed over {event.slice_count} of them."
    what = "another object's value counts" if is_counted else "the object that speaks for the event states none"
    return f"It is not what counts: {what}. {_WINNER}"


def rule_of_left_out(reason: str) -> str:
    """Return why an object's values count nowhere."""
    return f"It is not counted: {reason}."


def source_of_report(report: DoseReport) -> Source | None:
    """Return the kind of source that an object is; ``None`` of one that is none, such as a patient dose report."""
    return SOURCE_OF.get(report.kind)


def kind_words(report: DoseReport) -> str:
    """Return what an object is."""
    return KINDS[report.kind]
