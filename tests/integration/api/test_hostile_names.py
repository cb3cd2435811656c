"""Tests of api.web: what a patient, a study or a protocol is called stays text and changes nothing around it."""

import pytest

from dose_services.roles import Role
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House

SCRIPT = "<script>alert(1)</script>"
LINK = "javascript:alert(1)"
# Unicode Standard Annex 9, 2: embeddings, overrides and isolates turn the direction of what follows.
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.fixture
def pages(house: House) -> list[str]:
    """The pages of a patient whose name, identifier, study and station are hostile."""
    report = dose_report(ANNA_CHEST)
    report.SpecificCharacterSet = "ISO_IR 192"
    report.PatientName, report.PatientID = f"Vic{TURNS}tim{SCRIPT}^\u2028\"'>", "HOSTILE\u202e1"
    report.StudyDescription, report.StationName = f"{LINK}{SCRIPT}{TURNS}", "\"'><img src\u202e"
    assert house.hand_in(whole(report)).json()["read_status"] == "read"
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    view = house.open_view("HOSTILE\u202e1", person="ada")
    (exam_id,) = house.exam_ids("HOSTILE\u202e1")
    return [house.client.get(path).text for path in (view, f"{view}/exams/{exam_id}")]


class TestAHostileName:
    def test_makes_no_markup(self, pages: list[str]) -> None:
        for page in pages:
            assert "Vic" in page
            assert "<script" not in page
            assert "<img" not in page
            assert f'href="{LINK}' not in page

    def test_does_not_turn_the_direction_of_the_text_around_it(self, pages: list[str]) -> None:
        for page in pages:
            assert not set(TURNS) & set(page)
            assert "Vic\ufffd" in page
