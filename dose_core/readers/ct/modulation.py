"""
How the tube current of a CT event was modulated, in the words of the vendor.

Source: PS3.16, TID 10013 (X-Ray Modulation Type, a text), and where devices put it instead.
"""

import re

from dose_core.readers.ct import codes as ct
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import normalised
from dose_core.readers.sr.tree import SrNode

# Siemens SOMATOM before X-Ray Modulation Type was an item: "..., X-ray Modulation Type = XYZ_EC".
_IN_COMMENT = re.compile(r"(?:^|,)\s*X-ray Modulation Type\s*=\s*([^,]+)", re.IGNORECASE)
# Toshiba Aquilion: an item of the private container "Dose Reduce Parameters".
_TOSHIBA_CONTAINER = normalised(ct.DOSE_REDUCE_PARAMETERS)
_TOSHIBA_ITEM = "modulation"


def read_modulation(acquisition: SrNode, field: str) -> str | None:
    """Return the modulation: of the template's own item, else of a comment, else of a vendor's container."""
    stated = acquisition.text(ct.MODULATION_TYPE, field=f"{field}.modulation")
    return stated or _siemens(acquisition, field) or _toshiba(acquisition, field)


def _siemens(acquisition: SrNode, field: str) -> str | None:
    for comment in acquisition.all(codes.COMMENT):
        match = _IN_COMMENT.search(comment.text_value or "")
        if match:
            comment.add_origin(f"{field}.modulation", match[0].strip(", "))
            return match[1].strip()
    return None


def _toshiba(acquisition: SrNode, field: str) -> str | None:
    for container in acquisition.children:
        name = container.concept
        if name is None or name.scheme != ct.TOSHIBA_SCHEME or normalised(name.meaning or "") != _TOSHIBA_CONTAINER:
            continue
        for item in container.children:
            meaning = normalised(item.concept.meaning or "") if item.concept else ""
            coded = item.coded_value
            value = item.text_value or (coded.meaning if coded else None)
            if _TOSHIBA_ITEM in meaning and value:
                item.add_origin(f"{field}.modulation", value)
                return value
    return None
