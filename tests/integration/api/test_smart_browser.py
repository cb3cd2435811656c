"""A SMART launch in a real Chromium: from the page of an EHR to the view, with one click."""

import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import expect, sync_playwright

from db.session import unit_of_work
from dose_services import launch_people
from dose_services.roles import Role
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, BRUNO, BRUNO_HEAD
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House, MakeHouse
from tests.support.mock_ehr import IDENTIFIERS, MockEhr, mock_ehr
from tests.support.postgres import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def ehr() -> Iterator[MockEhr]:
    with mock_ehr() as made:
        made.add_patient("p-1", (IDENTIFIERS, ANNA.identifier))
        yield made


@pytest.fixture
def served(make_house: MakeHouse, ehr: MockEhr) -> Iterator[House]:
    """Yield a service on loopback that the EHR may launch and frame, with doses of Anna and Bruno."""
    port = free_port()
    ehr.app = f"http://127.0.0.1:{port}"
    house = make_house(public_url=ehr.app, frame_ancestors=(ehr.origin,), launch=ehr.peers())
    for study in (ANNA_CHEST, BRUNO_HEAD):
        house.hand_in(whole(dose_report(study)))
    house.add_user("ada", Role.RADIOLOGIST)
    with unit_of_work(house.engine) as session:
        launch_people.add_name(session, login="ada", system=ehr.iss, name="Practitioner/ada", now=house.now)
    server = uvicorn.Server(
        uvicorn.Config(house.app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )  # fmt: skip
    thread = threading.Thread(target=server.run)
    thread.start()
    yield house
    server.should_exit = True
    thread.join(10)


def test_one_click_in_the_ehr_shows_that_patient_alone_as_a_page_and_in_its_frame(served: House, ehr: MockEhr) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_context().new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))

        page.goto(ehr.origin)
        page.get_by_role("link", name="Open doses").click()  # the only click: no search, no second sign-in
        expect(page.get_by_role("heading", level=1)).to_have_text("Example, Anna")
        address, content = page.url, page.content()

        ehr.page = f'<iframe width="500" height="700" src="{ehr.launch_address().replace("&", "&amp;")}"></iframe>'
        ehr.context = {"need_patient_banner": False}
        page.goto(ehr.origin)
        framed = page.frame_locator("iframe")
        expect(framed.get_by_text(ANNA_CHEST.accession_number)).to_be_visible()
        assert framed.get_by_text("Example, Anna").count() == 0

        page.goto(f"{ehr.app}/view/{address.rpartition('/')[2]}/exams/{served.exam_ids(BRUNO.identifier)[0]}")
        other = page.content()
        chromium.close()

    assert address.startswith(f"{ehr.app}/view/")
    assert "?" not in address
    assert ANNA_CHEST.accession_number in content
    assert BRUNO_HEAD.accession_number not in content + other
    assert not [url for url in asked if ANNA.identifier in url]
    assert {url.split("/")[2] for url in asked} == {ehr.origin.split("/")[2], ehr.app.split("/")[2]}
    assert [one for one in complaints if "404" not in one] == []  # of the page that is not there, and the EHR's icon
