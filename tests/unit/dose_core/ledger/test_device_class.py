"""Tests of dose_core.ledger.device_class: what an operator calls the exams of a device (vendor quirk A15)."""

from dataclasses import replace

import pytest

from dose_core.ledger.device_class import DeviceClass
from dose_core.ledger.exam_of import exam_of
from dose_core.model import DeviceStated, EventType, Plane, ProjectionEvent
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement


def run(event_type: EventType) -> ProjectionEvent:
    return of.run(1, plane=Plane.SINGLE, event_type=event_type, dap_gy_cm2=2.0, ka_r_mgy=8.0)


FLUOROSCOPY = of.projection_report(1, (run(EventType.FLUOROSCOPY),))
RADIOGRAPH = of.projection_report(1, (run(EventType.STATIONARY_ACQUISITION),))
IMAGE = of.angiogram(1, run(EventType.STATIONARY_ACQUISITION))
CR_IMAGE = replace(IMAGE, report=replace(IMAGE.report, modality="CR"))
XA_IMAGE = replace(IMAGE, report=replace(IMAGE.report, modality="XA"))


def modalities(statement: AnyStatement, classed_as: DeviceClass, *, device: DeviceStated | None = None) -> list[str]:
    classes = {device or statement.report.device: classed_as}
    return list(exam_of(STUDY, [statement], classes=classes).modalities)


@pytest.mark.parametrize(
    ("statement", "classed_as", "modality"),
    [
        (FLUOROSCOPY, DeviceClass.BY_DOSE, "RF"),
        (FLUOROSCOPY, DeviceClass.RADIOGRAPHY, "DX"),
        (RADIOGRAPH, DeviceClass.BY_DOSE, "DX"),
        (RADIOGRAPH, DeviceClass.FLUOROSCOPY, "RF"),
        (CR_IMAGE, DeviceClass.RADIOGRAPHY, "CR"),
        (XA_IMAGE, DeviceClass.RADIOGRAPHY, "XA"),
    ],
)
def test_an_exam_is_called_as_the_operator_says_but_for_angiography(
    statement: AnyStatement, classed_as: DeviceClass, modality: str
) -> None:
    assert modalities(statement, classed_as) == [modality]


def test_the_class_of_another_device_changes_nothing() -> None:
    elsewhere = DeviceStated(manufacturer="Invented", serial_number="99999")

    assert modalities(FLUOROSCOPY, DeviceClass.RADIOGRAPHY, device=elsewhere) == ["RF"]
