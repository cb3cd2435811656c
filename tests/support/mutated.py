"""Objects with a few bytes changed, the same ones in each run."""

from collections.abc import Iterator
from random import Random

from dose_core.readers.dicom.elements import KNOWN_VRS

_FIRST = 340  # behind preamble and file meta information, without which an object is none
_BYTES = (0x00, 0x01, 0x1B, 0x20, 0x41, 0x5C, 0xE4, 0xFF)
_SIZES = (1, 2, 4, 8)


def mutated(dicom: bytes, count: int, seed: int, *, keep_heads: bool = False) -> Iterator[bytes]:
    """
    Yield copies, each changed, lengthened or shortened at one to three places.

    With ``keep_heads`` no VR and no stated length of a sequence is damaged: how long a value behind an unknown VR is,
    and whether what is stepped over is looked into, readers may decide in several ways.
    """
    random = Random(seed)  # noqa: S311 - the same mutations in each run; nothing is secret
    for _ in range(count):
        changed = bytearray(dicom)
        for _ in range(random.randint(1, 3)):
            at, size = random.randrange(min(_FIRST, len(changed) - 1), len(changed)), random.choice(_SIZES)
            if keep_heads and _is_in_head(changed, at):
                continue
            match random.randrange(6):
                case 0:
                    del changed[at : at + size]
                case 1:
                    changed[at:at] = bytes(size)
                case 2:
                    changed[at : at + 4] = b"\xff\xff\xff\xff"
                case 3:
                    changed[at] = (changed[at] + random.choice((-2, -1, 1, 2))) % 256
                case _:
                    changed[at] = random.choice(_BYTES)
        yield bytes(changed)


def _is_in_head(dicom: bytearray, at: int) -> bool:
    near = (bytes(dicom[start : start + 2]) for start in range(at - 1, at + 4))
    return b"SQ" in dicom[max(0, at - 8) : at + 4] or any(vr in KNOWN_VRS for vr in near)
