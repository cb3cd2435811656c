"""Tests of dose_core.ledger.nuclear: what was administered, once each, by radionuclide and agent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dose_core.ledger.exam import Exam, Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.ledger.nuclides import is_seen_by_pet, kind_of
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Quantity, Total
from dose_core.model import Administration, Kind, NuclearReport
from tests.builders import statements_study as of
from tests.builders.statements import STUDY
from tests.builders.statements_study import AnyStatement

FDG = of.injection(1, agent="FDG", activity_mbq=394.0)
REST = Administration(
    agent="Sestamibi", radionuclide="99m Technetium", administered_activity_mbq=250.0, start=FDG.start
)


def exam(*statements: AnyStatement) -> Exam:
    return exam_of(STUDY, statements)


def activities(of_exam: Exam) -> dict[str | None, Total]:
    return {one.of: one for one in of_exam.totals if one.quantity is Quantity.ACTIVITY}


def typed(*administrations: Administration) -> AnyStatement:
    report = NuclearReport(
        kind=Kind.MANUAL, sop_instance_uid="2.25.9", study_instance_uid=STUDY, events=administrations
    )
    return Statement(key="typed", report=report)


def test_a_report_its_images_and_what_was_typed_are_one_administration() -> None:
    slipped = replace(FDG, event_uid=None, administered_activity_mbq=349.0)

    found = exam(of.nuclear_report(1, [FDG]), of.pet_image(1, FDG), of.pet_image(2, FDG), typed(slipped))

    (one,) = found.nuclear
    assert (one.source, one.event_uid, one.event.administered_activity_mbq) == (Source.RDSR, FDG.event_uid, 394.0)
    assert [place.statement for place in one.places][-1] == "typed"
    assert one.notes == ("a typed statement says 349 MBq",)
    assert found.conflicts == ("a typed statement says 349 MBq; it counts with 394 MBq",)
    assert activities(found)["F-18 FDG"].value == 394.0


def test_what_was_typed_counts_where_no_object_tells() -> None:
    found = exam(typed(FDG))

    assert (found.nuclear[0].source, activities(found)["F-18 FDG"].value) == (Source.MANUAL, 394.0)


def test_what_was_typed_of_another_time_is_another_administration() -> None:
    assert FDG.start is not None
    later = replace(FDG, event_uid=None, start=FDG.start + timedelta(hours=3))

    assert len(exam(of.nuclear_report(1, [FDG]), typed(later)).nuclear) == 2


def test_two_that_were_typed_together_are_two_though_images_show_one() -> None:
    """Rest and stress; the images of the stress were not sent, those of the rest state no start."""
    assert REST.start is not None
    stress = replace(REST, administered_activity_mbq=750.0, start=REST.start + timedelta(hours=3))

    found = exam(
        of.pet_image(1, replace(REST, start=None)), typed(stress, replace(REST, administered_activity_mbq=251))
    )

    assert [one.source for one in found.nuclear] == [Source.IMAGE_HEADER, Source.MANUAL]
    assert [total.value for total in activities(found).values()] == [1000.0]


def test_event_uids_of_images_are_not_trusted() -> None:
    found = exam(of.pet_image(1, FDG))

    assert found.nuclear[0].uid_is_stand_in
    assert found.nuclear[0].event_uid == exam(of.pet_image(7, FDG)).nuclear[0].event_uid


def test_activities_of_one_agent_are_added_and_of_two_are_not() -> None:
    assert REST.start is not None
    stress = replace(REST, administered_activity_mbq=750.0, start=REST.start + timedelta(hours=3))

    found = activities(exam(of.nuclear_report(1, [REST, stress, FDG])))

    assert {kind: one.value for kind, one in found.items()} == {"F-18 FDG": 394.0, "Tc-99m Sestamibi": 1000.0}


def test_an_administration_of_unknown_activity_is_missing_and_not_zero() -> None:
    (total,) = activities(exam(of.nuclear_report(1, [replace(FDG, administered_activity_mbq=0.0)]))).values()

    assert (total.value, total.missing) == (None, 1)


def test_a_report_alone_is_pet_where_the_nuclide_emits_positrons() -> None:
    assert exam(of.nuclear_report(1, [FDG])).modalities == ("PT",)
    assert exam(of.nuclear_report(1, [REST])).modalities == ("NM",)


def test_a_pet_ct_is_one_exam_of_both() -> None:
    found = exam(of.nuclear_report(1, [FDG]), of.ct_report(1, [of.scan(1, dlp_mgy_cm=8.0, phantom_diameter_mm=320)]))

    assert (found.modalities, found.devices) == (("CT", "PT"), (of.PET, of.CT))
    assert [found.devices[one.device] for one in found.nuclear] == [of.PET]


def test_more_administrations_than_a_study_can_have_are_named_and_not_compared() -> None:
    assert FDG.start is not None
    images = [
        of.pet_image(n, replace(FDG, administered_activity_mbq=10.0 * 1.01**n, start=FDG.start + timedelta(hours=n)))
        for n in range(501)
    ]

    found = exam(*images)

    assert len(found.nuclear) == 500
    assert [one.reason.split(":")[0] for one in found.not_counted] == ["more administrations than one study can have"]


class TestNames:
    @pytest.mark.parametrize(
        ("stated", "name"),
        [
            ("^18^Fluorine", "F-18"),
            ("F-18", "F-18"),
            ("18F", "F-18"),
            ("99m Technetium", "Tc-99m"),
            ("Tc99m", "Tc-99m"),
            ("^131^Iodine", "I-131"),
            ("Unobtainium", "Unobtainium"),
        ],
    )
    def test_of_one_nuclide_are_one(self, stated: str, name: str) -> None:
        assert kind_of(Administration(radionuclide=stated)) == name

    @pytest.mark.parametrize("stated", ["FDG", "Fluorodeoxyglucose F^18^", "FDG -- fluorodeoxyglucose"])
    def test_of_fdg_are_one(self, stated: str) -> None:
        assert kind_of(Administration(agent=stated, radionuclide="^18^Fluorine")) == "F-18 FDG"

    def test_are_none_where_nothing_is_named(self) -> None:
        assert kind_of(Administration()) is None

    def test_tell_what_pet_sees(self) -> None:
        """PS3.16, CID 4020."""
        seen = [stated for stated in ("68Ga", "I-124", "I-131", "Tc-99m") if is_seen_by_pet(named(stated))]

        assert seen == ["68Ga", "I-124"]


def named(radionuclide: str) -> Administration:
    return Administration(radionuclide=radionuclide)
