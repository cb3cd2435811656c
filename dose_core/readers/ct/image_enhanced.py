"""
Read the headers of enhanced multi-frame CT images: one event and one slice for each frame.

Source: PS3.3, A.38 (Enhanced CT) and A.70 (Legacy Converted Enhanced CT), C.8.15.3 (CT macros), C.7.6.16.2.
"""

from datetime import datetime, tzinfo

from dose_core.model import CtEvent, CtReport, CtSlice, Kind
from dose_core.readers import header
from dose_core.readers.ct import slice as ct_slice
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import UnreadableError
from dose_core.readers.header import ImageFields
from dose_core.readers.image_parts import Frame, frames_of

# PS3.4, B.5: Enhanced CT and Legacy Converted Enhanced CT Image Storage.
_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"})
# Macros that hold one item for each X-ray path (PS3.3, C.8.15.3.3, .8 and .9).
_MACROS_BY_PATH = (Tag.CTAcquisitionDetailsSequence, Tag.CTExposureSequence, Tag.CTXRayDetailsSequence)


class EnhancedCtImageReader:
    """Reads the headers of enhanced CT images."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is an Enhanced CT Image or one that was converted from classic images."""
        return source.sop_class_uid in _CLASSES

    def read(self, source: DicomObject) -> CtReport:
        """
        Return what the frames state, one event and one slice for each, in the order of the object.

        Raises:
            UnreadableError: no SOP Instance UID, or no frame is described.
        """
        data_set, log = source.data_set, source.log
        stated = header.fields(data_set)
        _, offset = header.timezone(data_set)
        frames = frames_of(data_set)
        if not frames:
            raise UnreadableError("the enhanced image describes no frame (5200,9230)")
        of_object = header.acquired_at(data_set, offset)
        image, frame_of_reference = header.image_fields(data_set), header.uid_text(data_set, Tag.FrameOfReferenceUID)
        slices: list[CtSlice] = []
        events: list[CtEvent] = []
        for n, frame in enumerate(frames):
            lies = _slice(frame, image, frame_of_reference, n)
            slices.append(lies)
            events.append(_event(frame, lies, _acquired_at(frame, offset) or of_object, n))
        return CtReport(
            kind=Kind.CT_IMAGE,
            **stated,
            started_at=of_object or _earliest(events),
            comment=header.bounded_text(data_set, Tag.ImageComments, limit=ct_slice.MAX_COMMENT_LENGTH),
            events=tuple(events),
            slices=tuple(slices),
            warnings=log.warnings,
            stated=log.stated,
        )


def _slice(frame: Frame, image: ImageFields, frame_of_reference: str | None, n: int) -> CtSlice:
    """Return what the frame states of itself where it does, else what the object states of all its frames."""
    kind = _holder(frame, Tag.CTImageFrameTypeSequence, Tag.FrameType)
    event = _holder(frame, Tag.IrradiationEventIdentificationSequence, Tag.IrradiationEventUID)
    content = _holder(frame, Tag.FrameContentSequence, Tag.FrameAcquisitionNumber)
    own = ImageFields(**image)
    if kind is not None:
        own["image_type"] = kind.texts(Tag.FrameType)
    if event is not None:
        own["event_uids"] = header.event_uids(event)
    if content is not None:
        own["acquisition_number"] = header.integer(content, Tag.FrameAcquisitionNumber)
    return CtSlice(
        **own,
        z_mm=ct_slice.z_mm(frame, n),
        thickness_mm=ct_slice.thickness_mm(frame, n),
        frame_of_reference_uid=frame_of_reference,
    )


def _event(frame: Frame, image: CtSlice, started_at: datetime | None, n: int) -> CtEvent:
    count = max(len(frame.parts(macro)) for macro in _MACROS_BY_PATH)
    paths = tuple(frame.on_path(path) for path in range(count)) if count > 1 else ()
    return ct_slice.read_event(frame, image, started_at, n=n, x_ray_paths=paths)


def _acquired_at(frame: Frame, offset: tzinfo | None) -> datetime | None:
    part = frame.find(Tag.FrameContentSequence, Tag.FrameAcquisitionDateTime)
    return header.date_time(part.data_set, Tag.FrameAcquisitionDateTime, offset, within=part.path) if part else None


def _holder(frame: Frame, macro: Tag, tag: Tag) -> DataSet | None:
    part = frame.find(macro, tag)
    return part.data_set if part else None


def _earliest(events: list[CtEvent]) -> datetime | None:
    stated = [event.started_at for event in events if event.started_at is not None]
    # One object states its times with an offset or without; a mixture cannot be put in order.
    are_alike = len({at.tzinfo is None for at in stated}) == 1
    return min(stated) if are_alike else None
