"""Our content tree says what pydicom's data set says, of built reports of all kinds, whole and damaged."""

from itertools import product

import pytest

from dose_core.readers.errors import UnreadableError
from tests.support.built_reports import CHARACTER_SETS, ENCODINGS, in_words_of, of_all_kinds
from tests.support.mutated import mutated
from tests.support.sr_trees import our_tree, pydicom_tree

REPORTS = of_all_kinds()
ROUNDS = 30


def differ(dicom: bytes) -> bool | None:
    """Tell if the trees differ; ``None`` where one of both cannot be had, or what we read is known to be damaged."""
    try:
        ours, noted = our_tree(dicom)
    except UnreadableError:
        return None
    theirs = None if noted else pydicom_tree(dicom)
    return None if theirs is None else ours != theirs


@pytest.mark.parametrize("dicom", REPORTS.values(), ids=REPORTS.keys())
def test_of_a_report_of_each_kind(dicom: bytes) -> None:
    assert our_tree(dicom) == (pydicom_tree(dicom), ())


@pytest.mark.parametrize(("words", "encoding"), tuple(product(CHARACTER_SETS, ENCODINGS)))
def test_of_a_report_in_each_character_set_and_encoding(words: str, encoding: str) -> None:
    dicom = in_words_of(words, encoding)

    assert our_tree(dicom) == (pydicom_tree(dicom), ())


@pytest.mark.parametrize("dicom", REPORTS.values(), ids=REPORTS.keys())
def test_of_damaged_reports_that_both_can_read(dicom: bytes) -> None:
    outcomes = [differ(changed) for changed in mutated(dicom, ROUNDS, seed=len(dicom), keep_heads=True)]

    assert True not in outcomes


def test_is_asked_of_many_damaged_reports() -> None:
    outcomes = [
        differ(changed)
        for dicom in REPORTS.values()
        for changed in mutated(dicom, ROUNDS // 4, seed=len(dicom), keep_heads=True)
    ]

    assert outcomes.count(False) > len(outcomes) / 8
