"""Every dose object of the corpus is kept as it was read: its statement is the report again."""

import warnings

import pytest

from db.mapping import identity_to_packed, report_from_packed, report_to_packed
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus, no_hl7

FOLDERS = sorted({file.relative_to(CORPUS).parts[0] for file in no_hl7()})


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_stated_comes_back_from_its_statement(folder: str) -> None:
    differ: list[str] = []
    for file in no_hl7():
        if file.relative_to(CORPUS).parts[0] != folder:
            continue
        try:
            report = read_dose(file.read_bytes())
        except (NotDoseError, UnreadableError):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a value of another type than its field's
            back = report_from_packed(report_to_packed(report), identity_to_packed(report))
        if back != report or type(back) is not type(report):
            differ.append(file.name)

    assert differ == []
