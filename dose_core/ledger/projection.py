"""The projection part of an exam: radiography, fluoroscopy and angiography."""

from collections.abc import Sequence

from dose_core.ledger.apart import by_device
from dose_core.ledger.device_part import joined, part_of
from dose_core.ledger.drawing import Drawing, drawing_of
from dose_core.ledger.exam import Statement
from dose_core.ledger.notes import Noted
from dose_core.ledger.part import Part
from dose_core.ledger.precedence import source_of
from dose_core.ledger.projection_totals import projection_totals
from dose_core.ledger.rounding import Texts
from dose_core.ledger.source import Source
from dose_core.ledger.step_totals import entrance_doses
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import ProjectionEvent, ProjectionReport

# PS3.3, C.7.3.1.1.1: what (0008,0060) of an image or a step may say of projection X-ray. A report says SR.
_MODALITIES = frozenset(("CR", "DX", "IO", "PX", "RF", "RG", "XA"))
_FLUOROSCOPY_GUIDED = "Fluoroscopy-Guided"  # PS3.16, CID 10032
_FLUOROSCOPY = frozenset((Quantity.FLUORO_DAP, Quantity.FLUORO_TIME))
_DOSES = (
    Noted(field="dap_gy_cm2", words="dose-area product", unit="Gy.cm2"),
    Noted(field="ka_r_mgy", words="air kerma at the reference point", unit="mGy"),
)


def projection_of(statements: Sequence[Statement[ProjectionReport]], texts: Texts) -> Part[ProjectionEvent]:
    """Return the projection part of an exam; that of each device is drawn apart."""
    return joined([_of_device(its, texts) for its in by_device(statements)])


def _of_device(statements: Sequence[Statement[ProjectionReport]], texts: Texts) -> Part[ProjectionEvent]:
    drawing = drawing_of(statements, _events_of)
    totals, conflicts = projection_totals(drawing, texts)
    totals += entrance_doses((s, _entrance_dose(s.report)) for s in drawing.others if source_of(s) is Source.MPPS)
    modalities = _modalities(drawing, totals)
    return part_of(drawing, totals, conflicts, modalities=modalities, compared=_DOSES, texts=texts)


def _events_of(report: ProjectionReport) -> tuple[ProjectionEvent, ...]:
    return report.events


def _entrance_dose(report: ProjectionReport) -> tuple[str, float] | None:
    for index, plane in enumerate(report.totals.planes):
        if plane.entrance_dose_mgy is not None:
            return f"totals.planes[{index}].entrance_dose_mgy", plane.entrance_dose_mgy
    return None


def _modalities(drawing: Drawing[ProjectionReport, ProjectionEvent], totals: Sequence[Total]) -> frozenset[str]:
    """
    Return what kind of device it was: angiography where images or steps say so, else fluoroscopy or radiography.

    A device of both kinds is told by what it did: fluoroscopy if any of it is stated (vendor quirk A15).
    """
    said = {s.report.modality for s in drawing.statements.values() if s.report.modality}
    if "XA" in said:
        return frozenset(("XA",))
    types = (s.report.device_type or "" for s in drawing.statements.values())
    if any(total.value for total in totals if total.quantity in _FLUOROSCOPY) or any(
        _FLUOROSCOPY_GUIDED in device_type for device_type in types
    ):
        return frozenset(("RF",))
    return frozenset(modality for modality in said if modality in _MODALITIES) or frozenset(("DX",))
