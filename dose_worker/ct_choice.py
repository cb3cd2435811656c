"""Which one reconstruction of a CT event is measured, of those that an archive has."""

from collections.abc import Iterable, Sequence

from dose_services.ct_sizes import Wanted
from dose_worker.ct_images import Reconstruction

_AS_LONG = 0.9  # ours: reconstructions of one scan begin and end a little apart


def chosen(found: Sequence[Reconstruction], wanted: Wanted) -> dict[str, Reconstruction]:
    """
    Return for each wanted event the reconstruction that shows it best.

    Of those that show nearly all of its length the one with the largest field of view, since it cuts off least; of
    several such the one with the fewest images, which costs least.
    """
    by_event: dict[str, list[Reconstruction]] = {}
    for one in found:
        for event_uid in _shown(one, wanted):
            by_event.setdefault(event_uid, []).append(one)
    return {event_uid: _best(of_event) for event_uid, of_event in by_event.items()}


def _shown(one: Reconstruction, wanted: Wanted) -> Iterable[str]:
    if not one.event_uids and wanted.only_event_uid is not None:
        return (wanted.only_event_uid,)
    return (uid for uid in one.event_uids if uid in wanted.event_uids) if len(one.event_uids) == 1 else ()


def _best(of_event: list[Reconstruction]) -> Reconstruction:
    if any(one.is_original for one in of_event):
        of_event = [one for one in of_event if one.is_original]
    longest_mm = max(map(_length_mm, of_event))
    long_enough = [one for one in of_event if _length_mm(one) >= _AS_LONG * longest_mm]
    return min(long_enough, key=lambda one: (-(one.field_of_view_mm or 0.0), len(one.slices), one.series_instance_uid))


def _length_mm(one: Reconstruction) -> float:
    places = [held.z_mm for held in one.slices]
    return max(places) - min(places)
