"""Lines of a history. Nobody in them exists."""

from datetime import datetime
from uuid import uuid4

from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis
from dose_core.model import DeviceStated
from dose_services.exams import ExamSummary


def exam_summary(
    started_at: datetime | None,
    *,
    dlp_mgy_cm: float | None = 100.0,
    dlp_basis: Basis | None = Basis.STATED_TOTAL,
    events: int = 1,
    events_without_dlp: int = 0,
) -> ExamSummary:
    """Return a CT of the chest."""
    return ExamSummary(
        id=uuid4(),
        patient_id=uuid4(),
        study_instance_uid="1.2.3",
        revision=1,
        state=Standing.COUNTED,
        region=None,
        totals=(),
        modality="CT",
        accession_number=None,
        study_description="CT chest",
        protocols=(),
        device=DeviceStated(),
        started_at=started_at,
        started_local=None,
        source=Source.RDSR,
        dlp_mgy_cm=dlp_mgy_cm,
        dlp_basis=dlp_basis,
        ctdi_vol_max_mgy=None,
        events=events,
        events_without_dlp=events_without_dlp,
    )
