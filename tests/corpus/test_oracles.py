"""
Every dose object of the corpus is read as others read it: ``expected_sr.json`` and the key values of ``INDEX.csv``.

``scripts/compare_with_oracles.py`` prints the same comparison as a table.
"""

import json

import pytest

from doseledger.read_command import line_of, load
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.expected_sr import EXPECTED
from tests.support.oracles import known_files, values_of


@needs_corpus
@pytest.mark.real_dicom
@pytest.mark.parametrize("name", known_files())
def test_says_what_the_oracles_say(name: str) -> None:
    path = CORPUS / name
    found = values_of(name, json.loads(line_of(path, load(path))))

    assert [one for one in found if not one.is_equal] == []


@needs_corpus
def test_no_report_that_an_oracle_knows_is_left_out() -> None:
    assert set(EXPECTED) <= set(known_files())
