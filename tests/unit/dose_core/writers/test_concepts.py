"""Tests of dose_core.writers.concepts against the dictionary that pydicom derives from PS3.16."""

from typing import cast

import pytest
from pydicom.sr._concepts_dict import concepts as dictionary

from dose_core.model import AcquisitionType, Code
from dose_core.writers import concepts

_OURS = {name: value for name, value in vars(concepts).items() if isinstance(value, Code)}
# PS3.16 prints these SNOMED CT terms with another meaning than SNOMED's own, which pydicom keeps.
_SNOMED_MEANING_DIFFERS = {"COMPUTED_TOMOGRAPHY_X_RAY"}


def _listed(scheme: str) -> list[tuple[str, tuple[str, list[int]]]]:
    entries = cast("dict[str, dict[str, tuple[str, list[int]]]]", dictionary[scheme])  # pydicom leaves it untyped
    return [listed for entry in entries.values() for listed in entry.items()]


def _entries(scheme: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for value, (meaning, _) in _listed(scheme):
        found.setdefault(value, set()).add(meaning)
    return found


class TestConcepts:
    @pytest.mark.parametrize("name", [n for n, c in _OURS.items() if c.scheme in {"DCM", "SCT"}])
    def test_each_code_is_in_the_standard_under_that_meaning(self, name: str) -> None:
        ours = _OURS[name]
        known = _entries(ours.scheme)

        assert ours.value in known
        if name not in _SNOMED_MEANING_DIFFERS:
            assert ours.meaning in known[ours.value]

    def test_every_acquisition_type_has_its_code_of_cid_10013(self) -> None:
        """CID 10013 has six members; each is one of ours."""
        members = {value for scheme in ("DCM", "SCT") for value, (_, groups) in _listed(scheme) if 10013 in groups}

        assert {code.value for code in concepts.ACQUISITION_TYPES.values()} == members
        assert set(concepts.ACQUISITION_TYPES) == set(AcquisitionType)
