"""DCMTK's compressors, as modalities and archives compress images."""

import shutil
import subprocess
from pathlib import Path


def compressed(dicom: bytes, folder: Path, program: str, *options: str) -> bytes:
    """Return an image as ``dcmcjpls``, ``dcmcjpeg`` or ``dcmcrle`` compresses it."""
    path = shutil.which(program)
    assert path is not None, f"{program} is not installed; `make setup` installs it"
    before, after = folder / "plain.dcm", folder / "compressed.dcm"
    before.write_bytes(dicom)
    subprocess.run([path, *options, str(before), str(after)], capture_output=True, check=True, timeout=60)
    return after.read_bytes()
