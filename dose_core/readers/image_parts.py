"""
Where in an image header an element stands: at the top level, or in the functional groups of its frames.

The enhanced classes state per frame, or once for all frames, what the classic ones state at the top level.
A reader asks a source for an element by the macro that holds it, and gets the item with its path.

Source: PS3.3, C.7.6.16 (Multi-frame Functional Groups), C.7.6.16.2.25 and .26 (unassigned converted attributes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from dose_core.readers.dicom.tags import Tag, tag_text
from dose_core.readers.errors import UnreadableError
from dose_core.readers.header import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dose_core.readers.dicom.data_set import DataSet


MAX_FRAMES = 10_000  # a dynamic study of a wide detector has some 6,400: 320 slices in 20 passes
_SHARED = tag_text(Tag.SharedFunctionalGroupsSequence)


class Part(NamedTuple):
    """One data set of an object with its path, such as ``(5200,9230)[3].(0018,9321)[1].``; empty at the top."""

    data_set: DataSet
    path: str


class Source(Protocol):
    """Something that knows where the elements of one image, frame or run stand."""

    def find(self, macro: Tag | None, tag: Tag) -> Part | None:
        """Return the part that holds an element; ``macro`` is the sequence that holds it in enhanced images."""
        ...

    @property
    def known(self) -> Known:
        """What was read of this object before, so that what thousands of frames share is read once."""
        ...


Known = dict[tuple[str, str], "tuple[float, str, str, str]"]  # field and part to value, path, text, unit


class Row(NamedTuple):
    """One field of a report: the elements that state it, best first, each with its macro and its unit."""

    field: str
    to: str
    choices: tuple[tuple[Tag | None, Tag, str], ...]
    may_be_negative: bool = False
    may_be_zero: bool = True


def read_row(source: Source, row: Row, prefix: str) -> float | None:
    """Return the first usable value that states the field, in the unit of the row."""
    for macro, tag, unit in row.choices:
        part = source.find(macro, tag)
        if part is None:
            continue
        before = source.known.get((row.field, part.path))
        if before is not None:
            part.data_set.log.add_origin(prefix + row.field, *before[1:])
            return before[0]
        value = number(
            part.data_set,
            tag,
            unit,
            prefix + row.field,
            to=None if unit == row.to else row.to,
            may_be_negative=row.may_be_negative,
            may_be_zero=row.may_be_zero,
            within=part.path,
        )
        if value is None:
            continue
        if part.path.startswith(_SHARED):
            text = part.data_set.text_of_number(tag)
            source.known[row.field, part.path] = value, part.path + tag_text(tag), text, unit
        return value
    return None


class Flat:
    """A classic image: all elements stand at the top level."""

    __slots__ = ("_part", "known")

    def __init__(self, data_set: DataSet) -> None:
        self._part = Part(data_set, "")
        self.known: Known = {}

    def find(self, macro: Tag | None, tag: Tag) -> Part | None:  # noqa: ARG002 - for all sources alike
        """Return the top level if it holds the element."""
        return self._part if tag in self._part.data_set else None


class Group:
    """One item of the functional groups; each macro is taken apart once."""

    __slots__ = ("_macros", "_part")

    def __init__(self, part: Part) -> None:
        self._part = part
        self._macros: dict[Tag, tuple[Part, ...]] = {}

    def parts(self, macro: Tag) -> tuple[Part, ...]:
        """Return the items of a macro, none if the group does not hold it."""
        known = self._macros.get(macro)
        if known is None:
            known = self._macros[macro] = _items(self._part, macro) if macro in self._part.data_set else ()
        return known


class Frame:
    """
    One frame of an enhanced image: its own functional groups win over the shared ones, both over the top level.

    ``x_ray_path`` chooses among the items of macros that hold one for each X-ray path (two with dual source).
    """

    __slots__ = ("_others", "_own", "_shared", "_x_ray_path", "known")

    def __init__(
        self, own: Group, shared: Group | None, others: tuple[Part, ...], known: Known, *, x_ray_path: int = 0
    ) -> None:
        self.known = known
        self._own = own
        self._shared = shared
        self._others = others
        self._x_ray_path = x_ray_path

    def parts(self, macro: Tag) -> tuple[Part, ...]:
        """Return the items of a macro for this frame."""
        return self._own.parts(macro) or (self._shared.parts(macro) if self._shared else ())

    def own_parts(self, macro: Tag) -> tuple[Part, ...]:
        """Return the items of a macro that the frame states for itself alone."""
        return self._own.parts(macro)

    def find(self, macro: Tag | None, tag: Tag) -> Part | None:
        """Return the part that holds the element for this frame."""
        if macro is not None:
            items = self.parts(macro)
            part = items[self._x_ray_path if self._x_ray_path < len(items) else 0] if items else None
            if part is not None and tag in part.data_set:
                return part
        return next((part for part in self._others if tag in part.data_set), None)

    def on_path(self, x_ray_path: int) -> Frame:
        """Return the same frame seen along another X-ray path, counted from 0."""
        return Frame(self._own, self._shared, self._others, self.known, x_ray_path=x_ray_path)


def frames_of(data_set: DataSet) -> list[Frame]:
    """
    Return the frames of an enhanced image in order; a number of frames that contradicts them is noted.

    Raises:
        UnreadableError: more frames than any device makes.
    """
    top = Part(data_set, "")
    shared_items = _items(top, Tag.SharedFunctionalGroupsSequence)
    shared = Group(shared_items[0]) if shared_items else None
    converted = shared.parts(Tag.UnassignedSharedConvertedAttributesSequence) if shared else ()
    frames: list[Frame] = []
    known: Known = {}
    items = _items(top, Tag.PerFrameFunctionalGroupsSequence)
    if len(items) > MAX_FRAMES:
        msg = f"the image describes more than {MAX_FRAMES} frames"
        raise UnreadableError(msg)
    for part in items:
        own = Group(part)
        unassigned = own.parts(Tag.UnassignedPerFrameConvertedAttributesSequence)
        frames.append(Frame(own, shared, (*unassigned, *converted, top), known))
    declared = data_set.numbers(Tag.NumberOfFrames)
    if declared and declared[0] != len(frames):
        problem = f"{declared[0]:g} frames are declared, {len(frames)} are described"
        data_set.log.add_warning(tag_text(Tag.NumberOfFrames), "NumberOfFrames", problem)
    return frames


class Run:
    """
    An enhanced image as one run: what holds for all frames first, then what its first frame states.

    The acquisition module at the top level holds the averages over the run (PS3.3, C.8.19.3); of an X-ray 3D
    image the first item of its acquisition sequence does (C.8.21.3).
    """

    __slots__ = ("_first", "_parts", "known")

    def __init__(self, data_set: DataSet, frames: Sequence[Frame]) -> None:
        top = Part(data_set, "")
        self._parts = (top, *_items(top, Tag.XRay3DAcquisitionSequence)[:1])
        self._first = frames[0] if frames else None
        self.known: Known = {}

    def find(self, macro: Tag | None, tag: Tag) -> Part | None:
        """Return the part that holds the element for the run."""
        for part in self._parts:
            if tag in part.data_set:
                return part
        return self._first.find(macro, tag) if self._first else None


def _items(part: Part, sequence: Tag) -> tuple[Part, ...]:
    start = part.path + tag_text(sequence)
    return tuple(Part(item, f"{start}[{n}].") for n, item in enumerate(part.data_set.items(sequence), start=1))
