"""
Read CT dose screens: secondary captures of the dose report that a device displays, where the header repeats it.

Devices without a dose report store the picture of one, and some add the numbers as data elements: the Exposure Dose
Sequence (PS3.3, C.4.16) with a comment (GE), with private elements (Philips), or private elements alone (Toshiba).
What stands in the picture only is not read.
"""

from dataclasses import replace

from dose_core.classify import SECONDARY_CAPTURE_SOP_CLASSES, ScreenCues, is_dose_screen
from dose_core.model import CtEvent, CtReport, CtTotals, Kind
from dose_core.readers import header
from dose_core.readers.ct.exposures import check_events, ct_event, item_path, with_dlps
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError
from dose_core.readers.limits import bounded_events
from dose_core.readers.screens import philips
from dose_core.readers.screens.dose_comment import comment_event_dlps, comment_total_dlp
from dose_core.readers.screens.toshiba import toshiba_event

_MAX_COMMENT = 10240  # VR LT, the longest of the plain texts (PS3.5, 6.2)


class DoseScreenReader:
    """Reads the headers of CT dose screens."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a secondary capture of a CT that is about dose."""
        if source.sop_class_uid not in SECONDARY_CAPTURE_SOP_CLASSES:
            return False
        data_set = source.data_set
        cues = ScreenCues(
            modality=data_set.text(Tag.Modality),
            image_type=data_set.text(Tag.ImageType),
            manufacturer=data_set.text(Tag.Manufacturer),
            series_description=data_set.text(Tag.SeriesDescription),
            dose_comment=data_set.text(Tag.CommentsOnRadiationDose),
        )
        return is_dose_screen(cues) or (cues.modality == "CT" and Tag.ExposureDoseSequence in data_set)

    def read(self, source: DicomObject) -> CtReport:
        """
        Return what the header of a dose screen states; its events name no UID, since the screen names none.

        Raises:
            NotDoseError: its numbers stand in the picture only.
            UnreadableError: no SOP Instance UID.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        totals = CtTotals(dlp_mgy_cm=_total_dlp(data_set), event_count=_exposure_count(data_set))
        events = _events(data_set)
        if totals.dlp_mgy_cm is None and not events:
            raise NotDoseError("a CT dose screen that states its numbers in the picture only, none in data elements")
        check_events(totals, events, log)
        requesting = header.bounded_text(data_set, Tag.RequestingPhysician, limit=header.MAX_NAME_LENGTH)
        stated["physicians"] = tuple(dict.fromkeys([*stated["physicians"], *([requesting] if requesting else [])]))
        return CtReport(
            kind=Kind.DOSE_SCREEN,
            **stated,
            started_at=next((event.started_at for event in events if event.started_at), None),
            comment=header.bounded_text(data_set, Tag.CommentsOnRadiationDose, limit=_MAX_COMMENT),
            totals=totals,
            events=events,
            warnings=log.warnings,
            stated=log.stated,
        )


def _total_dlp(data_set: DataSet) -> float | None:
    """Return the DLP of the study in mGy.cm: of the private element, which is exact, else of the comment."""
    exact = philips.dlp_mgy_cm(data_set, "totals.dlp_mgy_cm", is_certain=philips.is_philips(data_set))
    return exact if exact is not None else comment_total_dlp(data_set)


def _exposure_count(data_set: DataSet) -> int | None:
    return header.integer(data_set, Tag.TotalNumberOfExposures)


def _events(data_set: DataSet) -> tuple[CtEvent, ...]:
    is_philips = philips.is_philips(data_set)
    protocol = header.bounded_text(data_set, Tag.ProtocolName) or philips.protocol_file(data_set)
    _, offset = header.timezone(data_set)
    events: list[CtEvent] = []
    for position, item in enumerate(bounded_events(data_set.items(Tag.ExposureDoseSequence))):
        if is_philips and item.text(Tag.AcquisitionType) is None:
            continue
        event, index = ct_event(item, position, len(events), offset), len(events)
        within, field = item_path(position), f"events[{index}]."
        phantom_mm = philips.phantom_diameter_mm(
            item, field + "phantom_diameter_mm", within=within, is_certain=is_philips
        )
        events.append(
            replace(
                event,
                dlp_mgy_cm=philips.dlp_mgy_cm(item, field + "dlp_mgy_cm", within=within, is_certain=is_philips),
                phantom_diameter_mm=event.phantom_diameter_mm or phantom_mm,
                comment=header.bounded_text(item, Tag.SeriesDescription),
            )
        )
    listed = with_dlps(events, comment_event_dlps(data_set, listed=len(events)), data_set.log)
    if not listed:
        of_toshiba = toshiba_event(data_set)
        listed = () if of_toshiba is None else (of_toshiba,)
    return tuple(replace(event, protocol=protocol) for event in listed)
