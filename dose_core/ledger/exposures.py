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
from typing import Generic, TypeVar

from dose_core.ledger.exam import Statement
from dose_core.model import MammographyEvent, MammographyReport, Plane, ProjectionEvent, ProjectionReport

ImageT = TypeVar("ImageT", bound=ProjectionReport | MammographyReport)

_SAME_OBJECT = "the same object was sent again"
_SAME_EVENT = "an image of the same irradiation event"
_MADE_FROM_OTHERS = "made from irradiation events that other images state one by one"
_TWIN = "the same exposure in another form: same time, side, view, technique and dose"

# Of the forms that state a dose, the one nearest to the exposure speaks for it.
_FIRST_FORM = "FOR PROCESSING"
_SYNTHESISED_2D = "GENERATED_2D"  # Image Type of a 2D image computed from a tomosynthesis (PS3.3, C.8.11.7.1.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut(Generic[ImageT]):
    """An image that is counted with another, and why."""

    image: Statement[ImageT]
    counted_with: Statement[ImageT]
    reason: str

    @property
    def is_composite(self) -> bool:
        """Whether it shows several exposures rather than one of them again."""
        return self.reason == _MADE_FROM_OTHERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposures(Generic[ImageT]):
    """
    The images of each exposure, the one that speaks for it first, in order of SOP Instance UID.

    ``left_out`` says of every other image why it is not counted beside another.
    """

    counted: tuple[tuple[Statement[ImageT], ...], ...]
    left_out: tuple[LeftOut[ImageT], ...]


class _Group(Generic[ImageT]):
    """Images of one exposure."""

    def __init__(self, image: Statement[ImageT]) -> None:
        self.images = [image]
        self.events = _events_of(image.report)
        self.planes = {_plane_of(image.report)} - {None}
        self.forms = {_form(image.report)}

    @property
    def leader(self) -> Statement[ImageT]:
        return self.images[0]

    def may_hold(self, plane: Plane | None) -> bool:
        """Tell if an image of this plane can be of the exposure."""
        return plane is None or not self.planes or plane in self.planes

    def add(self, image: Statement[ImageT]) -> None:
        self.images.append(image)
        self.planes |= {_plane_of(image.report)} - {None}
        self.forms.add(_form(image.report))


def one_per_exposure(images: Iterable[Statement[ImageT]]) -> Exposures[ImageT]:
    """
    Return the images of each exposure.

    The result depends on the set of images alone. Nothing is merged: the statements stay as they are.
    """
    once: dict[str, Statement[ImageT]] = {}
    ordered = sorted(images, key=_rank)
    again = [image for image in ordered if once.setdefault(image.report.sop_instance_uid, image) is not image]
    events = _by_events(once.values())
    composites = _composites(events)
    exposures = _with_twins([group for group in events if group not in composites])
    left_out = [_left_out(image, group.leader) for group in exposures for image in group.images[1:]]
    left_out += _made_from(composites, exposures)
    leaders = {one.image.report.sop_instance_uid: one.counted_with for one in left_out}
    left_out += [
        LeftOut(image=image, counted_with=leaders.get(uid, once[uid]), reason=_SAME_OBJECT)
        for image, uid in ((image, image.report.sop_instance_uid) for image in again)
    ]
    return Exposures(
        counted=tuple(tuple(group.images) for group in sorted(exposures, key=lambda group: _object_of(group.leader))),
        left_out=tuple(sorted(left_out, key=lambda one: (*_object_of(one.image), one.reason))),
    )


def _rank(image: Statement[ImageT]) -> tuple[bool, bool, bool, bool, str, str]:
    """Order images: the one that comes first speaks for its exposure. The texts part what else is equal."""
    report = image.report
    states_no_dose = not any(map(_dose_of, report.events))  # a copy may state 0 where another states what it was
    is_processed = report.image is None or report.image.presentation_intent != _FIRST_FORM
    return states_no_dose, _is_synthesised(report), _is_secondary(report), is_processed, *_object_of(image)


def _object_of(image: Statement[ImageT]) -> tuple[str, str]:
    return image.report.sop_instance_uid, image.key


def _dose_of(event: MammographyEvent | ProjectionEvent) -> float | None:
    return event.agd_mgy if isinstance(event, MammographyEvent) else event.dap_gy_cm2


def _is_synthesised(image: ImageT) -> bool:
    return image.image is not None and _SYNTHESISED_2D in image.image.image_type


def _is_secondary(image: ImageT) -> bool:
    """Tell if the image was made after the examination (PS3.3, C.7.6.1.1.2), such as a subtraction that was kept."""
    return image.image is not None and image.image.image_type[1:2] == ("SECONDARY",)


def _plane_of(image: ImageT) -> Plane | None:
    """Return the plane of a biplane device, each of which gives a dose of its own to one event (PS3.16, TID 10042)."""
    planes = {event.plane for event in image.events if isinstance(event, ProjectionEvent)}
    plane = planes.pop() if len(planes) == 1 else None
    return plane if plane in (Plane.A, Plane.B) else None


def _events_of(image: ImageT) -> frozenset[str] | None:
    return frozenset(image.image.event_uids) or None if image.image else None


def _by_events(images: Iterable[Statement[ImageT]]) -> list[_Group[ImageT]]:
    """
    Return the images with those of the same irradiation events joined; one that names none joins nothing.

    Both planes of a biplane device may be one event; their images are two exposures.
    """
    groups: list[_Group[ImageT]] = []
    of_events: dict[frozenset[str], list[_Group[ImageT]]] = defaultdict(list)  # two at most, for there are two planes
    for image in images:
        events = _events_of(image.report)
        known = of_events[events] if events is not None else []
        group = next((one for one in known if one.may_hold(_plane_of(image.report))), None)
        if group is not None:
            group.add(image)
            continue
        groups.append(_Group(image))
        known.append(groups[-1])
    return groups


def _composites(groups: Iterable[_Group[ImageT]]) -> list[_Group[ImageT]]:
    """Return the images made from several events, such as stitched ones, of which other images state each event."""
    stated_alone = {uid for group in groups if group.events and len(group.events) == 1 for uid in group.events}
    return [group for group in groups if group.events and len(group.events) > 1 and group.events <= stated_alone]


def _made_from(composites: Iterable[_Group[ImageT]], exposures: Iterable[_Group[ImageT]]) -> list[LeftOut[ImageT]]:
    parts: dict[str, list[Statement[ImageT]]] = defaultdict(list)
    for group in exposures:
        if group.events and len(group.events) == 1:
            parts[next(iter(group.events))].append(group.leader)
    return [
        _left_out(image, min((part for uid in group.events or () for part in parts[uid]), key=_object_of))
        for group in composites
        for image in group.images
    ]


def _with_twins(groups: Iterable[_Group[ImageT]]) -> list[_Group[ImageT]]:
    """
    Join images that agree in all but their form, into as few exposures as their forms allow.

    Two that differ in event UID are two exposures, and so are two of one form. Those with UID are settled; what
    has none joins the first that lacks its form.
    """
    kept: list[_Group[ImageT]] = []
    alike: dict[Hashable, list[_Group[ImageT]]] = defaultdict(list)
    passed: dict[Hashable, int] = defaultdict(int)  # so many of those alike have this form for certain
    for group in sorted(groups, key=lambda group: (group.events is None, _rank(group.leader))):
        key = _likeness(group.leader.report)
        twin = None
        if key is not None and group.events is None:
            form = _form(group.leader.report)
            while passed[key, form] < len(alike[key]) and form in alike[key][passed[key, form]].forms:
                passed[key, form] += 1
            twin = next(iter(alike[key][passed[key, form] :][:1]), None)
        if twin is not None:
            twin.add(group.leader)
            continue
        kept.append(group)
        for one in dict.fromkeys(_likeness(image.report) for image in group.images):
            if one is not None:  # images of one event may differ in what they state
                alike[one].append(group)
    for group in kept:
        group.images.sort(key=_rank)
    return kept


def _left_out(image: Statement[ImageT], leader: Statement[ImageT]) -> LeftOut[ImageT]:
    """Say why an image is not counted beside the leader of its exposure."""
    uids, of_leader = _events_of(image.report), _events_of(leader.report)
    if uids is not None and len(uids) > 1 and uids != of_leader:
        reason = _MADE_FROM_OTHERS
    else:
        reason = _SAME_EVENT if uids is not None and uids == of_leader else _TWIN
    return LeftOut(image=image, counted_with=leader, reason=reason)


def _form(image: ImageT) -> Hashable:
    """Return what tells two images of one exposure apart."""
    intent = image.image.presentation_intent if image.image else None
    return image.sop_class_uid, intent, _is_synthesised(image), _is_secondary(image)


def _likeness(image: ImageT) -> Hashable | None:
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
