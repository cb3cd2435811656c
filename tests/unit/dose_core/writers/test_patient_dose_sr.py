"""Tests of dose_core.writers.patient_dose_sr; each object made here is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import XRayRadiationDoseSRStorage

from dose_core.dosimetry.estimate import Input, Interval
from dose_core.model import DoseReport, Kind
from dose_core.writers.errors import NotWritableError
from dose_core.writers.part10 import to_part10
from dose_core.writers.patient_dose_sr import kind_of, write_patient_dose_sr
from dose_core.writers.patient_dose_values import MODELS, PatientDose
from dose_core.writers.templates.check import broken_rows
from tests.builders.patient_doses import (
    EXAM,
    FIRST,
    SECOND,
    SKIN_MAP,
    STATEMENT,
    effective,
    estimated,
    organ,
    skin,
    ssde,
    used_report,
)
from tests.builders.statements import STUDY
from tests.builders.written import header, issue
from tests.support.content import coded, items, numbers, texts
from tests.support.dciodvfy import dciodvfy_errors, dsr2xml_complaints, dsrdump_complaints
from tests.support.read_as import read_as

Write = Callable[..., Dataset]
REPORT = used_report(FIRST, SECOND)
LOWER, UPPER, EVENT = "371885007", "371886008", "128429"


def written(*doses: PatientDose, revision: int = 1, **others: Any) -> Dataset:  # noqa: ANN401  arguments of the writer
    """Return a report that nobody has judged."""
    of = {"exam": EXAM, "source": header(), "reports": (REPORT,), **others}
    method = doses[0].estimate.method_id if doses else "none"
    return write_patient_dose_sr(of.pop("exam"), doses, of.pop("source"), issue(kind_of(method), revision), **of)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """
    Write a report that validators have judged.

    The newest release of dciodvfy knows no Patient Radiation Dose SR; it is shown the same attributes as an X-Ray
    Radiation Dose SR, whose modules are the same.
    """

    def judged(*doses: PatientDose, **others: Any) -> Dataset:  # noqa: ANN401  arguments of the writer
        dataset = written(*doses, **others)
        dicom = to_part10(dataset)
        assert dsrdump_complaints(dicom, tmp_path) == []
        assert dsr2xml_complaints(dicom, tmp_path) == []
        sibling = Dataset(dataset)
        sibling.SOPClassUID = XRayRadiationDoseSRStorage
        assert dciodvfy_errors(to_part10(sibling), tmp_path) == []
        read = dcmread(BytesIO(dicom))
        assert broken_rows(read) == ()
        return read

    return judged


class TestDose:
    def test_stands_with_organ_event_and_interval(self, write: Write) -> None:
        """12.5 mGy from 9.375 to 18.75 mGy are 0.0125 Gy, 0.003125 Gy below and 0.00625 Gy above it."""
        dataset = write(organ("lungs", 12.5, FIRST))

        assert numbers(dataset, "128533") == [0.0125]
        assert coded(dataset, "363698007") == ["39607008"]
        assert [item.UID for item in items(items(dataset, "128402")[0], EVENT)] == [FIRST, FIRST]
        assert numbers(dataset, LOWER) == [0.003125]
        assert numbers(dataset, UPPER) == [0.00625]
        assert texts(dataset, "128511") == ["95% coverage; a paper on intervals"]

    def test_of_several_organs_stand_in_one_estimate(self, write: Write) -> None:
        dataset = write(organ("lungs", 12.5, FIRST), organ("lungs", 3.0, SECOND), organ("liver", 4.0))

        assert len(items(dataset, "128402")) == len(items(dataset, "128415")) == 1
        assert numbers(dataset, "128533") == [0.0125, 0.003, 0.004]
        assert coded(dataset, "363698007") == ["39607008", "39607008", "10200004"]

    def test_of_an_organ_without_a_code_of_dicom_has_one_of_ours(self, write: Write) -> None:
        (site,) = items(write(organ("extrathoracic region", 1.0)), "363698007")
        entry = site.ConceptCodeSequence[0]

        assert (entry.LongCodeValue, entry.CodingSchemeDesignator) == ("extrathoracic region", "99DOSELEDGER")

    def test_of_size_stands_in_mgy(self, write: Write) -> None:
        dataset = write(ssde(9.5))

        assert numbers(dataset, "113930") == [9.5]
        assert items(dataset, "113930")[0].MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue == "mGy"

    def test_of_a_breast_names_its_side(self, write: Write) -> None:
        agd = PatientDose(
            quantity="agd_mgy", of="L", event_uid=FIRST, estimate=estimated(1.5, method="mammography-agd-by-dance")
        )
        dataset = write(agd)

        assert numbers(dataset, "128533") == [0.0015]
        assert coded(dataset, "363698007") == ["76752008"]
        assert coded(dataset, "272741003") == ["7771000"]

    def test_of_the_skin_is_its_highest_and_names_the_map(self, write: Write) -> None:
        dataset = write(skin(2000.0), skin_map=SKIN_MAP)

        assert numbers(dataset, "128531") == [2.0]
        assert coded(dataset, "363698007") == ["39937001"]
        assert coded(dataset, "128413") == ["128485"]
        (image,) = items(dataset, "128414")
        assert (image.ValueType, image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID) == (
            "IMAGE",
            SKIN_MAP.sop_instance_uid,
        )

    def test_tells_what_went_in(self, write: Write) -> None:
        given = (
            Input(name="water-equivalent diameter, mean of 12 slices", value=286.0, unit="mm"),
            Input(name="CTDIvol", value=8.5, unit="mGy"),
            Input(name="mean conversion factor", value=1.3125),
            Input(name="body part", value="trunk"),
        )
        dataset = write(ssde(9.5, inputs=given))

        assert numbers(dataset, "113980") == [286.0]
        assert numbers(dataset, "113830") == [8.5]
        assert numbers(dataset, "128410") == [1.3125]
        assert "body part: trunk" in texts(dataset, "121106")

    def test_tells_its_caveats(self, write: Write) -> None:
        dataset = write(organ("lungs", 1.0, caveats=("the arms were not looked at",)))

        assert "the arms were not looked at." in texts(dataset, "121106")


class TestMethod:
    def test_is_named_with_version_model_type_and_source(self, write: Write) -> None:
        dataset = write(organ("lungs", 1.0, inputs=(Input(name="sex", value="F"),)))

        assert texts(dataset, "128403") == ["ct-organ-dose, version 1"]
        assert coded(dataset, "128417") == ["128404"]
        assert coded(dataset, "128420") == ["261665006"]
        assert coded(dataset, "128477") == ["128479"]
        assert texts(dataset, "128482") == ["a table of coefficients"]
        assert coded(dataset, "128437") == ["F"]

    @pytest.mark.parametrize("method", [*MODELS, "acme-method"])
    def test_of_any_kind_makes_a_valid_report(self, write: Write, method: str) -> None:
        """What nobody says of a stranger's method is unknown."""
        dataset = write(organ("liver", 1.0, method=method))

        assert coded(dataset, "128417") == [
            {"ct-ssde": "128418", "ct-organ-dose": "128404", "skin-dose-map": "128404"}.get(method, "261665006")
        ]

    def test_names_the_report_and_no_events_if_all_were_used(self, write: Write) -> None:
        dataset = write(organ("lungs", 1.0, FIRST), organ("lungs", 1.0, SECOND))
        (used,) = items(dataset, "128416")

        assert used.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == REPORT.evidence.sop_instance_uid
        assert items(used, EVENT) == []

    def test_names_the_events_that_were_used_if_others_were_not(self, write: Write) -> None:
        """TID 10033, row 4."""
        (used,) = items(write(ssde(9.5, SECOND)), "128416")

        assert [item.UID for item in items(used, EVENT)] == [SECOND]

    def test_names_the_events_that_a_map_did_not_leave_out(self, write: Write) -> None:
        (used,) = items(write(skin(2000.0), left_out=frozenset({FIRST})), "128416")

        assert [item.UID for item in items(used, EVENT)] == [SECOND]

    def test_speaks_of_no_event_that_only_images_tell(self, write: Write) -> None:
        """Nor of all together, if one of them is such an event; the comment counts them."""
        first = organ("lungs", 1.0, FIRST)
        dataset = write(first, organ("lungs", 2.0, SECOND), organ("lungs", 3.0), reports=(used_report(FIRST),))

        assert numbers(dataset, "128533") == [0.001]
        assert "Not told: 2 values" in texts(dataset, "121106")[-1]

    def test_speaks_of_all_but_what_a_map_leaves_out(self, write: Write) -> None:
        reports = (used_report(FIRST),)

        assert numbers(write(skin(2000.0), reports=reports, left_out=frozenset({SECOND})), "128531") == [2.0]
        with pytest.raises(NotWritableError, match="of events that a dose report of a device states"):
            written(skin(2000.0), reports=reports)

    def test_does_not_name_a_report_of_which_no_event_was_used(self, write: Write) -> None:
        other = used_report(f"{STUDY}.77.3", number=2)
        dataset = write(ssde(9.5), reports=(REPORT, other))

        assert len(items(dataset, "128416")) == 1

    def test_names_a_report_that_states_totals_alone(self, write: Write) -> None:
        assert len(items(write(skin(2000.0), reports=(used_report(),)), "128416")) == 1


class TestDocument:
    def test_is_a_patient_radiation_dose_sr_of_the_study(self, write: Write) -> None:
        dataset = write(ssde(9.5))

        assert dataset.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.73"
        assert dataset.ContentTemplateSequence[0].TemplateIdentifier == "10030"
        assert (dataset.StudyInstanceUID, dataset.Manufacturer) == (STUDY, "DoseLedger")

    def test_lists_every_object_that_it_names(self, write: Write) -> None:
        dataset = write(skin(2000.0), skin_map=SKIN_MAP)
        series = dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
        listed = {one.ReferencedSOPInstanceUID for each in series for one in each.ReferencedSOPSequence}

        assert listed == {REPORT.evidence.sop_instance_uid, SKIN_MAP.sop_instance_uid}

    def test_of_a_later_revision_replaces_the_one_before(self, write: Write) -> None:
        first, later = write(ssde(9.5)), write(ssde(9.75), revision=2)
        replaced = later.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]

        assert replaced.ReferencedSOPInstanceUID == first.SOPInstanceUID
        assert replaced.ReferencedSOPClassUID == first.SOPClassUID

    def test_is_the_same_each_time(self) -> None:
        assert to_part10(written(ssde(9.5))) == to_part10(written(ssde(9.5)))

    def test_of_each_method_has_uids_of_its_own(self) -> None:
        assert written(ssde(9.5)).SOPInstanceUID != written(skin(9.5)).SOPInstanceUID


class TestEffectiveDose:
    def test_stands_with_its_statement_where_the_site_lets_it_out(self, write: Write) -> None:
        dataset = write(effective(2.5), effective(1.0, event_uid=FIRST), effective_dose_statement=STATEMENT)

        assert numbers(dataset, "113839") == [2.5, 1.0]
        assert STATEMENT in texts(dataset, "121106")[-1]

    def test_is_refused_where_the_site_does_not(self) -> None:
        with pytest.raises(NotWritableError, match="the site's permission"):
            written(effective(2.5))

    def test_of_a_part_of_the_exam_says_so(self, write: Write) -> None:
        dataset = write(effective(2.5, of="administered"), effective_dose_statement=STATEMENT)

        assert "Part of the exam: administered." in texts(dataset, "121106")

    def test_statement_stands_beside_no_other_dose(self, write: Write) -> None:
        assert STATEMENT not in texts(write(ssde(9.5), effective_dose_statement=STATEMENT), "121106")[-1]


class TestReadBack:
    def test_gives_the_estimates_that_were_written(self) -> None:
        """Ten digits are written; a map has no event of its own."""
        doses = (organ("lungs", 12.3456789, FIRST), organ("liver", 4.5, SECOND), organ("thymus", 0.0))
        read = read_as(DoseReport, to_part10(written(*doses)))

        assert [(one.quantity, one.organ, one.statistic, one.event_uid) for one in read.estimates] == [
            ("organ_dose", "Lung", "mean", FIRST),
            ("organ_dose", "Liver", "mean", SECOND),
            ("organ_dose", "Thymus", "mean", None),
        ]
        assert [one.value for one in read.estimates] == [pytest.approx(dose.estimate.value, rel=1e-9) for dose in doses]

    @pytest.mark.parametrize(
        ("dose", "quantity", "unit"),
        [
            (ssde(9.5), "ssde", "mGy"),
            (skin(2150.0), "skin_dose", "mGy"),
            (effective(2.25), "effective_dose", "mSv"),
        ],
    )
    def test_knows_each_quantity_in_its_unit(self, dose: PatientDose, quantity: str, unit: str) -> None:
        (one,) = read_as(DoseReport, to_part10(written(dose, effective_dose_statement=STATEMENT))).estimates

        assert (one.quantity, one.unit) == (quantity, unit)
        assert one.value == pytest.approx(dose.estimate.value, rel=1e-9)

    def test_knows_the_report_as_our_own(self) -> None:
        read = read_as(DoseReport, to_part10(written(ssde(9.5))))

        assert (read.kind, read.our_own, read.warnings) == (Kind.PATIENT_RDSR, True, ())


class TestRefusal:
    @pytest.mark.parametrize(
        ("doses", "missing"),
        [
            ((), "an estimate with a concept"),
            (
                (PatientDose(quantity="days_of_background", estimate=estimated(4.0, "d")),),
                "an estimate with a concept",
            ),
            ((PatientDose(quantity="ssde_mgy", estimate=estimated(4.0, "Gy")),), "an estimate with a concept"),
            ((ssde(9.5), organ("lungs", 1.0)), "estimates of one method"),
            ((ssde(9.5), ssde(9.5, method_version="2")), "estimates of one method"),
            ((ssde(nan),), "finite values"),
            ((ssde(inf),), "finite values"),
            ((ssde(-1.0),), "an interval that holds its value"),
            ((ssde(1.0, interval=Interval(low=1.5, high=2.0, coverage=None, source="x")),), "an interval that holds"),
            ((ssde(1.0, interval=Interval(low=0.5, high=2.0, coverage=None, source=" ")),), "the source of each value"),
            ((ssde(1.0, source=""),), "the source of each value"),
            ((ssde(1.0, method_version=""),), "the id and version of the method"),
            ((ssde(1.0, inputs=(Input(name="DLP", value=nan, unit="mGy.cm"),)),), "finite inputs"),
            ((organ("\x00", 1.0),), "an organ that a coded entry can name"),
            ((organ("o" * 65, 1.0),), "an organ that a coded entry can name"),
        ],
    )
    def test_of_estimates_that_cannot_be_told(self, doses: tuple[PatientDose, ...], missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            written(*doses)

    @pytest.mark.parametrize("reports", [(), (used_report(f"{STUDY}.78"),)], ids=["none", "one of other events"])
    @pytest.mark.parametrize("dose", [ssde(9.5), skin(2000.0)], ids=["of an event", "of the exam"])
    def test_without_a_dose_report_that_was_used(self, dose: PatientDose, reports: tuple[object, ...]) -> None:
        with pytest.raises(NotWritableError, match="of events that a dose report of a device states"):
            written(dose, reports=reports)

    def test_of_an_event_with_a_uid_that_breaks_the_rules(self) -> None:
        with pytest.raises(NotWritableError, match="a valid Irradiation Event UID"):
            written(ssde(1.0, event_uid="1.02"), reports=(used_report("1.02"),))

    def test_of_a_report_with_a_uid_that_breaks_the_rules(self) -> None:
        evidence = replace(REPORT.evidence, sop_instance_uid="1.2." + "3" * 70)

        with pytest.raises(NotWritableError, match="valid UIDs of the dose reports"):
            written(ssde(9.5), reports=(replace(REPORT, evidence=evidence),))

    def test_of_a_header_of_another_study(self) -> None:
        with pytest.raises(NotWritableError, match="a header of the same study"):
            written(ssde(9.5), source=header(study_instance_uid="1.2.3"))

    def test_names_no_patient(self) -> None:
        with pytest.raises(NotWritableError) as caught:
            written(ssde(9.5), source=header(patient_name="Doe^Jane\\Eve", patient_id="secret\n"))

        assert "Doe" not in str(caught.value)
        assert "secret" not in str(caught.value)


class TestHostileText:
    @pytest.mark.parametrize("text", ["a\x00b^=\\c\x1b[31m", "\N{SNOWMAN}" * 2000, "\u202e<script>", "ÄÖÜ\r\n\t漢字"])
    def test_from_a_strangers_method_breaks_nothing(self, write: Write, text: str) -> None:
        given = (Input(name=text, value=text, unit=text), Input(name="DLP", value=1.0, unit=text))
        interval = Interval(low=0.5, high=2.0, coverage=None, source=text)
        dose = ssde(1.0, source=text, interval=interval, inputs=given, caveats=(text,), method_version=text)

        assert len(items(write(dose), "113930")) == 1

    def test_values_that_no_concept_holds_are_counted(self, write: Write) -> None:
        other = PatientDose(quantity="days_of_background", estimate=estimated(4.0, "d", "ct-ssde"))
        dataset = write(ssde(9.5), other)

        assert "Not told: 1 values" in texts(dataset, "121106")[-1]
        assert items(dataset, "113930")
