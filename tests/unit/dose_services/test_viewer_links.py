"""Tests of dose_services.viewer_links."""

import pytest

from dose_services.viewer_links import Opened, UnusableTemplateError, ViewerTemplate, orthanc_explorer_2

STUDY = Opened(study_instance_uid="1.2.3")
OBJECT = Opened(
    study_instance_uid="1.2.3", series_instance_uid="1.2.3.4", sop_instance_uid="1.2.3.4.5", orthanc_id="ab"
)


class TestAnAddress:
    def test_names_the_study_and_leaves_out_what_is_not_known(self) -> None:
        stone = ViewerTemplate("https://pacs.example/stone?study={StudyInstanceUID}[&series={SeriesInstanceUID}]")

        assert stone.address(OBJECT) == "https://pacs.example/stone?study=1.2.3&series=1.2.3.4"
        assert stone.address(STUDY) == "https://pacs.example/stone?study=1.2.3"

    def test_is_none_where_it_cannot_be_made(self) -> None:
        explorer = ViewerTemplate("https://pacs.example/app/explorer.html#instance?uuid={OrthancID}")

        assert explorer.address(OBJECT) == "https://pacs.example/app/explorer.html#instance?uuid=ab"
        assert explorer.address(STUDY) is None

    def test_lets_no_uid_change_what_is_around_it(self) -> None:
        """A UID is what an object states, and may be anything."""
        hostile = Opened(study_instance_uid="1.2&admin=1#<script>{SOPInstanceUID}[x]")

        made = ViewerTemplate("https://pacs.example/?study={StudyInstanceUID}").address(hostile)

        assert made == "https://pacs.example/?study=1.2%26admin%3D1%23%3Cscript%3E%7BSOPInstanceUID%7D%5Bx%5D"

    def test_of_orthanc_explorer_2_shows_the_study_with_its_series(self) -> None:
        assert orthanc_explorer_2("https://pacs.example/").address(STUDY) == (
            "https://pacs.example/ui/app/#/filtered-studies?StudyInstanceUID=1.2.3&expand=series"
        )


class TestATemplate:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("pacs.example/{StudyInstanceUID}", "http"),
            ("javascript:alert(1)", "http"),
            ("https:///{StudyInstanceUID}", "host"),
            ("https://pacs.example/{PatientID}", "{PatientID}"),
        ],
    )
    def test_that_cannot_be_used_is_refused_with_the_reason(self, text: str, told: str) -> None:
        with pytest.raises(UnusableTemplateError, match=told):
            ViewerTemplate(text)
