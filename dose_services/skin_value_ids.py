"""The id under which a peak skin dose explains itself."""

from typing import Final
from uuid import UUID

from dose_core.ledger.value_id import ValueId

PEAK: Final = "peak.value"


def peak_id(map_id: UUID) -> ValueId:
    """Return the id of the peak of a map."""
    return ValueId(holder=map_id, field=PEAK)
