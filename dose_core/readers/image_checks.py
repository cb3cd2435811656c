"""
Where an image header contradicts itself. Nothing is corrected: the finer element counts, the contradiction is named.

Source: PS3.3, C.8.7.2: Exposure, X-Ray Tube Current and Exposure Time stand as whole numbers, and finer in a thousandth
of the unit. Devices write the one number into both.
"""

from dose_core.readers.dicom.data_set import DataSet
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.units import MA, MAS, MS, convert

_FINE_AND_COARSE = (
    (Tag.ExposureInuAs, "uA.s", Tag.Exposure, MAS),
    (Tag.XRayTubeCurrentInuA, "uA", Tag.XRayTubeCurrent, MA),
    (Tag.ExposureTimeInuS, "us", Tag.ExposureTime, MS),
)
# A whole number may be rounded or cut; what differs by more is in another unit.
_MOST_ROUNDING = 1.0
_MOST_TIMES = 2.0


def check_fine_elements(data_set: DataSet) -> None:
    """Note where the fine and the coarse element of one quantity are not of one exposure."""
    for fine, unit, coarse, coarse_unit in _FINE_AND_COARSE:
        values, others = (data_set.numbers(tag) if tag in data_set else () for tag in (fine, coarse))
        if len(values) != 1 or len(others) != 1 or min(*values, *others) <= 0:
            continue
        one, other = convert(values[0], from_=unit, to=coarse_unit), others[0]
        if abs(one - other) > _MOST_ROUNDING and max(one, other) > _MOST_TIMES * min(one, other):
            problem = f"{one:g} {coarse_unit} are stated here, {other:g} in {tag_text(coarse)}"
            data_set.log.add_warning(tag_text(fine), fine.name, problem)


def check_acquisitions(data_set: DataSet) -> None:
    """Note an image that was made from several acquisitions (PS3.3, C.8.21.3), of which each states its own dose."""
    count = len(data_set.items(Tag.XRay3DAcquisitionSequence))
    if count > 1:
        problem = f"the image was made from {count} acquisitions; the first one is read"
        data_set.log.add_warning(tag_text(Tag.XRay3DAcquisitionSequence), "XRay3DAcquisitionSequence", problem)
