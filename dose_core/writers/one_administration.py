"""
The exam that a report of one administration of a radiopharmaceutical tells of.

Such a report holds one administration (PS3.16, TID 10021, row 4), so that an exam with several gets one for each.
"""

from dataclasses import replace

from dose_core.ledger.exam import Exam
from dose_core.ledger.nuclear import activities_of
from dose_core.ledger.totals import Quantity


def with_one_administration(exam: Exam, event_uid: str) -> Exam:
    """Return an exam as it were with this administration alone, and its activity in MBq; with none if it has it not."""
    chosen = tuple(one for one in exam.nuclear if one.event_uid == event_uid)
    others = (total for total in exam.totals if total.quantity is not Quantity.ACTIVITY)
    return replace(exam, nuclear=chosen, totals=(*others, *activities_of(chosen)))
