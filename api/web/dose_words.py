"""How the DLP of an exam came about, in words."""

from dataclasses import dataclass

from dose_core.ledger.totals import Basis
from dose_services.exams import ExamSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisWords:
    """A short mark, a CSS class of the same meaning, and the explanation behind it."""

    mark: str
    css: str
    text: str


_BASES = {
    Basis.STATED_TOTAL: BasisWords(
        mark="stated", css="stated", text="The total that a dose report of the device states for all events."
    ),
    Basis.SUM_OF_TOTALS: BasisWords(
        mark="stated",
        css="stated",
        text="The sum of the totals that dose reports of the device state; each covers other events, together all.",
    ),
    Basis.SUM_OF_EVENTS: BasisWords(
        mark="stated per event",
        css="stated",
        text="The sum of what dose reports of the device state per event, each event counted once.",
    ),
    Basis.ESTIMATE: BasisWords(
        mark="estimated from image headers",
        css="estimate",
        text="Mean CTDIvol times the reconstructed length, from image headers. Over-ranging is not included, so "
        "that the estimate is too low; no published figure of its uncertainty was found.",
    ),
}
_NONE = BasisWords(mark="no dose known", css="missing", text="No source states a DLP, and none can be computed.")


def basis_of(exam: ExamSummary) -> BasisWords:
    """Return how the exam's DLP came about."""
    return _NONE if exam.dlp_basis is None or exam.dlp_mgy_cm is None else _BASES[exam.dlp_basis]


def missing_part(exam: ExamSummary) -> str | None:
    """Return what is missing from the exam's DLP, or ``None`` if nothing is."""
    if not exam.events_without_dlp:
        return None
    return f"{exam.events_without_dlp} of {exam.events} events without DLP"
