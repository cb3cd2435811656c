"""The button in Orthanc Explorer, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.builders.dicom_files import dose_report, file_of
from tests.support.orthanc import PASSWORD, USER, RealOrthanc, is_installed
from tests.support.plugin_site import orthanc_with_plugin
from tests.support.recording_service import RecordingService

CHROMIUM = Path("/usr/bin/chromium")
SLOW_MS = 30_000  # Orthanc Explorer loads many small files

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.browser,
    pytest.mark.skipif(not is_installed(), reason="Orthanc with its Python plugin is not installed"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # No sandbox of its own in a container; the other switch keeps it from looking for its maker's hosts.
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def study_page(chromium: Browser, orthanc: RealOrthanc, study: str, *, is_logged_in: bool) -> Page:
    """Return the page of a study after the button was decided on."""
    context = chromium.new_context(http_credentials={"username": USER, "password": PASSWORD} if is_logged_in else None)
    page = context.new_page()
    with page.expect_response("**/dose/whoami", timeout=SLOW_MS):
        page.goto(f"{orthanc.url}/app/explorer.html#study?uuid={study}")
    expect(page.locator("#study-info")).to_be_visible(timeout=SLOW_MS)
    return page


class TestButton:
    def test_opens_the_address_that_the_service_gave(
        self, orthanc: RealOrthanc, service: RecordingService, chromium: Browser
    ) -> None:
        study = orthanc.upload(file_of(dose_report()))["ParentStudy"]
        page = study_page(chromium, orthanc, study, is_logged_in=True)

        page.locator("#doseledger-button-study").click()

        frame = page.locator("#doseledger-panel iframe")
        expect(frame).to_have_attribute("src", f"{service.url}/launch/once")
        page.locator("#doseledger-close").click()
        expect(frame).to_have_count(0)

    def test_says_why_it_cannot(self, orthanc: RealOrthanc, service: RecordingService, chromium: Browser) -> None:
        study = orthanc.upload(file_of(dose_report()))["ParentStudy"]
        service.refuse = lambda call: 403 if "launch" in call.path else None
        page = study_page(chromium, orthanc, study, is_logged_in=True)

        page.locator("#doseledger-button-study").click()

        expect(page.locator("#doseledger-panel")).to_contain_text("your account may not see doses")

    def test_is_not_there_for_nobody(self, tmp_path: Path, service: RecordingService, chromium: Browser) -> None:
        """An Orthanc that asks for no password knows nobody, so nobody's rights apply."""
        with orthanc_with_plugin(tmp_path, service.url, top_level={"AuthenticationEnabled": False}) as orthanc:
            study = orthanc.upload(file_of(dose_report()))["ParentStudy"]

            page = study_page(chromium, orthanc, study, is_logged_in=False)

            page.wait_for_timeout(500)
            expect(page.locator("#doseledger-button-study")).to_have_count(0)
