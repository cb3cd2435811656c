"""Tests of the report sentence by REST and on the page of an exam."""

import re
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from db.session import unit_of_work
from dose_core.contract import Envelope
from dose_core.ledger.totals import Quantity
from dose_core.report_sentence.parts import Part
from dose_core.report_sentence.template import TemplateError
from dose_services import effective_dose, estimates, following, report_sentences
from dose_services.audit import Looker, Via
from dose_services.roles import Role, Scope
from tests.builders.long_history import PATIENT, long_history
from tests.integration.api.conftest import SITE, House

LOOKER = Looker(subject="console:test", user_id=None, via=Via.COMMAND, reference=None, route="test")
# What a sentence has of each kind of exam, and the quantity behind it.
SAID = {
    Quantity.DLP: ("DLP {dlp}", Part.CT, "mGy·cm"),
    Quantity.DAP: ("DAP {dap}", Part.PROJECTION, "Gy·cm²"),
    Quantity.AGD: ("AGD {agd}", Part.MAMMOGRAPHY, "mGy"),
    Quantity.ACTIVITY: ("A {activity}", Part.NUCLEAR, "MBq"),
}
NUMBER = re.compile(r"(?<![\w.-])[0-9]+(?:\.[0-9]+)?(?= (?:mGy|Gy|MBq|s\b))")


@pytest.fixture
def filled(house: House) -> House:
    """A patient with an examination of every kind, whose methods were asked."""
    for study in long_history():
        for uid, dicom in study.objects.items():
            assert house.hand_in(Envelope(sop_instance_uid=uid, dicom=dicom)).json()["read_status"] == "read"
    house.add_user("ada", Role.RADIOLOGIST, orthanc_user="ada")
    place = partial(unit_of_work, house.engine)
    while following.work_off(place, now=house.now, site=SITE, limit=100):
        pass
    estimates.work_off(place, now=house.now, limit=100)
    return house


def get(house: House, path: str, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = house.client.get(path, headers=house.reading)
    assert answer.status_code == status, (path, answer.text)
    return answer.json()


def said(house: House, language: str = "en") -> dict[str, Any]:
    """Return the answer of each exam of the patient, by its id."""
    ids = house.exam_ids(PATIENT)
    return {one: get(house, f"/api/v1/exams/{one}/report-sentence?language={language}") for one in ids}


def word(house: House, part: Part, text: str | None, language: str = "en") -> None:
    with unit_of_work(house.engine) as session:
        report_sentences.set_template(
            session, "", language=language, part=part, text=text, looker=LOOKER, now=house.now
        )


def switch_effective_dose(house: House, *, is_on: bool) -> None:
    with unit_of_work(house.engine) as session:
        effective_dose.switch(session, "", is_on=is_on, reason="agreed upon here", looker=LOOKER, now=house.now)


class TestTheReportSentence:
    def test_says_numbers_that_are_totals_of_the_exam_in_their_unit(self, filled: House) -> None:
        found = 0
        for exam_id, body in said(filled).items():
            totals = get(filled, f"/api/v1/exams/{exam_id}")["totals"]
            values = {float(f"{one['value']:.10g}") for one in totals if one["value"] is not None}
            bounds = {
                float(f"{one['estimated'][end]:.4g}") for one in totals if one["estimated"] for end in ("low", "high")
            }
            numbers = {float(one) for one in NUMBER.findall(body["text"])}
            assert numbers <= values | bounds, body
            assert numbers or "unknown" in body["text"], body
            found += len(numbers)
            ids = {one["value_id"] for one in totals}
            assert {one for sentence in body["sentences"] for one in sentence["value_ids"]} <= ids
        assert found > 5

    def test_is_one_sentence_for_each_part_in_the_language_that_was_asked_for(self, filled: House) -> None:
        english, german = said(filled), said(filled, "de-AT")

        assert {part["part"] for body in english.values() for part in body["sentences"]} == {
            "ct",
            "projection",
            "mammography",
            "nuclear",
        }
        assert max(len(body["sentences"]) for body in english.values()) == 2  # PET/CT
        assert {body["language"] for body in german.values()} == {"de-AT"}
        assert any("Dosislängenprodukt" in body["text"] for body in german.values())
        assert all(body["text"] == " ".join(one["text"] for one in body["sentences"]) for body in english.values())

    def test_of_a_language_that_there_is_not_is_refused_with_what_there_is(self, filled: House) -> None:
        (exam_id, *_) = filled.exam_ids(PATIENT)

        refused = get(filled, f"/api/v1/exams/{exam_id}/report-sentence?language=tlh", 422)

        assert "de, en" in refused["detail"]

    def test_is_a_look_on_record(self, filled: House) -> None:
        (exam_id, *_) = filled.exam_ids(PATIENT)
        get(filled, f"/api/v1/exams/{exam_id}/report-sentence")

        assert filled.rows("SELECT action, exam_id::text, route FROM access_log ORDER BY at DESC LIMIT 1") == [
            ("read_exam", exam_id, "/api/v1/exams/{exam_id}/report-sentence")
        ]

    def test_of_a_restricted_patient_is_unknown(self, filled: House) -> None:
        filled.add_user("phil", Role.MPE)
        (exam_id, *_) = filled.exam_ids(PATIENT)
        filled.client.post(
            f"/api/v1/patients/{filled.patient_id(PATIENT)}/restriction",
            json={"reason": "they asked for it"},
            headers=filled.headers(Scope.READ, login="phil"),
        )

        get(filled, f"/api/v1/exams/{exam_id}/report-sentence", 404)

    def test_is_worded_by_the_newest_template_of_the_site_and_by_default_once_that_is_taken_back(
        self, filled: House
    ) -> None:
        before = said(filled)
        for template, part, _ in SAID.values():
            word(filled, part, "old {date}" + template)
            word(filled, part, template)
        worded = said(filled)
        for _, part, _ in SAID.values():
            word(filled, part, None)

        for body in worded.values():
            for one in body["sentences"]:
                ours = {part: (template, unit) for template, part, unit in SAID.values()}[one["part"]]
                assert one["text"].startswith(ours[0].partition("{")[0])
                assert ours[1] in one["text"] or "unknown" in one["text"]
        assert said(filled) == before
        assert filled.rows("SELECT DISTINCT reason FROM access_log WHERE action = 'change_sentence' ORDER BY 1")[0] == (
            "ct in en has a template of the site",
        )

    def test_by_a_template_that_names_what_there_is_not_is_refused_when_it_is_set(self, house: House) -> None:
        with pytest.raises(TemplateError, match=r"allowed are \{modality\}, \{date\}, \{dlp\}, \{ctdi_vol\}"):
            word(house, Part.CT, "{dlp} {dap}")

        assert house.rows("SELECT * FROM report_sentence_template") == []


class TestAnEffectiveDose:
    @pytest.mark.parametrize(("is_on", "is_chosen"), [(False, False), (True, False), (False, True)])
    def test_is_not_said_unless_the_switch_is_on_and_the_site_chose_it(
        self, filled: House, *, is_on: bool, is_chosen: bool
    ) -> None:
        switch_effective_dose(filled, is_on=is_on)
        if is_chosen:
            word(filled, Part.EFFECTIVE_DOSE, "Effective dose {effective_dose}.")

        assert not [body for body in said(filled).values() if "Sv" in body["text"] or "ffective" in body["text"]]

    def test_is_said_then_with_interval_and_method(self, filled: House) -> None:
        switch_effective_dose(filled, is_on=True)
        word(filled, Part.EFFECTIVE_DOSE, "Effective dose {effective_dose}.")

        texts = [body["sentences"][-1]["text"] for body in said(filled).values()]

        assert all(text.startswith("Effective dose ") for text in texts)
        in_sievert = [text for text in texts if "mSv" in text]
        assert in_sievert
        for text in in_sievert:
            assert text.count("interval") == text.count(" version ") == text.count("not of this patient")

    def test_of_an_earlier_state_of_the_exam_is_not_said(self, filled: House) -> None:
        switch_effective_dose(filled, is_on=True)
        word(filled, Part.EFFECTIVE_DOSE, "Effective dose {effective_dose}.")
        with unit_of_work(filled.engine) as session:
            for exam_id in filled.exam_ids(PATIENT):
                estimates.wake(session, UUID(exam_id), now=filled.now)

        texts = {body["sentences"][-1]["text"] for body in said(filled).values()}

        assert texts == {"Effective dose unknown."}


class TestThePageOfAnExam:
    def test_shows_the_sentence_in_every_language(self, filled: House) -> None:
        answers = {language: said(filled, language) for language in ("de", "en")}
        view = filled.open_view(PATIENT, person="ada")

        for exam_id in filled.exam_ids(PATIENT):
            page = filled.client.get(f"{view}/exams/{exam_id}").text
            for language, bodies in answers.items():
                assert f'<dd class="text" lang="{language}">{bodies[exam_id]["text"]}</dd>' in page
