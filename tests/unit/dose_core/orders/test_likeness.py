"""Tests of dose_core.orders.likeness: the same kind of modality and a region in common."""

import pytest

from dose_core.ledger.region import Region
from dose_core.orders.likeness import Likeness, likeness, parts, parts_of_targets
from dose_core.orders.modality import ModalityKind
from dose_core.orders.procedures import Procedure


def asked(kind: ModalityKind, *regions: Region) -> Procedure:
    return Procedure(kind=kind, regions=frozenset(regions))


CT_CHEST = asked(ModalityKind.CT, Region.CHEST)
TABLE = [
    (CT_CHEST, "CT", Region.CHEST, Likeness.SAME),
    (CT_CHEST, "CT", Region.CHEST_ABDOMEN_AND_PELVIS, Likeness.COVERS),
    (CT_CHEST, "CT", Region.WHOLE_BODY, Likeness.COVERS),
    (CT_CHEST, "CT", Region.HEART, Likeness.SAME),  # the heart is part of the chest
    (CT_CHEST, "CT/PT", Region.CHEST, Likeness.SAME),
    (CT_CHEST, "CT", Region.ABDOMEN, None),
    (CT_CHEST, "DX", Region.CHEST, None),
    (CT_CHEST, "MR", Region.CHEST, None),
    (CT_CHEST, "CT", None, None),
    (CT_CHEST, "CT", Region.SEVERAL, None),
    (asked(ModalityKind.CT), "CT", Region.CHEST, None),
    (asked(ModalityKind.CT, Region.ABDOMEN, Region.PELVIS), "CT", Region.ABDOMEN, Likeness.OVERLAPS),
    (asked(ModalityKind.CT, Region.ABDOMEN, Region.PELVIS), "CT", Region.ABDOMEN_AND_PELVIS, Likeness.SAME),
    (asked(ModalityKind.CT, Region.HEAD), "CT", Region.HEAD_AND_NECK, Likeness.COVERS),
    (asked(ModalityKind.RADIOGRAPHY, Region.CHEST), "CR", Region.CHEST, Likeness.SAME),
    (asked(ModalityKind.RADIOGRAPHY, Region.CHEST), "DX", Region.CHEST, Likeness.SAME),
    (asked(ModalityKind.FLUOROSCOPY, Region.HEART), "XA", Region.HEART, Likeness.SAME),
    (asked(ModalityKind.MAMMOGRAPHY, Region.BREAST), "MG", Region.BREAST, Likeness.SAME),
]


@pytest.mark.parametrize(("wanted", "modality", "region", "expected"), TABLE)
def test_an_exam_is_like_what_is_asked_for(
    wanted: Procedure, modality: str, region: Region | None, expected: Likeness | None
) -> None:
    assert likeness(wanted, modality, parts(region)) is expected


def test_an_exam_of_several_regions_is_like_each_of_them() -> None:
    chest_and_abdomen = parts_of_targets(["51185008", "818981001", "38266002"])  # and "entire body", of the localizer

    assert chest_and_abdomen == {Region.CHEST, Region.ABDOMEN}
    assert likeness(CT_CHEST, "CT", chest_and_abdomen) is Likeness.COVERS
    assert parts_of_targets(["T-D3000"]) == {Region.CHEST}
    assert parts_of_targets(["999"]) == frozenset()
