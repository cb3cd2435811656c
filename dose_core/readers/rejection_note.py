"""
Read rejection notes: Key Object Selection Documents by which an archive or a person takes objects back.

Source: IHE RAD TF, RAD-66 (Rejection Note Stored); PS3.16, TID 2010 and CID 7010; PS3.3, C.17.6.2 (evidence).
"""

from collections.abc import Iterator

from dose_core.classify import KEY_OBJECT_SOP_CLASS, REJECTION_TITLES
from dose_core.model import Code, Kind, RejectionNote
from dose_core.own import OUR_MANUFACTURER
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.errors import NotDoseError


class RejectionNoteReader:
    """Reads Key Object Selections with one of the four titles that reject."""

    def accepts(self, source: DicomObject) -> bool:
        """Tell if it is a key object selection that rejects."""
        return source.sop_class_uid == KEY_OBJECT_SOP_CLASS and _reason(source) is not None

    def read(self, source: DicomObject) -> RejectionNote:
        """
        Return which objects are rejected: those that its tree or its evidence names.

        Raises:
            NotDoseError: it does not reject.
            UnreadableError: no SOP Instance UID.
        """
        reason = _reason(source)
        if reason is None:
            raise NotDoseError("a key object selection that rejects nothing")
        stated, log = header.fields(source.data_set), source.log
        rejected = tuple(dict.fromkeys(_rejected(source.data_set)))
        if not rejected:
            log.add_warning("1", "Key Object Selection", "names no object")
        return RejectionNote(
            kind=Kind.REJECTION_NOTE,
            **stated,
            our_own=stated["device"].manufacturer == OUR_MANUFACTURER,
            reason=reason,
            rejected=rejected,
            warnings=log.warnings,
            stated=log.stated,
        )


def _reason(source: DicomObject) -> Code | None:
    title = source.title
    return title if title is not None and title.scheme == "DCM" and title.value in REJECTION_TITLES else None


def _rejected(note: DataSet) -> Iterator[str]:
    for item in note.items(Tag.ContentSequence):
        yield from _named(item)
    for study in note.items(Tag.CurrentRequestedProcedureEvidenceSequence):
        for series in study.items(Tag.ReferencedSeriesSequence):
            yield from _named(series)


def _named(above: DataSet) -> Iterator[str]:
    for reference in above.items(Tag.ReferencedSOPSequence):
        uid = header.uid_text(reference, Tag.ReferencedSOPInstanceUID)
        if uid is not None:
            yield uid
