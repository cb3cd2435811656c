"""
The pairs of PID and MRG of a message: who is spoken of, and who they were before.

Source: HL7 v2.5.1, 3.3.40 (``{PID [PD1] MRG [PV1]}+``; a PID may be followed by several MRG in the field).
"""

from dataclasses import dataclass

from hl7_bridge.acks import Fault
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An MRG with the PID before it, and the place of each among its like."""

    pid: Segment
    mrg: Segment
    pid_number: int
    mrg_number: int


def pairs_of(message: Message) -> tuple[Pair, ...]:
    """
    Return each MRG of a message with its PID.

    Raises:
        MessageFaultError: a PID has no MRG, an MRG no PID before it, or there is neither.
    """
    pairs: list[Pair] = []
    pid: Segment | None = None
    people = 0
    is_paired = False
    for segment in message.segments:
        if segment.name == "PID":
            if people > 0 and not is_paired:
                raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "a PID has no MRG", ("PID", people))
            pid, people, is_paired = segment, people + 1, False
        elif segment.name == "MRG":
            if pid is None:
                raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "an MRG has no PID before it", ("MRG", 1))
            pairs.append(Pair(pid=pid, mrg=segment, pid_number=people, mrg_number=len(pairs) + 1))
            is_paired = True
    if not is_paired:
        raise MessageFaultError(Fault.SEGMENT_SEQUENCE, "there is no PID with its MRG", ("MRG", 1))
    return tuple(pairs)
