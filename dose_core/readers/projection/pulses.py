"""
Read what an event states per pulse or once for all pulses: voltage, current, pulse width, exposure, number of frames.

A device may state a mean, an item for each pulse, or one item with many values (PS3.16, TID 10003B, where
these rows have the multiplicity 1-n).
"""

from statistics import fmean
from typing import Any, NamedTuple

from dose_core.readers.dicom.data_set import number_of
from dose_core.readers.projection import codes as xray
from dose_core.readers.projection import vendors
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.rows import Row, read_rows
from dose_core.readers.sr.tree import SrNode
from dose_core.units import COUNT, KV, MA, MAS, MS, S, convert


class _PulseRow(NamedTuple):
    field: str
    list_field: str
    concept: Concept
    unit: str  # of ours and of the template


_PULSE_ROWS = (
    _PulseRow("kv", "kv_per_pulse", xray.KVP, KV),
    _PulseRow("ma", "ma_per_pulse", xray.TUBE_CURRENT, MA),
    _PulseRow("pulse_width_ms", "pulse_widths_ms", xray.PULSE_WIDTH, MS),
)
_AVERAGE_CURRENT = (Row("ma", xray.AVERAGE_TUBE_CURRENT, MA, MA),)
_EXPOSURE = (Row("mas", xray.EXPOSURE, MAS, "uA.s"),)
EXPOSURE_TIME_ROW = (Row("exposure_time_s", xray.EXPOSURE_TIME, S, MS),)
_FRAMES = (Row("frame_count", vendors.PHILIPS_FRAMES, COUNT, COUNT),)


def read_pulses(node: SrNode, field: str) -> dict[str, Any]:
    """
    Return voltage, current and pulse width with their lists, exposure, and the number of frames.

    The mean of a list leaves pulses of 0 out: Eurocolumbus begins each list with one. It is not made of
    exposures, whose sum, not mean, is that of the event.
    """
    values: dict[str, Any] = {}
    for row in _PULSE_ROWS:
        pulses = node.numbers(row.concept, unit=row.unit, field=f"{field}.{row.field}")
        if len(pulses) > 1:
            values[row.list_field] = pulses
            values[row.field] = _mean(node, row.concept, pulses)
        elif pulses:
            values[row.field] = pulses[0]
    average = read_rows(node, _AVERAGE_CURRENT, field)
    if average.get("ma") is not None:
        values.update(average)
    values.update(_exposure(node, field))
    frames = read_rows(node, _FRAMES, field).get("frame_count")
    if frames is not None and frames.is_integer():
        values["frame_count"] = int(frames)
    return values


def _mean(node: SrNode, concept: Concept, pulses: tuple[float, ...]) -> float | None:
    used = [value for value in pulses if value != 0]
    if not used:
        return 0.0
    if len(set(pulses)) > 1:
        first = node.first(concept) or node
        first.warn(concept, f"states {len(pulses)} pulses; the value is the mean of the {len(used)} that are not 0")
    return fmean(used)


def _exposure(node: SrNode, field: str) -> dict[str, Any]:
    stated = tuple(node.all(xray.EXPOSURE))
    is_list = len(stated) > 1 or (len(stated) == 1 and "\\" in (stated[0].text_value or ""))
    if not is_list:
        return dict(read_rows(node, _EXPOSURE, field))
    into = f"{field}.mas_per_pulse"
    has_unit = any(one.unit is not None for one in stated)
    pulses = node.numbers(xray.EXPOSURE, unit=MAS, field=into) if has_unit else _without_unit(stated, into)
    if pulses:
        stated[0].warn(xray.EXPOSURE, f"states {len(pulses)} pulses; the exposure of the event is not stated")
    return {"mas_per_pulse": pulses}


def _without_unit(stated: tuple[SrNode, ...], field: str) -> tuple[float, ...]:
    """Return the exposures of pulses in the unit of the template, none unless each is a number."""
    texts = [part for one in stated for part in (one.text_value or "").split("\\") if part]
    numbers = [number_of(part) for part in texts]
    usable = [number for number in numbers if number is not None and number >= 0]
    if not usable or len(usable) < len(texts) or not all(one.is_number(xray.EXPOSURE) for one in stated):
        stated[0].warn(xray.EXPOSURE, "states pulses that are not all numbers; none is used")
        return ()
    stated[0].warn(xray.EXPOSURE, f"no unit is stated; read as {_EXPOSURE[0].template_unit}")
    for one in stated:
        one.add_origin(field, one.text_value or "")
    return tuple(convert(number, from_=_EXPOSURE[0].template_unit, to=MAS) for number in usable)


def read_exposure_time(node: SrNode, field: str) -> dict[str, float | None]:
    """
    Return the exposure time of the event; where each pulse has its own (IMS Giotto), no total is made of them.

    One time may stand under both of its codes.
    """
    stated = [one.concept.value for one in node.all(xray.EXPOSURE_TIME) if one.concept and one.text_value is not None]
    if len(set(stated)) < len(stated):
        node.warn(xray.EXPOSURE_TIME, f"states {len(stated)} pulses; the time of the event is not stated")
        return {}
    return read_rows(node, EXPOSURE_TIME_ROW, field)
