"""Bodies of CT events."""

from datetime import datetime
from typing import Any, Literal

from api.schemas.base import BodyOut
from api.schemas.estimates import EstimateOut, NotComputableOut
from api.schemas.events import CodeOut, EventOut
from dose_core.dosimetry.estimate import Estimate, NotComputable
from dose_core.ledger.exam import ExamEvent
from dose_core.model import AcquisitionType
from dose_services.value_ids import Placed


class XRaySourceOut(BodyOut):
    """One X-ray source of an event."""

    kv: float | None
    ma_mean: float | None
    ma_max: float | None
    rotation_time_s: float | None


class DoseCheckOut(BodyOut):
    """One value of the Dose Check of an event: what was configured and foreseen."""

    level: str
    is_configured: bool | None
    dlp_limit_mgy_cm: float | None
    dlp_forward_mgy_cm: float | None
    ctdi_vol_limit_mgy: float | None
    ctdi_vol_forward_mgy: float | None
    reason: str | None
    authorized_by: str | None


class CtEventOut(EventOut):
    """One CT event. Values are as stated, or formed over ``slice_count`` slices; ``dlp_estimate`` is ours."""

    part: Literal["ct"]
    started_at: datetime | None
    acquisition_type: AcquisitionType | None
    protocol: str | None
    target_region: CodeOut | None
    body_part: str | None
    ctdi_vol_mgy: float | None
    dlp_mgy_cm: float | None
    phantom_diameter_mm: int | None
    ssde_mgy: float | None
    dw_mm: float | None
    z_start_mm: float | None
    z_end_mm: float | None
    modulation: str | None
    exposure_time_s: float | None
    scanning_length_mm: float | None
    single_collimation_mm: float | None
    total_collimation_mm: float | None
    pitch: float | None
    mas: float | None
    sources: list[XRaySourceOut]
    dose_checks: list[DoseCheckOut]
    comment: str | None
    slice_count: int | None
    dlp_estimate: EstimateOut | None
    dlp_not_computable: NotComputableOut | None

    @classmethod
    def more(cls, placed: Placed) -> dict[str, Any]:
        """Return the number of slices and our estimate, or the reason why there is none."""
        event = placed.event
        assert isinstance(event, ExamEvent)  # noqa: S101 - of this part alone
        estimate = event.dlp_estimate
        return {
            "slice_count": event.slice_count,
            "dlp_estimate": estimate if isinstance(estimate, Estimate) else None,
            "dlp_not_computable": estimate if isinstance(estimate, NotComputable) else None,
        }
