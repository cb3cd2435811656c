"""Bodies of sizes that were measured in CT images."""

from typing import Literal, Self
from uuid import UUID

from api.schemas.base import BodyOut
from api.schemas.estimates import NotComputableOut
from dose_core.dosimetry.estimate import NO_PUBLISHED_UNCERTAINTY
from dose_core.estimating.case import MeasuredSize
from dose_services.ct_size_views import CtSizesView, SizesState


class CtSizeOut(BodyOut):
    """
    The size over the places of one CT event; a localiser's lines lie where its slices do.

    ``series_instance_uid`` and ``sop_instance_uid`` (the slice in the middle, or the localiser) open what was measured.
    ``uncertainty`` says that none is published of the diameter itself.
    """

    event_uid: str
    method: str
    quantity: Literal["water_equivalent_diameter", "effective_diameter"]
    places: int
    mean_mm: float
    lowest_mm: float
    highest_mm: float
    left_out: int
    series_instance_uid: str
    sop_instance_uid: str
    uncertainty: str
    caveats: list[str]

    @classmethod
    def of(cls, size: MeasuredSize) -> Self:
        """Return the body of a size."""
        diameters_mm = size.dw_mm or size.effective_mm
        return cls(
            event_uid=size.event_uid,
            method=size.method,
            quantity="water_equivalent_diameter" if size.dw_mm else "effective_diameter",
            places=len(diameters_mm),
            mean_mm=sum(diameters_mm) / len(diameters_mm),
            lowest_mm=min(diameters_mm),
            highest_mm=max(diameters_mm),
            left_out=size.truncated_slices,
            series_instance_uid=size.series_instance_uid,
            sop_instance_uid=size.sop_instance_uid,
            uncertainty=NO_PUBLISHED_UNCERTAINTY,
            caveats=list(size.caveats),
        )


class CtSizesOut(BodyOut):
    """The sizes that were measured in an exam's CT images, and why others were not."""

    exam_id: UUID
    state: SizesState
    sizes: list[CtSizeOut]
    refusals: list[NotComputableOut]

    @classmethod
    def of(cls, view: CtSizesView) -> Self:
        """Return the body of what is shown."""
        return cls(
            exam_id=view.exam_id,
            state=view.state,
            sizes=[CtSizeOut.of(one) for one in view.sizes],
            refusals=[NotComputableOut.model_validate(one) for one in view.refusals],
        )
