"""What somebody should look at in an exam: told anew each time it is filed, so that what is mended closes by itself."""

from collections.abc import Sequence

from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import Exam
from dose_core.ledger.standing import Standing
from dose_core.ledger.versions import Speaking
from dose_services.exam_standing import Belongs

KINDS = (
    "content_conflict",
    "cut_short",
    "dlp_missing",
    "held",
    "local_time",
    "no_patient_id",
    "not_counted",
    "patient_disagrees",
    "totals_differ",
    "uid_collision",
)


def of(
    exam: Exam,
    said: Speaking,
    belongs: Belongs,
    *,
    time_problem: str | None,
    other_sites: Sequence[str],
) -> dict[str, str]:
    """Return what is to be said of an exam, by kind of finding; no text names a patient."""
    told = {
        "content_conflict": _conflict(said),
        "cut_short": _cut_short(said),
        "dlp_missing": _missing_dlp(exam),
        "held": f"held at the desk: {belongs.stands.reason}" if belongs.stands.standing is Standing.HELD else "",
        "local_time": f"the start of the exam is kept as stated, without an instant: {time_problem}"
        if time_problem
        else "",
        "no_patient_id": ""
        if belongs.has_expired or any(one.id for one in exam.patients)
        else "no object of the study names a Patient ID (0010,0020)",
        "not_counted": "; ".join(sorted({left_out.reason for left_out in exam.not_counted})),
        "patient_disagrees": "the objects of this study state another birth date than the patient of this identifier "
        "has; check who it is"
        if belongs.disagrees
        else "",
        "totals_differ": "; ".join(exam.conflicts),
        "uid_collision": f"{len(other_sites)} other site(s) have a study of the same Study Instance UID (0020,000D)"
        if other_sites
        else "",
    }
    return {kind: text for kind, text in told.items() if text}


def _conflict(said: Speaking) -> str:
    if not said.contradicting:
        return ""
    return (
        f"{len(said.contradicting)} objects under one SOP Instance UID (0008,0018) state different doses; "
        "all are kept, the fullest counts"
    )


def _cut_short(said: Speaking) -> str:
    count = sum(one.report.is_cut_short for one in said.statements)
    return f"{count} object(s) were delivered in part and read as far as they go; have them sent again" if count else ""


def _missing_dlp(exam: Exam) -> str:
    ct = exam.ct
    if ct is None or not ct.events_without_dlp:
        return ""
    reasons = sorted({e.dlp_estimate.reason for e in ct.events if isinstance(e.dlp_estimate, NotComputable)})
    text = f"{ct.events_without_dlp} event(s) should have a DLP and have none"
    return f"{text}: {'; '.join(reasons)}" if reasons else text
