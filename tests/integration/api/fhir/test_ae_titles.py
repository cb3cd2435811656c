"""The AE title of a modality: what a procedure step states, or under which it sends itself; never a router's."""

from typing import Any

import pytest

from dose_core.contract import Envelope
from tests.builders.ct_rdsr import chest_ct_report_bytes
from tests.integration.api.conftest import House
from tests.integration.api.fhir.conftest import resources


def devices(house: House, asked: str = "") -> list[dict[str, Any]]:
    return resources(house.client.get(f"/fhir/Device{asked}", headers=house.reading).json())


def title(one: dict[str, Any]) -> str | None:
    (its,) = [each for each in one["identifier"] if each["type"]["coding"][0]["code"] == "application-entity"]
    value: str | None = its.get("value")
    return value


@pytest.mark.parametrize(
    ("calling", "expected"), [("CTROOM1", "CTROOM1"), ("ctroom1", "ctroom1"), ("ROUTER", None), (None, None)]
)
def test_is_the_calling_one_only_where_that_is_the_name_of_the_station(
    house: House, calling: str | None, expected: str | None
) -> None:
    """The report states the station name CTROOM1."""
    report = chest_ct_report_bytes(dlp_mgy_cm="100", SOPInstanceUID="2.25.4711", PatientID="P-1")
    house.hand_in(Envelope(sop_instance_uid="2.25.4711", dicom=report, calling_aet=calling), **called(calling))
    (one,) = devices(house)

    assert title(one) == expected
    assert devices(house, f"/{one['id']}".replace("/", "?_id=")) == [one]
    assert house.client.get(f"/fhir/Device/{one['id']}", headers=house.reading).json() == one
    assert [each["id"] for each in devices(house, "?_tag=not-conformant")] == ([] if expected else [one["id"]])
    assert devices(house, "?identifier=ROUTER") == []


def called(calling: str | None) -> dict[str, str]:
    return {"DoseLedger-Calling-AET": calling} if calling else {}
