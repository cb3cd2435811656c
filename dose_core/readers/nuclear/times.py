"""
When a radiopharmaceutical was administered, according to an image.

Source: PS3.3, C.8.9.2 (PET Isotope) and C.8.4.10 (NM Isotope), which knows times of day only.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.dicom.values import parse_date_time, parse_moment
from dose_core.readers.nuclear.checks import check_start

# The day of a start that is stated as a time of day: the first of these that is stated.
_DAYS = (Tag.StudyDate, Tag.SeriesDate, Tag.AcquisitionDate)


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclearImage:
    """What holds for all radiopharmaceuticals of one image; ``unit`` is that of the activity."""

    data_set: DataSet
    unit: str
    offset: tzinfo | None
    acquired_at: datetime | None


def start_of(item: DataSet, image: NuclearImage, field: str, within: str) -> datetime | None:
    """
    Return when the administration began: as a moment, else as a time of the study's day.

    PS3.3 says of no day that a time alone belongs to, so the study date counts, then that of series and acquisition.
    """
    tag = Tag.RadiopharmaceuticalStartDateTime
    start = _moment(item, tag, image, within)
    if start is None:
        tag = Tag.RadiopharmaceuticalStartTime
        start = _time_of_day(item, tag, image, within)
    if start is not None:
        item.log.add_origin(field, within + tag_text(tag), item.text(tag) or "")
        check_start(item.log, within + tag_text(tag), start, image.acquired_at)
    return start


def stop_of(item: DataSet, image: NuclearImage, start: datetime | None, field: str, within: str) -> datetime | None:
    """Return when the administration ended; a time alone that lies before the start is noted and not used."""
    tag = Tag.RadiopharmaceuticalStopDateTime
    stop = _moment(item, tag, image, within)
    if stop is None:
        tag = Tag.RadiopharmaceuticalStopTime
        stop = _time_of_day(item, tag, image, within)
        if start and stop and (start.tzinfo is None) == (stop.tzinfo is None) and stop < start:
            item.log.add_warning(within + tag_text(tag), tag.name, "lies before the start; its day is not known")
            return None
    if stop is not None:
        item.log.add_origin(field, within + tag_text(tag), item.text(tag) or "")
    return stop


def _moment(item: DataSet, tag: Tag, image: NuclearImage, within: str) -> datetime | None:
    stated = item.text(tag)
    moment = parse_date_time(stated, image.offset) if stated else None
    if stated and moment is None:
        item.log.add_warning(within + tag_text(tag), tag.name, "is no moment (DT)")
    return moment


def _time_of_day(item: DataSet, tag: Tag, image: NuclearImage, within: str) -> datetime | None:
    stated = item.text(tag)
    if stated is None:
        return None
    days = (image.data_set.text(day) for day in _DAYS)
    moments = (parse_moment(day, stated, image.offset) for day in days if day)
    moment = next((moment for moment in moments if moment), None)
    if moment is None:
        item.log.add_warning(within + tag_text(tag), tag.name, "makes no moment: no day is stated, or it is no time")
    return moment
