"""Names in the character sets of the world read as pydicom decodes them, whose people are invented."""

from pathlib import Path

import pytest
from pydicom import dcmread

from dose_core.readers import header
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom.tags import Tag
from tests.support.corpus import corpus_files, needs_corpus

NAMED = [path for path in corpus_files("charset") if "chrSQEncoding" not in path.name]


@needs_corpus
@pytest.mark.real_dicom
class TestCharset:
    def test_samples_are_all_there(self) -> None:
        assert len(NAMED) == 9

    @pytest.mark.parametrize("path", NAMED, ids=lambda path: path.stem)
    def test_gives_the_name_in_all_component_groups(self, path: Path) -> None:
        data_set = parse_part10(path.read_bytes()).data_set
        expected = dcmread(path)
        expected.decode()

        name = header.patient(data_set).name

        assert name is not None
        # A delimiter with nothing behind it may be left out (PS3.5, 6.2.1.1), as pydicom does.
        assert name.rstrip("=") == str(expected.PatientName)
        assert not any("characters" in warning.problem for warning in data_set.log.warnings)

    def test_reads_a_sequence_in_its_own_set(self) -> None:
        (path,) = [path for path in corpus_files("charset") if "chrSQEncoding" in path.name]
        (item,) = dcmread(path, force=True).RequestedProcedureCodeSequence
        item.decode()

        # The sequence is none that a reader asks for; its tag stands here alone.
        (ours,) = parse_part10(path.read_bytes()).data_set.items(0x00321064)

        assert ours.text(Tag.PatientName) == str(item.PatientName) == "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"
