"""Tests of dose_core.readers: an object made to cost time and memory gets neither."""

import struct
import tracemalloc
from time import process_time

import pytest

from dose_core.ledger.administrations import administrations_of
from dose_core.ledger.exam import Statement
from dose_core.model import NuclearReport
from dose_core.readers.dicom.elements import MAX_ELEMENTS, MAX_HEADER_BYTES
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.errors import UnreadableError
from dose_core.readers.limits import MAX_ADMINISTRATIONS, MAX_EVENTS
from dose_core.readers.registry import read_dose
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_rdsr import ct_rdsr_bytes
from tests.builders.dicom import encode
from tests.builders.mpps import step, step_file
from tests.builders.nuclear import pet_image_bytes, radiopharmaceutical
from tests.builders.sr import Concept, coded, container
from tests.support.read_as import read_as

# Far above what the limits allow on a busy machine, far below what such objects took without them.
SECONDS = 3.0
BYTES = 100_000_000

ITEM, ITEM_END = b"\xfe\xff\x00\xe0\xff\xff\xff\xff", b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE, SEQUENCE_END = b"\x09\x00\x01\x10SQ\0\0\xff\xff\xff\xff", b"\xfe\xff\xdd\xe0\0\0\0\0"
EMPTY = b"\x09\x00\x02\x10CS\0\0"
# A quarter below the limit of what stands before the pixels, so that it is the value that is judged.
ROOM = MAX_HEADER_BYTES * 3 // 4


def value(tag: int, raw: bytes) -> bytes:
    """Return an element in explicit VR little endian with a value of any length."""
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + b"UT\0\0" + struct.pack("<I", len(raw)) + raw


def item(content: bytes) -> bytes:
    """Return an item of a sequence in little endian, its length stated."""
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


HOSTILE = {
    "a number with millions of values": value(0x00101020, b"1\\" * (ROOM // 2)),
    "a text with millions of values": value(0x00181020, b"a\\" * (ROOM // 2)),
    "millions of character sets": value(0x00080005, b"ISO_IR 100\\" * (ROOM // 11)),
    "a name that changes its character set with each letter": value(0x00100010, b"\x1b$Bab\x1b(B" * (ROOM // 8)),
    "many names that do so": value(0x00100010, b"\x1b$Bab\x1b(B" * 30_000),
}


class TestAnObjectMadeToCost:
    @pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
    def test_little_time_and_memory_however_long_its_values(self, raw: bytes) -> None:
        left_out: dict[str, object] = dict.fromkeys(("PatientSize", "SoftwareVersions", "PatientName"))
        if raw.startswith(b"\x08\x00\x05\x00"):
            left_out = {"SpecificCharacterSet": None, "PatientName": b"M\xfcller"}
        hostile = ct_image_bytes(**left_out) + raw
        tracemalloc.start()
        began = process_time()

        report = read_dose(hostile)

        seconds, (_, peak) = process_time() - began, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert report.patient.id == "P-2"
        assert report.warnings
        assert seconds < SECONDS
        assert peak < BYTES

    def test_little_time_for_many_elements_in_deep_sequences(self) -> None:
        levels = 38
        hostile = ct_image_bytes() + (SEQUENCE + ITEM) * levels + EMPTY * (MAX_ELEMENTS - 1000)
        hostile += (ITEM_END + SEQUENCE_END) * levels
        began = process_time()

        parse_part10(hostile)

        assert process_time() - began < SECONDS / 2

    def test_nothing_with_more_elements_than_any_image_of_many_frames(self) -> None:
        with pytest.raises(UnreadableError, match="more than 400000 elements"):
            parse_part10(ct_image_bytes() + EMPTY * MAX_ELEMENTS)

    def test_nothing_with_as_many_items_in_a_sequence_that_is_read(self) -> None:
        items = b"\xfe\xff\x00\xe0\0\0\0\0" * (MAX_ELEMENTS + 1)

        with pytest.raises(UnreadableError, match="more than 400000 elements"):
            read_dose(ct_image_bytes(RequestAttributesSequence=items))

    def test_nothing_with_16_mb_before_the_pixel_data(self) -> None:
        with pytest.raises(UnreadableError, match="before the pixel data"):
            parse_part10(ct_image_bytes() + value(0x00091003, bytes(MAX_HEADER_BYTES)) + EMPTY)

    def test_nothing_with_16_mb_of_content(self) -> None:
        content = item(value(0x0040A160, bytes(MAX_HEADER_BYTES)))

        with pytest.raises(UnreadableError, match="before the pixel data"):
            read_dose(ct_rdsr_bytes(ContentSequence=content))

    @pytest.mark.parametrize(
        ("title", "event"),
        [
            (("113701", "DCM", "X-Ray Radiation Dose Report"), ("113819", "DCM", "CT Acquisition")),
            (("113701", "DCM", "X-Ray Radiation Dose Report"), ("113706", "DCM", "Irradiation Event X-Ray Data")),
            (("113701", "DCM", "X-Ray Radiation Dose Report"), ("130501", "DCM", "Irradiation Event Summary Data")),
        ],
    )
    def test_no_line_of_a_hundred_megabytes_by_events_that_state_nothing(self, title: Concept, event: Concept) -> None:
        content = item(encode(container(event))) * (MAX_EVENTS + 1)
        report = ct_rdsr_bytes(ConceptNameCodeSequence=[coded(title)], ContentSequence=content)

        with pytest.raises(UnreadableError, match="more than 10000 irradiation events"):
            read_dose(report)

    @pytest.mark.parametrize("modality", ["CT", "MG", "XA"])
    def test_nor_by_exposures_of_a_step_that_state_nothing(self, modality: str) -> None:
        exposures = item(encode({"KVP": "80"}, explicit=False)) * (MAX_EVENTS + 1)

        with pytest.raises(UnreadableError, match="more than 10000 irradiation events"):
            read_dose(step_file(step(Modality=modality, ExposureDoseSequence=exposures)))

    def test_no_study_of_administrations_that_are_compared_pair_by_pair(self) -> None:
        title = ("113500", "DCM", "Radiopharmaceutical Radiation Dose Report")
        content = item(encode(container(("113502", "DCM", "Administration")))) * (MAX_ADMINISTRATIONS + 1)
        report = ct_rdsr_bytes(ConceptNameCodeSequence=[coded(title)], ContentSequence=content)
        image = pet_image_bytes(*[radiopharmaceutical()] * (MAX_ADMINISTRATIONS + 1))

        for hostile in (report, image):
            with pytest.raises(UnreadableError, match="more than 200 administrations"):
                read_dose(hostile)

    def test_little_time_of_the_ledger_for_as_many_administrations_as_are_read(self) -> None:
        image = read_as(NuclearReport, pet_image_bytes(*[radiopharmaceutical()] * MAX_ADMINISTRATIONS))
        began = process_time()

        counted, _ = administrations_of([Statement(key="1", report=image)])

        assert len(counted) == MAX_ADMINISTRATIONS
        assert process_time() - began < SECONDS
