"""
The parts of a message that speak of one order each: segments that belong together.

Source: HL7 v2.5.1, 4.4.1 (ORM), 4.4.4 (OMG), 4.4.12 (OMI), 7.3.1 (ORU); IHE RAD TF-2, 4.4 (ZDS at the end of an ORM).
"""

from dataclasses import dataclass, field

from hl7_bridge.messages import Message, Segment

# Orders of medicines, diets and supplies stand in ORM messages as well; these segments stand in the place of OBR.
_OF_OTHER_THINGS = frozenset({"RXO", "RXE", "RXD", "RXG", "RXA", "ODS", "ODT", "RQD", "RQ1"})


@dataclass(slots=True, kw_only=True)
class Item:
    """The segments about one order."""

    pid: Segment | None
    pv1: Segment | None
    orc: Segment | None
    obr: Segment | None = None
    tq1: Segment | None = None
    zds: Segment | None = None
    ipcs: list[Segment] = field(default_factory=list)
    obxs: list[Segment] = field(default_factory=list)
    is_of_other_things: bool = False


def items_of(message: Message) -> list[Item]:
    """Return the orders of a message. A ZDS tells the study of all that stands before it and since the last one."""
    items: list[Item] = []
    since_zds = 0
    pid = pv1 = None
    for segment in message.segments:
        match segment.name:
            case "PID":
                pid, pv1 = segment, None
            case "PV1":
                pv1 = segment
            case "ORC":
                items.append(Item(pid=pid, pv1=pv1, orc=segment))
            case "OBR":
                if items and items[-1].obr is None and items[-1].pid is pid:
                    items[-1].obr = segment
                else:
                    items.append(Item(pid=pid, pv1=pv1, orc=_orc_of(items, segment), obr=segment))
            case "ZDS":
                for item in items[since_zds:]:
                    item.zds = segment
                since_zds = len(items)
            case _ if items:
                _add(items[-1], segment)
    return items


def _orc_of(items: list[Item], obr: Segment) -> Segment | None:
    """Return the ORC that speaks of a further OBR as well: the last one, if the OBR names no other order."""
    orc = items[-1].orc if items else None
    if orc is None:
        return None
    is_other = any(not obr.value(n).is_empty and obr.value(n).text != orc.value(n).text for n in (2, 3))
    return None if is_other else orc


def _add(item: Item, segment: Segment) -> None:
    if segment.name == "TQ1" and item.tq1 is None:
        item.tq1 = segment
    elif segment.name == "IPC":
        item.ipcs.append(segment)
    elif segment.name == "OBX":
        item.obxs.append(segment)
    elif segment.name in _OF_OTHER_THINGS:
        item.is_of_other_things = True
