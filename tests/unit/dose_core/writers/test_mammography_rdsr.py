"""Tests of dose_core.writers.mammography_rdsr; each object made here is shown to validators that are not ours."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from dose_core.ledger.exam import Exam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Total
from dose_core.writers.errors import NotWritableError
from dose_core.writers.mammography_rdsr import KIND, write_mammography_rdsr
from tests.builders import statements_study as of
from tests.builders.statements_projection import exam
from tests.builders.written import header, issue
from tests.support.content import coded, items, judged, numbers, texts

Write = Callable[..., Dataset]
UNKNOWN = "261665006"
LEFT, RIGHT = of.view(1, laterality="L", agd_mgy=1.5), of.view(2, laterality="R", agd_mgy=1.25)
TWO_VIEWS = exam(of.mammography_report(1, [LEFT, RIGHT]))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a report that validators have judged."""

    def written(of_exam: Exam = TWO_VIEWS) -> Dataset:
        return judged(write_mammography_rdsr(of_exam, header(), issue(KIND)), tmp_path)

    return written


def with_view(**values: Any) -> Exam:  # noqa: ANN401  fields of an event, of several types
    """Return an exam of one view with these values."""
    return exam(of.mammography_report(1, [replace(LEFT, **values)]))


def agd(part: str | None, value: float, **values: Any) -> Total:  # noqa: ANN401  fields of a total
    """Return a glandular dose of a breast."""
    stated = {"basis": Basis.STATED_TOTAL, "source": Source.RDSR, **values}
    return Total(quantity=Quantity.AGD, of=part, value=value, **stated)


class TestDose:
    def test_each_breast_has_its_glandular_dose(self, write: Write) -> None:
        written = write()

        assert coded(written, "121058") == ["71651007"]
        assert numbers(written, "111637") == [1.5, 1.25]
        sides = [item.ContentSequence[0].ConceptCodeSequence[0].CodeValue for item in items(written, "111637")]
        assert sides == ["80248007", "73056007"]
        assert numbers(written, "111631") == [1.5, 1.25]

    def test_the_breast_of_a_view_is_told(self, write: Write) -> None:
        written = write()

        assert coded(written, "91723000") == ["76752008", "76752008"]
        sides = [item.ContentSequence[0].ConceptCodeSequence[0].CodeValue for item in items(written, "91723000")]
        assert sides == ["7771000", "24028007"]
        assert coded(written, "111031") == ["399162004", "399162004"]

    def test_a_mean_of_both_breasts_is_stated_where_there_is_no_other(self, write: Write) -> None:
        assert numbers(write(replace(TWO_VIEWS, totals=(agd("B", 1.375),))), "111637") == [1.375]

    def test_beside_each_breast_the_mean_is_told_in_the_comment(self, write: Write) -> None:
        written = write(replace(TWO_VIEWS, totals=(agd("L", 1.5), agd("R", 1.25), agd("B", 1.375))))

        assert numbers(written, "111637") == [1.5, 1.25]
        assert "agd_mgy of B 1.375" in texts(written, "121106")[0]

    def test_a_dose_of_no_known_breast_is_no_total_of_one(self, write: Write) -> None:
        written = write(replace(TWO_VIEWS, totals=(agd(None, 1.5),)))

        assert numbers(written, "111637") == [None]
        assert "agd_mgy 1.5" in texts(written, "121106")[0]

    def test_a_dose_that_lacks_a_view_is_a_lower_bound(self, write: Write) -> None:
        written = write(replace(TWO_VIEWS, totals=(agd("L", 1.5, missing=1), agd("R", 1.25))))

        assert numbers(written, "111637") == [1.25]
        assert "agd_mgy of L at least 1.5" in texts(written, "121106")[0]

    def test_doses_of_headers_are_copied_and_their_sums_computed(self, write: Write) -> None:
        of_headers = replace(
            TWO_VIEWS,
            projection=(),
            mammography=tuple(replace(one, source=Source.IMAGE_HEADER) for one in TWO_VIEWS.mammography),
            totals=tuple(replace(one, source=Source.IMAGE_HEADER) for one in TWO_VIEWS.totals),
        )

        assert coded(write(of_headers), "113854") == ["113866", "113867"]


class TestView:
    @pytest.mark.parametrize(("is_tomosynthesis", "code"), [(True, "113613"), (False, "113611"), (None, UNKNOWN)])
    def test_a_tomosynthesis_is_a_rotation(self, write: Write, is_tomosynthesis: bool | None, code: str) -> None:  # noqa: FBT001  a value of the model
        assert coded(write(with_view(is_tomosynthesis=is_tomosynthesis)), "113721") == [code]

    def test_a_specimen_is_no_breast(self, write: Write) -> None:
        written = write(with_view(view="SPECIMEN"))

        assert coded(written, "123014") == [UNKNOWN]
        assert items(written, "91723000") == []

    def test_compression_and_beam(self, write: Write) -> None:
        written = write(
            with_view(
                thickness_mm=52.0,
                force_n=110.0,
                pressure_kpa=9.5,
                contact_area_cm2=95.0,
                anode="tungsten",
                filter="rhodium",
                filter_min_mm=0.05,
                filter_max_mm=0.05,
            )
        )

        assert [numbers(written, one) for one in ("111633", "111647", "111648", "111649")] == [
            [52.0],
            [110.0],
            [9.5],
            [9500.0],
        ]
        assert coded(written, "111632") == ["26194003"]
        assert coded(written, "113757") == ["59801003"]
        assert numbers(written, "113758") == [0.05]

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param({"filter": "rhodium + silver", "filter_min_mm": 0.05}, id="two filters"),
            pytest.param({"filter": "none"}, id="no filter"),
            pytest.param({"filter": "unobtainium"}, id="an unknown filter"),
            pytest.param({"anode": "unobtainium", "grid": "Focused grid"}, id="an unknown anode"),
            pytest.param({"entrance_dose_mgy": 5.0}, id="an entrance dose of an unknown point"),
            pytest.param({"entrance_dose_mgy": 5.0, "reference_point": "surface"}, id="of a point in words"),
            pytest.param({"view": None, "view_modifiers": ("Magnification",)}, id="modifiers without view"),
            pytest.param({"view_modifiers": ("Magnification", "Unheard of")}, id="modifiers"),
            pytest.param({"kv": None, "agd_mgy": None, "exposure_index": 400.0}, id="detector data alone"),
            pytest.param({"glandularity_percent": 15.0, "mas": 80.0}, id="glandularity"),
            pytest.param({"protocol": "^=\\\x00 ü", "comment": "\x1b"}, id="odd texts"),
        ],
    )
    def test_odd_values_still_give_a_valid_report(self, write: Write, values: dict[str, Any]) -> None:
        assert len(items(write(with_view(**values)), "113706")) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("of_exam", "missing"),
        [
            pytest.param(with_view(started_at=None), "DateTime Started", id="no time"),
            pytest.param(replace(TWO_VIEWS, mammography=(), totals=()), "a dose", id="nothing"),
            pytest.param(replace(TWO_VIEWS, mammography=()), "row 14", id="totals of a report without its events"),
        ],
    )
    def test_names_what_the_exam_lacks(self, of_exam: Exam, missing: str) -> None:
        with pytest.raises(NotWritableError, match=missing):
            write_mammography_rdsr(of_exam, header(), issue(KIND))
