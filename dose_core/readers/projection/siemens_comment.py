"""
Read the comments of Siemens AXIOM-Artis reports, which hold values in XML that no coded item states.

Source: reports of AXIOM-Artis and Artis zee (event comments FluoroData and the like, root comment Root).
"""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from dose_core.readers.dicom.data_set import number_of
from dose_core.readers.sr import codes
from dose_core.readers.sr.tree import SrNode

_MAX_LENGTH = 20_000  # theirs have 1,000 characters at most
_DATA = "SRData"
_POSITIONS = ("HFS", "HFP", "HFDL", "HFDR", "FFS", "FFP", "FFDL", "FFDR")  # PS3.3, C.7.3.1.1.2

# Element of an event's comment -> field, in the same unit. A coded item that states the field counts before it.
_FRAME_COUNT = "frame_count"
_SCENE = {
    "iiDiameter": "field_of_view_mm",
    "SceneTime": "scene_time_s",
    "FrameRate": "pulse_rate_per_s",
    "CurrentTimeProduct": "mas",
    "NumOfFrames": _FRAME_COUNT,
}


def read_scene(node: SrNode, comment: str, values: dict[str, Any], field: str) -> None:
    """Add to ``values`` what a comment (``node``) of an event states and its coded items do not; mm, s, mAs."""
    for element in _elements(node, comment):
        into = _SCENE.get(element.tag)
        value = number_of((element.get(_DATA) or "").strip()) if into else None
        if into is None or value is None or value < 0 or values.get(into) is not None:
            continue
        if into == _FRAME_COUNT:
            if not value.is_integer():
                continue
            value = int(value)
        values[into] = value
        node.add_origin(f"{field}.{into}", f"{element.tag}={value:g}")


def patient_position(root: SrNode) -> tuple[SrNode, str] | None:
    """Return the Patient Position that the comment of a whole report states, with the comment."""
    for node in root.all(codes.COMMENT):
        for element in _elements(node, node.text_value or ""):
            position = (element.get(_DATA) or "").strip()
            if element.tag == "Position" and position in _POSITIONS:
                return node, position
    return None


def _elements(node: SrNode, comment: str) -> Iterable[ET.Element]:
    """Return the elements of a comment in order, none if it holds none or may not be parsed (noted)."""
    if not comment.lstrip().startswith("<") or _DATA not in comment:
        return ()
    # A declaration could define entities that grow without bound, or that name files.
    if len(comment) > _MAX_LENGTH or "<!" in comment:
        node.warn(codes.COMMENT, "XML with declarations or beyond 20,000 characters is not parsed")
        return ()
    try:
        return ET.fromstring(comment).iter()  # noqa: S314  no declarations, hence no entities; bounded above
    except ET.ParseError:
        node.warn(codes.COMMENT, "is no sound XML")
        return ()
