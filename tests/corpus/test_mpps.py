"""
Performed procedure steps read as their bytes say; what only announces one is no dose.

Oracle: the key values of ``INDEX.csv`` and the elements as pydicom gives them.
"""

from datetime import datetime
from pathlib import Path

import pydicom
import pytest

from dose_core.model import CtReport, Kind, ProjectionReport
from dose_core.readers.errors import NotDoseError
from dose_core.readers.registry import read_dose
from tests.support.corpus import CORPUS, corpus_files, needs_corpus
from tests.support.read_as import read_as

STEPS = (*corpus_files("mpps"), *corpus_files("synthetic_mpps"))


@needs_corpus
@pytest.mark.real_dicom
class TestPerformedProcedureSteps:
    def test_are_all_named_by_their_files(self) -> None:
        assert len(STEPS) == 4
        for path in STEPS:
            report, oracle = read_dose(path.read_bytes()), pydicom.dcmread(path)
            assert report.kind is Kind.MPPS
            assert report.sop_instance_uid == oracle.file_meta.MediaStorageSOPInstanceUID
            assert report.completion == oracle.PerformedProcedureStepStatus

    def test_an_n_set_of_philips(self) -> None:
        report = read_as(ProjectionReport, (CORPUS / "mpps" / "DVTk__mpps-completed1.dcm").read_bytes())

        assert report.totals.dap_gy_cm2 == 0.05703  # 0.5703 dGy.cm2
        assert report.totals.exposure_count == 2
        assert [(event.kv, event.ma, event.exposure_time_s) for event in report.events] == [
            (48.0, 259.085, 0.023),
            (46.0, 242.655, 0.016),
        ]
        assert report.ended_at == datetime(2006, 7, 19, 13, 54, 46)  # noqa: DTZ001 - no offset is stated
        assert report.started_at is None

    def test_an_n_create(self) -> None:
        report = read_as(ProjectionReport, (CORPUS / "mpps" / "DVTk__mpps-inprogress1.dcm").read_bytes())

        assert (report.accession_number, report.modality) == ("113425301", "DX")
        assert (report.totals.planes, report.events) == ((), ())

    def test_a_ct(self) -> None:
        report = read_as(CtReport, (CORPUS / "synthetic_mpps" / "synth__ct_completed.dcm").read_bytes())

        assert report.totals.dlp_mgy_cm == 560.12
        assert [event.dlp_mgy_cm for event in report.events] == [None, 560.12]

    def test_an_xa(self) -> None:
        report = read_as(ProjectionReport, (CORPUS / "synthetic_mpps" / "synth__xa_completed.dcm").read_bytes())

        (plane,) = report.totals.planes
        assert (plane.dap_gy_cm2, plane.fluoro_time_s, plane.entrance_dose_mgy) == (152.075, 754.0, 1234.5)

    @pytest.mark.parametrize("path", corpus_files("mwl"), ids=lambda path: path.stem)
    def test_a_worklist_item_is_no_dose(self, path: Path) -> None:
        with pytest.raises(NotDoseError):
            read_dose(path.read_bytes())
