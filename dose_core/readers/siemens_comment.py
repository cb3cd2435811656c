"""
Read the comments of Siemens AXIOM-Artis reports, which hold values in XML that no coded item states.

Source: reports of AXIOM-Artis and Artis zee (event comments FluoroData and the like, root comment Root).
"""

from typing import Any
from xml.etree import ElementTree as ET

from dose_core.readers import codes
from dose_core.readers.data_set import number_of
from dose_core.readers.sr_tree import SrNode

_MAX_LENGTH = 20_000  # theirs have 1,000 characters at most
_DATA = "SRData"
_POSITIONS = ("HFS", "HFP", "HFDL", "HFDR", "FFS", "FFP", "FFDL", "FFDR")  # PS3.3, C.7.3.1.1.2

# Element of an event's comment -> field, and the factor to our unit. A coded item that states the field wins.
_SCENE = (
    ("iiDiameter", "field_of_view_mm"),
    ("SceneTime", "scene_time_s"),
    ("FrameRate", "pulse_rate_per_s"),
    ("CurrentTimeProduct", "mas"),
)
_FRAMES = "NumOfFrames"


def read_scene(node: SrNode, comment: str, values: dict[str, Any], field: str) -> None:
    """Add to ``values`` what the comment of one event states and its coded items do not: lengths in mm, times in s."""
    tree = _parse(node, comment)
    if tree is None:
        return
    for name, into in (*_SCENE, (_FRAMES, "frame_count")):
        value = _number(tree, name)
        if value is None or value < 0 or values.get(into) is not None:
            continue
        if name == _FRAMES:
            if not value.is_integer():
                continue
            value = int(value)
        values[into] = value
        comment_node = node.first(codes.COMMENT)
        if comment_node is not None:
            comment_node.add_origin(f"{field}.{into}", f"{name}={value:g}")


def patient_position(root: SrNode) -> tuple[SrNode, str] | None:
    """Return the Patient Position that the comment of a whole report states, with the comment."""
    for node in root.all(codes.COMMENT):
        tree = _parse(node, node.text_value or "")
        stated = tree.find(".//PatientPosition/Position") if tree is not None else None
        position = (stated.get(_DATA) or "").strip() if stated is not None else ""
        if position in _POSITIONS:
            return node, position
    return None


def _parse(node: SrNode, comment: str) -> "ET.Element | None":
    """Return the elements of a comment, ``None`` if it is none of these or may not be parsed (noted)."""
    if not comment.lstrip().startswith("<") or _DATA not in comment:
        return None
    # A declaration could define entities that grow without bound, or that name files.
    if len(comment) > _MAX_LENGTH or "<!" in comment:
        node.warn(codes.COMMENT, "XML with declarations or beyond 20,000 characters is not parsed")
        return None
    try:
        return ET.fromstring(comment)  # noqa: S314  no declarations, hence no entities; bounded above
    except ET.ParseError:
        node.warn(codes.COMMENT, "is no sound XML")
        return None


def _number(tree: "ET.Element", name: str) -> float | None:
    element = tree.find(f".//{name}")
    stated = (element.get(_DATA) or "").strip() if element is not None else ""
    return number_of(stated) if stated else None
