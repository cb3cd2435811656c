"""Orthanc Explorer in a real Chromium: the Dose button, and the history in the panel it opens."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import HttpCredentials, Page, expect, sync_playwright

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP
from doseledger.demo.house import expect as answered
from doseledger.demo.orthanc_server import PERSON
from tests.support.living_house import LivingHouse

pytestmark = [pytest.mark.orthanc, pytest.mark.browser, pytest.mark.timeout(600)]

_SLOW_MS = 30_000  # Orthanc Explorer loads many small files


@pytest.fixture
def explorer(house: LivingHouse) -> Iterator[Page]:
    """Yield a window of the person who is logged in to Orthanc."""
    login = HttpCredentials(username=PERSON, password=house.place.secret("orthanc-person"))
    with sync_playwright() as playwright:
        # No sandbox of its own in a container; the other switches keep it from looking for its maker's hosts.
        switches = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=switches)
        context = chromium.new_context(http_credentials=login, viewport={"width": 1360, "height": 860})
        context.set_default_timeout(_SLOW_MS)
        yield context.new_page()
        chromium.close()


@pytest.mark.parametrize("level", ["patient", "study"])
def test_the_dose_button_opens_the_history_without_a_second_login(
    house: LivingHouse, explorer: Page, level: str
) -> None:
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP):
        house.doors.modality(study.scanner).store([dose_report(study)])
    house.wait_until_delivered()
    query = {"Level": level.capitalize(), "Query": {"PatientID": ANNA.identifier}}
    orthanc_id = answered(house.doors.orthanc.door, "POST", "/tools/find", query)[0]

    base = f"http://127.0.0.1:{house.place.orthanc_http_port}"
    explorer.goto(f"{base}/app/explorer.html#{level}?uuid={orthanc_id}")
    explorer.locator(f"#doseledger-button-{level}").click()

    table = explorer.frame_locator("#doseledger-panel iframe").locator("table").first
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP):
        expect(table.get_by_text(study.description).first).to_be_visible(timeout=_SLOW_MS)
    expect(table.get_by_text(f"{ANNA_CHEST.dlp_mgy_cm:.1f}").first).to_be_visible()
    _keep(explorer, f"explorer-{level}")


def _keep(page: Page, name: str) -> None:
    """Keep a picture for the one who wants to look, in the folder that SCREENSHOTS names."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder, f"{name}.png")))
