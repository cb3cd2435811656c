"""Tests of dose_core.writers.patient_dose_values: what our methods say has a concept, an organ and a model."""

import pytest

from dose_core.dosimetry.factors import rows
from dose_core.estimating.skin_dose import METHOD_ID as SKIN_MAP
from dose_core.estimating.ssde import QUANTITY as SSDE
from dose_core.writers.patient_dose_values import MODELS, PatientDose, has_concept, is_effective_dose
from dose_core.writers.templates.values import members, words
from dose_services.methods import installed_methods
from dose_services.patient_dose_gathering import PEAK_SKIN_DOSE
from tests.builders.patient_doses import estimated

_ORGANS = sorted({row["organ"] for row in rows("ct_organ_dose_per_dlp")})


class TestConcepts:
    @pytest.mark.parametrize("quantity", [SSDE, PEAK_SKIN_DOSE, "organ_dose_mgy", "agd_mgy"])
    def test_every_quantity_of_ours_in_gray_has_one(self, quantity: str) -> None:
        assert has_concept(PatientDose(quantity=quantity, estimate=estimated(1.0)))

    def test_an_effective_dose_has_one_in_our_unit_alone(self) -> None:
        assert has_concept(PatientDose(quantity="effective_dose_msv", estimate=estimated(1.0, "mSv")))
        assert not has_concept(PatientDose(quantity="effective_dose_usv", estimate=estimated(1.0, "uSv")))

    @pytest.mark.parametrize(
        ("quantity", "unit"), [("effective_dose_msv", "mSv"), ("effective_dose_years", "a"), ("detriment", "uSv")]
    )
    def test_what_is_in_sievert_or_named_so_stands_behind_the_switch(self, quantity: str, unit: str) -> None:
        assert is_effective_dose(PatientDose(quantity=quantity, estimate=estimated(1.0, unit)))

    def test_every_organ_of_our_table_but_one_has_a_code_of_the_standard(self) -> None:
        """CID 10060 has no extrathoracic region."""
        assert [organ for organ in _ORGANS if organ not in words("10060")] == ["extrathoracic region"]


class TestModels:
    def test_every_method_of_ours_is_in_the_table_and_no_other(self) -> None:
        """A sum of several exams is no estimate of one."""
        assert set(MODELS) == {method.id for method in installed_methods()} | {SKIN_MAP}

    def test_every_word_of_the_table_has_its_code(self) -> None:
        for model in MODELS.values():
            assert {model.body} <= {None, *words("10064")}
            assert {model.transport} <= {None, *words("10065")}
            assert {model.method} <= {None, *words("10068")}
        assert len(members("10065")) == 6
