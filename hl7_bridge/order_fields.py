"""
Fields of order segments as values.

Source: HL7 v2.5.1, 2.A.28 (EI), 2.A.13 (CWE), 2.A.86 (XCN), 4.5.1 (ORC), 4.5.3 (OBR), 4.5.4 (TQ1), 4.5.6 (IPC).
"""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from db.mapping import storable
from dose_core.model import Code
from dose_core.orders.modality import modality_of
from dose_core.orders.order import is_same_procedure
from dose_core.orders.said import Number, ProcedureSaid
from dose_services.site import Site
from hl7_bridge.messages import NULL, Segment, Value
from hl7_bridge.order_items import Item
from hl7_bridge.values import instant

_DICOM_STUDY = ("113014", "DCM")  # OBX-3 of a result that names its study (PS3.16, CID 10000)


def text_of(segment: Segment | None, number: int, component: int = 1) -> str:
    """Return one component of a field, empty if it states none, or that it is deleted."""
    return "" if segment is None else _text(segment.value(number), component)


def entity(segment: Segment | None, number: int) -> Number | None:
    """Return an EI: the number and its namespace, else its universal id."""
    value = text_of(segment, number)
    return Number(value=value, issuer=text_of(segment, number, 2) or text_of(segment, number, 3)) if value else None


def extended(segment: Segment | None, number: int) -> Number | None:
    """Return a CX that is a number of a visit or an account."""
    value = text_of(segment, number)
    return Number(value=value, issuer=text_of(segment, number, 4)) if value else None


def code_of(segment: Segment | None, number: int) -> Code | None:
    """Return a CWE; one that is text alone has neither value nor scheme."""
    value, meaning, scheme = (text_of(segment, number, component) for component in (1, 2, 3))
    if not value and not meaning:
        return None
    return Code(value=value, scheme=scheme, meaning=meaning or None)


def is_null(segment: Segment | None, *numbers: int) -> bool:
    """Tell if a value is to be deleted: one of the fields says so, and none states it."""
    if segment is None or any(text_of(segment, n) or text_of(segment, n, 2) for n in numbers):
        return False
    return any(segment.value(number).is_null for number in numbers)


def person(segment: Segment | None, number: int) -> str | None:
    """Return an XCN as a DICOM PN, else its identifier; ``None`` if nobody is named."""
    # XCN has the suffix before the prefix, PN after it.
    parts = [_no_separators(text_of(segment, number, component)) for component in (2, 3, 4, 6, 5)]
    return "^".join(parts).rstrip("^") or text_of(segment, number) or None


def first_of(*texts: str) -> str | None:
    """Return the first text that states something."""
    return next((one for one in texts if one), None)


def planned_at(item: Item, site: Site) -> datetime | None:
    """Return when an order is to be done, else when it was: the first field of many that states a time."""
    stated = (
        text_of(item.tq1, 7),
        text_of(item.orc, 7, 4),
        text_of(item.obr, 27, 4),
        text_of(item.obr, 36),
        text_of(item.obr, 6),
        text_of(item.obr, 7),
    )
    return next((at for one in stated if one and (at := instant(one, site)) is not None), None)


def reason_of(obr: Segment | None) -> Code | None:
    """Return OBR-31; what has no coding scheme is text."""
    stated = code_of(obr, 31)
    if stated is None or stated.scheme:
        return stated
    return Code(value="", scheme="", meaning=stated.meaning or stated.value)


def procedures_of(item: Item) -> tuple[ProcedureSaid, ...]:
    """Return the requested procedures of an order; IPC segments of one procedure are its steps."""
    found: list[ProcedureSaid] = []
    for one in map(_of_ipc, item.ipcs) if item.ipcs else (_of_obr(item),):
        place = next((n for n, other in enumerate(found) if is_same_procedure(one, other)), None)
        if place is None:
            found.append(one)
        else:
            found[place] = with_steps(found[place], one)
    return tuple(one for one in found if one != ProcedureSaid())


def with_steps(procedure: ProcedureSaid, further: ProcedureSaid) -> ProcedureSaid:
    """Return a procedure with what a further part of the same message says of it."""
    changed: dict[str, Any] = {}
    for each in fields(procedure):
        ours, theirs = getattr(procedure, each.name), getattr(further, each.name)
        if isinstance(ours, tuple):
            changed[each.name] = tuple(dict.fromkeys((*ours, *theirs)))
        elif ours is None:
            changed[each.name] = theirs
    return replace(procedure, **changed)


def _of_ipc(ipc: Segment) -> ProcedureSaid:
    modality = text_of(ipc, 5).upper()
    return ProcedureSaid(
        accession=entity(ipc, 1),
        requested_procedure_id=text_of(ipc, 2) or None,
        study_instance_uid=text_of(ipc, 3) or None,
        step_ids=_stated(text_of(ipc, 4)),
        modalities=_stated(modality),
        protocol=code_of(ipc, 6),
        station_name=first_of(text_of(ipc, 7), text_of(ipc, 7, 2)),
        location=first_of(text_of(ipc, 8), text_of(ipc, 8, 2)),
        station_ae_titles=tuple(filter(None, (_text(value, 1) for value in ipc.values(9)))),
    )


def _of_obr(item: Item) -> ProcedureSaid:
    accession = entity(item.obr, 18)
    modality = modality_of(text_of(item.obr, 24))
    return ProcedureSaid(
        accession=accession,
        requested_procedure_id=text_of(item.obr, 19) or None,
        study_instance_uid=first_of(text_of(item.zds, 1), _study_of_result(item)),
        step_ids=_stated(text_of(item.obr, 20)),
        modalities=_stated(modality or ""),
    )


def _study_of_result(item: Item) -> str:
    named = (obx for obx in item.obxs if (text_of(obx, 3), text_of(obx, 3, 3)) == _DICOM_STUDY)
    return next((text_of(obx, 5) for obx in named), "")


def _stated(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _text(value: Value, component: int) -> str:
    text = value.component(component)
    return "" if text == NULL else storable(text)


def _no_separators(text: str) -> str:
    """Return text without the characters that are separators in PN (PS3.5, 6.2.1.2)."""
    return text.replace("^", " ").replace("=", " ").strip()
