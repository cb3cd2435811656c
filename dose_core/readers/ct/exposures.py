"""
CT events of an Exposure Dose Sequence (0040,030E), as dose screens and performed procedure steps list them.

Source: PS3.3, C.4.16 (Radiation Dose Module) and C.8.15.3 (the attributes of enhanced CT, which devices add to
the items); the units are the standard's. The items name no irradiation event: what they lack stays unknown.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial

from dose_core.model import AcquisitionType, CtEvent, CtTotals, XRaySource
from dose_core.readers import header
from dose_core.readers.ct.checks import is_sum_of
from dose_core.readers.ct.header_codes import ACQUISITION_TYPES, phantom_diameter_mm
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.header import number
from dose_core.readers.read_log import ReadLog
from dose_core.readers.sr import codes
from dose_core.units import KV, MA, MGY, MM, MS, RATIO, S

_SEQUENCE = tag_text(Tag.ExposureDoseSequence)


def item_path(position: int) -> str:
    """Return the path of an item of the sequence, counted from 0, to be followed by a tag."""
    return f"{_SEQUENCE}[{position + 1}]."


def ct_event(item: DataSet, position: int, index: int, offset: tzinfo | None, protocol: str | None = None) -> CtEvent:
    """
    Return what one item states of an event, without DLP, for which the standard has no element.

    ``position`` is that of the item in the sequence, ``index`` that of the event in the report.
    """
    within, field = item_path(position), f"events[{index}]."
    stated = partial(number, item, within=within)
    source = XRaySource(
        kv=stated(Tag.KVP, KV, field + "sources[0].kv"),
        ma_mean=stated(Tag.XRayTubeCurrentInuA, "uA", field + "sources[0].ma_mean", to=MA),
    )
    return CtEvent(
        started_at=header.acquired_at(item, offset),
        acquisition_type=_acquisition_type(item, within),
        protocol=protocol,
        body_part=header.bounded_text(item, Tag.BodyPartExamined),
        ctdi_vol_mgy=stated(Tag.CTDIvol, MGY, field + "ctdi_vol_mgy"),
        phantom_diameter_mm=phantom_diameter_mm(item, within, field + "phantom_diameter_mm"),
        exposure_time_s=stated(Tag.ExposureTime, MS, field + "exposure_time_s", to=S),
        scanning_length_mm=stated(Tag.ScanLength, MM, field + "scanning_length_mm"),
        single_collimation_mm=stated(Tag.SingleCollimationWidth, MM, field + "single_collimation_mm"),
        total_collimation_mm=stated(Tag.TotalCollimationWidth, MM, field + "total_collimation_mm"),
        pitch=stated(Tag.SpiralPitchFactor, RATIO, field + "pitch"),
        sources=() if source == XRaySource() else (source,),
    )


def with_dlps(events: Sequence[CtEvent], dlps: dict[int, float | None], log: ReadLog) -> tuple[CtEvent, ...]:
    """
    Return the events with the DLPs that the comment states for them, by their number from 1.

    Without a sequence the comment is all that is known of the events. A DLP of an event that the sequence does
    not list is noted and not used.
    """
    if not events:
        return tuple(CtEvent(dlp_mgy_cm=dlps.get(number)) for number in range(1, max(dlps, default=0) + 1))
    unlisted = sum(1 for number, dlp in dlps.items() if dlp is not None and number > len(events))
    if unlisted:
        problem = f"it states the DLP of {unlisted} events that the sequence does not list"
        log.add_warning(tag_text(Tag.CommentsOnRadiationDose), "DLP", problem)
    return tuple(
        event if dlps.get(number) is None else replace(event, dlp_mgy_cm=dlps[number])
        for number, event in enumerate(events, start=1)
    )


def check_events(totals: CtTotals, events: Sequence[CtEvent], log: ReadLog) -> None:
    """Note where totals and events contradict each other, and where a CTDIvol is stated for no known phantom."""
    if totals.event_count is not None and totals.event_count != len(events):
        problem = f"{totals.event_count} exposures are stated, {len(events)} are listed"
        log.add_warning(tag_text(Tag.TotalNumberOfExposures), "TotalNumberOfExposures", problem)
    dlps = [event.dlp_mgy_cm for event in events if event.dlp_mgy_cm is not None]
    total = totals.dlp_mgy_cm
    if total is not None and dlps and not is_sum_of(total, dlps):
        problem = f"the total is {total:g} mGy.cm, the events add up to {sum(dlps):g} mGy.cm"
        log.add_warning(_SEQUENCE, codes.DLP_TOTAL.meaning, problem)
    irradiating = [event for event in events if event.ctdi_vol_mgy]
    without = sum(1 for event in irradiating if event.phantom_diameter_mm is None)
    if without:
        log.add_warning(_SEQUENCE, codes.PHANTOM_TYPE.meaning, f"{without} events state a CTDIvol and no phantom")
    if total is not None and len({event.phantom_diameter_mm for event in irradiating} - {None}) > 1:
        log.add_warning(_SEQUENCE, codes.DLP_TOTAL.meaning, "one total stands for phantoms of different size")


def _acquisition_type(item: DataSet, within: str) -> AcquisitionType | None:
    stated = item.text(Tag.AcquisitionType)
    known = ACQUISITION_TYPES.get(stated or "")
    if stated and known is None:
        problem = f"{stated[:16]!r} is no type of acquisition that we know"
        item.log.add_warning(within + tag_text(Tag.AcquisitionType), "AcquisitionType", problem)
    return known
