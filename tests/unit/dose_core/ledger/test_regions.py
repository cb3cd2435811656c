"""Tests of dose_core.ledger.regions: where an exam irradiated."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

from dose_core.ledger.region import Region
from dose_core.ledger.region_codes import CODES, WORDS
from dose_core.ledger.regions import MAMMOGRAPHY, RegionStated, region_of
from dose_core.model import Code

ENTIRE_BODY = Code(value="T-D0010", scheme="SRT")
CHEST = Code(value="816094009", scheme="SCT")


def cut(row: str) -> tuple[str, str, str]:
    sct, srt, meaning = row.strip().split(" ", 2)
    return sct, srt, meaning


ROWS: list[tuple[tuple[Region, ...], str, str, str]] = [
    (parts, *cut(row)) for parts, rows in CODES for row in rows.replace("\n", ";").split(";") if row.strip()
]
ANATOMY = [
    (value, meaning.removesuffix(" (body structure)"), cids)
    for codes in cast("list[dict[str, tuple[str, list[int]]]]", list(concepts["SCT"].values()))
    for value, (meaning, cids) in codes.items()
]


def region(*body_parts: str) -> Region | None:
    return region_of(RegionStated(body_part=part) for part in body_parts)


class TestOneEvent:
    @pytest.mark.parametrize(
        ("value", "scheme", "expected"),
        [
            ("816094009", "SCT", Region.CHEST),
            ("51185008", "SCT", Region.CHEST),  # the code of the editions before 2021
            ("T-D3000", "SRT", Region.CHEST),
            ("T-D3000", "SNM3", Region.CHEST),
            ("T-D1100", "SRT", Region.HEAD),
            ("R-FAB56", "SRT", Region.CHEST_ABDOMEN_AND_PELVIS),
            ("818982008", "SCT", Region.ABDOMEN_AND_PELVIS),
            ("774007", "SCT", Region.HEAD_AND_NECK),
            ("417437006", "SCT", Region.SEVERAL),  # neck and chest
            ("T-12710", "SNM3", Region.LOWER_EXTREMITY),
            ("24136001", "SCT", Region.PELVIS),  # hip joint
            ("T-D400", "SRT", Region.ABDOMEN),  # Philips Allura
            ("T-D0010", "SRT", Region.WHOLE_BODY),
            ("T-D0001", "SRT", None),  # topography unknown, of GE surgery
            ("706342009", "SCT", None),  # phantom
            ("T-D3000", "SCT", None),  # a code of the other scheme
            ("00001", "99GEMS", None),
        ],
    )
    def test_names_its_region_by_code_and_scheme(self, value: str, scheme: str, expected: Region | None) -> None:
        code = Code(value=value, scheme=scheme, meaning="Chest")

        assert region_of([RegionStated(target_region=code)]) is expected
        assert region_of([RegionStated(anatomy=code)]) is expected

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            ("CHEST", Region.CHEST),
            ("THORAX", Region.CHEST),
            ("chest ", Region.CHEST),
            ("C-SPINE", Region.SPINE),
            ("CHEST_ABDOMEN", Region.SEVERAL),
            ("CHESTABDPELVIS", Region.CHEST_ABDOMEN_AND_PELVIS),
            ("WHOLEBODY", Region.WHOLE_BODY),
            ("PATTERN", None),  # a test image of Carestream
            ("", None),
        ],
    )
    def test_names_its_region_by_a_word(self, word: str, expected: Region | None) -> None:
        assert region(word) is expected

    def test_speaks_by_its_target_region_before_its_anatomy_and_its_body_part(self) -> None:
        knee, head = Code(value="T-D9200", scheme="SRT"), Code(value="T-D1100", scheme="SRT")

        assert region_of([RegionStated(target_region=knee, anatomy=head, body_part="CHEST")]) is Region.LOWER_EXTREMITY
        assert region_of([RegionStated(anatomy=head, body_part="CHEST")]) is Region.HEAD

    def test_of_projection_holds_no_whole_body(self) -> None:
        unchosen = RegionStated(target_region=ENTIRE_BODY, is_projection=True)

        assert region_of([unchosen]) is None
        assert region_of([RegionStated(target_region=ENTIRE_BODY, anatomy=CHEST, is_projection=True)]) is Region.CHEST

    def test_of_mammography_is_of_the_breast(self) -> None:
        assert region_of([MAMMOGRAPHY, MAMMOGRAPHY]) is Region.BREAST


class TestExam:
    def test_has_no_region_if_no_event_names_one(self) -> None:
        assert region_of([]) is None
        assert region_of([RegionStated()]) is None

    def test_has_the_region_of_the_events_that_name_one(self) -> None:
        assert region_of([RegionStated(target_region=CHEST), RegionStated()]) is Region.CHEST

    def test_is_of_what_its_events_name_together(self) -> None:
        assert region("HEAD", "NECK") is Region.HEAD_AND_NECK
        assert region("ABDOMEN", "PELVIS") is Region.ABDOMEN_AND_PELVIS
        assert region("CHEST", "ABDOMENPELVIS") is Region.CHEST_ABDOMEN_AND_PELVIS
        assert region("CHEST", "HEART") is Region.CHEST

    def test_is_of_several_regions_that_have_no_name_in_common(self) -> None:
        assert region("CHEST", "ABDOMEN") is Region.SEVERAL
        assert region("HEAD", "CHEST") is Region.SEVERAL
        assert region("HEART", "BREAST") is Region.SEVERAL

    def test_is_of_the_whole_body_only_if_no_event_names_less(self) -> None:
        """Siemens scanners name the entire body as the target of every topogram."""
        topogram = RegionStated(target_region=ENTIRE_BODY)

        assert region_of([topogram]) is Region.WHOLE_BODY
        assert region_of([topogram, RegionStated(target_region=CHEST)]) is Region.CHEST

    @given(st.lists(st.sampled_from([word for _, words in WORDS for word in words.split()]), max_size=6))
    def test_has_one_region_in_whatever_order_its_events_stand(self, words: list[str]) -> None:
        assert region(*words) is region(*reversed(words)) is region(*words, *words)


class TestTables:
    """Against pydicom's tables of PS3.16, which it generates from the standard."""

    def test_have_the_codes_and_meanings_of_the_standard(self) -> None:
        ours = {(sct, srt, meaning) for _, sct, srt, meaning in ROWS}
        standard = {(sct, mapping["SCT"].get(sct, "-"), meaning) for sct, meaning, _ in ANATOMY}

        assert len(ours) > 300
        assert ours - standard == {("-", "T-D400", "Abdomen")}

    def test_have_each_code_once(self) -> None:
        for column in (1, 2):
            values = [row[column] for row in ROWS if row[column] != "-"]
            assert len(values) == len(set(values))

    def test_have_every_anatomy_that_ct_and_radiography_may_name(self) -> None:
        may_stand = {sct for sct, _, cids in ANATOMY if {4009, 4030, 4031} & set(cids)}

        assert may_stand - {row[1] for row in ROWS} == {"706342009", "66019005"}  # phantom; extremity, of arm or leg

    def test_agree_where_a_word_is_the_meaning_of_a_code(self) -> None:
        of_meaning = {"".join(meaning.upper().split()): parts for parts, _, _, meaning in ROWS}
        both = [(word, parts) for parts, words in WORDS for word in words.split() if word in of_meaning]

        assert len(both) > 60
        for word, parts in both:
            assert of_meaning[word] == parts, word
