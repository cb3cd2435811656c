"""
The totals of a CT exam: dose-length product, whole and per phantom, and the largest CTDIvol per phantom.

Values against different phantoms are unlike quantities: a CTDIvol of 10 mGy against 16 cm of plastic is less dose than
one against 32 cm (IEC 60601-2-44). Image headers state no DLP; what DoseLedger computes from them is an estimate and
gives way to every total that is stated.

Source: PS3.16, TID 10012 and 10013.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from dose_core.dosimetry.estimate import Estimate
from dose_core.ledger.claims import Claim, Reading, chosen_of, doubted, is_known, more_than_zero, total_of
from dose_core.ledger.conflicts import conflicts_of, zero_beside_more
from dose_core.ledger.coverage import Readings, claims_of_reports, without_running_totals
from dose_core.ledger.exam import ExamEvent
from dose_core.ledger.from_reports import lacks_dlp
from dose_core.ledger.merged import Listed
from dose_core.ledger.rounding import Texts
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import CtEvent, CtReport, DlpSubTotal

UNKNOWN_PHANTOM = "unknown"
_UNSEEN = (Source.MPPS, Source.SCREEN, Source.MANUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CtSaid:
    """What one source says of a CT: its statements ranked, and the events that they list or show, each once."""

    listing: Sequence[Listed[CtEvent]] = ()
    events: Sequence[ExamEvent] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CtDose:
    """All that speaks of the dose of one CT."""

    reports: Mapping[str, CtReport]  # by statement
    said: Mapping[Source, CtSaid]
    texts: Texts

    @property
    def source(self) -> Source | None:
        """The best source that lists events."""
        return next((source for source in Source if self.said[source].events), None)


def ct_totals(dose: CtDose) -> tuple[tuple[Total, ...], tuple[str, ...]]:
    """Return the totals, and where the sources contradict each other."""
    whole = _dlp(dose, None)
    conflicts: list[str] = []
    more = more_than_zero(whole)
    if more is not None:
        conflicts.append(zero_beside_more(Quantity.DLP, more))
        whole = doubted(whole)
    conflicts += conflicts_of(Quantity.DLP, whole, dose.texts)
    totals = [total_of(Quantity.DLP, None, whole)]
    of_events = _phantoms(dose, chosen_of(whole))
    phantoms = of_events or _phantoms_of_sub_totals(dose) or [UNKNOWN_PHANTOM]
    for phantom in phantoms:
        is_all = phantoms in (of_events[:1], [UNKNOWN_PHANTOM])
        claims = whole if is_all else _dlp(dose, phantom)
        if is_known(claims):
            totals.append(total_of(Quantity.DLP, phantom, claims))
    for phantom in phantoms:
        claims = _largest(dose, phantom)
        if is_known(claims):
            totals.append(total_of(Quantity.CTDI_VOL_MAX, phantom, claims))
    return tuple(totals), tuple(conflicts)


def phantom_of(event: ExamEvent) -> str:
    """Return the phantom of an event as a total names it: its diameter in mm."""
    return str(event.event.phantom_diameter_mm or UNKNOWN_PHANTOM)


def estimated_dlp(events: Iterable[ExamEvent]) -> tuple[float | None, tuple[DlpSubTotal, ...]]:
    """Return the DLP that was computed for all events in mGy.cm, and that of each phantom if there are several."""
    by_phantom: dict[int | None, list[float]] = defaultdict(list)
    for event in events:
        if isinstance(event.dlp_estimate, Estimate):
            by_phantom[event.event.phantom_diameter_mm].append(event.dlp_estimate.value)
    sub_totals = tuple(
        DlpSubTotal(phantom_diameter_mm=phantom, dlp_mgy_cm=fsum(by_phantom[phantom]))
        for phantom in sorted(by_phantom, key=lambda phantom: phantom or 0)
    )
    whole = fsum(value for its in by_phantom.values() for value in its) if by_phantom else None
    return whole, sub_totals if len(sub_totals) > 1 else ()


def lacks_estimate(event: ExamEvent) -> bool:
    """Test if an event should have a DLP and has none, neither stated nor computed."""
    return lacks_dlp(event) and not isinstance(event.dlp_estimate, Estimate)


def _phantoms(dose: CtDose, chosen: Claim | None) -> list[str]:
    """Return the phantoms of the doses that count: as the source of the DLP tells, else the best that lists events."""
    of_chosen = _phantoms_of(dose, chosen.source if chosen else None)
    return of_chosen if of_chosen and UNKNOWN_PHANTOM not in of_chosen else _phantoms_of(dose, dose.source)


def _phantoms_of(dose: CtDose, source: Source | None) -> list[str]:
    events = dose.said[source].events if source else ()
    return sorted({phantom_of(event) for event in events if _is_dosed(event)})


def _phantoms_of_sub_totals(dose: CtDose) -> list[str]:
    """Return the phantoms of which a report states a part of its total, where it lists no event that names one."""
    stated = (one for report in dose.reports.values() for one in report.totals.dlp_sub_totals)
    return sorted({_phantom(one) for one in stated if one.dlp_mgy_cm is not None})


def _phantom(sub_total: DlpSubTotal) -> str:
    return str(sub_total.phantom_diameter_mm or UNKNOWN_PHANTOM)


def _is_dosed(event: ExamEvent) -> bool:
    stated = event.event
    is_stated = stated.ctdi_vol_mgy is not None or stated.dlp_mgy_cm is not None
    return is_stated or isinstance(event.dlp_estimate, Estimate)


def _dlp(dose: CtDose, phantom: str | None) -> list[Claim]:
    """Return what is said of the DLP, in the order in which sources win; an estimate comes last in any order."""
    claims: list[Claim] = []
    for source in (Source.RDSR, *_UNSEEN):
        said = dose.said[source]
        claims += _total_dlps(dose, source, phantom)
        if said.events and (source is Source.RDSR or any(e.event.dlp_mgy_cm is not None for e in said.events)):
            claims += _sum(said.events, source, phantom, _dlp_of, lacks_dlp)
    shown = dose.said[Source.IMAGE_HEADER].events
    claims += _sum(shown, Source.IMAGE_HEADER, phantom, _estimate_of, lacks_estimate)
    return without_running_totals(claims, dose.texts)


def _total_dlps(dose: CtDose, source: Source, phantom: str | None) -> list[Claim]:
    """Return what the statements of a source call the total; those of several steps add up."""
    listing = dose.said[source].listing

    def readings_of(one: Listed[CtEvent]) -> Readings:
        return _total_dlp(dose.reports[one.statement.key], one.statement.key, phantom)

    if source is not Source.MPPS:
        return claims_of_reports(listing, {key for one in listing for key in one.events}, readings_of, source)
    stated = [readings for one in listing if (readings := readings_of(one))]
    if not stated:
        return []
    return [
        Claim(
            source=source,
            basis=Basis.STATED_TOTAL if len(stated) == 1 else Basis.SUM_OF_TOTALS,
            readings=tuple(one for its in stated for one in its),
            missing=len(listing) - len(stated),
        )
    ]


def _total_dlp(report: CtReport, key: str, phantom: str | None) -> Readings:
    """Return the total that a report states, or its sub-totals for one phantom (TID 10012, row 3a) or for all."""
    totals = report.totals
    if phantom is None and totals.dlp_mgy_cm is not None:
        return (Reading(key, "totals.dlp_mgy_cm", totals.dlp_mgy_cm),)
    if phantom is None and any(one.dlp_mgy_cm is None for one in totals.dlp_sub_totals):
        return ()
    return tuple(
        Reading(key, f"totals.dlp_sub_totals[{index}].dlp_mgy_cm", one.dlp_mgy_cm)
        for index, one in enumerate(totals.dlp_sub_totals)
        if one.dlp_mgy_cm is not None and phantom in (None, _phantom(one))
    )


def _sum(
    events: Sequence[ExamEvent],
    source: Source,
    phantom: str | None,
    value_of: Callable[[ExamEvent], float | None],
    lacks: Callable[[ExamEvent], bool],
) -> list[Claim]:
    """Return the sum over the events of a phantom, or of all; none over localizers alone, of which no DLP is stated."""
    its = [event for event in events if phantom is None or phantom_of(event) == phantom]
    readings = tuple(_reading(event, "dlp_mgy_cm", value) for event in its if (value := value_of(event)) is not None)
    missing = sum(map(lacks, its))
    basis = Basis.ESTIMATE if source is Source.IMAGE_HEADER else Basis.SUM_OF_EVENTS
    return [Claim(source=source, basis=basis, readings=readings, missing=missing)] if readings or missing else []


def _dlp_of(event: ExamEvent) -> float | None:
    return event.event.dlp_mgy_cm


def _estimate_of(event: ExamEvent) -> float | None:
    return event.dlp_estimate.value if isinstance(event.dlp_estimate, Estimate) else None


def _largest(dose: CtDose, phantom: str) -> list[Claim]:
    """Return the largest CTDIvol that each source states for a phantom."""
    claims: list[Claim] = []
    for source in Source:
        its = [event for event in dose.said[source].events if phantom_of(event) == phantom and _is_dosed(event)]
        readings = tuple(
            _reading(event, "ctdi_vol_mgy", event.event.ctdi_vol_mgy)
            for event in its
            if event.event.ctdi_vol_mgy is not None
        )
        missing = len(its) - len(readings)
        if readings:
            claims.append(Claim(source=source, basis=Basis.MAX_OF_EVENTS, readings=readings, missing=missing))
    return claims


def _reading(event: ExamEvent, field: str, value: float) -> Reading:
    place = event.places[next((one.place for one in event.filled if one.field == field), 0)]
    return Reading(place.statement, f"events[{place.index}].{field}", value)
