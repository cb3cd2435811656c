"""Tests of dose_core.identity.identifiers."""

import pytest

from dose_core.identity.identifiers import is_dummy


@pytest.mark.parametrize(
    "identifier", ["", " ", "0", "000", "9999", "ANONYMOUS", "Anon_001", "TEST 1", "unknown", "n/a"]
)
def test_names_nobody(identifier: str) -> None:
    assert is_dummy(identifier)


@pytest.mark.parametrize("identifier", ["A", "7", "P100", "0815", "T-4711", "TESTER-7", "19600101-1234"])
def test_may_name_somebody(identifier: str) -> None:
    assert not is_dummy(identifier)
