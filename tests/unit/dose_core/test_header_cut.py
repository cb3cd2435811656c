"""Tests of dose_core.header_cut; pydicom is the oracle."""

import zlib
from contextlib import suppress
from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from dose_core.contract import MAX_HEADER_BYTES
from dose_core.header_cut import (
    MANUFACTURER,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    HeaderError,
    IncompleteHeaderError,
    cut_header,
    read_identity,
)
from tests.builders.dicom_files import ct_slice, dose_report, file_of

PIXEL_TAG = b"\xe0\x7f\x10\x00"  # (7FE0,0010) in little endian
LITTLE_ENDIAN = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]

texts = st.text(alphabet="ABC 123", max_size=20)


def _items(children: st.SearchStrategy[Dataset]) -> st.SearchStrategy[Dataset]:
    return st.builds(_nested, st.lists(children, max_size=3), st.booleans(), st.booleans())


def _leaf(text: str, raw: bytes) -> Dataset:
    dataset = Dataset()
    dataset.CodeMeaning = text
    dataset.add(DataElement(0x00091001, "UN", raw + b"\0" * (len(raw) % 2)))
    return dataset


def _nested(children: list[Dataset], undefined_sequence: bool, undefined_items: bool) -> Dataset:  # noqa: FBT001 - drawn
    dataset = Dataset()
    for child in children:
        child.is_undefined_length_sequence_item = undefined_items
    dataset.ConceptNameCodeSequence = Sequence(children)
    dataset["ConceptNameCodeSequence"].is_undefined_length = undefined_sequence
    return dataset


# Values that hold the pixel tag, and sequences of defined and undefined length in each other
trees = st.recursive(st.builds(_leaf, texts, st.binary(max_size=12) | st.just(PIXEL_TAG)), _items, max_leaves=12)


class TestCutHeader:
    @given(tree=trees, syntax=st.sampled_from(LITTLE_ENDIAN))
    def test_cuts_exactly_before_the_pixels(self, tree: Dataset, syntax: str) -> None:
        data = file_of(ct_slice(RequestAttributesSequence=[tree]), transfer_syntax=syntax)

        header = cut_header(data)

        assert header.dicom == data[: data.rfind(PIXEL_TAG)]
        assert pydicom.dcmread(BytesIO(header.dicom)) == pydicom.dcmread(BytesIO(data), stop_before_pixels=True)

    @pytest.mark.parametrize("syntax", [*LITTLE_ENDIAN, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
    def test_keeps_every_other_element(self, syntax: str) -> None:
        dataset = ct_slice()
        data = file_of(dataset, transfer_syntax=syntax)

        read = pydicom.dcmread(BytesIO(cut_header(data).dicom))

        del dataset.PixelData
        assert read == dataset
        assert read.file_meta.TransferSyntaxUID == syntax

    def test_cuts_before_compressed_pixels(self) -> None:
        dataset = ct_slice()
        dataset.PixelData = pydicom.encaps.encapsulate([bytes(100)])
        dataset["PixelData"].is_undefined_length = True
        dataset["PixelData"].VR = "OB"
        data = file_of(dataset, transfer_syntax=JPEGBaseline8Bit)

        assert cut_header(data).dicom == data[: data.find(PIXEL_TAG)]

    def test_leaves_a_deflated_file_for_later_when_told_so(self) -> None:
        data = file_of(ct_slice(), transfer_syntax=DeflatedExplicitVRLittleEndian)

        with pytest.raises(HeaderError, match="deflated"):
            cut_header(data, may_inflate=False)

    @pytest.mark.parametrize("syntax", [*LITTLE_ENDIAN, ExplicitVRBigEndian])
    @pytest.mark.parametrize("where", ["top", "nested"])
    def test_takes_no_more_steps_than_it_may(self, syntax: str, where: str) -> None:
        many = Dataset()
        for element in range(200):
            many.add(DataElement(0x00191000 + element, "LO", "x"))
        dataset = ct_slice()
        if where == "nested":
            many.is_undefined_length_sequence_item = True
            dataset.RequestAttributesSequence = Sequence([many])
            dataset["RequestAttributesSequence"].is_undefined_length = True
        else:
            dataset.update(many)
        data = file_of(dataset, transfer_syntax=syntax)

        assert cut_header(data, max_steps=300) == cut_header(data)
        with pytest.raises(HeaderError, match="elements"):
            cut_header(data, max_steps=150)

    def test_takes_no_more_steps_than_it_may_in_the_meta_information(self) -> None:
        data = file_of(ct_slice())
        meta = b"\x02\x00\x02\x01OB\0\0\0\0\0\0" * 200

        with pytest.raises(HeaderError, match="elements"):
            cut_header(data[:132] + meta + data[132:], max_steps=150)

    def test_inflates_no_more_than_the_reader_takes(self) -> None:
        raw = b"\x08\x00\x08\x00UN\0\0" + MAX_HEADER_BYTES.to_bytes(4, "little") + bytes(MAX_HEADER_BYTES)
        data = file_of(ct_slice(), transfer_syntax=DeflatedExplicitVRLittleEndian)
        meta = data[: data.index(b"1.2.840.10008.1.2.1.99") + 22]
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)

        with pytest.raises(HeaderError, match=f"more than {MAX_HEADER_BYTES} bytes"):
            cut_header(meta + deflater.compress(raw) + deflater.flush())

    def test_an_instance_without_pixels_is_all_header(self) -> None:
        data = file_of(dose_report())

        assert cut_header(data).dicom == data

    def test_walks_an_unknown_sequence_that_is_implicit_inside(self) -> None:
        """PS3.5, 6.2.2: an UN of undefined length holds implicit little endian, also in an explicit file."""
        dataset = ct_slice()
        data = file_of(dataset)
        at = data.rfind(PIXEL_TAG)
        item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x08\x00\x00\x01\x04\x00\x00\x00" + PIXEL_TAG
        ends = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
        unknown = b"\x75\x00\x10\x10UN\0\0\xff\xff\xff\xff" + item + ends

        assert cut_header(data[:at] + unknown + data[at:]).dicom == data[:at] + unknown

    def test_states_who_the_instance_is(self) -> None:
        dataset = ct_slice()

        header = cut_header(file_of(dataset))

        assert header.text(SOP_CLASS_UID) == CTImageStorage
        assert header.text(SOP_INSTANCE_UID) == dataset.SOPInstanceUID
        assert header.text(SERIES_INSTANCE_UID) == dataset.SeriesInstanceUID
        assert header.text(MANUFACTURER) == "Invented Scanners"

    @given(cut=st.integers(min_value=0))
    def test_never_mistakes_the_beginning_of_a_file_for_its_header(self, cut: int) -> None:
        data = file_of(ct_slice())
        end = data.rfind(PIXEL_TAG)

        with pytest.raises(IncompleteHeaderError):
            cut_header(data[: cut % end], is_whole_file=False)

    def test_a_beginning_that_reaches_the_pixels_is_enough(self) -> None:
        data = file_of(ct_slice())
        end = data.rfind(PIXEL_TAG)

        assert cut_header(data[: end + 12], is_whole_file=False).dicom == data[:end]

    def test_ten_thousand_levels_do_not_end_the_process(self) -> None:
        item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        sequence = b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff"
        ends = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
        data = file_of(ct_slice())
        at = data.rfind(PIXEL_TAG)
        deep = (sequence + item) * 10_000 + ends * 10_000

        assert cut_header(data[:at] + deep + data[at:]).dicom == data[:at] + deep

    @given(st.binary(max_size=400))
    def test_garbage_is_cut_or_refused_by_type(self, garbage: bytes) -> None:
        data = b"\0" * 128 + b"DICM" + garbage

        with suppress(HeaderError):
            assert data.startswith(cut_header(data).dicom)

    @pytest.mark.parametrize("data", [b"", bytes(131), bytes(1000)])
    def test_a_file_without_preamble_is_refused(self, data: bytes) -> None:
        with pytest.raises(HeaderError):
            cut_header(data)


class TestReadIdentity:
    def test_knows_a_report_without_walking_its_tree(self) -> None:
        report = dose_report(Manufacturer="DoseLedger")
        data = file_of(report)
        broken_tree = b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff"  # opens and never ends

        header = read_identity(data + broken_tree)

        assert header.text(SOP_INSTANCE_UID) == report.SOPInstanceUID
        assert header.text(MANUFACTURER) == "DoseLedger"
        assert header.dicom == b""

    def test_leaves_a_deflated_report_for_later(self) -> None:
        data = file_of(dose_report(), transfer_syntax=DeflatedExplicitVRLittleEndian)

        with pytest.raises(HeaderError, match="deflated"):
            read_identity(data)

    def test_takes_no_more_steps_than_it_may(self) -> None:
        data = file_of(dose_report())

        with pytest.raises(HeaderError, match="elements"):
            read_identity(data, max_steps=8)
