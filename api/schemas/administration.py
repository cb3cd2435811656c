"""Bodies of administrations of radiopharmaceuticals."""

from datetime import datetime
from typing import Literal

from api.schemas.base import BodyOut
from api.schemas.events import CodeOut, EventOut


class OrganDoseOut(BodyOut):
    """Dose to one organ, as the source computed it."""

    organ: str
    organ_code: CodeOut | None
    dose_mgy: float
    laterality: str | None
    method: str | None


class AdministrationOut(EventOut):
    """
    One administration. Doses to organs are what the source computed, and never added.

    An effective dose that it states stands among the exam's estimates, if the site sees such.
    """

    part: Literal["nuclear"]
    agent: str | None
    agent_code: CodeOut | None
    radionuclide: str | None
    radionuclide_code: CodeOut | None
    half_life_s: float | None
    administered_activity_mbq: float | None
    pre_activity_mbq: float | None
    post_activity_mbq: float | None
    volume_ml: float | None
    extravasation_percent: float | None
    start: datetime | None
    stop: datetime | None
    route: str | None
    route_code: CodeOut | None
    site: str | None
    site_code: CodeOut | None
    laterality: str | None
    administered_by: str | None
    organ_doses: list[OrganDoseOut]
    comment: str | None
