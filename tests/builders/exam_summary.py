"""Lines of a history. Nobody in them exists."""

from datetime import datetime
from uuid import uuid4

from dose_core.ledger.source import Source
from dose_core.ledger.standing import Standing
from dose_core.ledger.totals import Basis, Quantity
from dose_core.model import DeviceStated
from dose_services.exams import ExamSummary, TotalView


def total_view(
    quantity: Quantity,
    value: float | None,
    *,
    of: str | None = None,
    basis: Basis | None = Basis.STATED_TOTAL,
    missing: int = 0,
) -> TotalView:
    """Return a total as a line of a history has it."""
    return TotalView(
        quantity=quantity,
        of=of,
        value=value,
        basis=basis,
        source=Source.RDSR if basis else None,
        missing=missing,
        others=0,
        value_id=f"{uuid4()}.totals.0.value",
    )


def exam_summary(
    started_at: datetime | None,
    *totals: TotalView,
    dlp_mgy_cm: float | None = 100.0,
    dlp_basis: Basis | None = Basis.STATED_TOTAL,
    missing: int = 0,
) -> ExamSummary:
    """Return a CT of the chest with this DLP, unless totals are given."""
    return ExamSummary(
        id=uuid4(),
        patient_id=uuid4(),
        site="",
        study_instance_uid="1.2.3",
        revision=1,
        state=Standing.COUNTED,
        modality="CT",
        region=None,
        accession_number=None,
        study_description="CT chest",
        protocols=(),
        device=DeviceStated(),
        started_at=started_at,
        started_local=None,
        source=Source.RDSR,
        events=1,
        totals=totals or (total_view(Quantity.DLP, dlp_mgy_cm, basis=dlp_basis, missing=missing),),
    )
