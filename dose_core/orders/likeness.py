"""
Which exam is a prior similar one of what an order asks for: the same kind of modality, and a region in common.

The rule is ours. It is coarse on purpose: whoever orders decides by the images and the report of the prior exam, and
one that is missing from the list costs more than one too many.
"""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from dose_core.ledger.region import Region
from dose_core.ledger.regions import RegionStated, parts_of
from dose_core.model import Code
from dose_core.orders.modality import kinds_of
from dose_core.orders.procedures import Procedure


class Likeness(StrEnum):
    """How a prior exam and what is asked for lie to each other, by their regions."""

    SAME = "same"
    COVERS = "covers"  # the prior exam shows all that is asked for, and more
    OVERLAPS = "overlaps"  # a part of it


_PARTS = MappingProxyType(
    {
        Region.HEAD_AND_NECK: frozenset({Region.HEAD, Region.NECK}),
        Region.ABDOMEN_AND_PELVIS: frozenset({Region.ABDOMEN, Region.PELVIS}),
        Region.CHEST_ABDOMEN_AND_PELVIS: frozenset({Region.CHEST, Region.ABDOMEN, Region.PELVIS}),
        Region.HEART: frozenset({Region.CHEST}),  # part of it, as in dose_core.ledger.regions
        Region.SEVERAL: frozenset(),  # of which nobody knows which
        Region.WHOLE_BODY: frozenset(Region),
    }
)


def parts(region: Region | None) -> frozenset[Region]:
    """Return the parts of the body that a region names, none for one that is not known."""
    return frozenset() if region is None else _PARTS.get(region, frozenset({region}))


def parts_of_targets(codes: Iterable[str]) -> frozenset[Region]:
    """Return the parts that codes of target regions name, of SNOMED CT or, as they were before, of SNOMED RT."""
    stated = (
        RegionStated(target_region=Code(value=code, scheme="SCT" if code.isdecimal() else "SRT")) for code in codes
    )
    return frozenset(part for one in stated for part in parts_of(one)) - {Region.WHOLE_BODY}


def likeness(asked: Procedure, modality: str, had: frozenset[Region]) -> Likeness | None:
    """
    Return how an exam of a modality (``CT/PT`` has two) and of these parts is like what is asked for.

    ``None``: not at all, or it is not known which parts either is of.
    """
    if asked.kind not in kinds_of(modality.split("/")):
        return None
    wanted = frozenset(part for one in asked.regions for part in parts(one))
    had = frozenset(part for one in had for part in parts(one))
    if not wanted & had:
        return None
    if wanted == had:
        return Likeness.SAME
    return Likeness.COVERS if wanted < had else Likeness.OVERLAPS
