"""Tests of dose_core.readers.sr.known: what was read before saves time, and changes nothing of what is read."""

import json
from collections.abc import Iterable
from random import Random

import pytest

from dose_core.errors import DoseError
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.registry import read_dose
from dose_core.readers.report_line import report_line
from dose_core.readers.sr.items import forget_codes
from tests.fuzz.nodes import NotATreeError, encode, parse
from tests.support.built_reports import CHARACTER_SETS, ENCODINGS, in_words_of, of_all_kinds
from tests.support.mutated import mutated
from tests.support.sr_trees import Told, told_tree

REPORTS = of_all_kinds()
WORDED = {(words, encoding): in_words_of(words, encoding) for words in CHARACTER_SETS for encoding in ENCODINGS}

DATA_SET = 132  # after preamble and prefix (PS3.10, 7.1); the meta information is a data set too


def is_tree(dicom: bytes) -> bool:
    """Tell if the elements of an object can be put into another order: VRs stated, little endian."""
    try:
        return bool(parse(dicom, DATA_SET))
    except NotATreeError:
        return False


EXPLICIT = {name: dicom for name, dicom in REPORTS.items() if is_tree(dicom)}


def cold(dicom: bytes) -> tuple[Told, str]:
    """Return what is read when nothing was read before."""
    forget_codes()
    return read(dicom)


def read(dicom: bytes) -> tuple[Told, str]:
    """Return the tree with its warnings, and the report as a line; or the reasons why there is none."""
    try:
        line = json.dumps(report_line(read_dose(dicom), with_origins=True), ensure_ascii=False)
    except DoseError as reason:
        line = str(reason)
    return told_tree(dicom), line


def read_after_others(dicoms: Iterable[bytes], seed: int) -> None:
    """Assert that each object is read, after others in any order, as it is read alone."""
    shuffled = list(dicoms)
    alone = {dicom: cold(dicom) for dicom in shuffled}
    Random(seed).shuffle(shuffled)  # noqa: S311 - the same order in each run; nothing is secret
    forget_codes()
    for dicom in (*shuffled, *shuffled):
        assert read(dicom) == alone[dicom]


@pytest.mark.parametrize("seed", range(4))
def test_reports_in_many_character_sets_are_read_as_if_alone(seed: int) -> None:
    """The same bytes of a code are other words in another character set."""
    read_after_others(WORDED.values(), seed)


@pytest.mark.parametrize("character_set", CHARACTER_SETS)
def test_a_character_set_says_the_same_in_all_encodings(character_set: str) -> None:
    said = {told_tree(WORDED[character_set, encoding]) for encoding in ENCODINGS}

    assert len(said) == 1
    assert CHARACTER_SETS[character_set][2] in str(said)


@pytest.mark.parametrize("seed", range(2))
def test_reports_of_all_kinds_are_read_as_if_alone(seed: int) -> None:
    read_after_others(REPORTS.values(), seed)


@pytest.mark.parametrize("dicom", REPORTS.values(), ids=REPORTS.keys())
def test_damaged_reports_are_read_as_if_alone(dicom: bytes) -> None:
    """A part that was damaged is not known to those that come after, nor is it known by what came before."""
    read(dicom)
    warm = [(changed, read(changed)) for changed in mutated(dicom, 25, seed=len(dicom))]

    for changed, told in warm:
        assert told == cold(changed)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_damaged_words_are_read_as_if_alone(encoding: str) -> None:
    for words in CHARACTER_SETS:
        read(WORDED[words, encoding])
    read_after_others(
        [changed for words in CHARACTER_SETS for changed in mutated(WORDED[words, encoding], 6, seed=len(words))], 1
    )


def in_disorder(dicom: bytes, seed: int) -> bytes:
    """Return the object with the elements of one content item in three in another order, or with one of them gone."""
    nodes = parse(dicom, DATA_SET)
    random = Random(seed)  # noqa: S311 - the same order in each run; nothing is secret
    todo = [node for node in nodes if node.items]
    while todo:
        sequence = todo.pop()
        for item in sequence.items or []:
            todo.extend(node for node in item if node.items)
            chance = random.randrange(6)
            if sequence.tag == Tag.ContentSequence and chance < 2:
                random.shuffle(item)
                del item[len(item) - chance :]
    return dicom[:DATA_SET] + encode(nodes)


@pytest.mark.parametrize("dicom", EXPLICIT.values(), ids=EXPLICIT.keys())
def test_items_whose_elements_stand_in_disorder_are_read_as_if_alone(dicom: bytes) -> None:
    """What stands behind a name, or behind the content, is not known by the bytes before."""
    read_after_others([dicom, *(in_disorder(dicom, seed) for seed in range(6))], 1)


@pytest.mark.parametrize("dicom", EXPLICIT.values(), ids=EXPLICIT.keys())
def test_what_ends_where_a_report_is_cut_short_is_not_known_to_others(dicom: bytes) -> None:
    """The last bytes of a report that is cut short are a whole code in none other."""
    last = len(dicom) - 1
    cut = [dicom[: last - step * 7] for step in range(60)]
    read_after_others([dicom, *cut, *(part + dicom[-40:] for part in cut)], 1)
