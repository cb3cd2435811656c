"""
Events from the headers of CT images.

One acquisition is reconstructed many times, so slices are gathered by irradiation event UID
(0008,3010) over all series, and one reconstruction speaks for the event. Slices without that UID
are gathered by acquisition number, or by series; derived images without it are not counted at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from dose_core.dosimetry.ct_dlp_from_images import SliceDose, estimate_dlp
from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtStatement, ExamEvent, NotCounted, Source
from dose_core.ledger.from_reports import in_time, moment
from dose_core.ledger.reconstruction import one_slice_each, reconstruction_of, slice_of, z_of
from dose_core.ledger.stand_in import uid_of
from dose_core.model import AcquisitionType, CtEvent, CtSlice, XRaySource

_NOT_TOLD_APART = NotComputable(
    missing=("Irradiation Event UID (0008,3010)",),
    reason="the images may be a reconstruction of a scan that another series shows",
)

Group = tuple[str, bool]  # event UID, and whether it is a stand-in


def events_of_slices(statements: Sequence[CtStatement]) -> tuple[tuple[ExamEvent, ...], tuple[NotCounted, ...]]:
    """Return the events that the slices belong to, in order of time, and the slices that were not counted."""
    groups: dict[Group, list[CtStatement]] = defaultdict(list)
    derived: list[str] = []
    mixed: list[str] = []
    single = one_slice_each(statements)
    for statement in single:
        where = slice_of(statement)
        if len(where.event_uids) > 1:
            mixed.append(statement.key)
        elif where.event_uids:
            groups[where.event_uids[0], False].append(statement)
        elif where.image_type[:1] == ("DERIVED",):
            derived.append(statement.key)
        else:
            groups[_stand_in(statement, where), True].append(statement)
    events = sorted(_told_apart([_event(group, members) for group, members in groups.items()], single), key=in_time)
    left_out = (
        NotCounted(statements=tuple(sorted(keys)), event_uid=None, reason=reason)
        for keys, reason in (
            (derived, "derived images that name no irradiation event"),
            (mixed, "images made from several irradiation events"),
        )
        if keys
    )
    return tuple(events), tuple(left_out)


def _stand_in(statement: CtStatement, where: CtSlice) -> str:
    acquisition = where.series_instance_uid if where.acquisition_number is None else where.acquisition_number
    traits = (statement.report.study_instance_uid, where.frame_of_reference_uid, acquisition)
    # Some devices number a localizer like the scan that it plans.
    return uid_of("ct localizer" if _is_localizer(statement) else "ct acquisition", *traits)


def _told_apart(events: list[ExamEvent], statements: Sequence[CtStatement]) -> list[ExamEvent]:
    """Refuse the DLP of images that nothing tells apart: they may show what another event counts already."""
    if sum(e.dlp_estimate is not None for e in events) < 2:  # noqa: PLR2004 - it and another
        return events
    named = {_acquisition(s) for s in statements if slice_of(s).event_uids and not _is_localizer(s)}
    unsure = {s.key for s in statements if slice_of(s).acquisition_number is None or _acquisition(s) in named}
    return [
        replace(e, dlp_estimate=_NOT_TOLD_APART)
        if e.uid_is_stand_in and e.dlp_estimate is not None and e.statements[0] in unsure
        else e
        for e in events
    ]


def _acquisition(statement: CtStatement) -> tuple[str | None, int | None]:
    where = slice_of(statement)
    return where.frame_of_reference_uid, where.acquisition_number


def _event(group: Group, members: list[CtStatement]) -> ExamEvent:
    event_uid, stand_in = group
    reconstruction = reconstruction_of(members, is_one_event=not stand_in)
    chosen = reconstruction.slices
    first = chosen[0]
    stated = [s.report.events[0] for s in chosen if s.report.events]
    slices = [
        SliceDose(z_mm=z_of(s), thickness_mm=slice_of(s).thickness_mm, ctdi_vol_mgy=_ctdi_vol_mgy(s)) for s in chosen
    ]
    z_mm = [z for z in map(z_of, chosen) if z is not None]
    lead = first.report.events[0] if first.report.events else CtEvent()
    event = CtEvent(
        event_uid=None if stand_in else event_uid,
        started_at=min((e.started_at for e in stated if e.started_at), key=moment, default=None),
        acquisition_type=lead.acquisition_type,
        protocol=lead.protocol,
        target_region=lead.target_region,
        ctdi_vol_mgy=_mean(e.ctdi_vol_mgy for e in stated),
        phantom_diameter_mm=_agreed(e.phantom_diameter_mm for e in stated),
        z_start_mm=min(z_mm, default=None),
        z_end_mm=max(z_mm, default=None),
        modulation=lead.modulation,
        total_collimation_mm=lead.total_collimation_mm,
        pitch=lead.pitch,
        sources=_sources(stated),
    )
    return ExamEvent(
        event_uid=event_uid,
        uid_is_stand_in=stand_in,
        source=Source.IMAGE_HEADER,
        statements=(first.key, *sorted(s.key for s in members if s.key != first.key)),
        event=event,
        slice_count=len(chosen),
        dlp_estimate=None if _is_localizer(first) else reconstruction.refusal or estimate_dlp(slices),
    )


def _sources(stated: Sequence[CtEvent]) -> tuple[XRaySource, ...]:
    lead = next((e.sources[0] for e in stated if e.sources), None)
    if lead is None:
        return ()
    return (
        XRaySource(
            kv=lead.kv,
            ma_mean=_mean(e.sources[0].ma_mean for e in stated if e.sources),
            ma_max=max((e.sources[0].ma_mean for e in stated if e.sources and e.sources[0].ma_mean), default=None),
            rotation_time_s=lead.rotation_time_s,
        ),
    )


def _is_localizer(statement: CtStatement) -> bool:
    return any(e.acquisition_type is AcquisitionType.CONSTANT_ANGLE for e in statement.report.events)


def _ctdi_vol_mgy(statement: CtStatement) -> float | None:
    return statement.report.events[0].ctdi_vol_mgy if statement.report.events else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _agreed(values: Iterable[int | None]) -> int | None:
    """Return the value on which all agree that state one; slices that contradict each other settle nothing."""
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None
