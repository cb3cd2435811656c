"""
The dose of a performed procedure step, in the shape of its modality.

Source: PS3.3, C.4.16 (Radiation Dose Module). It has no element for a DLP, which GE writes into the comment, and
none for the plane: on a device of two planes the totals are those of both.
"""

from functools import partial

from dose_core.model import (
    CtReport,
    CtTotals,
    MammographyEvent,
    MammographyReport,
    MammographyTotals,
    PlaneTotals,
    ProjectionEvent,
    ProjectionReport,
    ProjectionTotals,
)
from dose_core.readers import header
from dose_core.readers.ct.exposures import check_events, ct_event, item_path, with_dlps
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.header import number
from dose_core.readers.limits import bounded_events
from dose_core.readers.projection.image_filters import read_filters
from dose_core.readers.screens.dose_comment import comment_event_dlps, comment_total_dlp
from dose_core.readers.steps.step import MAX_COMMENT, StepFields, only_protocol
from dose_core.units import GY_CM2, KV, MA, MGY, MS, S

# Entrance Dose (0040,0302) is an integer of dGy: 100 mGy, rounded.
_ENTRANCE_DOSE_STEP_MGY = 100.0


def ct_report(data_set: DataSet, fields: StepFields) -> CtReport:
    """Return what the step of a CT states; DLPs are those of the comment."""
    _, offset = header.timezone(data_set)
    items = bounded_events(data_set.items(Tag.ExposureDoseSequence))
    totals = CtTotals(
        dlp_mgy_cm=comment_total_dlp(data_set), event_count=header.integer(data_set, Tag.TotalNumberOfExposures)
    )
    protocol = only_protocol(data_set)
    events = [ct_event(item, position, position, offset, protocol) for position, item in enumerate(items)]
    listed = with_dlps(events, comment_event_dlps(data_set, listed=len(events)), data_set.log)
    check_events(totals, listed, data_set.log)
    log = data_set.log
    return CtReport(**fields, totals=totals, events=listed, warnings=log.warnings, stated=log.stated)


def projection_report(data_set: DataSet, fields: StepFields) -> ProjectionReport:
    """Return what the step of a projection device states, its totals as those of one plane that is not named."""
    plane = PlaneTotals(
        dap_gy_cm2=number(
            data_set,
            Tag.ImageAndFluoroscopyAreaDoseProduct,
            "dGy.cm2",
            "totals.planes[0].dap_gy_cm2",
            to=GY_CM2,
        ),
        fluoro_time_s=number(data_set, Tag.TotalTimeOfFluoroscopy, S, "totals.planes[0].fluoro_time_s"),
        entrance_dose_mgy=_entrance_dose_mgy(data_set, "totals.planes[0].entrance_dose_mgy"),
    )
    totals = ProjectionTotals(
        planes=() if plane == PlaneTotals() else (plane,),
        dap_gy_cm2=plane.dap_gy_cm2,
        exposure_count=header.integer(data_set, Tag.TotalNumberOfExposures),
    )
    protocol = only_protocol(data_set)
    items = bounded_events(data_set.items(Tag.ExposureDoseSequence))
    events = tuple(_projection_event(item, index, protocol) for index, item in enumerate(items))
    log = data_set.log
    return ProjectionReport(**fields, totals=totals, events=events, warnings=log.warnings, stated=log.stated)


def mammography_report(data_set: DataSet, fields: StepFields) -> MammographyReport:
    """Return what the step of a mammography device states; the module has no element for glandular dose."""
    totals = MammographyTotals(
        event_count=header.integer(data_set, Tag.TotalNumberOfExposures),
        entrance_dose_mgy=_entrance_dose_mgy(data_set, "totals.entrance_dose_mgy"),
    )
    protocol = only_protocol(data_set)
    items = bounded_events(data_set.items(Tag.ExposureDoseSequence))
    events = tuple(_mammography_event(item, index, protocol) for index, item in enumerate(items))
    log = data_set.log
    return MammographyReport(**fields, totals=totals, events=events, warnings=log.warnings, stated=log.stated)


def _projection_event(item: DataSet, index: int, protocol: str | None) -> ProjectionEvent:
    field = f"events[{index}]."
    kv, ma, exposure_time_s = _technique(item, index)
    return ProjectionEvent(
        protocol=protocol,
        kv=kv,
        ma=ma,
        exposure_time_s=exposure_time_s,
        filters=read_filters(item, None, field + "filters"),
        comment=header.bounded_text(item, Tag.CommentsOnRadiationDose, limit=MAX_COMMENT),
    )


def _mammography_event(item: DataSet, index: int, protocol: str | None) -> MammographyEvent:
    kv, ma, exposure_time_s = _technique(item, index)
    filters = read_filters(item, None, f"events[{index}].filter")
    return MammographyEvent(
        protocol=protocol,
        kv=kv,
        ma=ma,
        exposure_time_s=exposure_time_s,
        filter=" + ".join(one.material for one in filters if one.material) or None,
        comment=header.bounded_text(item, Tag.CommentsOnRadiationDose, limit=MAX_COMMENT),
    )


def _technique(item: DataSet, index: int) -> tuple[float | None, float | None, float | None]:
    """Return tube voltage in kV, tube current in mA and exposure time in s."""
    field, stated = f"events[{index}].", partial(number, item, within=item_path(index))
    return (
        stated(Tag.KVP, KV, field + "kv"),
        stated(Tag.XRayTubeCurrentInuA, "uA", field + "ma", to=MA),
        stated(Tag.ExposureTime, MS, field + "exposure_time_s", to=S),
    )


def _entrance_dose_mgy(data_set: DataSet, field: str) -> float | None:
    """Return the average entrance dose: of the element in mGy, else of the coarse one in dGy."""
    exact = number(data_set, Tag.EntranceDoseInmGy, MGY, field)
    coarse = number(data_set, Tag.EntranceDose, "dGy", field if exact is None else None, to=MGY)
    if exact is not None and coarse is not None and abs(exact - coarse) > _ENTRANCE_DOSE_STEP_MGY:
        problem = f"states {coarse:g} mGy, (0040,8302) states {exact:g} mGy, which was believed"
        data_set.log.add_warning(tag_text(Tag.EntranceDose), "EntranceDose", problem)
    return exact if exact is not None else coarse
