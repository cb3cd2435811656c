"""
Messages that go out, built and judged by hl7apy.

Each message is put together twice: by us, value by value, and by hl7apy, which knows where each segment and field
belongs. What hl7apy's tables do not allow, or what it would write otherwise than we do, is not sent.
"""

from typing import Any

# hl7apy 1.3.5 ships no types.
from hl7apy.consts import VALIDATION_LEVEL  # type: ignore[import-untyped]
from hl7apy.core import Message  # type: ignore[import-untyped]
from hl7apy.exceptions import HL7apyException  # type: ignore[import-untyped]

from dose_core.errors import DoseError
from dose_core.hl7.escaping import REPETITION, SEGMENT_END
from dose_core.hl7.result_message import STRUCTURE, VERSION, Fields, ResultMessage, segments_of, text_of

# In which group of ORU_R01 a segment stands (HL7 v2.5.1, 7.3.1). A group is opened by the first segment that it holds.
_RESULT, _PATIENT, _VISIT, _ORDER, _OBSERVATION = (
    f"{STRUCTURE}_{group}" for group in ("PATIENT_RESULT", "PATIENT", "VISIT", "ORDER_OBSERVATION", "OBSERVATION")
)
_FIRST_FIELD_OF_MSH = 3  # MSH-1 and MSH-2 are the separators, which hl7apy knows


class NotBuildableError(DoseError):
    """A message would not be valid, so that it is not sent. The text names no value."""


def build_result(message: ResultMessage) -> bytes:
    """
    Return a result message as it is sent, in UTF-8.

    Raises:
        NotBuildableError: hl7apy finds a segment, field or value where the standard has no place for it.
    """
    segments = segments_of(message)
    text = text_of(segments)
    try:
        built = _built(segments)
        built.validate()
        read_back = built.to_er7()
    except (HL7apyException, ValueError) as error:
        # Its text may quote a value.
        msg = f"the result message is not valid HL7 {VERSION} ({type(error).__name__})"
        raise NotBuildableError(msg) from None
    if read_back.rstrip(SEGMENT_END) != text.rstrip(SEGMENT_END):
        raise NotBuildableError("hl7apy writes the result message otherwise than we do")
    return text.encode("utf-8")


def _built(segments: tuple[Fields, ...]) -> Message:
    built = Message(STRUCTURE, version=VERSION, validation_level=VALIDATION_LEVEL.TOLERANT)
    result = built.add_group(_RESULT)
    patient = order = observation = None
    for name, *fields in segments:
        match name:
            case "MSH":
                _fill(built.msh, fields[_FIRST_FIELD_OF_MSH - 2 :], first=_FIRST_FIELD_OF_MSH)
                continue
            case "PID":
                group = patient = result.add_group(_PATIENT)
            case "PV1" if patient is not None:
                group = patient.add_group(_VISIT)
            case "ORC":
                group = order = result.add_group(_ORDER)
            case "OBX" if order is not None:
                group = observation = order.add_group(_OBSERVATION)
            case "NTE" if observation is not None:
                group = observation
            case _ if order is not None:
                group = order
            case _:
                msg = f"{name} stands outside of every group"
                raise NotBuildableError(msg)
        _fill(group.add_segment(name), fields, first=1)
    return built


def _fill(segment: Any, fields: list[str], *, first: int) -> None:  # noqa: ANN401  a segment of hl7apy
    for place, value in enumerate(fields, start=first):
        if not value:
            continue
        one, *others = value.split(REPETITION)
        name = f"{segment.name}_{place}"
        setattr(segment, name, one)  # MSH-7 and MSH-12 are there already
        for other in others:
            segment.add_field(name).value = other
