"""hl7apy as a second opinion on messages of ours."""

# hl7apy 1.3.5 ships no types.
from hl7apy.consts import VALIDATION_LEVEL  # type: ignore[import-untyped]
from hl7apy.core import Message  # type: ignore[import-untyped]
from hl7apy.exceptions import ValidationError  # type: ignore[import-untyped]
from hl7apy.parser import parse_segments  # type: ignore[import-untyped]

from hl7_bridge.messages import read_header


def complaint_about_ack(ack: bytes) -> str | None:
    """Return what hl7apy finds wrong with an acknowledgement by the tables of its version; ``None`` if nothing."""
    text = ack.decode("utf-8")
    version = read_header(ack).text(12)
    message = Message("ACK", version=version, validation_level=VALIDATION_LEVEL.TOLERANT)
    message.children = parse_segments(text, version=version, validation_level=VALIDATION_LEVEL.TOLERANT)
    try:
        message.validate()
    except ValidationError as error:
        return str(error)
    return None
