"""
What every dose report states beside its dose: scope, intent, source, people, the irradiating device.

Source: PS3.16, TID 10001, 10011 and 10021 (the rows before the dose), TID 1002, 1020 and 1021.
"""

from typing import TypedDict

from dose_core.model import DeviceStated
from dose_core.own import OUR_MANUFACTURER
from dose_core.readers import header
from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.dicom_object import DicomObject
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import is_same, standard_meaning
from dose_core.readers.sr.device import irradiating_device
from dose_core.readers.sr.tree import SrNode


class DocumentFields(header.HeaderFields):
    """The fields of a ``DoseReport`` that every dose report states in its header and its first content items."""

    scope: str | None
    completion: str | None
    intent: str | None
    source_of_dose: tuple[str, ...]
    comment: str | None
    our_own: bool


class _Root(TypedDict):
    """What the root of the tree adds to, or replaces in, the header."""

    scope: str | None
    completion: str | None
    intent: str | None
    source_of_dose: tuple[str, ...]
    comment: str | None
    our_own: bool
    physicians: tuple[str, ...]
    device: DeviceStated


def fields(source: DicomObject) -> DocumentFields:
    """
    Return what a dose report states beside its dose, to be handed to its report.

    Raises:
        UnreadableError: no SOP Instance UID.
    """
    stated = header.fields(source.data_set)
    return DocumentFields(**{**stated, **_of_root(source.data_set, source.root, stated["device"])})


def _of_root(data_set: DataSet, root: SrNode, equipment: DeviceStated) -> _Root:
    procedure = root.first(codes.PROCEDURE_REPORTED)
    intent = procedure.code(codes.HAS_INTENT) if procedure else None
    return _Root(
        scope=standard_meaning(root.code(codes.SCOPE_OF_ACCUMULATION, field="scope"), codes.SCOPES),
        completion=header.bounded_text(data_set, Tag.CompletionFlag),
        intent=standard_meaning(intent, codes.INTENTS),
        source_of_dose=_sources_of_dose(root),
        physicians=_physicians(root, data_set),
        comment=root.text(codes.COMMENT, field="comment"),
        our_own=equipment.manufacturer == OUR_MANUFACTURER and equipment.model == OUR_MANUFACTURER,
        device=irradiating_device(root, equipment, data_set.log),
    )


def _sources_of_dose(root: SrNode) -> tuple[str, ...]:
    meanings = (standard_meaning(node.coded_value, codes.DOSE_SOURCES) for node in root.all(codes.SOURCE_OF_DOSE))
    return tuple(meaning for meaning in meanings if meaning)


def _physicians(root: SrNode, data_set: DataSet) -> tuple[str, ...]:
    """Return the physicians of the header and those who authorised the irradiation (TID 1020), each once."""
    authorizing = (
        node.text_value
        for node in root.all(codes.PERSON_NAME)
        if is_same(node.code(codes.PERSON_ROLE_IN_PROCEDURE), codes.IRRADIATION_AUTHORIZING)
    )
    return tuple(dict.fromkeys([*header.physicians(data_set), *(name for name in authorizing if name)]))
