"""
Times at an offset of zero in words that every reader knows.

DCMTK up to 3.6.7 knows no offset below an hour (dcmdata/libsrc/vrscanl.l, ``dt_offset``) and drops a whole document for
one. Timezone Offset From UTC (0008,0201) holds for all times that state none of their own (PS3.3, C.12.1.1.8).
"""

from datetime import datetime, timedelta, timezone

from pydicom.dataset import Dataset

from dose_core.writers.items import dicom_dt

_ZERO = "+0000"
_KNOWN_TO_ALL = timezone(timedelta(hours=1))  # the nearest offset that is no less than an hour


def state_zero_otherwise(tree: Dataset, timezone_offset: str | None) -> None:
    """
    Change the times of a content tree that state an offset of zero: leave it to the document, or use the document's.

    Where the document states none, a time without an offset would be one of the site: the same instant stands at +0100.

    Args:
        tree: the content tree; it is changed.
        timezone_offset: what (0008,0201) of the document states, such as ``"+0100"``.
    """
    for item in tree.get("ContentSequence", []):
        stated = str(item.get("DateTime", ""))
        if stated.endswith(_ZERO):
            item.DateTime = _otherwise(stated.removesuffix(_ZERO), timezone_offset)
        state_zero_otherwise(item, timezone_offset)


def _otherwise(local: str, timezone_offset: str | None) -> str:
    if timezone_offset == _ZERO:
        return local
    form = "%Y%m%d%H%M%S.%f" if "." in local else "%Y%m%d%H%M%S"
    at = datetime.strptime(f"{local}{_ZERO}", f"{form}%z")
    return dicom_dt(
        at.astimezone(datetime.strptime(timezone_offset, "%z").tzinfo if timezone_offset else _KNOWN_TO_ALL)
    )
