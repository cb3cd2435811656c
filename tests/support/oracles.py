"""Both oracles of the corpus, file by file: ``expected_sr.json`` and the key values of ``INDEX.csv``."""

from tests.support import expected_sr, key_values
from tests.support.compared import Compared, Line
from tests.support.corpus import indexed

_KINDS = (
    "ct_rdsr", "xa_rf_rdsr", "dx_rdsr", "mg_rdsr", "nm_rrdsr", "legacy_dose_sr", "ct_image", "dx_cr_image", "mg_image",
    "xa_rf_image", "pt_nm_image", "ct_dose_sc", "mpps", "synthetic_mpps",
)  # fmt: skip
# No dose is stated in these: no element but zeros, only a sensitivity, or frames without an administration.
WITHOUT_DOSE = {
    "dx_cr_image/dicom-test-files__RG2_JPLY",
    "dx_cr_image/dwv__gdcm-CR-MONO1-10-chest.dcm",
    "dx_cr_image/pydicom__CR1_6154",
    "pt_nm_image/dcm4che__NM-MONO2-16-13x-heart",
    "xa_rf_image/orthanc-tests__KarstenHilbertRF.dcm",
}
_ROWS = {row["file"]: row for row in indexed()}


def known_files() -> list[str]:
    """Return the dose objects of the corpus, by their path in it."""
    return [name for name, row in _ROWS.items() if row["kind"] in _KINDS]


def values_of(name: str, line: Line) -> list[Compared]:
    """Return each value that an oracle knows of a file beside what our line says."""
    expected_status = "not_dose" if name in WITHOUT_DOSE else "read"
    found = [Compared(what="status", oracle=expected_status, ours=line["status"])]
    if line["status"] == "read":
        found += key_values.compared(_ROWS[name], line)
        if name in expected_sr.EXPECTED:
            found += expected_sr.compared(expected_sr.EXPECTED[name], line)
    return found
