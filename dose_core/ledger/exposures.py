"""
Which images are of one exposure, so that each exposure is counted once, whatever the order in which images come.

One exposure gives several images: for processing and for presentation, reconstructed, synthesised. The
irradiation event UID tells (PS3.3, C.7.6.1, (0008,3010)). Where devices state none, images of one exposure agree in
time, side, view, technique and dose, and differ in form; what also agrees in form is two exposures, taken within
the resolution of the clock.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dose_core.model import MammographyEvent, MammographyReport, Plane, ProjectionEvent, ProjectionReport

ImageStatement: TypeAlias = ProjectionReport | MammographyReport
_Group: TypeAlias = list[ImageStatement]  # images of one exposure, ordered by rank

_SAME_OBJECT = "the same object was sent again"
_SAME_EVENT = "an image of the same irradiation event"
_MADE_FROM_OTHERS = "made from irradiation events that other images state one by one"
_TWIN = "the same exposure in another form: same time, side, view, technique and dose"

# Of the forms that state a dose, the one nearest to the exposure speaks for it.
_FIRST_FORM = "FOR PROCESSING"
_SYNTHESISED_2D = "GENERATED_2D"  # Image Type of a 2D image computed from a tomosynthesis (PS3.3, C.8.11.7.1.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An image that is counted with another, and why; ``counted_with`` is the SOP Instance UID of that other."""

    sop_instance_uid: str
    counted_with: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures:
    """One image statement for each exposure, and the images that were left out; both ordered by SOP Instance UID."""

    counted: tuple[ImageStatement, ...]
    left_out: tuple[LeftOut, ...]


def one_per_exposure(images: Iterable[ImageStatement]) -> Exposures:
    """
    Return one statement for each exposure that the images show.

    The result depends on the set of images alone. Nothing is merged: the chosen statement stays as it is.
    """
    once: dict[str, ImageStatement] = {}
    again: list[ImageStatement] = []
    for image in sorted(images, key=_rank):
        if image.sop_instance_uid in once:
            again.append(image)
        else:
            once[image.sop_instance_uid] = image
    events = _by_events(once.values())
    composites = _composites(events)
    exposures = _with_twins([group for group in events if group not in composites])
    left_out = [_left_out(image, group[0]) for group in exposures for image in group[1:]]
    for group in composites:
        parts = [exposure[0] for exposure in exposures if any(_is_part_of(image, group[0]) for image in exposure)]
        left_out += [_left_out(image, min(parts, key=_object_of)) for image in group]
    counted_with = {one.sop_instance_uid: one.counted_with for one in left_out}
    left_out += [
        LeftOut(sop_instance_uid=uid, counted_with=counted_with.get(uid, uid), reason=_SAME_OBJECT)
        for uid in map(_object_of, again)
    ]
    return Exposures(
        counted=tuple(sorted((group[0] for group in exposures), key=_object_of)),
        left_out=tuple(sorted(left_out, key=lambda one: (one.sop_instance_uid, one.reason))),
    )


def _rank(image: ImageStatement) -> tuple[bool, bool, bool, bool, str, str]:
    """Order images: the one that comes first speaks for its exposure. The text parts what else is equal."""
    states_no_dose = not any(map(_dose_of, image.events))  # a copy may state 0 where another states what it was
    is_processed = image.image is None or image.image.presentation_intent != _FIRST_FORM
    return (
        states_no_dose,
        _is_synthesised(image),
        _is_secondary(image),
        is_processed,
        image.sop_instance_uid,
        repr(image),
    )


def _dose_of(event: MammographyEvent | ProjectionEvent) -> float | None:
    return event.agd_mgy if isinstance(event, MammographyEvent) else event.dap_gy_cm2


def _is_synthesised(image: ImageStatement) -> bool:
    return image.image is not None and _SYNTHESISED_2D in image.image.image_type


def _is_secondary(image: ImageStatement) -> bool:
    """Tell if the image was made after the examination (PS3.3, C.7.6.1.1.2), such as a subtraction that was kept."""
    return image.image is not None and image.image.image_type[1:2] == ("SECONDARY",)


def _plane_of(image: ImageStatement) -> Plane | None:
    """Return the plane of a biplane device, each of which gives a dose of its own to one event (PS3.16, TID 10042)."""
    planes = {event.plane for event in image.events if isinstance(event, ProjectionEvent)}
    plane = planes.pop() if len(planes) == 1 else None
    return plane if plane in (Plane.A, Plane.B) else None


def _object_of(image: ImageStatement) -> str:
    return image.sop_instance_uid


def _events_of(image: ImageStatement) -> frozenset[str] | None:
    return frozenset(image.image.event_uids) or None if image.image else None


def _by_events(images: Iterable[ImageStatement]) -> list[_Group]:
    """
    Return the images with those of the same irradiation events joined; one that names none joins nothing.

    Both planes of a biplane device may be one event; their images are two exposures.
    """
    groups: list[_Group] = []
    of_events: dict[frozenset[str], list[_Group]] = defaultdict(list)
    for image in images:
        events = _events_of(image)
        known = of_events[events] if events is not None else []
        group = next((one for one in known if _is_of_one_plane([*one, image])), None)
        if group is not None:
            group.append(image)
            continue
        groups.append([image])
        known.append(groups[-1])
    return groups


def _is_of_one_plane(images: _Group) -> bool:
    return len({_plane_of(image) for image in images} - {None}) <= 1


def _is_part_of(image: ImageStatement, composite: ImageStatement) -> bool:
    events, of_composite = _events_of(image), _events_of(composite)
    return events is not None and of_composite is not None and events < of_composite


def _composites(groups: list[_Group]) -> list[_Group]:
    """Return the images made from several events, such as stitched ones, of which other images state each event."""
    events = [_events_of(group[0]) or frozenset() for group in groups]
    stated_alone = {uid for uids in events if len(uids) == 1 for uid in uids}
    return [group for group, uids in zip(groups, events, strict=True) if len(uids) > 1 and uids <= stated_alone]


def _with_twins(groups: list[_Group]) -> list[_Group]:
    """
    Join images that agree in all but their form, into as few exposures as their forms allow.

    Two that differ in event UID are two exposures, and so are two of one form. Those with UID are settled; what
    has none joins the first that lacks its form.
    """
    kept: list[_Group] = []
    alike: dict[Hashable, list[_Group]] = defaultdict(list)
    for group in sorted(groups, key=lambda group: (_events_of(group[0]) is None, _rank(group[0]))):
        key = _likeness(group[0])
        twin = None
        if key is not None and _events_of(group[0]) is None:
            twin = next((other for other in alike[key] if _form(group[0]) not in map(_form, other)), None)
        if twin is not None:
            twin += group
            twin.sort(key=_rank)
            continue
        kept.append(group)
        for one in dict.fromkeys(map(_likeness, group)):  # images of one event may differ in what they state
            alike[one].append(group)
    return kept


def _left_out(image: ImageStatement, leader: ImageStatement) -> LeftOut:
    """Say why an image is not counted beside the leader of its exposure."""
    uids, of_leader = _events_of(image), _events_of(leader)
    if uids is not None and len(uids) > 1 and uids != of_leader:
        reason = _MADE_FROM_OTHERS
    else:
        reason = _SAME_EVENT if uids is not None and uids == of_leader else _TWIN
    return LeftOut(sop_instance_uid=image.sop_instance_uid, counted_with=leader.sop_instance_uid, reason=reason)


def _form(image: ImageStatement) -> Hashable:
    """Return what tells two images of one exposure apart."""
    intent = image.image.presentation_intent if image.image else None
    return image.sop_class_uid, intent, _is_synthesised(image), _is_secondary(image)


def _likeness(image: ImageStatement) -> Hashable | None:
    """
    Return what all images of one exposure have in common, ``None`` if the image states too little to say.

    Tomosynthesis is part of it: in a combined view it has the time of the 2D exposure, and is another one.
    """
    if len(image.events) != 1 or image.image is None:
        return None
    event = image.events[0]
    dose = _dose_of(event)
    kind = event.is_tomosynthesis if isinstance(event, MammographyEvent) else event.plane
    if image.study_instance_uid is None or event.started_at is None or (event.kv, event.mas, dose) == (None,) * 3:
        return None
    return (
        image.study_instance_uid,
        event.started_at,
        event.laterality,
        event.view,
        event.kv,
        event.mas,
        dose,
        kind,
    )
