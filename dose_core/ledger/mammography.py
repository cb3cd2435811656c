"""The mammography part of an exam."""

from collections.abc import Sequence

from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Counted, Statement
from dose_core.ledger.exposures import one_per_exposure
from dose_core.ledger.merged import listed, merged
from dose_core.ledger.part import Part
from dose_core.ledger.precedence import ranked, source_of, whole_events
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import DeviceStated, MammographyEvent, MammographyReport


def mammography_of(
    statements: Sequence[Statement[MammographyReport]], devices: Sequence[DeviceStated]
) -> Part[MammographyEvent]:
    """Return the mammography part of an exam."""
    if not statements:
        return Part()
    by_key = {s.key: s for s in statements}
    reports = ranked(whole_events(s) for s in statements if source_of(s) is Source.RDSR)
    images = [s for s in statements if source_of(s) is Source.IMAGE_HEADER]
    chosen = {image.sop_instance_uid for image in one_per_exposure([s.report for s in images]).counted}
    best = reports or [s for s in images if s.report.sop_instance_uid in chosen]
    found = merged([listed(s, s.report.events) for s in best])
    events = tuple(
        Counted(
            event_uid=one.key.event_uid,
            uid_is_stand_in=one.key.is_stand_in,
            source=source_of(by_key[one.places[0].statement]),
            device=devices.index(device) if (device := by_key[one.places[0].statement].report.device) in devices else 0,
            places=one.places,
            event=one.event,
        )
        for one in found
    )
    totals = []
    for side in sorted({one.event.laterality for one in events if one.event.laterality}):
        its = [one for one in events if one.event.laterality == side]
        readings = tuple(
            Reading(one.places[0].statement, f"events[{one.places[0].index}].agd_mgy", one.event.agd_mgy)
            for one in its
            if one.event.agd_mgy is not None
        )
        source = Source.RDSR if reports else Source.IMAGE_HEADER
        missing = len(its) - len(readings)
        claim = Claim(source=source, basis=Basis.SUM_OF_EVENTS, readings=readings, missing=missing)
        totals.append(total_of(Quantity.AGD, side, [claim]))
    return Part(modalities=frozenset({"MG"}), events=events, totals=tuple(totals))
