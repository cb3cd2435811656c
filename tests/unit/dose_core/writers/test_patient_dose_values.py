"""Tests of dose_core.writers.patient_dose_values: what our methods say has a concept, an organ and a model."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dose_core.dosimetry.estimate import Interval
from dose_core.dosimetry.factors import rows
from dose_core.estimating.skin_dose import METHOD_ID as SKIN_MAP
from dose_core.estimating.ssde import QUANTITY as SSDE
from dose_core.model import DoseReport
from dose_core.writers.part10 import to_part10
from dose_core.writers.patient_dose_sr import kind_of, write_patient_dose_sr
from dose_core.writers.patient_dose_values import MODELS, PatientDose, has_concept, is_effective_dose
from dose_core.writers.templates.check import broken_rows
from dose_core.writers.templates.values import members, words
from dose_services.methods import installed_methods
from dose_services.patient_dose_gathering import PEAK_SKIN_DOSE
from tests.builders.patient_doses import EXAM, FIRST, SECOND, estimated, organ, used_report
from tests.builders.written import header, issue
from tests.support.read_as import read_as

_EXAMPLES = settings(max_examples=100, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
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


_doses = st.builds(
    lambda name, event, ticks, low, high: PatientDose(
        quantity="organ_dose_mgy",
        of=name,
        event_uid=event,
        estimate=estimated(
            ticks / 1000,
            interval=Interval(low=ticks * low / 10_000, high=ticks * high / 1000, coverage=None, source="a paper"),
        ),
    ),
    st.sampled_from(_ORGANS),
    st.sampled_from([None, FIRST, SECOND]),
    st.integers(0, 10_000_000),
    st.integers(0, 10),
    st.integers(1, 50),
)


@_EXAMPLES
@given(st.lists(_doses, min_size=1, max_size=6))
def test_what_our_reader_reads_is_what_was_written(doses: list[PatientDose]) -> None:
    """Whatever the organs, events, values and intervals; ten digits are written."""
    document = write_patient_dose_sr(
        EXAM, doses, header(), issue(kind_of("ct-organ-dose")), reports=(used_report(FIRST, SECOND),)
    )
    read = read_as(DoseReport, to_part10(document))

    assert broken_rows(document) == ()
    assert read.our_own
    assert [one.event_uid for one in read.estimates] == [one.event_uid or _only_event(doses) for one in doses]
    assert [one.value for one in read.estimates] == [pytest.approx(one.estimate.value, rel=1e-9) for one in doses]
    assert [one.organ for one in read.estimates] == [_meaning(one.of or "") for one in doses]


def _only_event(doses: list[PatientDose]) -> str | None:
    """Return the event that the methodology names for all, if it names one: that of the doses that have any."""
    named = {one.event_uid for one in doses} - {None}
    return named.pop() if len(named) == 1 else None


def _meaning(name: str) -> str:
    return words("10060")[name].meaning or "" if name in words("10060") else name


def test_an_organ_that_is_named_twice_stands_twice() -> None:
    doses = [organ("lungs", 1.0, FIRST), organ("lungs", 1.0, FIRST)]
    document = write_patient_dose_sr(
        EXAM, doses, header(), issue(kind_of("ct-organ-dose")), reports=(used_report(FIRST),)
    )

    assert len(read_as(DoseReport, to_part10(document)).estimates) == 2
