"""Tests of api.schemas: an answer about an event leaves out nothing that is stated of it."""

from dataclasses import fields
from uuid import uuid4

import pytest

from api.schemas.administration import AdministrationOut
from api.schemas.ct_event import CtEventOut
from api.schemas.events import EventOut
from api.schemas.mammography_event import MammographyEventOut
from api.schemas.projection_event import ProjectionEventOut
from dose_core.model import Administration, CtEvent, MammographyEvent, ProjectionEvent
from dose_services.value_ids import placed_events
from tests.builders.exams import ct

SHAPES = [
    (CtEvent, CtEventOut),
    (ProjectionEvent, ProjectionEventOut),
    (MammographyEvent, MammographyEventOut),
    (Administration, AdministrationOut),
]
# An effective dose stands among the estimates of the exam, with its method, where the site sees such.
ELSEWHERE = {"effective_dose_msv"}


class TestTheBodyOfAnEvent:
    @pytest.mark.parametrize(("shape", "body"), SHAPES)
    def test_has_every_field_that_readers_state(self, shape: type[CtEvent], body: type[EventOut]) -> None:
        assert {field.name for field in fields(shape)} - body.model_fields.keys() <= ELSEWHERE

    def test_names_the_numbers_that_are_not_measured(self) -> None:
        (placed,) = placed_events(ct(CtEvent(ctdi_vol_mgy=10.0, ssde_mgy=12.0, dw_mm=280.0)))

        body = CtEventOut.of(placed, None, uuid4())

        assert body.classes == {"ssde_mgy": "stated_estimate", "dw_mm": "stated_estimate"}

    def test_has_an_id_for_each_number(self) -> None:
        exam = ct()
        (placed,) = placed_events(exam)

        body = CtEventOut.of(placed, None, uuid4())

        assert (body.ctdi_vol_mgy, body.dlp_mgy_cm, body.phantom_diameter_mm) == (10.0, 100.0, 320)
        assert set(body.value_ids) == {"ctdi_vol_mgy", "dlp_mgy_cm", "phantom_diameter_mm"}
