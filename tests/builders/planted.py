"""
Dose SRs into which identifiers were planted: into every element, at every level, and between the items.

An identifier is a name, a number as a text, a UID, or a date. Numbers and codes that the standard counts stay what they
are, since a dose may be any number. All people are invented.
"""

from collections.abc import Iterator
from io import BytesIO

from pydicom import dcmread
from pydicom.datadict import dictionary_VR, keyword_dict
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import VR

NAME = "Zzyzx^Quirina"
WORD = "ZZYZX"  # that stands in each planted text
NUMBER = "99887766554"  # that stands in each planted UID
UID = f"1.2.3.{NUMBER}.4"
DAY = "19370313"
PRIVATE = 0x00291010

_TEXTS = {
    "AE": WORD,
    "CS": WORD,
    "LO": f"{WORD} 1",
    "LT": f"{WORD} 1",
    "PN": NAME,
    "SH": f"{WORD} 1",
    "ST": f"{WORD} 1",
    "UC": f"{WORD} 1",
    "UR": f"urn:{WORD}",
    "UT": f"{WORD} 1",
    "DA": DAY,
    "DT": f"{DAY}101500",
    "UI": UID,
}
_WRITABLE = frozenset(_TEXTS) | {"AS", "DS", "IS", "TM"}
# Without these, or with other values, it would be another object, or none.
_SHAPE = frozenset(
    {
        "SpecificCharacterSet",
        "SOPClassUID",
        "ValueType",
        "RelationshipType",
        "CodeValue",
        "CodingSchemeDesignator",
        "ContinuityOfContent",
        "Modality",
        "SelectorAttributeVR",
    }
)


def planted(dicom: bytes) -> bytes:
    """Return a report in which every element that is no number holds an identifier, and every level more of them."""
    whole = dcmread(BytesIO(dicom))
    for level in list(levels(whole)):
        for element in list(level):
            if element.keyword not in _SHAPE and element.VR in _TEXTS:
                level[element.tag] = DataElement(element.tag, element.VR, _TEXTS[element.VR])
        add_private(level)
    add_public(whole)
    return written(whole)


def planted_at(dicom: bytes, place: int, text: str) -> bytes:
    """Return a report with one text planted in one of its places, which are counted round."""
    whole = dcmread(BytesIO(dicom))
    places = [
        (level, element.tag, str(element.VR))
        for level in levels(whole)
        for element in level
        if element.VR in _WRITABLE and element.keyword != "SpecificCharacterSet"
    ]
    level, tag, vr = places[place % len(places)]
    raw = text.encode() + b" " * (len(text) % 2)
    level[tag] = RawDataElement(tag, vr, len(raw), raw, 0, is_implicit_VR=False, is_little_endian=True)
    return written(whole)


def add_private(level: Dataset) -> None:
    """Plant a private block."""
    level.add_new(0x00290010, "LO", f"{WORD} BLOCK")
    level.add_new(PRIVATE, "LO", f"{WORD} 1")
    inner = Dataset()
    inner.PatientName = NAME
    level.add_new(PRIVATE + 1, "SQ", Sequence([inner]))


def add_public(whole: Dataset) -> None:
    """Plant each element that the standard's dictionary has and the report has not; sequences hold a name."""
    for keyword, tag in keyword_dict.items():
        vr = dictionary_VR(tag)
        if tag in whole or BaseTag(tag).group < 8 or not keyword:
            continue
        if vr in _TEXTS:
            whole.add(DataElement(Tag(tag), vr, _TEXTS[vr]))
        elif vr == VR.SQ:
            inner = Dataset()
            inner.PatientName, inner.PatientID, inner.SOPInstanceUID = NAME, f"{WORD} 2", UID
            inner.ReferencedSOPInstanceUID, inner.StudyInstanceUID = UID, UID
            whole.add(DataElement(Tag(tag), "SQ", Sequence([inner])))
        elif vr in {VR.OB, VR.OW, VR.UN}:
            whole.add(DataElement(Tag(tag), vr, f"{WORD} 10".encode()))


def levels(dataset: Dataset) -> Iterator[Dataset]:
    """Yield a data set and all that it holds."""
    yield dataset
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value or []:
                yield from levels(item)


def written(whole: Dataset) -> bytes:
    """Return a file of it, with an identifier in the preamble and in the file meta information."""
    whole.file_meta.SourceApplicationEntityTitle = WORD
    whole.file_meta.MediaStorageSOPInstanceUID = whole.get("SOPInstanceUID", UID)
    whole.preamble = f"{WORD} preamble".encode().ljust(128, b"\0")
    buffer = BytesIO()
    dcmwrite(buffer, whole)
    return buffer.getvalue()


def leaks(dicom: bytes) -> list[str]:
    """Return the planted identifiers that a file holds, in any of the ways in which it may hold them."""
    spellings = {one.encode(codec) for one in (WORD, "Quirina", NUMBER, DAY) for codec in ("utf-8", "utf-16-le")}
    return sorted(one.decode("latin-1") for one in spellings if one.lower() in dicom.lower())
