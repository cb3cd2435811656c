"""PixelMed's DicomSRValidator, which knows the templates of PS3.16 as of June 2022."""

import shutil
import subprocess
from pathlib import Path

from dose_core.writers import ct_rdsr, mammography_rdsr, projection_rdsr

_JAR = Path("/usr/share/java/pixelmed.jar")
# Its rules are longer than Java 17 allows a style sheet to be.
_LIMITS = [f"-Djdk.xml.xpath{name}Limit=0" for name in ("ExprGrp", "ExprOp", "TotalOp")]
_VALIDATOR = "com.pixelmed.validate.DicomSRValidator"

# What it calls wrong and is not, by the kind of report. The procedure has a code of SNOMED CT today; TID 10012, rows 3a
# and 3b, and TID 10013, row 6f, are not in these rules. CID 10023 is extensible, and the exam does not tell by which
# method a device estimated. CID 10016 holds (26194003, SCT, Tungsten) today.
FALSE_ALARMS: dict[str, tuple[str, ...]] = {
    ct_rdsr.KIND: (
        'expected (P5-08000,SRT,"Computed Tomography X-Ray") - found (77477000,SCT,"Computed Tomography X-Ray")',
        'NUM (130745,DCM,"CT Dose Length Product Sub-Total"): Content Item not in template',
        'Sub-Total")/CODE (113835,DCM,"CTDIw Phantom Type"): Content Item not in template',
        'DATETIME (111526,DCM,"DateTime Started"): Content Item not in template',
        'Code (261665006,SCT,"Unknown") not found in context group 10023',
    ),
    projection_rdsr.KIND: (),
    mammography_rdsr.KIND: ('Code (26194003,SCT,"Tungsten") not found in context group 10016',),
}


def pixelmed_errors(dicom: bytes, folder: Path) -> list[str]:
    """Return what is wrong with the content tree, items out of order included."""
    java = shutil.which("java")
    if java is None or not _JAR.is_file():
        msg = "pixelmed-apps is not installed; `scripts/install_system.sh test` installs it"
        raise RuntimeError(msg)
    file = folder / "object.dcm"
    file.write_bytes(dicom)
    command = [java, *_LIMITS, "-cp", str(_JAR), _VALIDATOR, "-checkcontentitemorder", str(file)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300, text=True)
    assert "Root Template Validation Complete" in done.stdout, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    return [line for line in lines if line.startswith("Error") or "not in template" in line]
