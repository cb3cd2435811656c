"""Tests of dose_core.readers.typed: what a person typed, with the text of each number as it was typed."""

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dose_core.model import (
    CtReport,
    DlpSubTotal,
    Kind,
    MammographyReport,
    NuclearReport,
    Plane,
    ProjectionReport,
    StatedValue,
)
from dose_core.readers.errors import UnreadableError
from dose_core.readers.registry import read_dose
from dose_core.readers.typed import QUANTITIES, read_typed
from tests.builders.typed import STUDY, TYPED_AT, record, value


class TestAnEntry:
    def test_of_a_ct_states_totals_with_place_and_text(self) -> None:
        typed = (
            b'{"modality": "CT", "source": "s", "comment": "c", "values": ['
            b'{"quantity": "dlp", "value": 0.51230, "unit": "Gy.cm"}, '
            b'{"quantity": "dlp", "of": "160", "value": 1e2, "unit": "mGy\\u00b7cm"}]}'
        )

        report = read_typed(record(typed=typed))

        assert isinstance(report, CtReport)
        assert (report.kind, report.study_instance_uid, report.content_at) == (Kind.MANUAL, STUDY, TYPED_AT)
        assert report.totals.dlp_mgy_cm == 512.3
        assert report.totals.dlp_sub_totals == (DlpSubTotal(phantom_diameter_mm=160, dlp_mgy_cm=100.0),)
        assert report.stated == (
            StatedValue("totals.dlp_mgy_cm", "/typed/values/0/value", "0.51230", "Gy.cm"),
            StatedValue("totals.dlp_sub_totals[0].dlp_mgy_cm", "/typed/values/1/value", "1e2", "mGy\u00b7cm"),
        )

    def test_of_two_planes_adds_their_dose_area_products_and_never_their_air_kerma(self) -> None:
        report = read_typed(
            record(
                value("dap", 12.5, "Gy.cm2", of="a"),
                value("ka_r", 150, "mGy", of="a"),
                value("dap", 750, "cGy.cm2", of="b"),
                value("fluoro_time", 2.5, "min", of="b"),
                modality="XA",
            )
        )

        assert isinstance(report, ProjectionReport)
        assert report.totals.dap_gy_cm2 == 20.0
        assert [(one.plane, one.ka_r_mgy, one.fluoro_time_s) for one in report.totals.planes] == [
            (Plane.A, 150.0, None),
            (Plane.B, None, 150.0),
        ]
        assert [one.field for one in report.stated] == [
            "totals.planes[0].dap_gy_cm2",
            "totals.planes[0].ka_r_mgy",
            "totals.planes[1].dap_gy_cm2",
            "totals.planes[1].fluoro_time_s",
        ]

    def test_of_the_whole_and_of_its_planes_adds_nothing_twice(self) -> None:
        planes = (value("dap", 12.5, "Gy.cm2", of="a"), value("dap", 7.5, "Gy.cm2", of="b"))

        report = read_typed(record(value("dap", 20, "Gy.cm2"), *planes, modality="XA"))

        assert isinstance(report, ProjectionReport)
        assert report.totals.dap_gy_cm2 == 20.0

    def test_of_planes_of_which_one_has_no_dose_area_product_has_no_sum(self) -> None:
        report = read_typed(record(value("dap", 1, "Gy.cm2", of="a"), value("ka_r", 1, "mGy", of="b"), modality="XA"))

        assert isinstance(report, ProjectionReport)
        assert report.totals.dap_gy_cm2 is None

    def test_of_a_mammography_keeps_the_breasts_apart(self) -> None:
        report = read_typed(record(value("agd", 1.5, "mGy", of="L"), value("agd", 0.018, "dGy", of="R"), modality="MG"))

        assert isinstance(report, MammographyReport)
        assert (report.totals.agd_left_mgy, report.totals.agd_right_mgy) == (1.5, 1.8)
        assert [one.field for one in report.stated] == ["totals.agd_left_mgy", "totals.agd_right_mgy"]

    def test_of_nuclear_medicine_states_administrations(self) -> None:
        given = value("administered_activity", 10, "mCi", radionuclide="F-18", agent="FDG")
        again = value("administered_activity", 20, "MBq", radionuclide="Ga-68", administered_at="2026-03-02T11:00")

        report = read_typed(record(given, again, modality="PT", started_at="2026-03-02T10:15"))

        assert isinstance(report, NuclearReport)
        assert [(one.agent, one.radionuclide, one.administered_activity_mbq) for one in report.events] == [
            ("FDG", "F-18", 370.0),
            (None, "Ga-68", 20.0),
        ]
        assert [one.start for one in report.events] == [
            datetime(2026, 3, 2, 10, 15),  # noqa: DTZ001 - local, as typed
            datetime(2026, 3, 2, 11, 0),  # noqa: DTZ001 - likewise
        ]

    def test_says_who_and_what_and_why(self) -> None:
        patient = {"identifier": "P-1", "authority": "DEMO", "birth_date": "1961-05-04"}
        report = read_typed(
            record(
                value("dlp", 1, "mGy.cm"),
                patient=patient,
                device={"station_name": "CT1"},
                accession_number="A-1",
                started_at="2026-03-02T10:15+01:00",
            )
        )

        assert (report.patient.id, report.patient.issuer, report.patient.birth_date) == (
            "P-1",
            "DEMO",
            date(1961, 5, 4),
        )
        assert (report.device.station_name, report.accession_number) == ("CT1", "A-1")
        assert report.started_at == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
        assert report.comment == "dose display; not connected"

    def test_of_zero_is_taken(self) -> None:
        """Nobody used fluoroscopy: that is known, and it is no error."""
        report = read_typed(record(value("fluoro_time", 0, "s"), modality="RF"))

        assert isinstance(report, ProjectionReport)
        assert report.totals.planes[0].fluoro_time_s == 0.0

    @pytest.mark.parametrize("modality", QUANTITIES)
    def test_has_a_field_for_all_that_may_be_typed(self, modality: str) -> None:
        for name, quantity in QUANTITIES[modality].items():
            for part in quantity.parts:
                of = {"of": part} if part else {}
                report = read_typed(record(value(name, 1.0, quantity.unit, **of), modality=modality))
                (stated,) = report.stated
                assert _value_at(report, stated.field) == 1.0

    def test_that_withdraws_states_nothing(self) -> None:
        report = read_typed(record(typed=b'{"comment": "of another patient"}', is_withdrawal=True))

        assert (report.kind, report.completion, report.stated) == (Kind.MANUAL, "WITHDRAWN", ())


def _value_at(report: object, field: str) -> object:
    for step in field.replace("[", ".").replace("]", "").split("."):
        report = report[int(step)] if step.isdigit() else getattr(report, step)  # type: ignore[index]  # a tuple
    return report


class TestBadInput:
    @pytest.mark.parametrize(
        ("wrong", "text"),
        [
            (value("dlp", -1, "mGy.cm"), "value 1: that is no number of zero or more"),
            (value("dlp", math.nan, "mGy.cm"), "NaN is no number"),
            (value("dlp", math.inf, "mGy.cm"), "Infinity is no number"),
            (value("dlp", 100_001, "mGy.cm"), "100001 mGy.cm is no DLP of an exam, which has 0 to 100000 mGy.cm"),
            (value("dlp", 512, "Gy.m"), "look at the unit"),
            (value("dlp", 1, "furlong"), "value 1: that is no unit of DLP; type it in mGy.cm"),
            (value("dlp", 1, "mGy"), "that is no unit of DLP"),
            (value("dlp", 1, "mGy.cm", of="200"), "dlp is of nothing, 160, 320"),
            (value("dap", 1, "Gy.cm2"), "of this modality one can type dlp"),
        ],
    )
    def test_is_refused_with_a_text_for_who_typed_it(self, wrong: dict[str, Any], text: str) -> None:
        with pytest.raises(UnreadableError) as refused:
            read_typed(record(wrong))
        assert text in str(refused.value)

    @pytest.mark.parametrize("number", [b"1e999", b'"12"', b"true", b"null", b"[1]"])
    def test_that_is_no_number_is_refused(self, number: bytes) -> None:
        typed = b'{"values": [{"quantity": "dlp", "value": ' + number + b', "unit": "mGy.cm"}]}'
        with pytest.raises(UnreadableError, match="no number"):
            read_typed(record(typed=typed))

    def test_quotes_nothing_that_was_typed_as_text(self) -> None:
        """Somebody may type a name into the wrong box."""
        for wrong in (value("Eva", 1, "mGy.cm"), value("dlp", 1, "Eva"), value("dlp", 1, "mGy.cm", of="Eva")):
            with pytest.raises(UnreadableError) as refused:
                read_typed(record(wrong))
            assert "Eva" not in str(refused.value)

    def test_of_one_quantity_typed_twice_is_refused(self) -> None:
        with pytest.raises(UnreadableError, match="twice"):
            read_typed(record(value("dlp", 1, "mGy.cm"), value("dlp", 2, "mGy.cm")))

    def test_of_a_modality_that_has_no_dose_is_refused(self) -> None:
        with pytest.raises(UnreadableError, match="CT, XA"):
            read_typed(record(value("dlp", 1, "mGy.cm"), modality="MR"))

    def test_without_values_is_refused(self) -> None:
        with pytest.raises(UnreadableError, match="one value"):
            read_typed(record())

    @pytest.mark.parametrize("field", ["started_at", "patient"])
    def test_of_a_date_that_there_is_not_is_refused(self, field: str) -> None:
        typed: dict[str, Any] = {
            "started_at": "2026-13-45T10:00",
            "patient": {"identifier": "P", "birth_date": "04.05.1961"},
        }
        with pytest.raises(UnreadableError, match="like"):
            read_typed(record(value("dlp", 1, "mGy.cm"), **{field: typed[field]}))

    @pytest.mark.parametrize(
        "content", [b"", b"{}", b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"doseledger_manual": 2, "typed": {}}']
    )
    def test_that_is_no_record_is_unreadable(self, content: bytes) -> None:
        with pytest.raises(UnreadableError):
            read_typed(content)

    def test_is_no_dicom_object_so_that_no_sender_can_hand_it_in(self) -> None:
        with pytest.raises(UnreadableError):
            read_dose(record(value("dlp", 1, "mGy.cm")))
