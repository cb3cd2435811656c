"""The nuclear medicine part of an exam: what was administered."""

from collections.abc import Sequence

from dose_core.ledger.administrations import administrations_of
from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Counted, Place, Statement
from dose_core.ledger.part import Part
from dose_core.ledger.stand_in import uid_of
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import Administration, DeviceStated, NuclearReport


def nuclear_of(statements: Sequence[Statement[NuclearReport]], devices: Sequence[DeviceStated]) -> Part[Administration]:
    """Return the nuclear medicine part of an exam."""
    if not statements:
        return Part()
    by_key = {s.key: s for s in statements}
    counted, left_out = administrations_of(statements)
    events = []
    for number, one in enumerate(counted):
        winner = by_key[one.statements[0]]
        index = winner.report.events.index(one.administration)
        uid = one.administration.event_uid
        events.append(
            Counted(
                event_uid=uid or uid_of("administration", winner.report.study_instance_uid, number),
                uid_is_stand_in=uid is None,
                source=one.source,
                device=devices.index(winner.report.device) if winner.report.device in devices else 0,
                places=(Place(statement=winner.key, index=index),),
                event=one.administration,
                notes=one.notes,
            )
        )
    modalities = {s.report.modality for s in statements if s.report.modality in ("PT", "NM")} or {"NM"}
    by_agent: dict[str, list[Counted[Administration]]] = {}
    for event in events:
        name = " ".join(word for word in (event.event.radionuclide, event.event.agent) if word)
        by_agent.setdefault(name, []).append(event)
    totals = []
    for name, its in sorted(by_agent.items()):
        readings = tuple(
            Reading(
                e.places[0].statement,
                f"events[{e.places[0].index}].administered_activity_mbq",
                e.event.administered_activity_mbq,
            )
            for e in its
            if e.event.administered_activity_mbq is not None
        )
        claim = Claim(
            source=its[0].source, basis=Basis.SUM_OF_EVENTS, readings=readings, missing=len(its) - len(readings)
        )
        totals.append(total_of(Quantity.ACTIVITY, name or None, [claim]))
    return Part(modalities=frozenset(modalities), events=tuple(events), totals=tuple(totals), not_counted=left_out)
