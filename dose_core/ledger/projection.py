"""The projection part of an exam: radiography, fluoroscopy and angiography."""

from collections.abc import Mapping, Sequence

from dose_core.ledger.apart import by_device
from dose_core.ledger.device_class import DeviceClass
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
from dose_core.model import DeviceStated, ProjectionEvent, ProjectionReport

# PS3.3, C.7.3.1.1.1: what (0008,0060) of an image or a step may say of projection X-ray. A report says SR.
_MODALITIES = frozenset(("CR", "DX", "IO", "PX", "RF", "RG", "XA"))
_RADIOGRAPHY = _MODALITIES - {"RF", "XA"}
_FLUOROSCOPY_GUIDED = "Fluoroscopy-Guided"  # PS3.16, CID 10032
_FLUOROSCOPY = frozenset((Quantity.FLUORO_DAP, Quantity.FLUORO_TIME))
_DOSES = (
    Noted(field="dap_gy_cm2", words="dose-area product", unit="Gy.cm2"),
    Noted(field="ka_r_mgy", words="air kerma at the reference point", unit="mGy"),
)


def projection_of(
    statements: Sequence[Statement[ProjectionReport]], texts: Texts, classes: Mapping[DeviceStated, DeviceClass]
) -> Part[ProjectionEvent]:
    """Return the projection part of an exam; that of each device is drawn apart, ``classes`` are what it is called."""
    return joined([_of_device(its, texts, classes) for its in by_device(statements)])


def _of_device(
    statements: Sequence[Statement[ProjectionReport]], texts: Texts, classes: Mapping[DeviceStated, DeviceClass]
) -> Part[ProjectionEvent]:
    drawing = drawing_of(statements, _events_of)
    totals, conflicts = projection_totals(drawing, texts)
    totals += entrance_doses((s, _entrance_dose(s.report)) for s in drawing.others if source_of(s) is Source.MPPS)
    modalities = _modalities(drawing, totals, classes)
    return part_of(drawing, totals, conflicts, modalities=modalities, compared=_DOSES, texts=texts)


def _events_of(report: ProjectionReport) -> tuple[ProjectionEvent, ...]:
    return report.events


def _entrance_dose(report: ProjectionReport) -> tuple[str, float] | None:
    for index, plane in enumerate(report.totals.planes):
        if plane.entrance_dose_mgy is not None:
            return f"totals.planes[{index}].entrance_dose_mgy", plane.entrance_dose_mgy
    return None


def _modalities(
    drawing: Drawing[ProjectionReport, ProjectionEvent],
    totals: Sequence[Total],
    classes: Mapping[DeviceStated, DeviceClass],
) -> frozenset[str]:
    """
    Return what kind of device it was: angiography where images or steps say so, else fluoroscopy or radiography.

    A device of both kinds is told by what it did, fluoroscopy if any of it is stated, unless an operator classed it
    (vendor quirk A15).
    """
    said = {s.report.modality for s in drawing.statements.values() if s.report.modality}
    if "XA" in said:
        return frozenset(("XA",))
    devices = (s.report.device for s in drawing.statements.values())
    classed_as = next((classes[device] for device in devices if device in classes), DeviceClass.BY_DOSE)
    if classed_as is DeviceClass.FLUOROSCOPY:
        return frozenset(("RF",))
    if classed_as is DeviceClass.RADIOGRAPHY:
        return frozenset(said & _RADIOGRAPHY) or frozenset(("DX",))
    types = (s.report.device_type or "" for s in drawing.statements.values())
    if any(total.value for total in totals if total.quantity in _FLUOROSCOPY) or any(
        _FLUOROSCOPY_GUIDED in device_type for device_type in types
    ):
        return frozenset(("RF",))
    return frozenset(modality for modality in said if modality in _MODALITIES) or frozenset(("DX",))
