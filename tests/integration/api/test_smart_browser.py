"""An EHR and a real Chromium: a card while ordering, the SMART launch that it links to, and what was done about it."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from html import escape

import pytest
import uvicorn
from playwright.sync_api import expect, sync_playwright

from db.session import unit_of_work
from dose_services import launch_people
from dose_services.roles import Role
from doseledger.demo.hospital import ANNA, ANNA_CHEST, BRUNO, BRUNO_HEAD
from tests.integration.api.cds_hooks.conftest import HOOKS, Ward
from tests.integration.api.conftest import MakeHouse
from tests.support.mock_ehr import IDENTIFIERS, MockEhr, mock_ehr
from tests.support.mock_ehr_hooks import CLIENT, JWKS_URL, SERVICE, call, feedback, patient, service_request
from tests.support.mock_ehr_hooks import MockEhr as Caller
from tests.support.postgres import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def ehr() -> Iterator[MockEhr]:
    with mock_ehr() as made:
        made.add_patient("p-1", (IDENTIFIERS, ANNA.identifier))
        yield made


@pytest.fixture
def served(make_house: MakeHouse, ehr: MockEhr) -> Iterator[Ward]:
    """Yield a service on loopback that the EHR calls, launches and frames; Anna had a CT of the chest 12 days ago."""
    port = free_port()
    ehr.app = f"http://127.0.0.1:{port}"
    hooks = replace(HOOKS, clients=(replace(CLIENT, fhir_server=ehr.iss),))
    house = make_house(public_url=ehr.app, frame_ancestors=(ehr.origin,), launch=ehr.peers(), hooks=hooks)
    ward = Ward(house=house, ehr=Caller(base=ehr.app))
    house.app.state.hook_keys = {JWKS_URL: ward.ehr.keys()}
    ward.had(ANNA_CHEST, days_ago=12)
    ward.had(BRUNO_HEAD, days_ago=40)
    house.add_user("ada", Role.RADIOLOGIST)
    with unit_of_work(house.engine) as session:
        launch_people.add_name(session, login="ada", system=ehr.iss, name="Practitioner/ada", now=house.now)
    server = uvicorn.Server(
        uvicorn.Config(house.app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )  # fmt: skip
    thread = threading.Thread(target=server.run)
    thread.start()
    yield ward
    server.should_exit = True
    thread.join(10)


def test_an_order_shows_a_card_whose_link_shows_that_patient_alone_as_a_page_and_in_the_frame_of_the_ehr(
    served: Ward, ehr: MockEhr
) -> None:
    (card,) = served.cards(call("order-select", patient(ANNA.identifier), service_request()))
    (link,) = [one for one in card["links"] if one["type"] == "smart"]
    ehr.context = {"appContext": link["appContext"]}  # as an EHR hands it on (CDS Hooks 2.0, Link)
    assert link["url"] == ehr.launch_address().partition("?")[0]
    address = escape(ehr.launch_address())
    ehr.page = f'<p>{escape(card["summary"])}</p><a href="{address}">{escape(link["label"])}</a>'
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = chromium.new_context().new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))

        page.goto(ehr.origin)
        page.get_by_role("link", name=link["label"]).click()  # the only click: no search, no second sign-in
        expect(page.get_by_role("heading", level=1)).to_have_text("Example, Anna")
        shown, content = page.url, page.content()

        ehr.page = f'<iframe width="500" height="700" src="{address}"></iframe>'
        ehr.context = {"need_patient_banner": False}
        page.goto(ehr.origin)
        framed = page.frame_locator("iframe")
        expect(framed.get_by_text(ANNA_CHEST.accession_number)).to_be_visible()
        assert framed.get_by_text("Example, Anna").count() == 0

        view = shown.partition("/exams/")[0]
        page.goto(f"{view}/exams/{served.house.exam_ids(BRUNO.identifier)[0]}")
        other = page.content()
        chromium.close()
    why = {"reason": card["overrideReasons"][0], "userComment": "seen"}
    told = served.post(feedback(card["uuid"], overrideReason=why), f"{SERVICE}/feedback")

    (exam,) = served.house.exam_ids(ANNA.identifier)
    assert shown.endswith(f"/exams/{exam}")  # the exam that the card named comes first
    assert "?" not in shown
    assert ANNA_CHEST.accession_number in content
    assert BRUNO_HEAD.accession_number not in content + other
    assert not [url for url in asked if ANNA.identifier in url]
    assert {url.split("/")[2] for url in asked} == {ehr.origin.split("/")[2], ehr.app.split("/")[2]}
    assert [one for one in complaints if "404" not in one] == []  # of the page that is not there, and the EHR's icon
    assert told.status_code == 200
    assert served.house.rows("SELECT outcome FROM hook_feedback") == [("overridden",)]
