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
from dose_core.dosimetry.ct_over_ranging import Scan
from dose_core.dosimetry.estimate import NotComputable
from dose_core.ledger.exam import CtStatement, ExamEvent, NotCounted, Place
from dose_core.ledger.from_reports import in_time
from dose_core.ledger.precedence import moment
from dose_core.ledger.reconstruction import Slice, reconstruction_of, slices_of
from dose_core.ledger.source import Source
from dose_core.ledger.stand_in import uid_of
from dose_core.model import AcquisitionType, CtEvent, XRaySource

_NOT_TOLD_APART = NotComputable(
    missing=("Irradiation Event UID (0008,3010)",),
    reason="the images may be a reconstruction of a scan that another series shows",
)

Group = tuple[str, bool]  # event UID, and whether it is a stand-in


def events_of_slices(statements: Sequence[CtStatement]) -> tuple[tuple[ExamEvent, ...], tuple[NotCounted, ...]]:
    """Return the events that the slices belong to, in order of time, and the slices that were not counted."""
    groups: dict[Group, list[Slice]] = defaultdict(list)
    derived: set[str] = set()
    mixed: set[str] = set()
    slices = slices_of(statements)
    for one in slices:
        group = group_of(one)
        if group is not None:
            groups[group].append(one)
        else:
            (mixed if one.image.event_uids else derived).add(one.key)
    found = [_event(group, members) for group, members in groups.items()]
    events = sorted(_told_apart(found, slices), key=in_time)
    left_out = (
        NotCounted(statements=tuple(sorted(keys)), event_uid=None, reason=reason)
        for keys, reason in (
            (derived, "derived images that name no irradiation event"),
            (mixed, "images made from several irradiation events"),
        )
        if keys
    )
    return tuple(events), tuple(left_out)


def group_of(one: Slice) -> Group | None:
    """Return the event that a slice is counted for; ``None`` of one that is made from several or derived from any."""
    uids = one.image.event_uids
    if uids:
        return (uids[0], False) if len(uids) == 1 else None
    return None if one.image.image_type[:1] == ("DERIVED",) else (_stand_in(one), True)


def _stand_in(one: Slice) -> str:
    image = one.image
    acquisition = image.series_instance_uid if image.acquisition_number is None else image.acquisition_number
    traits = (one.statement.report.study_instance_uid, image.frame_of_reference_uid, acquisition)
    # Some devices number a localizer like the scan that it plans.
    return uid_of("ct localizer" if _is_localizer(one) else "ct acquisition", *traits)


def _told_apart(found: Sequence[tuple[ExamEvent, Slice]], slices: Sequence[Slice]) -> list[ExamEvent]:
    """Refuse the DLP of images that nothing tells apart: they may show what another event counts already."""
    events = [event for event, _ in found]
    if sum(e.dlp_estimate is not None for e in events) < 2:  # noqa: PLR2004 - it and another
        return events
    named = {_acquisition(one) for one in slices if one.image.event_uids and not _is_localizer(one)}
    return [
        replace(event, dlp_estimate=_NOT_TOLD_APART)
        if event.uid_is_stand_in
        and event.dlp_estimate is not None
        and (lead.image.acquisition_number is None or _acquisition(lead) in named)
        else event
        for event, lead in found
    ]


def _acquisition(one: Slice) -> tuple[str | None, int | None]:
    return one.image.frame_of_reference_uid, one.image.acquisition_number


def _event(group: Group, members: list[Slice]) -> tuple[ExamEvent, Slice]:
    """Return the event, and the slice that speaks for it."""
    event_uid, stand_in = group
    reconstruction = reconstruction_of(members, is_one_event=not stand_in)
    chosen = reconstruction.slices
    lead = chosen[0]
    stated = [one.event for one in chosen]
    z_mm = [one.image.z_mm for one in chosen if one.image.z_mm is not None]
    event = CtEvent(
        event_uid=None if stand_in else event_uid,
        started_at=min((e.started_at for e in stated if e.started_at), key=moment, default=None),
        acquisition_type=lead.event.acquisition_type,
        protocol=lead.event.protocol,
        target_region=lead.event.target_region,
        ctdi_vol_mgy=_mean(e.ctdi_vol_mgy for e in stated),
        phantom_diameter_mm=_agreed(e.phantom_diameter_mm for e in stated),
        z_start_mm=min(z_mm, default=None),
        z_end_mm=max(z_mm, default=None),
        modulation=lead.event.modulation,
        single_collimation_mm=lead.event.single_collimation_mm,
        total_collimation_mm=lead.event.total_collimation_mm,
        pitch=lead.event.pitch,
        sources=_sources(stated),
    )
    # An enhanced image states many slices of an event under one key.
    others = {one.key for one in members} - {lead.key}
    doses = [
        SliceDose(z_mm=one.image.z_mm, thickness_mm=one.image.thickness_mm, ctdi_vol_mgy=one.event.ctdi_vol_mgy)
        for one in chosen
    ]
    return (
        ExamEvent(
            event_uid=event_uid,
            uid_is_stand_in=stand_in,
            source=Source.IMAGE_HEADER,
            statements=(lead.key, *sorted(others)),
            places=(Place(statement=lead.key, index=lead.frame),),
            event=event,
            slice_count=len(chosen),
            dlp_estimate=None if _is_localizer(lead) else reconstruction.refusal or estimate_dlp(doses, scan_of(event)),
        ),
        lead,
    )


def scan_of(event: CtEvent) -> Scan:
    """Return what bounds the length that the slices of an event do not show."""
    kind = event.acquisition_type
    return Scan(
        is_spiral=None if kind in {None, AcquisitionType.FREE} else kind is AcquisitionType.SPIRAL,
        total_collimation_mm=event.total_collimation_mm,
        pitch=event.pitch,
    )


def _sources(stated: Sequence[CtEvent]) -> tuple[XRaySource, ...]:
    """Return the tubes, each with the mean and the largest of the currents that the slices state for it."""
    with_sources = [e.sources for e in stated if e.sources]
    count = max(map(len, with_sources), default=0)
    return tuple(_source([sources[n] for sources in with_sources if n < len(sources)]) for n in range(count))


def _source(stated: Sequence[XRaySource]) -> XRaySource:
    return XRaySource(
        kv=stated[0].kv,
        ma_mean=_mean(source.ma_mean for source in stated),
        ma_max=max((source.ma_mean for source in stated if source.ma_mean), default=None),
        rotation_time_s=stated[0].rotation_time_s,
    )


def _is_localizer(one: Slice) -> bool:
    return one.event.acquisition_type is AcquisitionType.CONSTANT_ANGLE


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _agreed(values: Iterable[int | None]) -> int | None:
    """Return the value on which all agree that state one; slices that contradict each other settle nothing."""
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None
