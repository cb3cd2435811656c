"""Each number of each answer and of each page has an id, and its provenance has the same number."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from dose_core.contract import Envelope
from dose_services.roles import Role
from tests.builders.long_history import PATIENT, long_history
from tests.integration.api.conftest import House
from tests.support.page_numbers import PageNumbers, numbers_of

# Numbers that count or name what the same answer holds; docs/reference/provenance.md names them.
COUNTS = {"revision", "events", "missing", "others", "objects", "other_source_objects", "device", "made_of_count"}
COUNTS |= {"low", "high", "coverage"}  # the interval of an estimate is explained with the estimate
COUNTS |= {"exams", "exams_without_dose", "exams_with_missing_parts", "exams_without_start", "size_bytes", "factor"}


@pytest.fixture
def filled(house: House) -> House:
    """A patient with an examination of every kind."""
    for study in long_history():
        for uid, dicom in study.objects.items():
            assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).json()["read_status"] == "read"
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    return house


def read(house: House, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.get(path, headers=house.reading)
    assert answer.status_code == 200, (path, answer.text)
    return answer.json()


def numbers(body: Any, place: str = "", ids: tuple[tuple[str, dict[str, str]], ...] = ()) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """Yield each number of an answer that is no count, with its place and its id, ``None`` if it has none."""
    if isinstance(body, dict):
        if "value_ids" in body and isinstance(body["value_ids"], dict):
            ids = (*ids, (place, body["value_ids"]))
        for key, value in body.items():
            if key == "value" and body.get("value_id") and isinstance(value, float | int):
                yield f"{place}.{key}", value, body["value_id"]
            elif key == "value" and ("made_of" in body or "exam_ids" in body or body.get("value_id", "") is None):
                continue  # a sum over exams: see the test of what it is made of; or what a method chose itself
            elif key not in COUNTS or isinstance(value, dict | list):
                yield from numbers(value, f"{place}.{key}", ids)
    elif isinstance(body, list):
        for number, one in enumerate(body):
            yield from numbers(one, f"{place}[{number}]", ids)
    elif isinstance(body, float | int) and not isinstance(body, bool):
        yield place, body, _id(place, ids)


def _id(place: str, ids: tuple[tuple[str, dict[str, str]], ...]) -> str | None:
    for owner, named in reversed(ids):
        field = place.removeprefix(owner).removeprefix(".")
        if field in named:
            return named[field]
        plain, _, index = field.removesuffix("]").rpartition("[")
        if plain in named:
            return f"{named[plain]}.{index}"
    return None


class TestEachNumber:
    def test_of_every_answer_has_the_provenance_of_this_number(self, filled: House) -> None:
        patient_id = filled.patient_id(PATIENT)
        history = read(filled, f"/api/v1/patients/{patient_id}/exams")
        answers = [history, read(filled, f"/api/v1/patients/{patient_id}/cumulative-dose")]
        answers += [read(filled, f"/api/v1/exams/{exam['id']}") for exam in history["exams"]]
        answers += [
            read(filled, f"/api/v1/exams?study_instance_uid={exam['study_instance_uid']}") for exam in history["exams"]
        ]

        found = [one for answer in answers for one in numbers(answer)]
        told: dict[str, Any] = {}
        for place, value, value_id in found:
            assert value_id is not None, place
            told.setdefault(value_id, read(filled, f"/api/v1/values/{value_id}/provenance"))
            assert told[value_id]["value"] == value, (place, value_id)

        assert len(history["exams"]) == 7
        assert len(found) > 150
        for provenance in told.values():
            assert provenance["rule"]
            assert provenance["found_in"] or provenance["made_of"] or provenance["value"] is None, provenance

    def test_of_every_provenance_has_one_too(self, filled: House) -> None:
        exams = read(filled, f"/api/v1/patients/{filled.patient_id(PATIENT)}/exams")["exams"]
        told = [
            read(filled, f"/api/v1/values/{total['value_id']}/provenance") for exam in exams for total in exam["totals"]
        ]

        found = [one for provenance in told for one in numbers(provenance)]

        for place, value, value_id in found:
            assert value_id is not None, place
            assert read(filled, f"/api/v1/values/{value_id}/provenance")["value"] == value, (place, value_id)
        assert any(".rivals" in place for place, _, _ in found)
        assert any(".made_of" in place for place, _, _ in found)
        assert any(".superseded" in place for place, _, _ in found)

    def test_of_every_sum_over_exams_is_made_of_numbers_that_have_one(self, filled: House) -> None:
        dose = read(filled, f"/api/v1/patients/{filled.patient_id(PATIENT)}/cumulative-dose")

        for total in dose["sums"]:
            parts = [
                read(filled, f"/api/v1/values/{value_id}/provenance")["value"]
                for one in total["made_of"]
                for value_id in one["value_ids"]
            ]
            assert sum(parts) == pytest.approx(total["value"])
            assert sum(share["value"] for share in total["by_region"]) == pytest.approx(total["value"])

    def test_of_every_page_leads_to_a_page_that_explains_it(self, filled: House) -> None:
        view = filled.open_view(PATIENT, person="ada")
        pages = {view: read_page(filled, view), f"{view}/cumulative-dose": read_page(filled, f"{view}/cumulative-dose")}
        for exam_id in filled.exam_ids(PATIENT):
            address = f"{view}/exams/{exam_id}"
            pages[address] = read_page(filled, address)
            events = pages[address].html.count("/events/")
            pages |= {f"{address}/events/{n}": read_page(filled, f"{address}/events/{n}") for n in range(1, events + 1)}

        seen: dict[str, PageNumbers] = {}
        for address, page in pages.items():
            assert page.numbers.bare == [], address
            for shown in page.numbers.shown:
                target = urlsplit(shown.href)
                leads_to = target.path or address
                seen.setdefault(leads_to, pages[leads_to].numbers if leads_to in pages else None)  # type: ignore[arg-type]  # filled below
                if seen[leads_to] is None:
                    seen[leads_to] = read_page(filled, leads_to).numbers
                assert not target.fragment or target.fragment in seen[leads_to].anchors, shown
                explained = seen[leads_to].own or {one.raw for one in seen[leads_to].shown}
                assert shown.raw in explained, (address, shown)

        values = [page for leads_to, page in seen.items() if "/values/" in leads_to]
        assert len(values) > 120
        assert [page.bare for page in values if page.bare] == []


class Page:
    """One page as it came, and its numbers."""

    def __init__(self, html: str) -> None:
        """Look through a page."""
        self.html = html
        self.numbers = numbers_of(html)


def read_page(house: House, path: str) -> Page:
    """Return a page of an open view."""
    answer = house.client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return Page(answer.text)
