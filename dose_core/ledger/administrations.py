"""
The administrations of one study, each once, however many images and reports speak of it.

A report wins over images, and images over what a person typed. Event UIDs of reports are trusted, those of images are
not. Where no start is stated, as in most NM images, two administrations of one agent with the same activity cannot be
told apart and count as one. A typed statement repeats what an object states of the same agent, unless their starts
lie apart.

Source: PS3.16, TID 10022; PS3.3, C.8.9.2 and C.8.4.10; ``docs/reference/reading.md`` for the rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dose_core.ledger.administration_groups import (
    Group,
    NuclearStatement,
    Rank,
    Stated,
    best,
    groups_of_images,
    groups_of_reports,
    sortable,
    stated_in,
)
from dose_core.ledger.exam import NotCounted, Place
from dose_core.ledger.precedence import precedence
from dose_core.ledger.radiopharmaceuticals import (
    SAME_START,
    activity,
    agree_in_activity,
    gap,
    is_part_of,
    may_be_one,
)
from dose_core.ledger.source import Source
from dose_core.ledger.typed_administrations import repeated
from dose_core.model import Administration

# Images of one administration lie apart by this as well (bone scans), so that a person is only asked to look.
_LONG_EXAMINATION = timedelta(hours=1)
_WHO = dict.fromkeys(Source, "a typed statement says") | {Source.IMAGE_HEADER: "images state"}
_TOO_MANY = "more administrations than one study can have: they were not told apart"
_AMBIGUOUS = "images that could show several of the administrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAdministration:
    """
    One administration, counted once.

    ``administration`` holds the values of the statement that won, ``places`` where it and all others speak of
    it, winner first; ``notes`` says where the others differ, or what could not be told apart.
    """

    source: Source
    places: tuple[Place, ...]
    administration: Administration
    notes: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """The keys of the statements that speak of it, each once."""
        return tuple(dict.fromkeys(place.statement for place in self.places))


def administrations_of(
    statements: Iterable[NuclearStatement],
) -> tuple[tuple[CountedAdministration, ...], tuple[NotCounted, ...]]:
    """Return each administration once, in order of time, and the images that fit several of them."""
    stated = [one for statement in {one.key: one for one in statements}.values() for one in stated_in(statement)]
    of_reports, too_many = groups_of_reports([one for one in stated if one.is_report])
    of_images, more = groups_of_images([one for one in stated if one.source is Source.IMAGE_HEADER])
    counted = [_Counted(group) for group in of_reports]
    images: list[Group] = []
    for group in of_images:
        fitting = [one for one in counted if may_be_one(best(one.group), best(group))]
        if fitting:
            min(fitting, key=lambda one: _distance(one.group, group)).others.append(group)
        else:
            images.append(group)
    told_apart, ambiguous = _told_apart(images)
    counted += [_Counted(group, others) for group, others in told_apart]
    typed, most = groups_of_images([one for one in stated if one.source not in (Source.RDSR, Source.IMAGE_HEADER)])
    of_objects = list(counted)
    repeats = repeated(typed, [one.group for one in of_objects])
    for number, group in enumerate(typed):
        if number in repeats:
            of_objects[repeats[number]].others.append(group)
        else:
            counted.append(_Counted(group))
    left_out = [
        NotCounted(statements=tuple(sorted({one.key for one in group})), event_uid=None, reason=reason)
        for group, reason in (*((group, _AMBIGUOUS) for group in ambiguous), ([*too_many, *more, *most], _TOO_MANY))
        if group
    ]
    result = (one.result() for one in counted)
    return tuple(sorted(result, key=_in_time)), tuple(sorted(left_out, key=lambda one: one.statements))


class _Counted:
    """One administration: the statements of the best source, and those of others that speak of it."""

    def __init__(self, group: Group, others: Sequence[Group] = ()) -> None:
        self.group = group
        self.others = list(others)

    def result(self) -> CountedAdministration:
        members = [one for group in self.others for one in group]
        members.sort(key=lambda one: one.rank, reverse=True)
        members.sort(key=lambda one: precedence(one.source))
        return CountedAdministration(
            source=self.group[0].source,
            places=tuple(dict.fromkeys(one.place for one in (*self.group, *members))),
            administration=best(self.group),
            notes=tuple(dict.fromkeys([*_differences(self.group, self.others), *_apart([*self.group, *members])])),
        )


def _told_apart(groups: Sequence[Group]) -> tuple[list[tuple[Group, list[Group]]], list[Group]]:
    """Return the groups that count, each with the vaguer ones that fit it alone, and those that fit several."""
    counted: list[tuple[Group, list[Group]]] = []
    ambiguous: list[Group] = []
    for vagueness in range(3):
        fuller = list(counted)
        for group in groups:
            if _vagueness(group) != vagueness:
                continue
            fitting = [parts for full, parts in fuller if is_part_of(best(group), best(full))]
            if not fitting:
                counted.append((group, []))
            elif len(fitting) == 1:
                fitting[0].append(group)
            else:
                ambiguous.append(group)
    return counted, ambiguous


def _vagueness(group: Group) -> int:
    """Return 0 if activity and start are stated, 1 without start, 2 without activity."""
    if activity(best(group)) is None:
        return 2
    return 1 if best(group).start is None else 0


def _differences(group: Group, others: Sequence[Group]) -> Iterable[str]:
    winner = best(group)
    for other in others:
        stated = best(other)
        who = _WHO[other[0].source]
        if not agree_in_activity(winner, stated):
            yield f"{who} {stated.administered_activity_mbq:g} MBq"
        between = gap(winner.start, stated.start)
        if stated.start is not None and between is not None and between > SAME_START:
            yield f"{who} the start as {stated.start.isoformat()}"


def _apart(members: Sequence[Stated]) -> Iterable[str]:
    """Say where images without start lie so far apart that they may show two administrations."""
    if any(one.administration.start is not None for one in members):
        return
    times = sorted((one.report.started_at for one in members if one.report.started_at), key=sortable)
    between = gap(times[0], times[-1]) if times else None
    if between is not None and between > _LONG_EXAMINATION:
        yield f"no start is stated and the images lie {between} apart: several administrations would look the same"


def _distance(report: Group, image: Group) -> tuple[timedelta, Rank]:
    return gap(best(report).start, best(image).start) or timedelta(0), report[0].rank


def _in_time(one: CountedAdministration) -> tuple[str, tuple[str, ...], str]:
    return sortable(one.administration.start), one.statements, one.administration.event_uid or ""
