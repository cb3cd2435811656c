"""
Cut the header off a DICOM file: every byte before the pixel data, and a few values on the way.

The cut is found by walking from element to element, never by searching for the tag's bytes, which may stand inside a
value. What is kept is kept byte by byte. Source: PS3.5, 7.1 (elements), 7.5 (sequences), A.5 (deflated); PS3.10, 7.1.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from dose_core.contract import MAX_HEADER_BYTES
from dose_core.errors import DoseError

IMAGE_TYPE = 0x00080008
SOP_CLASS_UID = 0x00080016
SOP_INSTANCE_UID = 0x00080018
MODALITY = 0x00080060
MANUFACTURER = 0x00080070
SERIES_DESCRIPTION = 0x0008103E
PATIENT_IDENTITY_REMOVED = 0x00120062
STUDY_INSTANCE_UID = 0x0020000D
SERIES_INSTANCE_UID = 0x0020000E
COMMENTS_ON_RADIATION_DOSE = 0x00400310
_WANTED = frozenset(
    (
        IMAGE_TYPE,
        SOP_CLASS_UID,
        SOP_INSTANCE_UID,
        MODALITY,
        MANUFACTURER,
        SERIES_DESCRIPTION,
        PATIENT_IDENTITY_REMOVED,
        STUDY_INSTANCE_UID,
        SERIES_INSTANCE_UID,
        COMMENTS_ON_RADIATION_DOSE,
    )
)
_TRANSFER_SYNTAX_UID = 0x00020010

# Group 7FE0 holds pixel data in each of its forms with its offset tables; what follows is padding and signatures.
_PIXELS = 0x7FE00000
_AFTER_IDENTITY = 0x00210000

_PREAMBLE_BYTES = 132  # 128 bytes and "DICM" (PS3.10, 7.1)
_IMPLICIT_LE = "1.2.840.10008.1.2"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_EXPLICIT_BE = "1.2.840.10008.1.2.2"
# VRs with a 32-bit length in explicit encodings (PS3.5, Table 7.1-1)
_LONG_VRS = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_UNDEFINED = 0xFFFFFFFF
_ITEM_GROUP = 0xFFFE
_ITEM = 0xE000
_IS_DEFLATED = "the data set is deflated"
_HAS_TOO_MANY_STEPS = "it has more elements than may be walked here"
IS_TOO_LONG = f"more than {MAX_HEADER_BYTES} bytes stand before its pixel data"


class HeaderError(DoseError):
    """The file cannot be walked to its pixel data; the text says where it breaks."""


class IncompleteHeaderError(HeaderError):
    """The bytes end before the header does; with more of the file it may be cut."""


@dataclass(frozen=True, slots=True)
class CutHeader:
    """The bytes before the pixel data, and the values of a few top-level elements."""

    dicom: bytes
    values: dict[int, bytes]

    def text(self, tag: int) -> str | None:
        """Return a value without its padding, ``None`` if it is absent or empty."""
        return self.values.get(tag, b"").decode("latin-1").strip("\0 ") or None


def cut_header(
    data: bytes, *, is_whole_file: bool = True, may_inflate: bool = True, max_steps: int | None = None
) -> CutHeader:
    """
    Return the header of a file. Without pixel data it is the file.

    ``is_whole_file`` tells whether ``data`` is the file or only its beginning. A deflated file takes longer to cut
    than a callback should; ``may_inflate=False`` refuses it, and ``max_steps`` one of more elements than that, those
    of sequences of undefined length among them.

    Raises:
        IncompleteHeaderError: ``data`` ends within the header.
        HeaderError: it is no DICOM file, it may not be inflated or walked so far, or it inflates beyond what the
            reader takes.
    """
    steps = _steps(max_steps)
    syntax, start = _file_meta(data, steps)
    if syntax == _DEFLATED:
        if not may_inflate:
            raise HeaderError(_IS_DEFLATED)
        return _cut_deflated(data, start, is_whole_file=is_whole_file)
    end, values = _walk(data, start, syntax, steps, stop_at=_PIXELS, is_whole=is_whole_file)
    return CutHeader(data[:end], values)


def read_identity(data: bytes, *, max_steps: int | None = None) -> CutHeader:
    """
    Return the values of a file up to group 0020, with no bytes: enough to know a report, however deep it nests.

    Made for the callback: a deflated file is refused, because inflating takes as long as its sender wishes.

    Raises:
        HeaderError: it is no DICOM file, it ends before that, it is deflated, or it takes more steps.
    """
    steps = _steps(max_steps)
    syntax, start = _file_meta(data, steps)
    if syntax == _DEFLATED:
        raise HeaderError(_IS_DEFLATED)
    return CutHeader(b"", _walk(data, start, syntax, steps, stop_at=_AFTER_IDENTITY, is_whole=True)[1])


def _steps(max_steps: int | None) -> Iterator[None]:
    """Return what all loops of one walk draw from: a budget that costs each step no arithmetic."""
    return repeat(None) if max_steps is None else repeat(None, max_steps)


def _file_meta(data: bytes, steps: Iterator[None]) -> tuple[str, int]:
    if len(data) < _PREAMBLE_BYTES:
        raise IncompleteHeaderError("the file is shorter than a DICOM preamble")
    if data[128:_PREAMBLE_BYTES] != b"DICM":
        raise HeaderError("the file has no DICOM preamble (PS3.10, 7.1)")
    position, syntax = _PREAMBLE_BYTES, ""
    try:
        for _ in steps:
            if data[position : position + 2] != b"\x02\x00":  # group 0002 is explicit little endian always
                return syntax, position
            tag, value_at, length = _element(data, position, "<", is_explicit=True)
            if tag == _TRANSFER_SYNTAX_UID:
                syntax = data[value_at : value_at + length].decode("latin-1").strip("\0 ")
            position = value_at + length
    except struct.error as error:
        raise IncompleteHeaderError("the file ends within its meta information") from error
    raise HeaderError(_HAS_TOO_MANY_STEPS)


def _cut_deflated(data: bytes, start: int, *, is_whole_file: bool) -> CutHeader:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data[start:], MAX_HEADER_BYTES + 1)
    except zlib.error as error:
        raise HeaderError("the deflated data set is broken") from error
    is_too_long = len(inflated) > MAX_HEADER_BYTES
    try:
        is_whole = is_whole_file and not is_too_long
        end, values = _walk(inflated, 0, _DEFLATED, _steps(None), stop_at=_PIXELS, is_whole=is_whole)
    except IncompleteHeaderError as error:
        if is_too_long:  # more of the file would not help
            raise HeaderError(IS_TOO_LONG) from error
        raise
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = deflater.compress(inflated[:end]) + deflater.flush()
    return CutHeader(data[:start] + packed + b"\0" * (len(packed) % 2), values)  # padded to even (PS3.5, A.5)


def _walk(
    data: bytes, position: int, syntax: str, steps: Iterator[None], *, stop_at: int, is_whole: bool
) -> tuple[int, dict[int, bytes]]:
    """Return where the first element from ``stop_at`` on begins, and the wanted values before it."""
    is_plain = syntax not in {_IMPLICIT_LE, _EXPLICIT_BE}
    try:
        if is_plain:
            end, has_stopped, values = _walk_explicit(data, position, steps, stop_at >> 16)
        else:
            end, has_stopped, values = _walk_other(data, position, steps, syntax, stop_at)
    except struct.error as error:
        raise IncompleteHeaderError("the file ends within an element of its header") from error
    if not has_stopped and (end > len(data) or not is_whole):
        raise IncompleteHeaderError("the file ends before its pixel data")
    return end, values


def _walk_explicit(
    data: bytes, position: int, steps: Iterator[None], stop_group: int
) -> tuple[int, bool, dict[int, bytes]]:
    """
    Walk explicit little endian, which is what nearly all files are.

    Written for speed: the loop runs a hundred times for each stored slice, within Orthanc's callback. Tag and VR are
    read as numbers in the order of their bytes, so that each step makes few objects.
    """
    values: dict[int, bytes] = {}
    size = len(data)
    head, long_length, long_vrs, wanted = _EXPLICIT_HEAD, _LENGTH["<"], _LONG_VR_NUMBERS, _WANTED_AS_READ
    for _ in steps:
        if position >= size:
            return position, False, values
        key, vr, length = head(data, position)  # the group is in the lower half of the key
        if key & 0xFFFF >= stop_group:
            return position, True, values
        if vr in long_vrs:
            length = long_length(data, position + 8)[0]
            if length == _UNDEFINED:
                position = _after_undefined(data, position + 12, steps, "<", is_explicit=vr != _UN_NUMBER)
                continue
            position += 12
        else:
            position += 8
        if key in wanted:
            values[wanted[key]] = data[position : position + length]
        position += length
    raise HeaderError(_HAS_TOO_MANY_STEPS)


def _walk_other(
    data: bytes, position: int, steps: Iterator[None], syntax: str, stop_at: int
) -> tuple[int, bool, dict[int, bytes]]:
    """Walk implicit little endian or explicit big endian."""
    order, is_explicit = (">", True) if syntax == _EXPLICIT_BE else ("<", False)
    values: dict[int, bytes] = {}
    for _ in steps:
        if position >= len(data):
            return position, False, values
        tag, value_at, length = _element(data, position, order, is_explicit=is_explicit)
        if tag >= stop_at:
            return position, True, values
        if length == _UNDEFINED:
            inner_is_explicit = is_explicit and data[position + 4 : position + 6] != b"UN"
            position = _after_undefined(data, value_at, steps, order, is_explicit=inner_is_explicit)
            continue
        if tag in _WANTED:
            values[tag] = data[value_at : value_at + length]
        position = value_at + length
    raise HeaderError(_HAS_TOO_MANY_STEPS)


_TAG_AND_LENGTHS = {order: struct.Struct(f"{order}HH2sH").unpack_from for order in "<>"}
_TAG_AND_LENGTH = {order: struct.Struct(f"{order}HHI").unpack_from for order in "<>"}
_LENGTH = {order: struct.Struct(f"{order}I").unpack_from for order in "<>"}
_EXPLICIT_HEAD = struct.Struct("<IHH").unpack_from
_LONG_VR_NUMBERS = frozenset(int.from_bytes(vr, "little") for vr in _LONG_VRS)
_UN_NUMBER = int.from_bytes(b"UN", "little")
_WANTED_AS_READ = {(tag & 0xFFFF) << 16 | tag >> 16: tag for tag in _WANTED}


def _element(data: bytes, position: int, order: str, *, is_explicit: bool) -> tuple[int, int, int]:
    """Return tag, where the value starts, and its length."""
    if not is_explicit:
        group, element, length = _TAG_AND_LENGTH[order](data, position)
        return group << 16 | element, position + 8, length
    group, element, vr, length = _TAG_AND_LENGTHS[order](data, position)
    if vr in _LONG_VRS:
        return group << 16 | element, position + 12, _LENGTH[order](data, position + 8)[0]
    return group << 16 | element, position + 8, length


def _after_undefined(data: bytes, position: int, steps: Iterator[None], order: str, *, is_explicit: bool) -> int:
    """
    Return where a sequence of undefined length ends. No recursion: nesting is the sender's choice.

    An UN of undefined length is implicit inside, whatever surrounds it (PS3.5, 6.2.2, note).
    """
    open_encodings = [is_explicit]
    for _ in steps:
        group, element, length = _TAG_AND_LENGTH[order](data, position)
        if group == _ITEM_GROUP:
            position += 8
            if element != _ITEM:  # an item or sequence delimiter
                open_encodings.pop()
                if not open_encodings:
                    return position
            elif length == _UNDEFINED:
                open_encodings.append(open_encodings[-1])
            else:
                position += length
            continue
        explicit_here = open_encodings[-1]
        _, value_at, length = _element(data, position, order, is_explicit=explicit_here)
        if length == _UNDEFINED:
            open_encodings.append(explicit_here and data[position + 4 : position + 6] != b"UN")
            position = value_at
        else:
            position = value_at + length
    raise HeaderError(_HAS_TOO_MANY_STEPS)
