"""Tests of dose_core.readers.header: for which visit and request an object was made, and the pregnancy it states."""

import pytest

from dose_core.model import CtReport, PregnancyStatus, ProjectionReport
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.builders.mpps import request, step, step_file
from tests.support.read_as import read_as


def given_by(*, local: str | None = None, universal: str | None = None) -> list[dict[str, str]]:
    """Return a sequence of the HL7v2 Hierarchic Designator macro (PS3.3, table 10-17)."""
    names = {"LocalNamespaceEntityID": local, "UniversalEntityID": universal}
    return [{keyword: value for keyword, value in names.items() if value is not None}]


class TestTheIssuerOfTheAccessionNumber:
    @pytest.mark.parametrize(
        ("stated", "issuer"),
        [
            (given_by(local="RIS"), "RIS"),
            (given_by(local="RIS", universal="1.2.3"), "RIS"),
            (given_by(universal="1.2.3"), "1.2.3"),
            (given_by(), None),
            ([], None),
            (None, None),
        ],
    )
    def test_is_its_local_name_else_its_universal_one(self, stated: object, issuer: str | None) -> None:
        report = read_as(CtReport, chest_ct_report_bytes(IssuerOfAccessionNumberSequence=stated))

        assert (report.accession_number, report.accession_issuer) == ("ACC-1", issuer)

    def test_of_a_performed_step_stands_with_the_request(self) -> None:
        scheduled = {**request(), "IssuerOfAccessionNumberSequence": given_by(local="RIS")}
        report = read_as(ProjectionReport, step_file(step(ScheduledStepAttributesSequence=[scheduled])))

        assert report.accession_issuer == "RIS"


class TestTheAdmission:
    def test_is_stated_with_who_gave_its_number_in_the_new_way_and_the_old(self) -> None:
        new = chest_ct_report_bytes(AdmissionID="V1", IssuerOfAdmissionIDSequence=given_by(local="HOSP"))
        old = chest_ct_report_bytes(AdmissionID="V1", IssuerOfAdmissionID="HOSP")

        for stated in (new, old):
            report = read_as(CtReport, stated)
            assert (report.admission_id, report.admission_issuer) == ("V1", "HOSP")
        assert read_as(CtReport, chest_ct_report_bytes()).admission_id is None


class TestThePregnancyStatus:
    @pytest.mark.parametrize(
        ("number", "status"),
        [
            (1, PregnancyStatus.NOT_PREGNANT),
            (2, PregnancyStatus.POSSIBLY_PREGNANT),
            (3, PregnancyStatus.PREGNANT),
            (4, PregnancyStatus.UNKNOWN),
        ],
    )
    def test_is_one_of_four(self, number: int, status: PregnancyStatus) -> None:
        assert read_as(CtReport, chest_ct_report_bytes(PregnancyStatus=number)).patient.pregnancy_status is status

    def test_of_zero_is_not_stated(self) -> None:
        """As Siemens writes where nobody was asked."""
        report = read_as(CtReport, chest_ct_report_bytes(PregnancyStatus=0))

        assert (report.patient.pregnancy_status, report.warnings) == (None, ())

    def test_of_another_number_is_noted_and_not_used(self) -> None:
        report = read_as(CtReport, chest_ct_report_bytes(PregnancyStatus=7))

        assert report.patient.pregnancy_status is None
        assert [(one.path, one.problem) for one in report.warnings] == [("(0010,21C0)", "is none of 1 to 4")]
