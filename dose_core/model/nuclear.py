"""What a nuclear medicine dose object states: radiopharmaceutical dose reports, PET and NM images."""

from dataclasses import dataclass
from datetime import datetime

from dose_core.model.common import Code, DoseReport, ImageStated


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganDose:
    """Dose to one organ, as the source computed it (PS3.16, TID 10023)."""

    organ: str
    organ_code: Code | None = None
    dose_mgy: float
    laterality: str | None = None  # L, R or B
    method: str | None = None  # the reference authority that the source names


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One administration of a radiopharmaceutical (PS3.16, TID 10022; PS3.3, C.8.9.2 and C.8.4.10)."""

    event_uid: str | None = None
    agent: str | None = None
    agent_code: Code | None = None
    radionuclide: str | None = None
    radionuclide_code: Code | None = None
    half_life_s: float | None = None
    administered_activity_mbq: float | None = None
    pre_activity_mbq: float | None = None
    post_activity_mbq: float | None = None
    volume_ml: float | None = None
    extravasation_percent: float | None = None  # of the administered activity, lost at the injection site
    start: datetime | None = None  # aware if the object states an offset, else local and naive
    stop: datetime | None = None
    route: str | None = None
    route_code: Code | None = None
    site: str | None = None
    site_code: Code | None = None
    laterality: str | None = None
    administered_by: str | None = None
    effective_dose_msv: float | None = None  # as stated by the source, with its method in the estimates
    organ_doses: tuple[OrganDose, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclearReport(DoseReport):
    """What one nuclear medicine dose object states; ``image`` is given for images only."""

    associated_procedure: Code | None = None
    events: tuple[Administration, ...] = ()
    image: ImageStated | None = None
