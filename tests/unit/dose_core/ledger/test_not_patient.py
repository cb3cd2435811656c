"""Tests of dose_core.ledger.not_patient: what is no patient, and what must not be hidden."""

from dataclasses import replace

import pytest

from dose_core.ledger.exam import Exam
from dose_core.ledger.not_patient import NotPatientRules, PatternTooWideError, why_not_patient
from dose_core.model import Administration, DeviceStated, MammographyEvent, PatientStated, ProjectionEvent
from tests.builders import exams
from tests.builders.statements import event

NO_RULES = NotPatientRules()
QUALITY_CONTROL = "Quality Control Intent"  # the meaning of (113680, DCM)


class TestIntent:
    def test_of_quality_control_is_not_of_a_patient(self) -> None:
        assert (
            why_not_patient(replace(exams.ct(), intents=(QUALITY_CONTROL,)), NO_RULES)
            == "the intent is quality control"
        )

    @pytest.mark.parametrize("intents", [(), ("Diagnostic Intent",), ("Diagnostic Intent", QUALITY_CONTROL)])
    def test_of_anything_else_hides_no_exam(self, intents: tuple[str, ...]) -> None:
        assert why_not_patient(replace(exams.ct(), intents=intents), NO_RULES) is None


class TestSiteRules:
    @pytest.mark.parametrize(
        ("pattern", "patient_id"),
        [
            ("QA*", "qa-0815"),
            ("phantom?", " PHANTOM1"),
            ("t[12]*", "T2 Montag"),
            ("*test*", "ct-Test-1"),
            ("STRAßE", "strasse"),
        ],
    )
    def test_fit_a_patient_id_whatever_its_case(self, pattern: str, patient_id: str) -> None:
        rules = NotPatientRules(patient_ids=("never", pattern))

        assert why_not_patient(exams.of(PatientStated(id=patient_id)), rules) == f"the patient id fits {pattern!r}"

    @pytest.mark.parametrize("patient_id", ["AQA-1", "Q", None, ""])
    def test_must_fit_the_whole_value(self, patient_id: str | None) -> None:
        assert why_not_patient(exams.of(PatientStated(id=patient_id)), NotPatientRules(patient_ids=("QA*",))) is None

    def test_fit_a_name_in_any_of_its_writings(self) -> None:
        rules = NotPatientRules(patient_names=("phantom^*", "ファントム"))

        for name in ("Phantom^Daily", "Fantomu^Ct=ファントム=ふぁんとむ"):
            assert why_not_patient(exams.of(PatientStated(name=name)), rules) is not None

    def test_hide_no_exam_that_names_a_patient_beside_the_phantom(self) -> None:
        both = exams.of(PatientStated(id="QA-1"), PatientStated(id="P-1"))

        assert why_not_patient(both, NotPatientRules(patient_ids=("QA*",))) is None

    @pytest.mark.parametrize(
        "exam",
        [
            exams.ct(replace(event(1), protocol="QA daily"), replace(event(2), protocol="qa air")),
            replace(exams.EXAM, projection=exams.counted(ProjectionEvent(protocol="QA1"))),
            replace(exams.EXAM, mammography=exams.counted(MammographyEvent(protocol="QA1"))),
        ],
    )
    def test_fit_an_exam_whose_events_all_follow_a_protocol(self, exam: Exam) -> None:
        assert why_not_patient(exam, NotPatientRules(protocols=("QA*",))) == "the protocol fits 'QA*'"

    @pytest.mark.parametrize(
        "exam",
        [
            exams.ct(replace(event(1), protocol="QA daily"), replace(event(2), protocol="Chest")),
            exams.ct(replace(event(1), protocol="QA daily"), replace(event(2), protocol=None)),
            replace(exams.ct(replace(event(1), protocol="QA")), nuclear=exams.counted(Administration())),
            exams.EXAM,
        ],
    )
    def test_hide_no_exam_with_an_event_of_another_or_unknown_protocol(self, exam: Exam) -> None:
        assert why_not_patient(exam, NotPatientRules(protocols=("QA*",))) is None

    def test_fit_an_exam_of_a_test_station(self) -> None:
        rules = NotPatientRules(station_names=("CT-LAB",))
        lab, ward = DeviceStated(station_name="ct-lab"), DeviceStated(station_name="CT1")

        assert why_not_patient(exams.of(PatientStated(), devices=(lab,)), rules) == "the station name fits 'CT-LAB'"
        assert why_not_patient(exams.of(PatientStated(), devices=(lab, ward)), rules) is None

    @pytest.mark.parametrize("pattern", ["*", "", "??", " * ", "[*]"])
    def test_cannot_take_every_exam(self, pattern: str) -> None:
        with pytest.raises(PatternTooWideError):
            NotPatientRules(patient_names=(pattern,))

    def test_tell_their_reason_without_data_of_the_patient(self) -> None:
        exam = exams.of(PatientStated(id="QA-0815", name="Example^Eva"))

        reason = why_not_patient(exam, NotPatientRules(patient_ids=("QA*",)))

        assert reason is not None
        assert "0815" not in reason
        assert "Eva" not in reason

    def test_are_equal_if_their_patterns_are(self) -> None:
        assert NotPatientRules(protocols=("QA*",)) == NotPatientRules(protocols=("QA*",)) != NO_RULES
