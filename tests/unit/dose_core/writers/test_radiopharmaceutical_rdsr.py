"""Tests of dose_core.writers.radiopharmaceutical_rdsr; validators that are not ours judge each object made here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.ledger.source import Source
from dose_core.model import Administration, Code, OrganDose
from dose_core.writers.errors import NotWritableError
from dose_core.writers.radiopharmaceutical_rdsr import KIND, write_radiopharmaceutical_rdsr
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam
from tests.builders.statements_study import nuclear_report, pet_image
from tests.builders.written import header, issue
from tests.builders.written_nuclear import FULL
from tests.support.content import coded, items, judged, numbers, texts

Write = Callable[..., Dataset]
UNKNOWN = "261665006"


def with_one(**values: Any) -> Exam:  # noqa: ANN401  fields of an administration, of several types
    """Return an exam that a report tells of one administration."""
    return exam(nuclear_report(1, [replace(FULL, **values)]))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of_exam: Exam | None = None, **stated: str | None) -> Dataset:
        document = write_radiopharmaceutical_rdsr(of_exam or with_one(), header(**stated), issue(KIND))
        return judged(document, tmp_path)

    return written


class TestAdministration:
    def test_states_agent_nuclide_and_half_life_in_codes_of_today(self, write: Write) -> None:
        written = write()

        assert written.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.68"
        assert coded(written, "349358000") == ["35321007"]
        assert coded(written, "89457008") == ["77004003"]
        assert numbers(written, "304283002") == [6586.2]

    def test_states_activities_volume_and_what_was_lost(self, write: Write) -> None:
        written = write()

        activities = [numbers(written, one) for one in ("113507", "113508", "113509", "123005", "113506")]
        assert activities == [[370.5], [380.0], [9.5], [2.5], [1.5]]

    def test_states_when_where_and_by_whom(self, write: Write) -> None:
        written = write()

        (start,), (stop,) = items(written, "123003"), items(written, "123004")
        assert (start.DateTime, stop.DateTime) == ("20260304090000", "20260304090100")
        assert coded(written, "410675002") == ["47625008"]
        assert coded(written, "272737002") == ["261459001"]
        assert coded(written, "272741003") == ["7771000"]
        assert [str(item.PersonName) for item in items(written, "113870")] == ["Muster^Mona"]
        assert coded(written, "113875") == ["113851"]

    def test_states_organ_doses_with_their_authority(self, write: Write) -> None:
        written = write()

        assert coded(written, "363698007") == ["10200004"]
        assert numbers(written, "113518") == [7.4]
        assert coded(written, "121406") == ["113523"]

    def test_organs_in_retired_codes_are_written_in_those_of_today(self, write: Write) -> None:
        adrenal = Code(value="T-B3000", scheme="SRT", meaning="Adrenal gland")
        dose = replace(FULL.organ_doses[0], organ="Adrenal gland", organ_code=adrenal)

        (item,) = items(write(with_one(organ_doses=(dose,))), "363698007")

        code = item.ConceptCodeSequence[0]
        assert (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning) == ("23451007", "SCT", "Adrenal gland")

    def test_an_authority_without_a_code_stands_in_words(self, write: Write) -> None:
        dose = replace(FULL.organ_doses[0], method="Package insert of 2019", laterality="B")

        written = write(with_one(organ_doses=(dose,)))

        assert texts(written, "121406") == ["Package insert of 2019"]
        assert coded(items(written, "113517")[0], "272741003") == ["51440002"]

    def test_the_patient_is_described_as_the_header_states(self, write: Write) -> None:
        written = write(patient_size="1.8", patient_weight="80", patient_sex="F")

        assert numbers(written, "8302-2") == [180.0]
        assert numbers(written, "29463-7") == [80.0]
        assert coded(written, "121032") == ["F"]

    def test_what_was_typed_by_a_person_says_so(self, write: Write) -> None:
        typed = with_one()
        typed = replace(typed, nuclear=tuple(replace(one, source=Source.MANUAL) for one in typed.nuclear))

        assert "Written by DoseLedger from manual entry." in texts(write(typed), "121106")


class TestWhatNobodyStates:
    def test_is_unknown_where_it_is_mandatory(self, write: Write) -> None:
        bare = Administration(start=FULL.start, administered_activity_mbq=370.0)

        written = write(exam(nuclear_report(1, [bare])))

        for concept in ("363589002", "349358000", "89457008", "410675002"):
            assert coded(written, concept) == [UNKNOWN], concept
        assert numbers(written, "304283002") == [None]
        assert [str(item.PersonName) for item in items(written, "113870")] == ["Unknown"]
        assert items(written, "272737002") == []
        assert items(written, "113517") == []

    def test_a_uid_that_was_made_says_so(self, write: Write) -> None:
        image = write(exam(pet_image(1, replace(FULL, event_uid=None))))

        (uid,) = items(image, "113503")
        assert uid.UID.startswith("2.25.")
        assert "this one was made" in texts(image, "121106")[0]

    def test_a_known_nuclide_and_route_in_words_are_coded(self, write: Write) -> None:
        written = write(with_one(radionuclide="Tc-99m", radionuclide_code=None, route="Oral", route_code=None))

        assert coded(written, "89457008") == ["72454006"]
        assert coded(written, "410675002") == ["26643006"]

    def test_what_no_code_says_is_told_in_words(self, write: Write) -> None:
        written = write(
            with_one(
                agent="Trial tracer 7", agent_code=None, route="by pump", route_code=None, site="thigh", site_code=None
            )
        )

        assert texts(written, "121106")[0] == (
            "Second attempt Radiopharmaceutical as stated: Trial tracer 7. Route as stated: by pump. "
            "Site as stated: thigh."
        )

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param(
                {"route_code": Code(value="78421000", scheme="SCT"), "site": None, "site_code": None}, id="muscle"
            ),
            pytest.param({"administered_by": "Muster^Mona | a\\b"}, id="a name that is none"),
            pytest.param({"comment": "\x1b", "agent": "^=\\\x00 ü"}, id="odd texts"),
            pytest.param({"organ_doses": (OrganDose(organ="Somewhere", dose_mgy=1.0),)}, id="an organ without a code"),
            pytest.param({"agent_code": Code(value="1" * 40, scheme="99ACME", meaning="x" * 90)}, id="a long code"),
        ],
    )
    def test_odd_values_still_give_a_valid_report(self, write: Write, values: dict[str, Any]) -> None:
        assert len(items(write(with_one(**values)), "113502")) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("of_exam", "missing"),
        [
            pytest.param(replace(with_one(), nuclear=()), "an administration", id="nothing"),
            pytest.param(with_one(start=None), "Start DateTime", id="no start"),
            pytest.param(with_one(administered_activity_mbq=None), "an administered activity", id="no activity"),
            pytest.param(with_one(administered_activity_mbq=0.0), "an administered activity", id="zero"),
            pytest.param(with_one(half_life_s=float("nan")), "finite", id="no number"),
        ],
    )
    def test_names_what_the_exam_lacks(self, of_exam: Exam, missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            write_radiopharmaceutical_rdsr(of_exam, header(), issue(KIND))

    def test_one_report_is_about_one_administration(self) -> None:
        assert FULL.start is not None
        later = replace(
            FULL, event_uid=f"{STUDY}.24.2", start=FULL.start + timedelta(hours=6), administered_activity_mbq=200.0
        )
        two = exam(nuclear_report(1, [FULL, later]))

        with pytest.raises(NotWritableError, match="row 4"):
            write_radiopharmaceutical_rdsr(two, header(), issue(KIND))
        chosen = write_radiopharmaceutical_rdsr(two, header(), issue(KIND), event_uid=f"{STUDY}.24.2")
        assert numbers(chosen, "113507") == [200.0]
