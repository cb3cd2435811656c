"""PixelMed's DicomSRValidator, which knows the templates of PS3.16 as of June 2022."""

import shutil
import subprocess
from pathlib import Path

_JAR = Path("/usr/share/java/pixelmed.jar")
# Its rules are longer than Java 17 allows a style sheet to be.
_LIMITS = [f"-Djdk.xml.xpath{name}Limit=0" for name in ("ExprGrp", "ExprOp", "TotalOp")]
_VALIDATOR = "com.pixelmed.validate.DicomSRValidator"


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
