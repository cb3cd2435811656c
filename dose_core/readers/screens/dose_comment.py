"""
What devices write into Comments on Radiation Dose (0040,0310), which the standard leaves free.

Two forms are known. GE Healthcare (screen save "Dose Report", performed procedure step)::

    TotalDLP=1748.68
    Event=1
    Event=3 DLP=769.67

where ``Event`` counts the items of the Exposure Dose Sequence from 1; and Philips ("Dose Info")::

    Series #3 PRE KIDNEYS Average CTDIvol=7.2 DLP=196.0
    Total DLP=1102.4

whose series repeat, rounded, what stands in the items. No unit is written; both devices display mGy.cm.
"""

import re

from dose_core.readers.dicom.data_set import DataSet, number_of
from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.units import MGY_CM

_TOTAL = re.compile(r"Total ?DLP=(\S+)")
_EVENT = re.compile(r"Event=([0-9]{1,3})(?: DLP=(\S+))?")
_PATH = tag_text(Tag.CommentsOnRadiationDose)


def comment_total_dlp(data_set: DataSet) -> float | None:
    """Return the DLP in mGy.cm that the comment states for the whole procedure; of different ones the first (noted)."""
    stated = [match[1] for match in map(_TOTAL.fullmatch, _lines(data_set)) if match is not None]
    if len(set(stated)) > 1:
        data_set.log.add_warning(_PATH, "DLP", "the comment states different totals; the first is used")
    return _dlp(data_set, stated[0], "totals.dlp_mgy_cm") if stated else None


def comment_event_dlps(data_set: DataSet, *, listed: int) -> dict[int, float | None]:
    """
    Return the DLPs in mGy.cm that the comment states, by the number of the event from 1; a scout has none.

    ``listed`` is the number of events that the sequence lists: a DLP of another one is no field's, where there are any.
    """
    found: dict[int, float | None] = {}
    texts: dict[int, str | None] = {}
    for match in map(_EVENT.fullmatch, _lines(data_set)):
        number = int(match[1]) if match is not None else 0
        if match is None or number == 0:
            continue
        if number in found:
            if match[2] != texts[number]:
                problem = f"the comment states event {number} in different ways; the first is used"
                data_set.log.add_warning(_PATH, "DLP", problem)
            continue
        field = f"events[{number - 1}].dlp_mgy_cm" if listed == 0 or number <= listed else None
        texts[number] = match[2]
        found[number] = _dlp(data_set, match[2], field) if match[2] else None
    return found


def _lines(data_set: DataSet) -> list[str]:
    return [line.strip() for line in (data_set.text(Tag.CommentsOnRadiationDose) or "").splitlines()]


def _dlp(data_set: DataSet, text: str, field: str | None) -> float | None:
    value = number_of(text)
    if value is None or value < 0:
        data_set.log.add_warning(_PATH, "DLP", "the comment states a DLP that is no number of mGy.cm")
        return None
    data_set.log.add_origin(field, _PATH, text, MGY_CM)
    return value
