"""
Read the headers of classic CT images: what one slice states of its exposure and where it lies.

Source: PS3.3, A.3 (CT Image IOD). The pixel data are not needed. A slice is not an event: the ledger gathers slices.
"""

from dose_core.model import CtReport, CtSlice, Kind
from dose_core.readers import header
from dose_core.readers.ct import slice as ct_slice
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.image_parts import Flat

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"  # PS3.4, B.5


class CtImageReader:
    """Reads the headers of CT images."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a CT Image."""
        return source.sop_class_uid == _CT_IMAGE

    def read(self, source: DicomObject) -> CtReport:
        """
        Return what one CT image states, as one event and one slice.

        The event's values are those of the slice: CTDIvol, tube current and exposure time may differ from
        slice to slice. A derived image repeats what its source stated; the slice's image type tells it apart.

        Raises:
            UnreadableError: no SOP Instance UID.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        _, offset = header.timezone(data_set)
        started_at = header.acquired_at(data_set, offset)
        place = Flat(data_set)
        image = CtSlice(
            **header.image_fields(data_set),
            z_mm=ct_slice.z_mm(place),
            thickness_mm=ct_slice.thickness_mm(place),
            frame_of_reference_uid=header.uid_text(data_set, Tag.FrameOfReferenceUID),
        )
        event = ct_slice.read_event(place, image, started_at)
        return CtReport(
            kind=Kind.CT_IMAGE,
            **stated,
            started_at=started_at,
            comment=header.bounded_text(data_set, Tag.ImageComments, limit=ct_slice.MAX_COMMENT_LENGTH),
            events=(event,),
            slices=(image,),
            warnings=log.warnings,
            stated=log.stated,
        )
