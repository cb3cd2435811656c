"""Tests of dose_core.ledger.beside: how else objects of a study state their patients."""

from datetime import date

from dose_core.ledger.beside import stated_beside
from dose_core.model import DoseReport, Kind, OtherId, PatientStated

EVA = PatientStated(id="P-1", name="Example^Eva", birth_date=date(1960, 1, 1))


def report(patient: PatientStated) -> DoseReport:
    return DoseReport(kind=Kind.CT_RDSR, sop_instance_uid="2.25.1", patient=patient)


class TestStatedBeside:
    def test_is_each_other_name_birth_date_and_number_once(self) -> None:
        otto = PatientStated(id="P-1", name="Sample^Otto", birth_date=date(1960, 1, 1))
        younger = PatientStated(id="P-1", name="Example^Eva", birth_date=date(1990, 1, 1))
        numbered = PatientStated(id="P-1", name="Example^Eva", other_ids=(OtherId(id="X", issuer="VALLEY"),))
        told = [report(one) for one in (EVA, otto, younger, otto, numbered, EVA)]

        assert set(stated_beside(told, [EVA])) == {otto, younger, numbered}

    def test_leaves_out_what_differs_in_size_weight_or_sex_alone(self) -> None:
        heavier = PatientStated(id="P-1", name="Example^Eva", birth_date=date(1960, 1, 1), sex="F", weight_kg=70)

        assert stated_beside([report(EVA), report(heavier)], [EVA]) == ()

    def test_leaves_out_who_states_nothing(self) -> None:
        assert stated_beside([report(PatientStated())], [EVA]) == ()

    def test_has_an_order_of_its_own(self) -> None:
        others = [PatientStated(id="P-1", name=name) for name in ("Sample^Otto", "Sample^Ida", "Sample^Uwe")]
        told = [report(one) for one in others]

        assert stated_beside(told, [EVA]) == stated_beside(reversed(told), [EVA])
