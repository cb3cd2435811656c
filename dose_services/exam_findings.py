"""What somebody should look at in an exam: told anew each time it is filed, so that what is mended closes by itself."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dose_core.dosimetry.estimate import NotComputable
from dose_core.estimating import mammography_agd
from dose_core.ledger import rejections
from dose_core.ledger.admitted import is_source
from dose_core.ledger.exam import Exam
from dose_core.ledger.plausible import Circumstances, ProblemKind, problems_of
from dose_core.ledger.standing import Standing
from dose_core.ledger.versions import Speaking
from dose_services.exam_standing import Belongs
from dose_services.finding_kinds import FindingKind

KINDS = (
    FindingKind.AGD_DISAGREES,
    FindingKind.CLOCK_SKEW,
    FindingKind.CONTENT_CONFLICT,
    FindingKind.CUT_SHORT,
    FindingKind.DLP_MISSING,
    FindingKind.EVENTS_WITHOUT_DOSE,
    FindingKind.HELD,
    FindingKind.IMPLAUSIBLE,
    FindingKind.LOCAL_TIME,
    FindingKind.MISSING_PHANTOM,
    FindingKind.NO_PATIENT_ID,
    FindingKind.NOT_COUNTED,
    FindingKind.OBJECT_DELETED,
    FindingKind.OBJECT_REJECTED,
    FindingKind.PATIENT_DISAGREES,
    FindingKind.TOTALS_DIFFER,
    FindingKind.UID_COLLISION,
)
# So far may clocks be apart that trust each other's tickets (RFC 4120, 8.2).
_CLOCK_TOLERANCE = timedelta(minutes=5)
# Told of the device rather than of each exam, see ``dose_services.device_watch``.
_OF_DEVICES = frozenset({ProblemKind.UNKNOWN_MODEL, ProblemKind.MIXED_SOURCE})


def of(
    exam: Exam,
    said: Speaking,
    belongs: Belongs,
    *,
    time_problem: str | None,
    other_sites: Sequence[str],
    received_at: datetime,
    zone: ZoneInfo,
) -> dict[str, str]:
    """
    Return what is to be said of an exam, by kind of finding; no text names a patient.

    ``received_at`` is when the last of its objects came, ``zone`` the time zone of its devices.
    """
    told: dict[FindingKind, str] = {
        **_problems(exam, said, received_at=received_at, zone=zone),
        FindingKind.AGD_DISAGREES: "; ".join(mammography_agd.disagreements(exam)),
        FindingKind.CONTENT_CONFLICT: _conflict(said),
        FindingKind.CUT_SHORT: _cut_short(said),
        FindingKind.DLP_MISSING: _missing_dlp(exam),
        FindingKind.HELD: _held(belongs),
        FindingKind.LOCAL_TIME: f"the start of the exam is kept as stated, without an instant: {time_problem}"
        if time_problem
        else "",
        FindingKind.NO_PATIENT_ID: ""
        if belongs.has_expired or any(one.id for one in exam.patients)
        else "no object of the study names a Patient ID (0010,0020)",
        FindingKind.NOT_COUNTED: "; ".join(sorted({left_out.reason for left_out in exam.not_counted})),
        FindingKind.OBJECT_DELETED: _deleted(said),
        FindingKind.OBJECT_REJECTED: _rejected(said),
        FindingKind.UID_COLLISION: f"{len(other_sites)} other site(s) have a study of the same Study Instance UID "
        "(0020,000D)"
        if other_sites
        else "",
    }
    is_ct_alone = not (exam.projection or exam.mammography or exam.nuclear)
    if told[FindingKind.DLP_MISSING] and is_ct_alone:  # it says the same, with the reason
        told.pop(FindingKind.EVENTS_WITHOUT_DOSE, None)
    return {kind: text for kind, text in told.items() if text}


def _problems(exam: Exam, said: Speaking, *, received_at: datetime, zone: ZoneInfo) -> dict[FindingKind, str]:
    starts = [one.report.study_started_at for one in said.statements if one.report.study_started_at]
    circumstances = Circumstances(
        received_at=received_at,
        zone=zone,
        clock_tolerance=_CLOCK_TOLERANCE,
        study_started_at=min(starts, key=lambda at: at.replace(tzinfo=None), default=None),
    )
    return {
        FindingKind(problem.kind): problem.text
        for problem in problems_of(exam, circumstances)
        if problem.kind not in _OF_DEVICES
    }


def _held(belongs: Belongs) -> str:
    is_held = belongs.stands.standing is Standing.HELD
    return f"held at the desk: {belongs.stands.reason}" if is_held else ""


def _conflict(said: Speaking) -> str:
    if not said.contradicting:
        return ""
    return (
        f"{len(said.contradicting)} objects under one SOP Instance UID (0008,0018) state different doses; "
        "all are kept, the fullest counts"
    )


def _deleted(said: Speaking) -> str:
    count = sum(one.key in said.gone for one in said.statements if is_source(one))
    return (
        f"{count} object(s) that state its dose were deleted from the archive; the dose still counts" if count else ""
    )


def _rejected(said: Speaking) -> str:
    found = rejections.rejections(said.statements)
    if not found:
        return ""
    count = Counter(code for codes in found.values() for code in codes)
    reasons = ", ".join(f"{code} {rejections.MEANINGS[code]} ({count[code]})" for code in sorted(count))
    return f"{len(found)} object(s) that state its dose were rejected in the archive: {reasons}; the dose still counts"


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
