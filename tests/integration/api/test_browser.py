"""The pages in a real Chromium: what a radiologist sees after pressing Orthanc's button."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dose_core.contract import encode_series, series_headers_path
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, DORA, DORA_THORAX, Person
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole
from tests.integration.api.conftest import House, MakeHouse
from tests.support.postgres import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Yield the system's Chromium; in a container it cannot make its own sandbox."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass(kw_only=True)
class Window:
    """A page, and what the browser complained about."""

    page: Page
    complaints: list[str]


@pytest.fixture
def window(browser: Browser) -> Window:
    """Return a window as wide as a panel beside images."""
    page = browser.new_context(viewport={"width": 460, "height": 900}).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return Window(page=page, complaints=complaints)


@dataclass(kw_only=True)
class Viewer:
    """Another program with a page, such as Orthanc."""

    origin: str
    framed: str = ""


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    """Yield another program's web server on loopback, whose one page frames what it is told to."""

    class Frame(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe width="500" height="700" src="{made.framed}"></iframe>'.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Frame)
    made = Viewer(origin=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def served(make_house: MakeHouse, viewer: Viewer) -> Iterator[House]:
    """Yield a service on loopback with doses of Anna and Dora, and Ada who may see them."""
    port = free_port()
    house = make_house(public_url=f"http://127.0.0.1:{port}", frame_ancestors=(viewer.origin,))
    server = uvicorn.Server(
        uvicorn.Config(house.app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    )  # fmt: skip
    thread = threading.Thread(target=server.run)
    thread.start()
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    for study in (ANNA_CHEST, ANNA_FOLLOW_UP):
        house.hand_in(whole(dose_report(study)))
    content_type, body = encode_series([header(image) for image in images(DORA_THORAX)])
    headers = {**house.headers(Scope.INGEST), "Content-Type": content_type}
    house.client.put(series_headers_path("1.2.3"), content=body, headers=headers)
    yield house
    server.should_exit = True
    thread.join(10)


class TestALaunch:
    def test_shows_the_exams_as_timeline_and_table(self, served: House, window: Window) -> None:
        page = window.page
        page.goto(served.launch_url(ANNA.identifier, person="ada"))

        assert page.get_by_role("heading", level=1).inner_text() == "Example, Anna"
        assert page.locator("tbody tr").count() == 2
        doses = [text.split()[0] for text in page.locator("td.dose .value").all_inner_texts()]
        assert doses == ["634.4", "183.6"]
        marks = page.locator(".timeline a")
        assert [mark.get_attribute("aria-label") for mark in marks.all()] == [
            "2025-03-04: CT chest, DLP 183.6 mGy·cm, stated",
            "2026-02-17: CT chest and abdomen, DLP 634.4 mGy·cm, stated",
        ]
        expect(page.get_by_text("not for diagnosis or therapy decisions").first).to_be_visible()
        assert window.complaints == []

    @pytest.mark.parametrize("width", [460, 320])
    @pytest.mark.parametrize("patient", [ANNA, DORA], ids=["stated", "estimated"])
    def test_fits_a_narrow_panel_without_sideways_scrolling(
        self, served: House, window: Window, patient: Person, width: int
    ) -> None:
        window.page.set_viewport_size({"width": width, "height": 900})

        window.page.goto(served.launch_url(patient.identifier, person="ada"))

        assert window.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def test_works_once_and_then_says_so(self, served: House, window: Window) -> None:
        url = served.launch_url(ANNA.identifier, person="ada")
        window.page.goto(url)

        answer = window.page.goto(url)

        assert answer is not None
        assert answer.status == 403
        assert window.page.get_by_role("heading").inner_text() == "This link no longer works"
        assert ANNA.identifier not in window.page.content()

    def test_leads_on_to_an_exam_and_where_its_values_stand(self, served: House, window: Window) -> None:
        page = window.page
        page.goto(served.launch_url(ANNA.identifier, person="ada"))

        page.get_by_role("link", name="CT chest and abdomen", exact=True).click()
        page.get_by_text("Values and where they come from").last.click()

        expect(page.get_by_role("heading", name="Abdomen portal venous")).to_be_visible()
        expect(page.get_by_text(dose_report(ANNA_FOLLOW_UP).SOPInstanceUID).last).to_be_visible()
        page.get_by_role("link", name="All examinations").click()
        expect(page.locator("table.exams tbody tr")).to_have_count(2)
        assert window.complaints == []

    def test_marks_an_estimate_as_one(self, served: House, window: Window) -> None:
        window.page.goto(served.launch_url(DORA.identifier, person="ada"))

        assert window.page.locator("td.dose").inner_text().split("\n")[-1] == "estimated from image headers"
        window.page.locator("tbody th a").click()
        expect(window.page.get_by_text("Over-ranging is not included").first).to_be_visible()

    def test_tells_of_images_where_slices_lie_and_how_many_there_are(self, served: House, window: Window) -> None:
        page = window.page
        page.goto(served.launch_url(DORA.identifier, person="ada"))
        page.locator("tbody th a").click()
        for summary in page.locator("summary").all():
            summary.click()

        expect(page.get_by_text("formed from 1 slice", exact=True)).to_be_visible()
        expect(page.get_by_role("row", name="Highest slice centre (z)").last).to_contain_text("formed from 30 slices")

    def test_keeps_two_patients_apart_in_two_tabs(self, served: House, window: Window) -> None:
        window.page.goto(served.launch_url(ANNA.identifier, person="ada"))
        other = window.page.context.new_page()
        other.goto(served.launch_url(DORA.identifier, person="ada"))

        window.page.reload()

        assert window.page.get_by_role("heading", level=1).inner_text() == "Example, Anna"
        assert other.get_by_role("heading", level=1).inner_text() == "Specimen, Dora"


class TestAFrame:
    def test_of_a_viewer_named_in_the_settings_shows_the_view(
        self, served: House, viewer: Viewer, window: Window
    ) -> None:
        """Orthanc's panel: the cookie has to work inside a frame of another origin on the same host."""
        viewer.framed = served.launch_url(ANNA.identifier, person="ada")
        window.page.goto(viewer.origin)

        framed = window.page.frame_locator("iframe")
        assert framed.get_by_role("heading", level=1).inner_text() == "Example, Anna"
        framed.get_by_role("link", name="CT chest", exact=True).click()
        expect(framed.get_by_role("heading", name="Irradiation events")).to_be_visible()

    def test_of_anybody_else_shows_nothing(self, served: House, viewer: Viewer, window: Window) -> None:
        viewer.framed = served.launch_url(ANNA.identifier, person="ada")
        window.page.goto(viewer.origin.replace("127.0.0.1", "localhost"))

        window.page.wait_for_timeout(500)
        assert "Anna" not in "".join(frame.content() for frame in window.page.frames)
        assert any("frame-ancestors" in complaint for complaint in window.complaints)
