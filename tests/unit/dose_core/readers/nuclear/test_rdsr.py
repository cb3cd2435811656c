"""Tests of dose_core.readers.nuclear.rdsr and nuclear_estimates."""

from datetime import datetime

import pytest

from dose_core.model import Code, Kind, NuclearReport, OrganDose, StatedEstimate, StatedValue
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from tests.builders.nuclear import (
    BILATERAL,
    FDG_SRT,
    FLUORINE,
    FLUORINE_SRT,
    KIDNEY,
    LEFT,
    LIVER,
    SCT,
    SRT,
    administered_by,
    administration,
    agent_item,
    authority,
    characteristics,
    effective_dose,
    organ_dose,
    route,
    rrdsr_bytes,
    siemens_effective_dose,
    site,
)
from tests.builders.sr import Concept, Item, container, date_time, num, text
from tests.support.read_as import read_as


def problems(report: NuclearReport) -> list[str]:
    return [warning.problem for warning in report.warnings]


class TestAdministration:
    def test_states_what_was_administered_when_and_how(self) -> None:
        report = read_as(
            NuclearReport,
            rrdsr_bytes(
                administration(
                    date_time(("123004", "DCM", "Radiopharmaceutical Stop DateTime"), "20260301090100"),
                    num(("113508", "DCM", "Pre-Administration Measured Activity"), "380", "MBq"),
                    num(("113509", "DCM", "Post-Administration Measured Activity"), "10", "MBq"),
                    num(("123005", "DCM", "Radiopharmaceutical Volume"), "2.5", "cm3"),
                    num(("113506", "DCM", "Estimated Extravasation Activity"), "3", "%"),
                    route(site(LEFT)),
                    text(("121106", "DCM", "Comment"), "slow"),
                )
            ),
        )

        assert report.kind is Kind.RADIOPHARMACEUTICAL_RDSR
        assert report.intent == "Diagnostic Intent"
        assert report.associated_procedure is not None
        assert report.associated_procedure.value == "443271005"
        (event,) = report.events
        assert event.event_uid == "2.25.7001"
        assert (event.agent, event.agent_code) == (
            "Fluorodeoxyglucose F^18^",
            Code(value="35321007", scheme="SCT", meaning="Fluorodeoxyglucose F^18^"),
        )
        assert (event.radionuclide, event.half_life_s) == ("^18^Fluorine", 6586.2)
        assert (event.administered_activity_mbq, event.pre_activity_mbq, event.post_activity_mbq) == (370, 380, 10)
        assert (event.volume_ml, event.extravasation_percent) == (2.5, 3)
        assert (event.start, event.stop) == (
            datetime.fromisoformat("2026-03-01T09:00"),
            datetime.fromisoformat("2026-03-01T09:01"),
        )
        assert (report.started_at, report.ended_at) == (event.start, event.stop)
        assert (event.route, event.site, event.laterality) == ("Intravenous route", "Arm vein", "L")
        assert event.comment == "slow"
        assert report.warnings == ()

    @pytest.mark.parametrize("words", [SCT, SRT], ids=["SCT", "SRT"])
    def test_reads_both_schemes_of_siemens_biograph(self, words: dict[str, Concept]) -> None:
        """Section F: agent, nuclide, half-life, route, site and laterality come in SRT or SCT."""
        agent = agent_item(FDG_SRT, FLUORINE_SRT, words=words)
        report = read_as(
            NuclearReport,
            rrdsr_bytes(
                administration(
                    route(site(LEFT, words), words=words),
                    organ_dose(KIDNEY, "6.7", side=BILATERAL, words=words),
                    agent=agent,
                ),
                words=words,
            ),
        )

        (event,) = report.events
        assert (event.agent, event.radionuclide, event.half_life_s) == (
            "Fluorodeoxyglucose F^18^",
            "^18^Fluorine",
            6586.2,
        )
        assert (event.route, event.site, event.laterality) == ("Intravenous route", "Arm vein", "L")
        assert (event.organ_doses[0].organ, event.organ_doses[0].laterality) == ("Kidney", "B")
        assert (report.intent, report.warnings) == ("Diagnostic Intent", ())

    def test_reads_an_agent_that_comes_as_text(self) -> None:
        (event,) = read_as(
            NuclearReport, rrdsr_bytes(administration(agent=agent_item("Trial tracer 7", FLUORINE)))
        ).events

        assert (event.agent, event.agent_code, event.radionuclide) == ("Trial tracer 7", None, "^18^Fluorine")

    @pytest.mark.parametrize("name", ["Unknown", "UNKNOWN^UNKNOWN"])
    def test_takes_unknown_for_nobody_as_siemens_biograph_writes_it(self, name: str) -> None:
        (event,) = read_as(NuclearReport, rrdsr_bytes(administration(administered_by(name)))).events

        assert event.administered_by is None

    def test_names_who_administered_and_nobody_else(self) -> None:
        other_role = ("113850", "DCM", "Irradiation Authorizing")
        report = read_as(
            NuclearReport,
            rrdsr_bytes(administration(administered_by("Muster^Max"), administered_by("Probe^Petra", other_role))),
        )

        assert report.events[0].administered_by == "Muster^Max"

    def test_converts_an_activity_in_another_unit(self) -> None:
        (event,) = read_as(NuclearReport, rrdsr_bytes(administration(activity="10", unit="mCi"))).events

        assert event.administered_activity_mbq == 370

    @pytest.mark.parametrize(
        ("activity", "problem"),
        [
            ("370000000", "3.7e+08 MBq is no administered activity; the number looks like Bq"),
            ("0.00037", "0.00037 MBq is no administered activity; the number looks like MBq"),
            ("0", "0 is stated: no activity, or none that was recorded"),
        ],
    )
    def test_names_an_activity_that_nobody_administers_and_keeps_it(self, activity: str, problem: str) -> None:
        report = read_as(NuclearReport, rrdsr_bytes(administration(activity=activity)))

        assert report.events[0].administered_activity_mbq == float(activity)
        assert problems(report) == [problem]

    def test_states_two_administrations_in_order(self) -> None:
        report = read_as(
            NuclearReport,
            rrdsr_bytes(
                administration(uid="2.25.2", start="20260301130000", activity="900"),
                administration(uid="2.25.1", start="20260301090000", activity="300"),
            ),
        )

        assert [event.administered_activity_mbq for event in report.events] == [900, 300]
        assert report.started_at == datetime.fromisoformat("2026-03-01T09:00")

    def test_names_an_event_uid_that_stands_for_two(self) -> None:
        report = read_as(NuclearReport, rrdsr_bytes(administration(), administration(activity="20")))

        assert problems(report) == ["2.25.7001 stands for 2 administrations"]

    def test_states_nothing_that_is_not_stated(self) -> None:
        empty: Item = container(("113502", "DCM", "Radiopharmaceutical Administration"))

        report = read_as(NuclearReport, rrdsr_bytes(empty))

        (event,) = report.events
        assert (event.administered_activity_mbq, event.agent, event.start, event.route) == (None, None, None, None)
        assert (report.started_at, report.estimates, report.warnings) == (None, (), ())

    def test_cannot_read_a_report_without_an_administration(self) -> None:
        with pytest.raises(UnreadableError, match="no content that we know"):
            read_dose(rrdsr_bytes())


class TestDosesThatTheSourceComputed:
    def test_are_kept_per_organ_with_side_and_method(self) -> None:
        report = read_as(
            NuclearReport,
            rrdsr_bytes(
                administration(
                    organ_dose(LIVER, "8.27", authority=authority("ICRP Publication 128")),
                    organ_dose(
                        KIDNEY,
                        "0.0067",
                        unit="Gy",
                        side=BILATERAL,
                        authority=authority(("113527", "DCM", "OLINDA-EXM")),
                    ),
                )
            ),
        )

        liver = Code(value="10200004", scheme="SCT", meaning="Liver")
        kidney = Code(value="64033007", scheme="SCT", meaning="Kidney")
        assert report.events[0].organ_doses == (
            OrganDose(organ="Liver", organ_code=liver, dose_mgy=8.27, method="ICRP Publication 128"),
            OrganDose(organ="Kidney", organ_code=kidney, dose_mgy=6.7, laterality="B", method="OLINDA-EXM"),
        )
        assert report.estimates[0] == StatedEstimate(
            quantity="organ_dose",
            value=8.27,
            unit="mGy",
            path="1.2.5.2",
            organ="Liver",
            method="ICRP Publication 128",
            event_uid="2.25.7001",
        )

    @pytest.mark.parametrize("item", [effective_dose("7.486"), siemens_effective_dose("7.486")])
    def test_find_the_effective_dose_also_in_the_private_container_of_siemens_biograph(self, item: Item) -> None:
        report = read_as(NuclearReport, rrdsr_bytes(administration(item)))

        assert report.events[0].effective_dose_msv == 7.486
        (estimate,) = report.estimates
        assert (estimate.quantity, estimate.value, estimate.unit) == ("effective_dose", 7.486, "mSv")
        assert (estimate.method, estimate.event_uid) == ("ICRP Publication 128", "2.25.7001")
        assert report.warnings == ()

    def test_are_left_out_and_named_where_organ_or_number_is_missing(self) -> None:
        report = read_as(
            NuclearReport,
            rrdsr_bytes(
                administration(
                    organ_dose(None, "1"), organ_dose(LIVER, None), organ_dose(LIVER, "-1"), organ_dose(LIVER, "2")
                )
            ),
        )

        assert [dose.dose_mgy for dose in report.events[0].organ_doses] == [2]
        assert problems(report) == ["names no organ", "-1.0 is not a dose"]


class TestPatientCharacteristics:
    def test_fill_what_the_header_leaves_open(self) -> None:
        """Siemens Biograph states the height in m, the template asks for cm."""
        content = administration(), characteristics("1.78", "m", "110")

        report = read_as(NuclearReport, rrdsr_bytes(*content, PatientSize=None, PatientWeight=None))

        assert (report.patient.size_cm, report.patient.weight_kg) == (178, 110)
        assert StatedValue(field="patient.size_cm", path="1.3.1", text="1.78", unit="m") in report.stated

    def test_do_not_replace_the_header(self) -> None:
        report = read_as(NuclearReport, rrdsr_bytes(administration(), characteristics("178", "cm", "110")))

        assert (report.patient.size_cm, report.patient.weight_kg) == (165, 62.5)

    def test_are_refused_where_no_body_has_them(self) -> None:
        content = administration(), characteristics("178", "m", "0")

        report = read_as(NuclearReport, rrdsr_bytes(*content, PatientSize=None, PatientWeight=None))

        assert (report.patient.size_cm, report.patient.weight_kg) == (None, None)
        assert problems(report) == ["is no body measure", "is no body measure"]
