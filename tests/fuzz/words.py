"""The codes and tags that the readers ask for: what the mutator puts where a reader may meet it."""

from pydicom.datadict import dictionary_VR

import dose_core.readers.registry  # noqa: F401  loads all readers, and each makes its codes known
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.sr.codes import _KNOWN_CODES
from tests.fuzz.mutator import Words


def known_words() -> Words:
    """Return them in a fixed order, so that a seed of the mutator means the same change in each run."""
    tags = sorted(tag for tag in Tag if not (tag >> 16) % 2 and tag < 0x7FE00000)  # private ones have no VR to look up
    return Words(codes=sorted(_KNOWN_CODES), tags=[(int(tag), dictionary_VR(int(tag)).split()[0]) for tag in tags])
