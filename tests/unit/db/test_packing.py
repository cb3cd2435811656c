"""Tests of db.packing."""

import zlib
from importlib.resources import files

import pytest

from bench.ct_reports import ct_report
from db.mapping import report_to_packed
from db.packing import pack, unpack
from dose_core.readers.registry import read_dose

REPORT = read_dose(ct_report(1, run=7).dicom)
PLAIN = unpack(report_to_packed(REPORT))


def test_what_was_packed_comes_back() -> None:
    assert unpack(pack(PLAIN)) == PLAIN
    assert unpack(pack(b"{}")) == b"{}"


def test_what_a_release_without_dictionary_packed_is_read() -> None:
    assert unpack(zlib.compress(PLAIN)) == PLAIN


def test_a_report_needs_at_most_six_tenths_of_what_it_needs_without_the_dictionary() -> None:
    assert len(pack(PLAIN)) < 0.6 * len(zlib.compress(PLAIN))


def test_a_content_that_is_cut_short_is_refused() -> None:
    for packed in (pack(PLAIN), zlib.compress(PLAIN)):
        with pytest.raises(zlib.error):
            unpack(packed[:-1])


def test_a_content_of_a_later_dictionary_is_refused() -> None:
    packer = zlib.compressobj(zdict=b"not known here")

    with pytest.raises(KeyError):
        unpack(packer.compress(PLAIN) + packer.flush())


def test_a_dictionary_that_was_used_stays_as_it_is() -> None:
    """What was packed with it cannot be read without it: a better one gets a new name."""
    numbers = {file.name: f"{zlib.adler32(file.read_bytes()):08x}" for file in (files("db") / "dictionaries").iterdir()}

    assert numbers == {"ct-1.txt": "5325ddae", "other-1.txt": "d6a1eddd"}
