"""
A hospital day of 500 patients, drawn from a seed: what happens, in which order, and in which other order it arrives.

The day is cut into shifts. Within one, everything arrives in any order, and some of it twice; between two shifts
nothing is under way. All people are invented.
"""

import itertools
import random
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.builders.hospital_events import Dose, Event, Happening, Link, Merge, Unmerge, Update
from tests.builders.hospital_people import Hospital
from tests.builders.hospital_stories import HOW_OFTEN, OPEN_ANSWERS, Chapters, Story, plain

SHIFTS = 24
_TWICE = 0.06  # of all messages and objects come a second time, byte for byte
_RETOLD = 80  # messages tell again what one before told, under a control id of their own
_RETELLABLE = (Update, Merge, Link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """``deliveries`` in the order in which they are sent; ``unmerges`` are asked for when all of them are answered."""

    deliveries: tuple[Happening, ...]
    unmerges: tuple[Unmerge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalDay:
    """``happenings`` in their true order, each once; ``shifts`` as they are delivered."""

    happenings: tuple[Happening, ...]
    shifts: tuple[Shift, ...]
    people: int

    @property
    def messages(self) -> list[Happening]:
        """All messages, each once."""
        return [one for one in self.happenings if is_message(one.event)]


def hospital_day(*, people: int, messages: int, seed: int) -> HospitalDay:
    """
    Return the day of this seed, with as many people and messages.

    Raises:
        ValueError: the people alone make more messages.
    """
    drawn = random.Random(seed)  # noqa: S311  a day in a test, no secret
    hospital = Hospital(drawn)
    stories = [_told(story, hospital) for story, times in HOW_OFTEN.items() for _ in range(times)]
    while hospital.people < people:
        stories.append(_told(plain, hospital))
    told = sum(is_message(event) for story in stories for chapter in story.chapters for event in chapter)
    if told + _RETOLD > messages or hospital.people > people:
        msg = f"{hospital.people} people make {told} messages"
        raise ValueError(msg)
    stories += [_Told([[hospital.foreign()]]) for _ in range(messages - told - _RETOLD)]
    return _delivered(drawn, _spread(drawn, stories), hospital.people)


class _Told(NamedTuple):
    chapters: Chapters
    has_open_answers: bool = False


def _told(story: Story, hospital: Hospital) -> _Told:
    return _Told(story(hospital), story in OPEN_ANSWERS)


def is_message(event: Event) -> bool:
    """Tell whether a message tells of it."""
    return not isinstance(event, Dose | Unmerge)


def _spread(drawn: random.Random, stories: list[_Told]) -> list[list[tuple[Event, bool]]]:
    """Return the events of each shift in their true order, and if their answers are open; stories mingle."""
    shifts: list[list[tuple[float, Event, bool]]] = [[] for _ in range(SHIFTS)]
    for story in stories:
        at = sorted(drawn.sample(range(SHIFTS), len(story.chapters)))
        for shift, chapter in zip(at, story.chapters, strict=True):
            moments = sorted(drawn.random() for _ in chapter)
            timed = zip(moments, chapter, strict=True)
            shifts[shift] += [(moment, event, story.has_open_answers) for moment, event in timed]
    return [[(event, is_open) for _, event, is_open in sorted(shift, key=lambda one: one[0])] for shift in shifts]


def _delivered(drawn: random.Random, shifts: list[list[tuple[Event, bool]]], people: int) -> HospitalDay:
    """Return the day as it arrives: some of it twice, some told again, each shift in an order of its own."""
    numbers = itertools.count()
    happened = [
        [
            Happening(number=(n := next(numbers)), tick=n, event=event, has_open_answer=is_open)
            for event, is_open in shift
        ]
        for shift in shifts
    ]
    arriving: list[list[Happening]] = [[] for _ in shifts]
    unmerges: list[tuple[Unmerge, ...]] = []
    for shift, of_shift in enumerate(happened):
        unmerges.append(tuple(one.event for one in of_shift if isinstance(one.event, Unmerge)))
        arriving[shift] += [one for one in of_shift if not isinstance(one.event, Unmerge)]
    sent = [(shift, one) for shift, of_shift in enumerate(arriving) for one in of_shift]
    tellable = [(shift, one) for shift, one in sent if isinstance(one.event, _RETELLABLE)]
    retold = [
        (shift, replace(one, number=next(numbers), retells=True)) for shift, one in drawn.sample(tellable, _RETOLD)
    ]
    copies = [pair for pair in sent if drawn.random() < _TWICE]
    for shift, one in retold + copies:
        arriving[drawn.randrange(shift, SHIFTS)].append(one)
    for of_shift in arriving:
        drawn.shuffle(of_shift)
    in_order = [one for of_shift in happened for one in of_shift] + [one for _, one in retold]
    return HospitalDay(
        happenings=tuple(sorted(in_order, key=lambda one: (one.tick, one.number))),
        shifts=tuple(Shift(deliveries=tuple(one), unmerges=two) for one, two in zip(arriving, unmerges, strict=True)),
        people=people,
    )
