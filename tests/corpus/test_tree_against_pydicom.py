"""Our content tree says what pydicom's data set says, of every report of the corpus, whole and damaged."""

from functools import cache
from pathlib import Path

import pytest

from dose_core.readers.errors import UnreadableError
from tests.support.corpus import CORPUS, needs_corpus, no_hl7
from tests.support.mutated import mutated
from tests.support.sr_trees import Tree, our_tree, pydicom_tree

ROUNDS = 10
MAX_BYTES = 100_000  # of an object that is damaged many times

# pydicom makes an item of what was delivered of a value; a part of a value is none to us.
CUT_SHORT = {"synth__03_truncated_90pct.dcm"}


def our_sound_tree(dicom: bytes) -> Tree | None:
    """Return our tree if nothing was noted of it, and it is one."""
    try:
        tree, noted = our_tree(dicom)
    except UnreadableError:
        return None
    return tree if tree.children and not noted else None


@cache
def documents() -> tuple[Path, ...]:
    """Return the files with a content tree that we read, whatever was noted on the way."""
    found = []
    for path in no_hl7():
        try:
            tree, _ = our_tree(path.read_bytes())
        except UnreadableError:
            continue
        if tree.children:
            found.append(path)
    return tuple(found)


@needs_corpus
@pytest.mark.real_dicom
def test_of_every_report() -> None:
    different = [
        path.name
        for path in documents()
        if (theirs := pydicom_tree(path.read_bytes())) is not None and our_tree(path.read_bytes())[0] != theirs
    ]

    assert set(different) <= CUT_SHORT
    assert len(documents()) > 40


@needs_corpus
@pytest.mark.real_dicom
def test_of_damaged_reports_that_both_can_read() -> None:
    compared, different = 0, []
    for number, path in enumerate(documents()):
        dicom = path.read_bytes()
        if len(dicom) > MAX_BYTES:
            continue
        for nth, changed in enumerate(mutated(dicom, ROUNDS, seed=number, keep_heads=True)):
            ours = our_sound_tree(changed)
            theirs = pydicom_tree(changed) if ours else None
            if theirs is None:
                continue
            compared += 1
            different += [(path.name, nth)] * (ours != theirs)

    assert different == []
    assert compared > 100, CORPUS
