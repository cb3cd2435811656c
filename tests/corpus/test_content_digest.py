"""The digest of real objects survives what DCMTK does to their encoding, and tells each object from the next."""

from collections import defaultdict
from pathlib import Path

import pytest

from dose_core.readers.content_digest import content_digest
from tests.support.corpus import corpus_files, needs_corpus
from tests.support.dcmtk import converted

FOLDERS = (
    "ct_rdsr",
    "xa_rf_rdsr",
    "dx_rdsr",
    "mg_rdsr",
    "nm_rrdsr",
    "legacy_dose_sr",
    "ct_image",
    "ct_dose_sc",
    "charset",
)
FILES = [path for folder in FOLDERS for path in corpus_files(folder)]
# One report twice, under another Study Instance UID and study date.
TWINS = {"modOpenREM__RF-RDSR-Siemens-Zee_adjusted.dcm", "openREM__RF-RDSR-Siemens-Zee.dcm"}


@needs_corpus
@pytest.mark.real_dicom
class TestRealObjects:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
    def test_keep_their_digest_in_each_transfer_syntax(self, path: Path, tmp_path: Path) -> None:
        dicom = path.read_bytes()
        others = [converted(dicom, tmp_path, *options) for options in (("+te",), ("+ti", "-e"), ("+tb",), ("+td",))]

        assert {content_digest(other) for other in others if other} <= {content_digest(dicom)}

    def test_differ_from_each_other(self) -> None:
        found = defaultdict(set)
        for path in FILES:
            found[content_digest(path.read_bytes())].add(path.name)

        assert None not in found
        assert [names for names in found.values() if len(names) > 1] == [TWINS]
