"""
The X-ray filters that an image header states.

Source: PS3.3, C.8.7.10 (X-Ray Filtration). Values stand in three lists side by side: one filter per position.
"""

import re
from itertools import zip_longest

from dose_core.model import Filter
from dose_core.readers.dicom.data_set import DataSet, number_of
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.projection.image_vendors import MATERIALS
from dose_core.units import MM

_NO_FILTER = "none"


def read_filters(header: DataSet, in_type: re.Pattern[str] | None, field: str) -> tuple[Filter, ...]:
    """
    Return the filters; an explicit NONE is one filter of material ``"none"``, nothing stated is none at all.

    ``in_type`` is how the maker writes materials and thicknesses into the filter type.
    """
    kind = header.text(Tag.FilterType) or ""
    if in_type is not None and (found := list(in_type.finditer(kind))):
        header.log.add_origin(field, tag_text(Tag.FilterType), kind, MM)
        mm = [number_of(match["mm"]) for match in found]
        return tuple(
            Filter(material=_material(match["material"]), min_mm=one, max_mm=one)
            for match, one in zip(found, mm, strict=True)
        )
    materials = _materials(header)
    lowest = _thicknesses(header, Tag.FilterThicknessMinimum, len(materials))
    highest = _thicknesses(header, Tag.FilterThicknessMaximum, len(materials))
    if not (materials or lowest or highest):
        return (Filter(material=_NO_FILTER),) if kind.casefold() == _NO_FILTER else ()
    _note_origins(header, field)
    return tuple(
        _filter(header, material, low, high) for material, low, high in zip_longest(materials, lowest, highest)
    )


def _filter(header: DataSet, material: str | None, low: float | None, high: float | None) -> Filter:
    if low is not None and high is not None and low > high:
        problem = f"the minimum of {low:g} mm is above the maximum of {high:g} mm; they are taken the other way round"
        header.log.add_warning(tag_text(Tag.FilterThicknessMinimum), "FilterThicknessMinimum", problem)
        low, high = high, low
    return Filter(material=material, min_mm=low, max_mm=high)


def _materials(header: DataSet) -> list[str]:
    """Return the materials; Kodak separates them by a comma, which no material has in its name (OpenREM #338)."""
    text = (header.text(Tag.FilterMaterial) or "").replace(",", "\\")
    return [_material(part.strip()) for part in text.split("\\") if part.strip()]


def _material(stated: str) -> str:
    return MATERIALS.get(stated.casefold(), stated)


def _thicknesses(header: DataSet, tag: Tag, material_count: int) -> list[float | None]:
    """Return the thicknesses in mm, none where they cannot be told which filter they are of."""
    text = header.text(tag)
    if text is None:
        return []
    if "," in text and text.count(",") + 1 != material_count:
        # "0,2" of one filter may be a decimal comma or a list.
        header.log.add_warning(tag_text(tag), tag.name, "a comma in a number; not used")
        return []
    parts = text.split(",") if "," in text else header.text_of_number(tag).split("\\")
    values = [number_of(part.strip()) for part in parts]
    if material_count and len(values) not in {0, material_count}:
        problem = f"{len(values)} thicknesses are stated for {material_count} materials; not used"
        header.log.add_warning(tag_text(tag), tag.name, problem)
        return []
    if any(value is None or value < 0 for value in values):
        header.log.add_warning(tag_text(tag), tag.name, "not a thickness")
        return [value if value is not None and value >= 0 else None for value in values]
    return values


def _note_origins(header: DataSet, field: str) -> None:
    for tag, unit in (
        (Tag.FilterMaterial, None),
        (Tag.FilterThicknessMinimum, MM),
        (Tag.FilterThicknessMaximum, MM),
    ):
        if tag in header:
            header.log.add_origin(field, tag_text(tag), header.text_of_number(tag), unit)
