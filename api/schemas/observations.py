"""Bodies about what was observed of a patient, and what the objects of an exam state of their body."""

from datetime import datetime

from api.schemas.base import BodyOut
from dose_core.model import Kind, PregnancyStatus
from dose_core.observations.values import Observed, Pregnancy


class ObservationOut(BodyOut):
    """
    What held at the exam: the newest at or before it that is not too old.

    ``value`` is in ``unit``; ``stated_value`` and ``stated_unit`` are as they came, ``code`` says what was stated.
    ``is_time_of_message`` tells that the sender named no time of the measurement: ``observed_at`` is the message's.
    """

    observed: Observed
    value: float | None
    unit: str | None
    pregnancy: Pregnancy | None
    stated_value: str
    stated_unit: str
    code: str
    observed_at: datetime
    is_time_of_message: bool


class StatedBodyOut(BodyOut):
    """What an object of the exam states of the body; ``value_ids`` names the id of each number by its field."""

    sop_instance_uid: str
    kind: Kind
    size_cm: float | None
    weight_kg: float | None
    pregnancy_status: PregnancyStatus | None
    value_ids: dict[str, str]
