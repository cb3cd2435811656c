"""Which objects of a study, of those that state its dose, an archive or a person has rejected, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from dose_core.ledger.admitted import is_source
from dose_core.ledger.exam import Statement
from dose_core.model import DoseReport, RejectionNote

# PS3.16, CID 7010
MEANINGS: Mapping[str, str] = {
    "113001": "Rejected for Quality Reasons",
    "113037": "Rejected for Patient Safety Reasons",
    "113038": "Incorrect Modality Worklist Entry",
    "113039": "Data Retention Policy Expired",
}


def rejections(statements: Iterable[Statement[DoseReport]]) -> Mapping[str, tuple[str, ...]]:
    """
    Return the codes for which each rejected object of dose was rejected, by SOP Instance UID, sorted.

    A note of DoseLedger itself is left out, as is one about objects of which no dose is held. It does not matter
    whether the note or the object came first.
    """
    told = list(statements)
    held = {one.report.sop_instance_uid for one in told if is_source(one)}
    found: dict[str, set[str]] = defaultdict(set)
    for one in told:
        if isinstance(one.report, RejectionNote) and not one.report.our_own:
            for uid in one.report.rejected:
                if uid in held:
                    found[uid].add(one.report.reason.value)
    return {uid: tuple(sorted(found[uid])) for uid in sorted(found)}
