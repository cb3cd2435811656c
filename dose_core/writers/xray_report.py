"""
What the dose SRs of projection X-ray and of mammography share: everything but the values of events and totals.

Source: PS3.16, TID 10001 (Projection X-Ray Radiation Dose).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from pydicom.dataset import Dataset

from dose_core.ledger.exam import Counted, Exam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total, part_and_device
from dose_core.model import Code, DeviceStated, MammographyEvent, ProjectionEvent
from dose_core.writers import concepts as c
from dose_core.writers.devices import IrradiatingDevice, Recorder, irradiating_device, observer
from dose_core.writers.source_study import SourceStudy
from dose_core.writers.templates import rows_of
from dose_core.writers.templates.conditions import COMPUTED, Facts
from dose_core.writers.templates.fill import Given, NamedUid, With, filled
from dose_core.writers.templates.values import members, words
from dose_core.writers.valid import is_finite, is_uid, source_problems

EventT = TypeVar("EventT", ProjectionEvent, MammographyEvent)
Events: TypeAlias = Sequence[Counted[ProjectionEvent]] | Sequence[Counted[MammographyEvent]]

SERIES_DESCRIPTION = "Radiation dose, written by DoseLedger"
# Where a source is no report of a device, TID 10001 knows these to need no events (row 14).
_WITHOUT_EVENTS = frozenset({Source.MPPS, Source.IMAGE_HEADER})
SOURCE_WORDS = {
    Source.RDSR: "a dose report of the device",
    Source.IMAGE_HEADER: "image headers",
    Source.MPPS: "a performed procedure step",
    Source.SCREEN: "a dose screen",
    Source.MANUAL: "manual entry",
}
# Answers to what a report can hold (TID 10001, rows 8 to 10) by the templates that hold it.
_PARTS = {
    "X-Ray Detector Data Available": ("113945", "10003A"),
    "X-Ray Source Data Available": ("113943", "10003B"),
    "X-Ray Mechanical Data Available": ("113944", "10003C"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Totals as a report can state them: ``values`` by quantity and part; ``left_out`` in words for its comment."""

    values: Mapping[tuple[Quantity, str | None], Total]
    left_out: tuple[str, ...]


def problems(exam: Exam, events: Events, totals: Iterable[Total], source: SourceStudy) -> Iterator[str]:
    """Yield what an exam lacks before one of these reports can be written."""
    known = [total for total in totals if total.value is not None]
    if not events and not known:
        yield "a dose or an irradiation event"
    if not events and any(total.source not in _WITHOUT_EVENTS for total in known):
        yield "an irradiation event (PS3.16, TID 10001, row 14)"
    irradiated = {one.device for one in events} | _devices_of(known)
    if len(irradiated) > 1 or (not events and len(exam.devices) > 1):
        yield "one irradiating device (a report is about one)"
    for one in events:
        if not is_uid(one.event_uid):
            yield "a valid Irradiation Event UID"
        if one.event.started_at is None:
            yield "DateTime Started of each event"
        if not is_finite(one.event):
            yield "finite numbers in each event"
    if not all(is_finite(total.value) for total in known):
        yield "finite totals"
    yield from source_problems(exam.study_instance_uid, source)


def listed(events: tuple[Counted[EventT], ...], totals: Sequence[Total]) -> tuple[Counted[EventT], ...]:
    """
    Return the events that a report lists: all, or none.

    A performed procedure step tells no time of its exposures, without which none can be listed; it alone may be
    repeated by its totals (PS3.16, TID 10001, row 14).
    """
    is_step_alone = {one.source for one in events} | {one.source for one in totals if one.source} == {Source.MPPS}
    is_untimed = any(one.event.started_at is None for one in events)
    return () if is_step_alone and is_untimed and told(totals).values else events


def told(totals: Iterable[Total]) -> Told:
    """
    Return the totals that are whole; one that lacks a part, or leaves out fluoroscopy, is told in words only.

    So are those of one part of several devices, of which a report has room for one.
    """
    values: dict[tuple[Quantity, str | None], Total] = {}
    left_out: list[str] = []
    known = [total for total in totals if total.value is not None]
    times = Counter((total.quantity, _part(total)) for total in known)
    for total in known:
        part = _part(total)
        if total.missing or total.basis is Basis.ACQUISITIONS_ONLY:
            left_out.append(f"{_in_words(total, part)} at least {total.value:.6g}")
        elif times[total.quantity, part] > 1:
            left_out.append(left_over(total))
        else:
            values[total.quantity, part] = total
    return Told(values=values, left_out=tuple(left_out))


def _part(total: Total) -> str | None:
    return part_and_device(total.quantity, total.of)[0] or None


def _devices_of(totals: Iterable[Total]) -> set[int]:
    """Return the devices that totals are of, as far as they tell one."""
    named = (part_and_device(total.quantity, total.of)[1] for total in totals)
    return {device for device in named if device is not None}


def left_over(total: Total) -> str:
    """Return a total that no row of the templates holds, in words."""
    return f"{_in_words(total, total.of)} {total.value:.6g}"


def source_codes(events: Events, totals: Iterable[Total]) -> list[Code]:
    """Return where the dose comes from (CID 10020): what events and totals are copied from, and what was added up."""
    by_value = {member.code.value: member.code for member in members("10020")}
    named = {words("10020")[one.source.value] for one in events}
    for total in totals:
        if total.source is Source.IMAGE_HEADER:
            named.add(by_value[COMPUTED])
        elif total.source is not None:
            named.add(words("10020")[total.source.value])
    return sorted(named, key=lambda code: code.value)


def available(events: Sequence[Given]) -> tuple[Given, frozenset[str]]:
    """Return what is said of the kinds of data that the events hold, and the concepts whose answer is No."""
    stated = {name for event in events for name in event}
    answers: dict[str, Code] = {}
    missing: set[str] = set()
    for question, (concept, tid) in _PARTS.items():
        names = {row.concept.meaning for row in rows_of(tid) if row.concept and row.level == 0}
        # The reference point stands with the entrance dose as well, which is no datum of the source.
        has_any = bool(stated & (names - {"Reference Point Definition"}))
        answers[question] = words("230")["yes" if has_any else "no"]
        if not has_any:
            missing.add(concept)
    return answers, frozenset(missing)


def device_of(exam: Exam, events: Events, source: SourceStudy) -> Dataset:
    """Return the irradiating device as TID 1021 has it."""
    index = events[0].device if events else 0
    stated = exam.devices[index] if index < len(exam.devices) else DeviceStated()
    header_uid = source.device_uid if len(exam.devices) < 2 else None  # noqa: PLR2004  the header may be of another
    return irradiating_device(IrradiatingDevice(stated=stated, device_uid=_uid(stated.observer_uid) or header_uid))


def report_tree(  # noqa: PLR0913  the parts of one tree
    exam: Exam,
    *,
    procedure: Code,
    recorder: Recorder,
    accumulated: Sequence[Given],
    events: Sequence[Given],
    sources: Sequence[Code],
    comment: str,
    facts: Facts,
    answers: Given,
) -> Dataset:
    """Return the content tree of TID 10001."""
    scope = NamedUid(name=c.STUDY_INSTANCE_UID, uid=exam.study_instance_uid)
    given: dict[str, object] = {item.ConceptNameCodeSequence[0].CodeMeaning: item for item in observer(recorder)}
    given |= {
        "Language of Content Item and Descendants": c.ENGLISH,
        "Procedure reported": With(value=procedure, below={"Has Intent": intent_of(exam)}),
        "Scope of Accumulation": With(value=c.STUDY, below={"CID 10001": scope}),
        "Accumulated X-Ray Dose Data": [With(below=one) for one in accumulated],
        "Irradiation Event X-Ray Data": [With(below=one) for one in events],
        "Comment": comment,
        "Source of Dose Information": list(sources),
        **answers,
    }
    return filled("10001", given, facts)  # type: ignore[arg-type]  # values of several types, each a Stated


def comment_of(exam_sources: Iterable[Source], left_out: Sequence[str], *, unlisted: int) -> str:
    """Return who wrote the report from what, the totals that no row of it can state, and how many events."""
    named = ", ".join(SOURCE_WORDS[source] for source in Source if source in set(exam_sources))
    sentences = [f"Written by DoseLedger from {named}."]
    if left_out:
        sentences.append(f"Known besides, and not stated as a total: {'; '.join(left_out)}.")
    if unlisted:
        sentences.append(f"Not listed, since their times are not known: {unlisted} exposures.")
    return " ".join(sentences)


def event_comment(counted: Counted[ProjectionEvent] | Counted[MammographyEvent], stated: str | None) -> Given:
    """Return the comment of an event: that of the source, and whether its UID was made."""
    made = "No source states an Irradiation Event UID; this one was made." if counted.uid_is_stand_in else None
    whole = " ".join(sentence for sentence in (stated, made) if sentence)
    return {"Comment": whole} if whole else {}


def intent_of(exam: Exam) -> Code:
    """Return the intent if there is one that all sources name; a report that names two says none."""
    return words("3629").get(exam.intents[0], c.UNKNOWN) if len(exam.intents) == 1 else c.UNKNOWN


def _in_words(total: Total, part: str | None) -> str:
    return f"{total.quantity.value}{f' of {part}' if part else ''}"


def _uid(value: str | None) -> str | None:
    return value if value is not None and is_uid(value) else None
