"""
Studies of real devices as exams, whatever the order in which their objects come.

Oracles: ``expected_sr.json``, read by code value straight from the bytes; what the objects state in words of their own.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from math import fsum
from typing import Any

import pytest

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.model import DoseReport
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, needs_corpus

_EXPECTED_FILE = CORPUS / "expected_sr.json"
_EXPECTED: dict[str, Any] = json.loads(_EXPECTED_FILE.read_text()) if _EXPECTED_FILE.is_file() else {}

MULTI = [f"ct_rdsr/openREM__CT-RDSR-Siemens-Multi-{n}.dcm" for n in (1, 2, 3)]
CONTINUED = [f"ct_rdsr/openREM__CT-RDSR-Siemens-Continued-{n}.dcm" for n in (1, 2)]
DUAL_RF, DUAL_DX = "xa_rf_rdsr/openREM__Dual-RDSR-RF.dcm", "dx_rdsr/openREM__Dual-RDSR-DX.dcm"
EUROCOLUMBUS = "xa_rf_rdsr/openREM__RF-RDSR-Eurocolumbus.dcm"
BIPLANE = "xa_rf_rdsr/PySkinDose__philips_allura_clarity_u104.dcm"
SENO = [f"mg_image/openREM__MG-Im-GE_Seno_1_{form}.dcm" for form in ("ForPresentation", "ForProcessing")]
PET = [
    "nm_rrdsr/openREM__NM-RRDSR-Siemens.dcm",
    *(f"pt_nm_image/openREM__NM-PetIm-Siemens{end}.dcm" for end in ("", "-3", "-3-sameseries")),
]
GE_SCREENS = ["ct_dose_sc/fo-dicom__GH178.dcm", "ct_dose_sc/fo-dicom__GH179A.dcm"]

pytestmark = [needs_corpus, pytest.mark.real_dicom]


def statement(name: str, **changed: Any) -> Statement[DoseReport]:  # noqa: ANN401  fields of a report
    report = read_dose((CORPUS / name).read_bytes())
    return Statement(key=name, report=replace(report, **changed))


def exam(statements: Sequence[Statement[DoseReport]]) -> Exam:
    return exam_of(statements[0].report.study_instance_uid or "", statements)


def in_every_order(names: Sequence[str]) -> Exam:
    statements = [statement(name) for name in names]
    first = exam(statements)
    assert all(exam(order) == first for order in permutations(statements))
    return first


def total(of: Exam, quantity: Quantity, part: str | None = None) -> Total:
    return next(one for one in of.totals if (one.quantity, one.of) == (quantity, part))


class TestCumulativeReports:
    def test_are_one_exam_with_the_total_of_the_last(self) -> None:
        """The last of three reports repeats the events of both before it."""
        found = in_every_order(MULTI)

        assert found.ct is not None
        assert len(found.ct.events) == 3
        dlp = total(found, Quantity.DLP)
        assert (dlp.value, dlp.basis, dlp.statement) == (236.09, Basis.STATED_TOTAL, MULTI[2])
        assert dlp.value == _EXPECTED[MULTI[2]]["ct"]["total_dlp_mGycm"]
        assert (found.modalities, found.conflicts, found.not_counted) == (("CT",), (), ())


class TestContinuedStudy:
    def test_is_one_exam_of_all_events(self) -> None:
        found = in_every_order(CONTINUED)

        assert found.ct is not None
        assert len(found.ct.events) == 4
        dlp = total(found, Quantity.DLP)
        assert dlp.value == pytest.approx(116.61, abs=1e-9)
        assert dlp.basis is Basis.SUM_OF_TOTALS
        assert dlp.value == pytest.approx(fsum(_EXPECTED[name]["ct"]["total_dlp_mGycm"] for name in CONTINUED))
        assert dlp.value == pytest.approx(
            fsum(event["dlp_mGycm"] or 0 for name in CONTINUED for event in _EXPECTED[name]["ct"]["events"])
        )


class TestDualDevice:
    """Siemens Fluorospot: fluoroscopy and radiography of one device, delivered as two studies."""

    def test_are_two_exams_as_delivered(self) -> None:
        fluoroscopy, radiograph = exam([statement(DUAL_RF)]), exam([statement(DUAL_DX)])

        assert fluoroscopy.study_instance_uid != radiograph.study_instance_uid
        assert (fluoroscopy.modalities, radiograph.modalities) == (("RF",), ("DX",))

    def test_are_one_exam_when_their_study_is_one(self) -> None:
        study = statement(DUAL_RF).report.study_instance_uid
        statements = [statement(name, study_instance_uid=study) for name in (DUAL_RF, DUAL_DX)]

        found = exam(statements)

        assert exam(statements[::-1]) == found
        assert (len(found.projection), found.modalities) == (5, ("RF",))
        expected = [_EXPECTED[name]["xray"]["accumulated"][0] for name in (DUAL_RF, DUAL_DX)]
        assert total(found, Quantity.DAP).value == pytest.approx(fsum(one["dap_total_Gym2"] * 1e4 for one in expected))

    def test_a_total_of_zero_gives_way_to_the_event_beside_it(self) -> None:
        """Vendor quirk A22: the report states an air kerma of 0 and an event of 35 uGy."""
        ka_r = total(exam([statement(DUAL_DX)]), Quantity.KA_R, "single")

        assert ka_r.value == pytest.approx(_EXPECTED[DUAL_DX]["xray"]["events"][0]["rp_Gy"] * 1e3)
        assert [(rival.value, rival.basis) for rival in ka_r.rivals] == [(0.0, Basis.STATED_TOTAL)]


class TestVendors:
    def test_eurocolumbus_is_fluoroscopy_though_its_totals_say_acquisition(self) -> None:
        found = exam([statement(EUROCOLUMBUS)])

        assert found.modalities == ("RF",)
        dap, fluoroscopy, acquisitions = (
            total(found, quantity) for quantity in (Quantity.DAP, Quantity.FLUORO_DAP, Quantity.ACQUISITION_DAP)
        )
        assert dap.value == pytest.approx(0.09)
        assert fluoroscopy.value == pytest.approx(0.08)
        assert (fluoroscopy.basis, [rival.value for rival in fluoroscopy.rivals]) == (Basis.SUM_OF_EVENTS, [0.0])
        assert acquisitions.value == 0
        assert [rival.value for rival in acquisitions.rivals] == [pytest.approx(0.09)]

    def test_of_a_biplane_device_air_kerma_is_told_of_each_plane_alone(self) -> None:
        found = exam([statement(BIPLANE)])

        assert {one.of for one in found.totals if one.quantity is Quantity.KA_R} == {"a", "b"}
        values = [total(found, Quantity.KA_R, plane).value for plane in ("a", "b")]
        assert values == [pytest.approx(7.0936639118e-4 * 1e3), 0.0]  # as the object states them, in Gy
        assert total(found, Quantity.DAP).value == pytest.approx(7.8391324289e-6 * 1e4)  # plane B states 0

    def test_ge_dose_screens_that_came_twice_are_one_exam(self) -> None:
        found = in_every_order(GE_SCREENS)

        assert found.ct is not None
        assert (found.ct.source, len(found.ct.events)) == (Source.SCREEN, 4)
        assert total(found, Quantity.DLP).value == 1748.68


class TestTwinImages:
    def test_of_ge_senographe_are_one_exposure(self) -> None:
        found = in_every_order(SENO)

        (view,) = found.mammography
        assert len(view.places) == 2
        agd = total(found, Quantity.AGD, "L")
        assert agd.value == view.event.agd_mgy == pytest.approx(0.547)
        assert (agd.basis, agd.source) == (Basis.SUM_OF_EVENTS, Source.IMAGE_HEADER)


class TestPetExamination:
    def test_is_one_administration_of_394_mbq_under_two_identities(self) -> None:
        """The report names another patient than its images: what the desk has to settle."""
        found = in_every_order(PET)

        (one,) = found.nuclear
        assert (one.source, {place.statement for place in one.places}) == (Source.RDSR, set(PET))
        (expected,) = _EXPECTED[PET[0]]["nm"]
        assert one.event_uid == expected["uid"]
        assert total(found, Quantity.ACTIVITY, "F-18 FDG").value == expected["activity_MBq"] == 394
        assert (found.modalities, len(found.patients), len(found.devices)) == (("PT",), 2, 1)
        assert found.conflicts == ("images state the start as 2022-02-24T10:48:30; it counts with 394 MBq",)
