"""Tests of dose_core.orders.procedures: what an order asks for, never guessed."""

import pytest

from dose_core.ledger.region import Region
from dose_core.orders.modality import ModalityKind
from dose_core.orders.procedures import (
    LOINC,
    SNOMED_CT,
    Asked,
    Coding,
    NotAProcedureError,
    Procedure,
    UnusableProcedureTableError,
    asked_by,
    built_in,
    read_table,
)

CT_CHEST = Procedure(kind=ModalityKind.CT, regions=frozenset({Region.CHEST}))
HEADER = "system,code,kind,regions,name"


def of(*codings: tuple[str, str], text: str | None = None, body_site: tuple[tuple[str, str], ...] = ()) -> Asked:
    return Asked(
        codings=[Coding(system=system, code=code) for system, code in codings],
        text=text,
        body_site=[Coding(system=system, code=code) for system, code in body_site],
    )


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (LOINC, "24627-2"),
        ("LN", "24627-2"),
        ("urn:oid:2.16.840.1.113883.6.1", "24627-2"),
        (SNOMED_CT, "169069000"),
        ("SCT", "169069000"),
        ("http://www.radlex.org", "RPID16"),
        ("http://radlex.org", "RPID16"),
    ],
)
def test_knows_a_ct_of_the_chest_by_its_code_in_each_system(system: str, code: str) -> None:
    assert built_in().procedure(of((system, code))) == CT_CHEST


def test_a_code_of_another_system_is_another_code() -> None:
    assert built_in().procedure(of(("urn:local", "24627-2"))) is None
    assert built_in().procedure(of(("", "24627-2"))) is None


def test_what_does_not_irradiate_is_not_known() -> None:
    assert built_in().procedure(of((LOINC, "24587-8"), text="MR Brain WO and W contrast IV")) is None


class TestAText:
    def test_counts_if_it_is_a_name_of_the_table(self) -> None:
        assert built_in().procedure(of(text=" ct  CHEST ")) == CT_CHEST

    @pytest.mark.parametrize("text", ["CT Chest please", "Thorax", "chest", "CT", "CT Chest?", ""])
    def test_is_never_guessed_at(self, text: str) -> None:
        assert built_in().procedure(of(text=text)) is None

    def test_is_left_alone_beside_a_code_that_is_known(self) -> None:
        assert built_in().procedure(of((LOINC, "24725-4"), text="CT Chest")) == Procedure(
            kind=ModalityKind.CT, regions=frozenset({Region.HEAD})
        )


class TestSeveralCodes:
    def test_of_one_kind_the_one_that_tells_most_regions_counts(self) -> None:
        known = built_in().procedure(of((SNOMED_CT, "77477000"), (LOINC, "72254-6")))

        assert known == Procedure(
            kind=ModalityKind.CT, regions=frozenset({Region.CHEST, Region.ABDOMEN, Region.PELVIS})
        )

    def test_that_contradict_each_other_are_not_known(self) -> None:
        assert built_in().procedure(of((LOINC, "24627-2"), (LOINC, "30745-4"))) is None

    def test_one_that_is_not_known_does_not_matter(self) -> None:
        assert built_in().procedure(of(("urn:local", "XYZ"), (LOINC, "24627-2"))) == CT_CHEST


def test_a_body_site_tells_the_region_where_the_procedure_tells_none() -> None:
    chest = (SNOMED_CT, "51185008")  # PS3.16, Annex L: chest

    assert built_in().procedure(of((SNOMED_CT, "77477000"), body_site=(chest,))) == CT_CHEST
    assert built_in().procedure(of((SNOMED_CT, "77477000"))) == Procedure(kind=ModalityKind.CT)


class TestATableOfTheSite:
    def test_counts_before_ours(self) -> None:
        own = read_table(
            [HEADER, "# ours", ",CTTH,ct,chest,CT Thorax nativ", f"{LOINC},24627-2,ct,head,Wrong on purpose"]
        )
        table = own.over(built_in())

        assert table.procedure(of(("", "CTTH"))) == CT_CHEST
        assert table.procedure(of(text="CT thorax nativ")) == CT_CHEST
        assert table.procedure(of((LOINC, "24627-2"))) == Procedure(
            kind=ModalityKind.CT, regions=frozenset({Region.HEAD})
        )
        assert table.procedure(of((LOINC, "24628-0"))) == CT_CHEST

    @pytest.mark.parametrize(
        ("lines", "told"),
        [
            (["code,kind"], "'system' is missing"),
            ([], "'system' is missing"),
            ([HEADER, ",A,mri,head,x"], "row 1: 'mri' is no kind"),
            ([HEADER, ",A,ct,head,x", ",B,ct,thorax,x"], "row 2: 'thorax' is no region"),
            ([HEADER, ",,ct,head,x"], "row 1 has no code"),
        ],
    )
    def test_that_cannot_be_worked_with_says_where(self, lines: list[str], told: str) -> None:
        with pytest.raises(UnusableProcedureTableError, match=told):
            read_table(lines)


class TestOneWord:
    @pytest.mark.parametrize("word", [f"{LOINC}|24627-2", "SCT|169069000", "ct/chest"])
    def test_asks_for_a_procedure(self, word: str) -> None:
        assert asked_by(word, built_in()) == CT_CHEST

    def test_asks_for_several_regions(self) -> None:
        asked = asked_by("ct/abdomen,pelvis", built_in())

        assert asked is not None
        assert asked.regions == {Region.ABDOMEN, Region.PELVIS}

    def test_a_code_that_nobody_knows_asks_for_nothing(self) -> None:
        assert asked_by("|NOSUCH", built_in()) is None

    @pytest.mark.parametrize("word", ["ct", "mri/head", "ct/thorax", "ct/", "chest"])
    def test_anything_else_is_refused(self, word: str) -> None:
        with pytest.raises(NotAProcedureError):
            asked_by(word, built_in())
