"""A DICOM object as a reader meets it: its data set, and its content tree if it is a structured report."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from dose_core.readers import header
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.sr.codes import is_same
from dose_core.readers.sr.items import build_items, code_of
from dose_core.readers.sr.tree import SrNode

if TYPE_CHECKING:
    from dose_core.model import Code, DoseReport
    from dose_core.readers.dicom.data_set import DataSet
    from dose_core.readers.read_log import ReadLog
    from dose_core.readers.sr.codes import Concept


class DicomObject:
    """
    One object, parsed as far as it was asked for.

    A reader decides by ``sop_class_uid``, ``has_title`` and ``root`` whether the object is its own, and reads
    from ``data_set`` (elements of the header) and ``root`` (content items).
    """

    def __init__(
        self,
        data_set: DataSet,
        *,
        media_storage_sop_class_uid: str | None = None,
        media_storage_sop_instance_uid: str | None = None,
    ) -> None:
        self.data_set = data_set
        # What the file says of itself (PS3.10, 7.1): all that names an object which is no composite one.
        self.media_storage_sop_class_uid = media_storage_sop_class_uid
        self.media_storage_sop_instance_uid = media_storage_sop_instance_uid

    @property
    def log(self) -> ReadLog:
        """Where a reader notes what it could not use, and where used values stood."""
        return self.data_set.log

    @cached_property
    def sop_class_uid(self) -> str:
        """SOP Class UID, empty if not stated."""
        return self.data_set.text(Tag.SOPClassUID) or ""

    @cached_property
    def is_document(self) -> bool:
        """Whether the object has a document title or a content tree, whatever its SOP Class."""
        return Tag.ConceptNameCodeSequence in self.data_set or Tag.ContentSequence in self.data_set

    @cached_property
    def title(self) -> Code | None:
        """The document title as stated."""
        return code_of(self.data_set, Tag.ConceptNameCodeSequence)

    @cached_property
    def root(self) -> SrNode:
        """
        The content tree of a document, an empty one of an image.

        Raises:
            UnreadableError: the tree is damaged or beyond the limits.
        """
        _, offset = header.timezone(self.data_set)
        return SrNode(build_items(self.data_set), self.log, offset=offset)


class Reader(Protocol):
    """
    Reads one kind of dose object. What the entry point ``doseledger.readers`` names is one of these.

    Both methods may raise ``UnreadableError`` where the object is theirs but cannot be used.
    """

    def accepts(self, source: DicomObject) -> bool:
        """Tell if the object is of the kind that this reader reads; cheap tests first."""
        ...

    def read(self, source: DicomObject) -> DoseReport:
        """Return what the object states, in the shape of its modality."""
        ...


def has_title(source: DicomObject, concept: Concept) -> bool:
    """Test if the object is a document with this title."""
    return source.is_document and is_same(source.title, concept)
