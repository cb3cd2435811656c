"""Which faults a message can have, and how each is told to its sender."""

from dose_core.errors import DoseError
from dose_services.identity_values import (
    IdentifierTakenError,
    MergedIdentifierError,
    MergeLoopError,
    NoIdentifierError,
    SameIdentifierError,
    UnusableIdentifierError,
)
from hl7_bridge.acks import AckCode, Answer, Fault
from hl7_bridge.messages import MalformedMessageError, NotHl7Error, Utf16Error


class MessageFaultError(DoseError):
    """The message is against the rules; ``answer`` is what its sender is told."""

    def __init__(
        self,
        fault: Fault,
        text: str,
        location: tuple[str | int, ...] = (),
        *,
        code: AckCode = AckCode.ERROR,
    ) -> None:
        super().__init__(text)
        self.answer = Answer(code=code, fault=fault, text=text, location=location)


_FAULTS: dict[type[DoseError], tuple[AckCode, Fault, tuple[str | int, ...]]] = {
    NotHl7Error: (AckCode.REJECT, Fault.UNSUPPORTED_TYPE, ("MSH", 1)),
    Utf16Error: (AckCode.REJECT, Fault.TABLE_VALUE_NOT_FOUND, ("MSH", 1, 18)),
    MalformedMessageError: (AckCode.REJECT, Fault.SEGMENT_SEQUENCE, ("MSH", 1)),
    NoIdentifierError: (AckCode.ERROR, Fault.REQUIRED_FIELD_MISSING, ("PID", 1, 3)),
    UnusableIdentifierError: (AckCode.ERROR, Fault.DATA_TYPE, ("PID", 1, 3)),
    SameIdentifierError: (AckCode.ERROR, Fault.DUPLICATE_KEY, ("MRG", 1, 1)),
    MergedIdentifierError: (AckCode.ERROR, Fault.UNKNOWN_KEY, ("PID", 1, 3)),
    MergeLoopError: (AckCode.ERROR, Fault.UNKNOWN_KEY, ("PID", 1, 3)),
    IdentifierTakenError: (AckCode.ERROR, Fault.DUPLICATE_KEY, ("PID", 1, 3)),
}


def answer_to(error: DoseError) -> Answer | None:
    """Return what the sender is told about a fault of their message; ``None`` if the fault is not theirs."""
    if isinstance(error, MessageFaultError):
        return error.answer
    known = _FAULTS.get(type(error))
    if known is None:
        return None
    code, fault, location = known
    return Answer(code=code, fault=fault, text=str(error), location=location)
