"""The projection part of an exam: radiography, fluoroscopy and angiography."""

from collections.abc import Sequence

from dose_core.ledger.claims import Claim, Reading, total_of
from dose_core.ledger.exam import Counted, Statement
from dose_core.ledger.exposures import one_per_exposure
from dose_core.ledger.merged import listed, merged
from dose_core.ledger.part import Part
from dose_core.ledger.precedence import ranked, source_of, whole_events
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import DeviceStated, ProjectionEvent, ProjectionReport

ProjectionStatement = Statement[ProjectionReport]


def projection_of(statements: Sequence[ProjectionStatement], devices: Sequence[DeviceStated]) -> Part[ProjectionEvent]:
    """Return the projection part of an exam."""
    if not statements:
        return Part()
    by_key = {s.key: s for s in statements}
    reports = ranked(whole_events(s) for s in statements if source_of(s) is Source.RDSR)
    images = [s for s in statements if source_of(s) is Source.IMAGE_HEADER]
    if reports:
        found = merged([listed(s, s.report.events) for s in reports])
    else:
        chosen = {image.sop_instance_uid for image in one_per_exposure([s.report for s in images]).counted}
        found = merged([listed(s, s.report.events) for s in images if s.report.sop_instance_uid in chosen])
    events = tuple(
        Counted(
            event_uid=one.key.event_uid,
            uid_is_stand_in=one.key.is_stand_in,
            source=source_of(by_key[one.places[0].statement]),
            device=max(0, _index(by_key[one.places[0].statement].report.device, devices)),
            places=one.places,
            event=one.event,
        )
        for one in found
    )
    totals = _totals(statements, reports, events)
    has_fluoroscopy = any(t.value for t in totals if t.quantity in (Quantity.FLUORO_DAP, Quantity.FLUORO_TIME))
    stated = {s.report.modality for s in statements if s.report.modality and s.report.modality != "SR"}
    modalities = stated or ({"RF"} if has_fluoroscopy else {"DX"})
    return Part(modalities=frozenset(modalities), events=events, totals=totals)


def _index(device: DeviceStated, devices: Sequence[DeviceStated]) -> int:
    return devices.index(device) if device in devices else 0


def _totals(
    statements: Sequence[ProjectionStatement],
    reports: Sequence[ProjectionStatement],
    events: Sequence[Counted[ProjectionEvent]],
) -> tuple[Total, ...]:
    others = sorted(
        (s for s in statements if source_of(s) not in (Source.RDSR, Source.IMAGE_HEADER)),
        key=lambda s: (list(Source).index(source_of(s)), s.key),
    )
    readings = tuple(
        Reading(one.places[0].statement, f"events[{one.places[0].index}].dap_gy_cm2", one.event.dap_gy_cm2)
        for one in events
        if one.event.dap_gy_cm2 is not None
    )
    missing = len(events) - len(readings)
    claims = [
        Claim(
            source=source_of(s),
            basis=Basis.STATED_TOTAL,
            readings=(Reading(s.key, "totals.dap_gy_cm2", s.report.totals.dap_gy_cm2),),
        )
        for s in (*reports[:1], *others)
        if s.report.totals.dap_gy_cm2 is not None
    ]
    source = Source.RDSR if reports else Source.IMAGE_HEADER
    basis = Basis.SUM_OF_EVENTS if reports else Basis.ACQUISITIONS_ONLY
    claims.append(Claim(source=source, basis=basis, readings=readings, missing=missing))
    totals = [total_of(Quantity.DAP, None, claims)]
    for quantity in (Quantity.KA_R, Quantity.FLUORO_DAP, Quantity.FLUORO_TIME, Quantity.ACQUISITION_DAP):
        for s in (*reports[:1], *others):
            for number, plane in enumerate(s.report.totals.planes):
                value = getattr(plane, quantity.value)
                if value is not None:
                    reading = Reading(s.key, f"totals.planes[{number}].{quantity.value}", value)
                    claim = Claim(source=source_of(s), basis=Basis.STATED_TOTAL, readings=(reading,))
                    totals.append(total_of(quantity, plane.plane, [claim]))
    return tuple(totals)
