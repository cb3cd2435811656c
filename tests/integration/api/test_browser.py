"""The pages in a real Chromium: what a radiologist sees after pressing Orthanc's button."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dose_core.contract import Envelope, encode_series, series_headers_path
from dose_services.roles import Role, Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, DORA, DORA_THORAX, Person
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole
from tests.builders.long_history import PATIENT, long_history
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
        doses = [row.locator("td.dose .why b").first.inner_text() for row in page.locator("tbody tr").all()]
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
        page.get_by_role("link", name="Abdomen portal venous", exact=True).click()

        expect(page.get_by_role("heading", name="Abdomen portal venous")).to_be_visible()
        expect(page.get_by_text(dose_report(ANNA_FOLLOW_UP).SOPInstanceUID)).to_be_visible()
        page.get_by_role("link", name="CT chest and abdomen").click()
        page.get_by_role("link", name="All examinations").click()
        expect(page.locator("table.exams tbody tr")).to_have_count(2)
        assert window.complaints == []

    def test_marks_an_estimate_as_one(self, served: House, window: Window) -> None:
        window.page.goto(served.launch_url(DORA.identifier, person="ada"))

        expect(window.page.locator("td.dose li").first).to_contain_text("estimated from image headers")
        window.page.locator("td.dose .why").first.click()
        expect(window.page.get_by_role("heading", name="How it was computed")).to_be_visible()
        expect(window.page.get_by_text("over-ranging is not included")).to_be_visible()

    def test_tells_of_images_where_slices_lie_and_how_many_there_are(self, served: House, window: Window) -> None:
        page = window.page
        page.goto(served.launch_url(DORA.identifier, person="ada"))
        page.locator("tbody th a").click()
        exam = page.url

        formed = []
        for number in range(3):
            page.goto(exam)
            page.locator("table.events th a").nth(number).click()
            formed.append(page.get_by_text("formed from").last.inner_text())
        expect(page.get_by_role("row", name="Highest slice centre (z)")).to_contain_text("formed from 30 slices")

        assert sorted(formed) == ["formed from 1 slice", "formed from 30 slices", "formed from 30 slices"]

    def test_explains_a_number_by_the_keyboard_alone(self, served: House, window: Window) -> None:
        page = window.page
        page.goto(served.launch_url(ANNA.identifier, person="ada"))
        number = page.locator("td.dose .why").first
        number.focus()

        assert number.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Why this number?")).to_be_visible()
        expect(page.get_by_text("“634.4 mGy.cm”")).to_be_visible()
        expect(page.get_by_text(dose_report(ANNA_FOLLOW_UP).SOPInstanceUID)).to_be_visible()
        assert window.complaints == []

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


class TestEveryPage:
    @pytest.fixture
    def addresses(self, served: House, window: Window) -> list[str]:
        """The addresses of the pages of a patient with an examination of every kind."""
        for study in long_history():
            for uid, dicom in study.objects.items():
                served.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom))
        window.page.goto(served.launch_url(PATIENT, person="ada"))
        view = window.page.url
        exams = [f"{view}/exams/{exam_id}" for exam_id in served.exam_ids(PATIENT)]
        window.page.goto(exams[0])
        value = window.page.locator("a.why").first.evaluate("link => link.href")
        return [view, f"{view}/cumulative-dose", *exams, *(f"{exam}/events/1" for exam in exams), value]

    @pytest.mark.parametrize("width", [1200, 460, 320])
    def test_fits_its_window_and_breaks_no_rule_of_its_own(
        self, window: Window, addresses: list[str], width: int
    ) -> None:
        page = window.page
        page.set_viewport_size({"width": width, "height": 900})

        too_wide = []
        for address in addresses:
            page.goto(address)
            for summary in page.locator("summary").all():
                summary.click()
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                too_wide.append(address)

        assert too_wide == []
        assert window.complaints == []

    def test_names_what_can_be_pressed_and_skips_no_heading(self, window: Window, addresses: list[str]) -> None:
        page = window.page
        for address in addresses:
            page.goto(address)
            named = page.locator("a, summary").evaluate_all(
                "all => all.map(one => (one.getAttribute('aria-label') || one.textContent).trim())"
            )
            levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
            ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")

            assert all(named), address
            assert levels[0] == 1, address
            assert all(after - before <= 1 for before, after in pairwise(levels)), (address, levels)
            assert len(ids) == len(set(ids)), address
