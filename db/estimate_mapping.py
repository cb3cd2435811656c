"""What methods say, to what a column holds, and back."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from db.packing import pack, unpack
from dose_core.estimating.case import Outcome

_OUTCOMES = TypeAdapter(tuple[Outcome, ...])


def outcomes_to_packed(outcomes: Sequence[Outcome]) -> bytes:
    """Return outcomes as compressed JSON without what is not told; all numbers must be finite."""
    return pack(_OUTCOMES.dump_json(tuple(outcomes), exclude_defaults=True, warnings="error"))


def outcomes_from_packed(content: bytes) -> tuple[Outcome, ...]:
    """Return the outcomes that were packed."""
    return _OUTCOMES.validate_json(unpack(content))
